"""Load the demo workspace: every invented delivery through the real road, as a person would bring it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from lib.clock import zone
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.demo import CLIENT_KEY, TIMEZONE, DemoDelivery, DemoWorkspace, demo_workspace
from lib.demo.rhythm import WHOLE_MONTHS, months_before
from lib.domain.jobs import Progress
from lib.domain.maps import UNPLACED, FieldMap, IgnoredField
from lib.domain.people import Actor, Right, Role
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.domain.states import LoadStatus, MapStatus
from lib.errors import DeskError
from lib.mapping.placement import require_unattended
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import decide
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.services.arriving import drift, read
from lib.services.counting import baseline
from lib.services.mapping import maps
from lib.services.people import people
from lib.services.publishing import statements
from lib.services.setup import account_settings, accounts, clients, ladder

_SAMPLE_ROWS = 10_000
# More than a demo has deliveries, less than would be slow to look through.
_MANY = 10_000
# What nobody but a person can confirm and a demo needs not leave open.
_CONFIRMED = ("documentation", "access")
# One number of each signal, and what the jobs came to.
SHOWN = (
    "harbor-quotes.quote_requests",
    "harbor-angi.paid_leads",
    "harbor-servicetitan.booked_calls",
    "harbor-servicetitan.revenue",
)


def load_demo(desk: Desk, actor: Actor, progress: Progress = lambda *_: None) -> dict[str, Any]:
    """Load the demo client with its accounts, maps and a year of deliveries; the newest one waits in review.

    `progress` is told the stage, the steps done and all steps. Returns `{"key", "client", "accounts", "deliveries",
    "loads", "rows", "in_review"}`: the last one is the load that waits, the four before it are counts. A load that broke
    off half way goes on where it stopped. DeskError `demo_loaded` when everything is there already.
    """
    actor.require(Right.MANAGE_DESK)
    return load_workspace(desk, actor, _workspace(desk, actor), progress, SHOWN)


def _workspace(desk: Desk, actor: Actor) -> DemoWorkspace:
    return demo_workspace(desk.ask(actor, _reference_day, desk.clock().astimezone(zone(TIMEZONE)).date()))


def load_workspace(
    desk: Desk,
    actor: Actor,
    workspace: DemoWorkspace,
    progress: Progress = lambda *_: None,
    shown: Sequence[str] = (),
) -> dict[str, Any]:
    """The same for a workspace that is given, of another year or time zone, say; `shown` are the metrics to publish."""
    actor.require(Right.MANAGE_DESK)
    if desk.ask(actor, _is_loaded, workspace):
        raise DeskError(
            "demo_loaded",
            f"{workspace.client_name} is on this desk already, so nothing was loaded.",
            f"Look at it with `metrics {workspace.client_key}`.",
        )
    steps = len(workspace.deliveries) + 1
    progress("setting up the demo client", 0, steps)
    desk.do(actor, _set_up, workspace)
    loads: dict[int, dict[str, Any]] = {}
    for done, delivery in enumerate(workspace.deliveries, start=1):
        progress(delivery.file_name, done, steps)
        if delivery is workspace.deliveries[-1]:
            # The last one waits in review and moves no number; once it is there, everything is.
            for metric in shown:
                desk.do(actor, _publish, workspace, metric)
        load = _bring_in(desk, actor, delivery)
        loads[load["load"]] = load
    progress("done", steps, steps)
    return {
        "key": workspace.client_key,
        "client": workspace.client_name,
        "accounts": len(workspace.accounts),
        "deliveries": len({load["delivery"] for load in loads.values()}),
        "loads": len(loads),
        "rows": sum(load["rows"] for load in loads.values()),
        "in_review": next((number for number, load in loads.items() if load["status"] == LoadStatus.IN_REVIEW), None),
    }


def _reference_day(tx: UnitOfWork, today: date) -> date:
    """The day the workspace is invented for: today, or the day on which a load that broke off was begun."""
    client = tx.clients.find(CLIENT_KEY)
    if client is None:
        return today
    if not client.is_demo:
        raise DeskError(
            "demo_key_taken",
            f"There is a client {CLIENT_KEY} that is not the demo workspace, so nothing was loaded.",
            "Load the demo on a desk of its own: set DESK_HOME to an empty folder.",
        )
    received = [item.received_at for item in tx.deliveries.recent(_MANY) if item.client_id == client.id]
    return min(received).astimezone(zone(client.timezone)).date() if received else today


def _is_loaded(tx: UnitOfWork, workspace: DemoWorkspace) -> bool:
    """Whether the last delivery arrived; deliveries are brought in one after another."""
    client = tx.clients.find(workspace.client_key)
    if client is None:
        return False
    names = {item.file_name for item in tx.deliveries.recent(_MANY) if item.client_id == client.id}
    return workspace.deliveries[-1].file_name in names


def _set_up(tx: UnitOfWork, workspace: DemoWorkspace) -> None:
    """Client, people, accounts and approved maps: all of it or nothing, and nothing twice."""
    if tx.clients.find(workspace.client_key) is not None:
        return
    clients.add_client(tx, workspace.client_key, workspace.client_name, workspace.timezone, is_demo=True)
    for account in workspace.accounts:
        owner, _ = people.person(tx, account.owner, may_create_as=Role.OWNER)
        accounts.add_account(
            tx,
            account.key,
            client=workspace.client_key,
            provider=account.provider,
            owner=owner,
            reason=account.reason,
        )
        account_settings.set_account(tx, account.key, account.settings)
        account_settings.resume_account(tx, account.key)
        for gate in _CONFIRMED:
            ladder.accept_gate(tx, account.key, gate, text="Demo data: no provider stands behind it.")
    for delivery in workspace.first_of_each_object():
        _approve_map(tx, workspace, delivery)


def _approve_map(tx: UnitOfWork, workspace: DemoWorkspace, delivery: DemoDelivery) -> None:
    """The map that the desk suggests for the first delivery, with a reason for every field that is left out."""
    sample = next(read.read_content(delivery.content, delivery.file_name).batches(_SAMPLE_ROWS)).frame
    suggested = maps.suggest_map(tx, delivery.account, delivery.object, sample)
    field_map = _with_reasons(suggested, workspace, delivery.account)
    # Nobody looks at a map of the demo before it is used.
    require_unattended(field_map, list(sample.columns))
    version = maps.save_map(tx, delivery.account, field_map)
    if version.status is not MapStatus.APPROVED:
        maps.approve_map(tx, delivery.account, delivery.object, version.version)


def _publish(tx: UnitOfWork, workspace: DemoWorkspace, metric: str) -> None:
    """A card of the demo client's portal: the last whole month beside the one before it."""
    key = workspace.client_key
    if statements.versions_of(tx, key, metric):
        return
    before, now = months_before(workspace.today)[WHOLE_MONTHS - 2 : WHOLE_MONTHS]
    captured = baseline.capture_baseline(tx, key, metric, before, "Demo data: the month before.")["baseline"]
    sentence = statements.draft_for(tx, key, metric, captured, now, "week").template
    owner = workspace.account(metric.partition(".")[0]).owner
    written = statements.write(tx, key, metric, captured, now, "week", sentence=sentence, next_owner=owner)
    statements.review(tx, written.id)
    statements.publish(tx, written.id, "Demo data, shown so that a portal can be looked at.")


def _with_reasons(suggested: FieldMap, workspace: DemoWorkspace, account: str) -> FieldMap:
    reasons = workspace.account(account).ignored
    ignored = tuple(IgnoredField(item.source, reasons.get(item.source, UNPLACED)) for item in suggested.ignored)
    return replace(suggested, ignored=ignored)


def _bring_in(desk: Desk, actor: Actor, delivery: DemoDelivery) -> dict[str, Any]:
    """Import one delivery and approve it, unless it is to wait or was approved before."""
    delivered = Delivered(
        account=delivery.account,
        object=delivery.object,
        file_name=delivery.file_name,
        content=delivery.content,
        days=delivery.days,
        is_partial=delivery.is_partial,
    )
    load = import_delivery(desk, actor, delivered)
    if "held" in load["reasons"] and load["status"] == LoadStatus.IN_REVIEW:
        why = "The demo takes values that its maps do not know as they come."
        decide(desk, actor, load["load"], WhichRows(reason="unseen_value"), DecisionKind.RELEASE, why)
    changed = desk.ask(actor, drift.drift_of, load["load"])
    if changed is not None and changed.is_held:
        desk.do(actor, drift.confirm_drift, load["load"], "The demo's form was changed, as its owner knows.")
    if delivery.is_left_in_review or load["status"] != LoadStatus.IN_REVIEW:
        return load
    return approve(desk, actor, load["load"])

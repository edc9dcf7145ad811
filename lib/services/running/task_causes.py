"""What waits for a person as the desk stands now: loads and maps to decide on, totals that disagree, stale connectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from lib.clock import zone
from lib.db.shared_steps.rhythms import rhythms_of
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.findings import Finding
from lib.domain.imports import Delivery, Load
from lib.domain.jobs import APPROVE, LET_IN
from lib.domain.people import Actor
from lib.domain.states import AccountStatus
from lib.domain.tasks import CONTROL_TOTALS, DRIFT, LOAD_REVIEW, MAP_REVIEW, OPEN, STALE, Cause, Causes, Task
from lib.domain.verdicts import GOES_IN, Severity, Verdict
from lib.domain.wording import counted

# What a person expected of a load and does not find in it as it stands now.
Unmet = Callable[[UnitOfWork, Load, Delivery], list[Finding]]
MOST = 500
_OTHER_COLUMNS = "columns_changed"


def causes(
    tx: UnitOfWork, accounts: Mapping[int, Account], people: Sequence[Actor], standing: Sequence[Task], unmet: Unmet
) -> Causes:
    """Everything in scope that waits, in a handful of queries however many accounts there are.

    The `standing` tasks say what is told already: a load that other columns hold waits for these to be confirmed, and a
    provider that fell silent is not called stale as well.
    """
    loads = tx.loads.in_review(MOST)
    found = [*_loads(tx, accounts, loads, standing, unmet), *_maps(tx, accounts, people), *_stale(tx, accounts)]
    return Causes({item.cause: item for item in found}, loads[-1].id if len(loads) == MOST else None)


def _loads(
    tx: UnitOfWork, accounts: Mapping[int, Account], loads: Sequence[Load], standing: Sequence[Task], unmet: Unmet
) -> Iterator[Cause]:
    """A load whose totals disagree is one task and not two; one that the worker is about to let in waits for nobody."""
    if not loads:
        return
    deliveries = tx.deliveries.with_ids([load.delivery_id for load in loads])
    deciding = {job.load_id for kind in (APPROVE, LET_IN) for job in tx.jobs.unfinished(MOST, kind=kind)}
    told = {int(task.detail["load"]) for task in standing if task.kind == DRIFT and task.status == OPEN}
    for load in loads:
        account = accounts.get(load.account_id)
        if account is None or load.id in deciding or (load.id in told and _is_held(load)):
            continue
        disagreeing = unmet(tx, load, deliveries[load.delivery_id])
        kind = CONTROL_TOTALS if disagreeing else LOAD_REVIEW
        yield Cause(
            account.id,
            kind,
            f"{kind}:{load.id}",
            _totals_words(account, load, disagreeing) if disagreeing else _load_words(account, load),
            f"import_review?load={load.id}",
            {"load": load.id, "object": load.object},
            load.created_by if account.is_four_eyes and not load.is_test else None,
        )


def _maps(tx: UnitOfWork, accounts: Mapping[int, Account], people: Sequence[Actor]) -> Iterator[Cause]:
    ids = {person.email: person.person_id for person in people}
    for item in tx.standings.submitted_maps(MOST):
        account = accounts.get(item.account_id)
        if account is None:
            continue
        name = item.object.replace("_", " ")
        yield Cause(
            account.id,
            MAP_REVIEW,
            f"{MAP_REVIEW}:{account.id}:{item.object}:{item.version}",
            f"{account.source_label}: version {item.version} of the map of {name} waits for an approval; "
            f"{item.submitted_by} submitted it, and nothing is imported through it before that.",
            f"field_maps?account={account.key}&object={item.object}&version={item.version}",
            {"object": item.object, "version": item.version},
            ids.get(item.submitted_by) if account.is_four_eyes else None,
        )


def _stale(tx: UnitOfWork, accounts: Mapping[int, Account]) -> Iterator[Cause]:
    """Accounts of which something was committed and nothing came since for longer than they allow (R21)."""
    awake = [account for account in accounts.values() if account.status is not AccountStatus.PAUSED]
    if not awake:
        return
    good = tx.runs.last_good([account.id for account in awake])
    late = [
        account
        for account in awake
        if account.id in good and tx.now > good[account.id][0] + timedelta(hours=account.freshness_hours)
    ]
    rhythms = rhythms_of(tx, late)
    for account in late:
        if rhythms[account.id].is_silent(tx.now):
            continue
        came, load = good[account.id]
        day = came.astimezone(zone(account.client_timezone))
        yield Cause(
            account.id,
            STALE,
            f"{STALE}:{account.id}:{came.isoformat()}",
            f"{account.source_label}: nothing has come in since {day.day} {day:%B %Y} (load {load.id}), and its newest "
            f"delivery may be {_hours(account.freshness_hours)} old. Bring it in, or say in its settings that it comes less "
            "often.",
            f"operations?incident={account.key}",
            {"since": came.isoformat()},
        )


def _is_held(load: Load) -> bool:
    return any(item.code == _OTHER_COLUMNS and item.severity is Severity.BLOCK for item in load.findings)


def _load_words(account: Account, load: Load) -> str:
    name = load.object.replace("_", " ")
    rows = f"{counted(load.row_count, 'row')} of {name}"
    if load.is_test:
        return f"{account.source_label}: test load {load.id} ({rows}) is to be looked at. Nothing of it is counted."
    coming = sum(load.verdicts[verdict] for verdict in GOES_IN) - load.held
    failed = load.verdicts[Verdict.FAILED]
    rest = [f"{failed:,} failed"] * bool(failed) + [f"{load.held:,} held"] * bool(load.held)
    said = "".join(f", {words}" for words in rest)
    return f"{account.source_label}: load {load.id} ({rows}) waits for a decision: {coming:,} would come in{said}."


def _totals_words(account: Account, load: Load, disagreeing: Sequence[Finding]) -> str:
    said = " ".join(item.sentence for item in disagreeing[:2])
    return f"{account.source_label}: load {load.id} does not come to what was expected of it. {said}"


def _hours(hours: int) -> str:
    return counted(hours // 24, "day") if hours % 24 == 0 else counted(hours, "hour")

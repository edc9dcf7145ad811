"""A changed catalog: define → roll up what counts otherwise, in one transaction; and roll a client up from scratch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.jobs import Progress
from lib.domain.metrics import MetricTemplate
from lib.domain.people import Actor
from lib.pipeline.loading.protecting import protect_from_definition, protect_from_rebuild
from lib.services.counting import metric_definitions, roll_up


def add_metric(desk: Desk, actor: Actor, account: str, item: MetricTemplate) -> dict[str, Any]:
    """Add a metric of an account's own and count it from what was committed; what it says then."""
    return desk.do(actor, _add, account, item)


def edit_metric(desk: Desk, actor: Actor, name: str, changes: Mapping[str, str], reason: str) -> dict[str, Any]:
    """Change a definition, and count anew what counts otherwise; `renewed` names what got a new version.

    `taken_back` names the numbers that a client was shown and that the new definition moved (F148).
    """
    return desk.do(actor, _edit, name, changes, reason)


def rebuild(desk: Desk, actor: Actor, client: str, progress: Progress = lambda *_: None) -> dict[str, int]:
    """Roll every metric of a client up from its records, one object after another; slices written by `account.object`.

    The numbers are those that were there, or somebody changed them behind the desk.
    """
    parts = desk.ask(actor, roll_up.rolled_up_parts, client)
    written = {}
    for done, (account, name) in enumerate(parts):
        progress(f"rolling up {account}.{name}", done, len(parts))
        written[f"{account}.{name}"] = desk.do(actor, _rebuild, account, name)
    return written


def _rebuild(tx: UnitOfWork, account: str, name: str) -> int:
    written = roll_up.rebuild(tx, account, name)
    protect_from_rebuild(tx, tx.accounts.by_key(account), name)
    return written


def _add(tx: UnitOfWork, account: str, item: MetricTemplate) -> dict[str, Any]:
    return _counted_anew(tx, metric_definitions.add_metric(tx, account, item))


def _edit(tx: UnitOfWork, name: str, changes: Mapping[str, str], reason: str) -> dict[str, Any]:
    defined = metric_definitions.edit_metric(tx, name, changes, reason)
    answer = _counted_anew(tx, defined)
    if not defined.renewed:
        return {**answer, "taken_back": []}
    account = tx.accounts.by_id(defined.metric.account_id)
    return {**answer, "taken_back": list(protect_from_definition(tx, account, name, reason))}


def _counted_anew(tx: UnitOfWork, defined: metric_definitions.Defined) -> dict[str, Any]:
    for metric in defined.again:
        roll_up.count_anew(tx, metric)
    return {**metric_definitions.as_dict(defined.metric), "renewed": list(defined.renewed)}

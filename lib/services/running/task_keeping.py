"""Keep the list of tasks true: open what waits, close what waits no longer, and give each to who answers for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Actor
from lib.domain.states import AccountStatus, LoadStatus
from lib.domain.tasks import (
    CONTROL_TOTALS,
    LAPSED_GATE,
    LOAD_REVIEW,
    MAP_REVIEW,
    OPEN,
    STALE,
    Cause,
    Causes,
    Task,
    answers_for,
)

# The kinds that follow from what is there now; the others are opened and closed by what happened.
FOLLOWING = (LOAD_REVIEW, MAP_REVIEW, CONTROL_TOTALS, STALE)


@dataclass(frozen=True)
class TaskChanges:
    """What is to be written: causes to open a task for with its owner's id, tasks to close with why, and new owners."""

    opening: tuple[tuple[Cause, int], ...] = ()
    closing: tuple[tuple[Task, str], ...] = ()
    handing_over: tuple[tuple[Task, int], ...] = ()

    @property
    def count(self) -> int:
        """How many tasks are touched."""
        return len(self.opening) + len(self.closing) + len(self.handing_over)


def changes(
    tx: UnitOfWork, accounts: Mapping[int, Account], people: Sequence[Actor], standing: Sequence[Task], found: Causes
) -> TaskChanges:
    """What is to be changed of the `standing` tasks, by what was `found` to wait; only reads."""
    return TaskChanges(
        tuple(
            (item, _owner(accounts[item.account_id], item.kind, people, item.not_by))
            for item in _to_open(found, standing)
        ),
        tuple(_to_close(tx, found, standing, accounts)),
        tuple(_to_hand_over(standing, accounts, people)),
    )


def write(tx: UnitOfWork, accounts: Mapping[int, Account], told: TaskChanges) -> int:
    """Write changes in the transaction that worked them out; how many tasks were touched."""
    for item, owner_id in told.opening:
        detail = {**item.detail, "not_by": item.not_by}
        account = accounts[item.account_id]
        tx.tasks.open_task(account, item.kind, item.cause, item.sentence, item.link, detail, owner_id)
    for task, because in told.closing:
        tx.tasks.close_task(task, because)
    for task, person_id in told.handing_over:
        tx.tasks.assign_task(task, person_id, is_by_hand=False)
    return told.count


def _to_open(found: Causes, standing: Sequence[Task]) -> list[Cause]:
    """Causes without a task, and those whose words have changed; what a person resolved stays resolved while it stands."""
    known = {task.cause: task for task in standing}
    return [
        item
        for item in found.found.values()
        if item.cause not in known
        or (known[item.cause].status == OPEN and known[item.cause].sentence != item.sentence[:500])
    ]


def _to_close(
    tx: UnitOfWork, found: Causes, standing: Sequence[Task], accounts: Mapping[int, Account]
) -> list[tuple[Task, str]]:
    gone = [
        task
        for task in standing
        if task.kind in FOLLOWING
        and task.cause not in found.found
        and (found.looked_to is None or int(task.detail.get("load", 0)) <= found.looked_to)
    ]
    loads = tx.loads.with_ids(int(task.detail["load"]) for task in gone if "load" in task.detail) if gone else {}
    told = []
    for task in gone:
        load = loads.get(int(task.detail.get("load", 0)))
        if task.kind == STALE:
            account = accounts.get(task.account_id)
            is_paused = account is None or account.status is AccountStatus.PAUSED
            why = "The account is paused, so nothing is expected of it." if is_paused else "It is late no longer."
        elif load is None:
            why = "Somebody decided on it."
        elif load.status is LoadStatus.IN_REVIEW:
            why = (
                "It comes to what was expected." if task.kind == CONTROL_TOTALS else "It waits for something else now."
            )
        else:
            why = f"Load {load.id} is {load.status.replace('_', ' ')}."
        told.append((task, why))
    return [*told, *_mended(standing, accounts)]


def _mended(standing: Sequence[Task], accounts: Mapping[int, Account]) -> list[tuple[Task, str]]:
    """A lapsed gate waits until its account is live again."""
    return [
        (task, "The account is live again.")
        for task in standing
        if task.kind == LAPSED_GATE
        and task.account_id in accounts
        and accounts[task.account_id].status is AccountStatus.LIVE
    ]


def _to_hand_over(
    standing: Sequence[Task], accounts: Mapping[int, Account], people: Sequence[Actor]
) -> list[tuple[Task, int]]:
    """Open tasks whose owner left, or was never the one the rule names; whom a person chose keeps it while they are here."""
    here = {person.person_id for person in people}
    found = []
    for task in standing:
        account = accounts.get(task.account_id)
        if task.status == OPEN and account is not None and not (task.is_handed_over and task.owner_id in here):
            owner_id = _owner(account, task.kind, people, task.detail.get("not_by"))
            if owner_id != task.owner_id:
                found.append((task, owner_id))
    return found


def _owner(account: Account, kind: str, people: Sequence[Actor], not_by: int | None) -> int:
    return answers_for(kind, account.owner_id, account.client_id, people, not_by) or account.owner_id

"""The one list of what waits for people: look at it, resolve a task with a reason, hand it over, say by when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from lib.clock import zone
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.people import Actor, Right
from lib.domain.tasks import KINDS, OPEN, Task, TaskSeverity
from lib.errors import DeskError, NotAllowed

__all__ = ["Task", "TaskSeverity", "able", "assign", "due", "listed", "reopen", "resolve", "standing"]

_FURTHEST = timedelta(days=366)


def listed(
    tx: UnitOfWork,
    *,
    account: str = "",
    client: str = "",
    owner: str = "",
    kind: str = "",
    is_overdue: bool = False,
    is_open: bool = True,
) -> tuple[Task, ...]:
    """The open tasks in scope, what matters most first; or every task there ever was.

    Narrowed to an account, a client, the address of an owner, a kind (DeskError `unknown_kind`), or those overdue.
    """
    tx.actor.require(Right.SEE_DETAIL)
    if kind and kind not in KINDS:
        raise DeskError("unknown_kind", f"There is no kind of task called {kind!r}.", f"There are {', '.join(KINDS)}.")
    found = tx.tasks.listed(
        account_id=tx.accounts.by_key(account).id if account else None,
        client_id=tx.clients.by_key(client).id if client else None,
        kind=kind,
        is_open=is_open,
    )
    wanted = owner.strip().lower()
    mine = [task for task in found if not wanted or task.owner == wanted]
    return _in_order(task for task in mine if not is_overdue or task.is_overdue(tx.now))


def standing(tx: UnitOfWork, client: str = "") -> tuple[Task, ...]:
    """What is open, what matters most first, and then what somebody resolved although its cause may still be there."""
    tx.actor.require(Right.SEE_DETAIL)
    client_id = tx.clients.by_key(client).id if client else None
    return _in_order(task for task in tx.tasks.standing() if client_id in (None, task.client_id))


def resolve(tx: UnitOfWork, task_id: int, reason: str) -> Task:
    """Close a task by hand, with the reason that is kept. It opens again when its cause comes back, or grows.

    DeskError `reason_missing`, `secret_in_text`, and `task_closed` where it is closed.
    """
    task = _open(tx, task_id)
    if not reason.strip():
        raise DeskError("reason_missing", "Resolving a task needs a reason.", "Say what was done, or why it may stay.")
    refuse_secrets([("the reason", reason)])
    _require_changed(task, tx.tasks.resolve_task(task, reason.strip()))
    tx.audit.note("task resolved", "task", task.id, task.client_id, kind=task.kind, reason=reason.strip()[:300])
    return tx.tasks.by_id(task_id)


def reopen(tx: UnitOfWork, task_id: int) -> Task:
    """Open a task again that was resolved too early; DeskError `not_resolved` for any other."""
    task = _mine(tx, task_id)
    if not tx.tasks.reopen_task(task):
        raise DeskError(
            "not_resolved",
            f"Task {task.id} was not resolved by anybody: it is {task.status}.",
            "`tasks --all` lists all.",
        )
    tx.audit.note("task opened again", "task", task.id, task.client_id, kind=task.kind, was=task.closed_because[:300])
    return tx.tasks.by_id(task_id)


def assign(tx: UnitOfWork, task_id: int, email: str) -> Task:
    """Give a task to a person of the desk who may do it: from then on no rule gives it to somebody else.

    DeskError `unknown_person`, and `cannot_do_it` where they lack the right or the client.
    """
    task = _open(tx, task_id)
    person = tx.people.by_email(email)
    if person is None:
        raise DeskError(
            "unknown_person",
            f"{email.strip()} is not a person of this desk.",
            "Add them first: `user add EMAIL --role …`.",
        )
    needs = KINDS[task.kind].needs
    if not person.may(needs) or not person.may_see(task.client_id):
        lacks = f"may not {needs}" if not person.may(needs) else f"does not see the client {task.client}"
        raise DeskError(
            "cannot_do_it",
            f"{person.email} {lacks}, so task {task.id} would stay undone.",
            "Choose somebody who may.",
        )
    _require_changed(task, tx.tasks.assign_task(task, person.person_id))
    tx.audit.note("task handed over", "task", task.id, task.client_id, kind=task.kind, was=task.owner, to=person.email)
    return tx.tasks.by_id(task_id)


def due(tx: UnitOfWork, task_id: int, day: date) -> Task:
    """Say by which day of the client's a task is to be done; DeskError `due_out_of_range` for one gone by or far away."""
    task = _open(tx, task_id)
    today = tx.now.astimezone(zone(task.timezone)).date()
    if not today <= day <= today + _FURTHEST:
        raise DeskError(
            "due_out_of_range",
            f"A task cannot be due on {day}.",
            f"Choose a day from {today} on, within a year.",
        )
    _require_changed(task, tx.tasks.put_off_task(task, day))
    tx.audit.note("task put off", "task", task.id, task.client_id, was=str(task.due_on), to=str(day))
    return tx.tasks.by_id(task_id)


def able(tx: UnitOfWork, task_id: int) -> tuple[Actor, ...]:
    """The people a task can be handed to, by address."""
    tx.actor.require(Right.SEE_DETAIL)
    task = tx.tasks.by_id(task_id)
    needs = KINDS[task.kind].needs
    return tuple(person for person in tx.people.every() if person.may(needs) and person.may_see(task.client_id))


def _in_order(found: Iterable[Task]) -> tuple[Task, ...]:
    return tuple(sorted(found, key=lambda task: (task.status != OPEN, *task.weight)))


def _mine(tx: UnitOfWork, task_id: int) -> Task:
    """A task that whoever asks may settle: their own, or any where they manage accounts."""
    tx.actor.require(Right.SEE_DETAIL)
    task = tx.tasks.by_id(task_id)
    if task.owner_id != tx.actor.person_id and not tx.actor.may(Right.MANAGE_ACCOUNTS):
        raise NotAllowed(f"Task {task.id} is {task.owner}'s, so {tx.actor.email} may look at it and not settle it.")
    return task


def _open(tx: UnitOfWork, task_id: int) -> Task:
    task = _mine(tx, task_id)
    if task.status != OPEN:
        raise DeskError(
            "task_closed",
            f"Task {task.id} is closed already: {task.closed_because}",
            "It opens again by itself when its cause comes back; `task reopen` opens one that was resolved too early.",
        )
    return task


def _require_changed(task: Task, is_changed: bool) -> None:
    if not is_changed:
        raise DeskError(
            "changed_meanwhile",
            f"Task {task.id} was closed a moment ago, so nothing was changed.",
            "`tasks` lists what is open.",
            is_retryable=True,
        )

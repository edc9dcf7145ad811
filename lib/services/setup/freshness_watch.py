"""Open a task where a provider that sends in a rhythm has fallen silent, and close it once something came (F128, F151)."""

from __future__ import annotations

from lib.db.shared_steps.rhythms import rhythms_of
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.states import AccountStatus
from lib.domain.tasks import SILENCE, Task
from lib.reporting.silence import Rhythm, silence_in_words


def is_changed(tx: UnitOfWork) -> bool:
    """Whether a task is to be opened or closed; it only reads, so that nothing is locked where nothing changed."""
    opening, closing = _changes(tx)
    return bool(opening or closing)


def watch(tx: UnitOfWork) -> int:
    """Open and close the tasks of silent accounts in the person's scope; how many were opened or closed.

    One silence is one task, whoever looks and however often. A paused account is expected to be silent.
    """
    opening, closing = _changes(tx)
    for account, found in opening:
        sentence = f"{account.source_label}: {silence_in_words(found, account.client_timezone)}"
        link = f"operations?incident={account.key}"
        due = "" if found.due_by is None else found.due_by.isoformat()
        tx.tasks.open_task(account, SILENCE, _cause(account, found), sentence, link, {"due_by": due})
    for task, because in closing:
        tx.tasks.close_task(task, because)
    return len(opening) + len(closing)


def _changes(tx: UnitOfWork) -> tuple[list[tuple[Account, Rhythm]], list[tuple[Task, str]]]:
    accounts = {account.id: account for account in tx.accounts.every()}
    awake = [account for account in accounts.values() if account.status is not AccountStatus.PAUSED]
    rhythms = rhythms_of(tx, awake)
    silent = {
        _cause(account, rhythms[account.id]): account for account in awake if rhythms[account.id].is_silent(tx.now)
    }
    tasks = {task.cause: task for task in tx.tasks.standing([SILENCE])}
    opening = [(account, rhythms[account.id]) for cause, account in silent.items() if cause not in tasks]
    closing = [
        (task, _because(accounts.get(task.account_id), task, rhythms.get(task.account_id)))
        for cause, task in tasks.items()
        if cause not in silent
    ]
    return opening, closing


def _cause(account: Account, found: Rhythm) -> str:
    """One silence is one cause: it began with the last delivery before it."""
    since = "" if found.last is None else found.last.isoformat()
    return f"{SILENCE}:{account.id}:{since}"


def _because(account: Account | None, task: Task, found: Rhythm | None) -> str:
    if account is None or found is None:
        return "The account is paused, so nothing is expected of it."
    if found.last is not None and found.last > task.opened_at:
        return "Something arrived."
    return "It is no longer expected by now."

"""List what waits for people, each with the page where it is done."""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right
from lib.domain.tasks import Task

__all__ = ["Task", "listed"]


def listed(tx: UnitOfWork, *, account: str = "", client: str = "", is_open: bool = True) -> tuple[Task, ...]:
    """The open tasks of an account, of a client, or of all in scope, oldest first; or every task there ever was."""
    tx.actor.require(Right.SEE_DETAIL)
    return tuple(
        tx.tasks.listed(
            account_id=tx.accounts.by_key(account).id if account else None,
            client_id=tx.clients.by_key(client).id if client else None,
            is_open=is_open,
        )
    )

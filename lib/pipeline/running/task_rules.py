"""The rules that derive tasks from what is there: opened, closed and handed over whoever made the difference."""

from __future__ import annotations

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Actor, Right
from lib.errors import DeskError
from lib.services.reviewing import review
from lib.services.running import task_causes, task_keeping


def keep_tasks(desk: Desk, actor: Actor) -> int:
    """Bring the tasks in scope up to what is there; how many were touched. It only reads where nothing has changed."""
    if not desk.ask(actor, _keep, is_writing=False):
        return 0
    try:
        return desk.do(actor, _keep, is_writing=True)
    except DeskError as trouble:
        # Another worker, or a page, opened the same task a moment ago: it is there, and that is what was wanted.
        if trouble.code != "changed_meanwhile":
            raise
        return 0


def _keep(tx: UnitOfWork, *, is_writing: bool) -> int:
    tx.actor.require(Right.SEE_DETAIL)
    accounts = {account.id: account for account in tx.accounts.every()}
    people, standing = tx.people.every(), tx.tasks.standing()
    found = task_causes.causes(tx, accounts, people, standing, review.unmet)
    told = task_keeping.changes(tx, accounts, people, standing, found)
    return task_keeping.write(tx, accounts, told) if is_writing else told.count

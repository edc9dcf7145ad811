"""Tasks for people: one open task a cause, whoever meets the cause again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, select, update

from lib.clock import zone
from lib.db.repositories.base import Repository
from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.operations import tasks
from lib.db.tables.people import clients, people
from lib.domain.accounts import Account
from lib.domain.tasks import CLOSED, KINDS, OPEN, RESOLVED, Task
from lib.errors import NotFound

_LONGEST = 500
_owners, _closers = people.alias("owners"), people.alias("closers")


class TaskRepository(Repository):
    """A task is opened, brought up to date while it is open, closed, and opened again when its cause comes back."""

    def by_id(self, task_id: int) -> Task:
        """The task with this id; NotFound outside the scope."""
        row = self.one(self._select().where(tasks.c.id == task_id))
        if row is None:
            raise NotFound("task", task_id, "`tasks` lists those that are open.")
        return _task(row)

    def listed(
        self, *, account_id: int | None = None, kind: str = "", client_id: int | None = None, is_open: bool = True
    ) -> list[Task]:
        """Tasks in scope (of one account, of one client, of one kind), oldest first; the open ones, or all."""
        statement = self._select()
        if is_open:
            statement = statement.where(tasks.c.status == OPEN)
        if account_id is not None:
            statement = statement.where(tasks.c.account_id == account_id)
        if client_id is not None:
            statement = statement.where(tasks.c.client_id == client_id)
        if kind:
            statement = statement.where(tasks.c.kind == kind)
        return [_task(row) for row in self.all(statement.order_by(tasks.c.id))]

    def standing(self, kinds: Sequence[str] = (), account_id: int | None = None) -> list[Task]:
        """Tasks in scope whose cause may still be there, oldest first: open ones, and those a person resolved."""
        statement = self._select().where(tasks.c.status.in_([OPEN, RESOLVED]))
        if kinds:
            statement = statement.where(tasks.c.kind.in_(kinds))
        if account_id is not None:
            statement = statement.where(tasks.c.account_id == account_id)
        return [_task(row) for row in self.all(statement.order_by(tasks.c.id))]

    def open_task(
        self,
        account: Account,
        kind: str,
        cause: str,
        sentence: str,
        link: str,
        detail: dict[str, Any],
        owner_id: int | None = None,
    ) -> None:
        """Open a task for the account's owner, or for `owner_id`, due as its kind says.

        The same cause again keeps its task and brings its words up to date; who was chosen by hand keeps it, and the
        day it is due stays. What a person resolved is open again once there is something new to say of it.
        """
        known = (tasks.c.id, tasks.c.status, tasks.c.sentence, tasks.c.detail, tasks.c.assigned_by)
        row = self.one(select(*known).where(tasks.c.cause == cause))
        told: dict[str, Any] = {"sentence": sentence[:_LONGEST], "link": link, "detail": detail}
        by_rule = {"owner_id": owner_id or account.owner_id}
        begun = {
            "status": OPEN,
            "opened_at": self.tx.now,
            "due_on": self._due_on(account, kind),
            "assigned_by": None,
            "closed_at": None,
            "closed_because": "",
            "closed_by": None,
        }
        if row is None:
            common = {"client_id": account.client_id, "account_id": account.id, "kind": kind, "cause": cause}
            self.add(tasks, **common, **told, **by_rule, **begun)
            return
        if row.status == RESOLVED and (row.sentence, row.detail) == (told["sentence"], detail):
            return
        if row.status != OPEN:
            told |= begun | by_rule
        elif row.assigned_by is None:
            told |= by_rule
        self.run(update(tasks).where(tasks.c.id == row.id, self.tx.visible(tasks)).values(**told))

    def close_task(self, task: Task, because: str) -> bool:
        """Close a task whose cause is gone; False when it was closed already. What a person said of it stays said."""
        mine = tasks.c.id == task.id, tasks.c.status == task.status, self.tx.visible(tasks)
        if task.status == RESOLVED:
            return self.run(update(tasks).where(*mine).values(status=CLOSED)).rowcount == 1
        told = {"status": CLOSED, "closed_at": self.tx.now, "closed_because": because[:_LONGEST], "closed_by": None}
        return self.run(update(tasks).where(*mine, tasks.c.status == OPEN).values(**told)).rowcount == 1

    def resolve_task(self, task: Task, reason: str) -> bool:
        """Close an open task although its cause may still be there; False when it was closed meanwhile."""
        told = {"closed_at": self.tx.now, "closed_because": reason[:_LONGEST], "closed_by": self.tx.actor.person_id}
        return self._changed(task, status=RESOLVED, **told)

    def reopen_task(self, task: Task) -> bool:
        """Open a task again that a person resolved; False where it is not so any more."""
        mine = tasks.c.id == task.id, tasks.c.status == RESOLVED, self.tx.visible(tasks)
        begun = {"status": OPEN, "closed_at": None, "closed_because": "", "closed_by": None}
        return self.run(update(tasks).where(*mine).values(**begun)).rowcount == 1

    def assign_task(self, task: Task, person_id: int, *, is_by_hand: bool = True) -> bool:
        """Give an open task to somebody, by hand or by the rule; False when it was closed meanwhile."""
        by = self.tx.actor.person_id if is_by_hand else None
        return self._changed(task, owner_id=person_id, assigned_by=by)

    def put_off_task(self, task: Task, due_on: date) -> bool:
        """Say by when an open task is to be done; False when it was closed meanwhile."""
        return self._changed(task, due_on=due_on)

    def _changed(self, task: Task, **values: Any) -> bool:
        mine = tasks.c.id == task.id, tasks.c.status == OPEN, self.tx.visible(tasks)
        return self.run(update(tasks).where(*mine).values(**values)).rowcount == 1

    def _due_on(self, account: Account, kind: str) -> date:
        return self.tx.now.astimezone(zone(account.client_timezone)).date() + timedelta(days=KINDS[kind].days)

    def _select(self) -> Select[Any]:
        return (
            select(
                tasks,
                _owners.c.email.label("owner"),
                _closers.c.email.label("closer"),
                accounts.c.key.label("account_key"),
                clients.c.key.label("client_key"),
                clients.c.timezone,
            )
            .join(_owners, _owners.c.id == tasks.c.owner_id)
            .join(accounts, accounts.c.id == tasks.c.account_id)
            .join(clients, clients.c.id == tasks.c.client_id)
            .outerjoin(_closers, _closers.c.id == tasks.c.closed_by)
            .where(self.tx.visible(tasks))
        )


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        client_id=row.client_id,
        client=row.client_key,
        account_id=row.account_id,
        account=row.account_key,
        owner=row.owner,
        owner_id=row.owner_id,
        kind=row.kind,
        cause=row.cause,
        sentence=row.sentence,
        link=row.link,
        status=row.status,
        opened_at=row.opened_at,
        due_on=row.due_on,
        closed_at=row.closed_at,
        closed_because=row.closed_because,
        timezone=row.timezone,
        closed_by=row.closer or "",
        is_handed_over=row.assigned_by is not None,
        detail=dict(row.detail),
    )

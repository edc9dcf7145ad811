"""Tasks for people: one open task a cause, whoever meets the cause again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.operations import tasks
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.tasks import CLOSED, OPEN, Task
from lib.errors import NotFound

_LONGEST = 500


class TaskRepository(Repository):
    """A task is opened, brought up to date while it is open, closed, and opened again when its cause comes back."""

    def by_id(self, task_id: int) -> Task:
        """The task with this id; NotFound outside the scope."""
        row = self.one(self._select().where(tasks.c.id == task_id))
        if row is None:
            raise NotFound("task", task_id)
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

    def open_task(
        self, account: Account, kind: str, cause: str, sentence: str, link: str, detail: dict[str, Any]
    ) -> None:
        """Open a task for the account's owner; the same cause again keeps its task and brings its words up to date."""
        row = self.one(select(tasks.c.id, tasks.c.status).where(tasks.c.cause == cause))
        told = {"sentence": sentence[:_LONGEST], "link": link, "detail": detail, "owner_id": account.owner_id}
        if row is None:
            common = {"client_id": account.client_id, "account_id": account.id, "kind": kind, "cause": cause}
            self.add(tasks, **common, **told, status=OPEN, opened_at=self.tx.now, closed_because="")
            return
        if row.status != OPEN:
            told |= {"status": OPEN, "opened_at": self.tx.now, "closed_at": None, "closed_because": ""}
        self.run(update(tasks).where(tasks.c.id == row.id, self.tx.visible(tasks)).values(**told))

    def close_task(self, task: Task, because: str) -> bool:
        """Close an open task; False when it was closed already."""
        closed = update(tasks).where(tasks.c.id == task.id, tasks.c.status == OPEN, self.tx.visible(tasks))
        told = {"status": CLOSED, "closed_at": self.tx.now, "closed_because": because[:_LONGEST]}
        return self.run(closed.values(**told)).rowcount == 1

    def _select(self) -> Select[Any]:
        return (
            select(tasks, people.c.email.label("owner"))
            .join(people, people.c.id == tasks.c.owner_id)
            .where(self.tx.visible(tasks))
        )


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        client_id=row.client_id,
        account_id=row.account_id,
        owner=row.owner,
        kind=row.kind,
        cause=row.cause,
        sentence=row.sentence,
        link=row.link,
        status=row.status,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_because=row.closed_because,
        detail=dict(row.detail),
    )

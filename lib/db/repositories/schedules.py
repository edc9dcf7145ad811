"""Schedules: when work comes round; whoever moves one on, by comparing the moment it stood at, queues its run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.accounts import integration_provider_accounts as accounts
from lib.db.tables.jobs import sync_schedules as schedules
from lib.db.tables.people import clients
from lib.domain.accounts import Account
from lib.domain.running.schedules import Schedule
from lib.errors import NotFound


class ScheduleRepository(Repository):
    """One schedule an account, kind and object."""

    def by_id(self, schedule_id: int) -> Schedule:
        """The schedule with this id; NotFound outside the scope."""
        row = self.one(self._select().where(schedules.c.id == schedule_id))
        if row is None:
            raise NotFound("schedule", schedule_id)
        return _schedule(row)

    def of(self, account: Account, kind: str, name: str) -> Schedule | None:
        """The account's schedule of that kind for that object, or None."""
        mine = schedules.c.account_id == account.id, schedules.c.kind == kind, schedules.c.object == name
        row = self.one(self._select().where(*mine))
        return None if row is None else _schedule(row)

    def listed(self, account_id: int | None = None) -> list[Schedule]:
        """Every schedule in scope, or those of one account, by account."""
        statement = self._select().order_by(accounts.c.key, schedules.c.kind, schedules.c.object)
        if account_id is not None:
            statement = statement.where(schedules.c.account_id == account_id)
        return [_schedule(row) for row in self.all(statement)]

    def due(self, limit: int) -> list[Schedule]:
        """Schedules in scope whose moment has come, the longest overdue first."""
        come = schedules.c.is_on, schedules.c.next_run_at <= self.tx.now
        statement = self._select().where(*come).order_by(schedules.c.next_run_at).limit(limit)
        return [_schedule(row) for row in self.all(statement)]

    def add_schedule(self, account: Account, kind: str, name: str, cron: str, timezone: str, first: datetime) -> int:
        """Write a new one down, switched on."""
        return self.add(
            schedules,
            account_id=account.id,
            client_id=account.client_id,
            kind=kind,
            object=name,
            cron=cron,
            timezone=timezone,
            is_on=True,
            next_run_at=first,
            skipped=0,
            note="",
            created_at=self.tx.now,
        )

    def change(self, schedule: Schedule, **values: Any) -> bool:
        """Change one that still stands where it was read; False where somebody was faster."""
        stood = (
            schedules.c.next_run_at.is_(None)
            if schedule.next_run_at is None
            else schedules.c.next_run_at == schedule.next_run_at
        )
        mine = schedules.c.id == schedule.id, schedules.c.is_on == schedule.is_on, stood, self.tx.visible(schedules)
        return self.run(update(schedules).where(*mine).values(**values)).rowcount == 1

    def _select(self) -> Select[Any]:
        return (
            select(
                schedules,
                accounts.c.key.label("account"),
                accounts.c.timezone.label("account_zone"),
                clients.c.timezone.label("client_zone"),
            )
            .join(accounts, accounts.c.id == schedules.c.account_id)
            .join(clients, clients.c.id == schedules.c.client_id)
            .where(self.tx.visible(schedules))
        )


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        id=row.id,
        account_id=row.account_id,
        client_id=row.client_id,
        account=row.account,
        kind=row.kind,
        object=row.object,
        cron=row.cron,
        timezone=row.timezone,
        zone=row.timezone or row.account_zone or row.client_zone,
        is_on=bool(row.is_on),
        next_run_at=row.next_run_at,
        last_due_at=row.last_due_at,
        last_job_id=row.last_job_id,
        skipped=row.skipped,
        note=row.note,
    )

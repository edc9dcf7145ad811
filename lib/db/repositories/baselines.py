"""Baselines: written once, never changed (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from lib.db.repositories.base import Repository
from lib.db.tables.baselines import baselines, change_notes
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.errors import NotFound


@dataclass(frozen=True)
class Baseline:
    """One captured baseline; `evidence` is everything that the seal covers."""

    id: int
    client_id: int
    metric_id: int
    name: str
    range_from: date
    range_to: date
    value: Decimal | None
    unit: str
    definition_version: int
    date_basis: str
    timezone: str
    is_complete: bool
    evidence: dict[str, Any]
    seal: str
    reason: str
    captured_by: int
    captured_at: datetime


@dataclass(frozen=True)
class ChangeNote:
    """One change that was made on a day, and who wrote it down."""

    day: date
    kind: str
    note: str
    written_by: str


class BaselineRepository(Repository):
    """There is no way to change one here, and neither the grants nor the embedded guard allow it."""

    def capture(self, **values: Any) -> Baseline:
        """Write a baseline in the name of the person acting."""
        baseline_id = self.add(baselines, **values, captured_by=self.tx.actor.person_id, captured_at=self.tx.now)
        return self.by_id(baseline_id)

    def by_id(self, baseline_id: int) -> Baseline:
        """The baseline with this id; NotFound outside the scope."""
        row = self.one(select(baselines).where(baselines.c.id == baseline_id, self.tx.visible(baselines)))
        if row is None:
            raise NotFound("baseline", baseline_id, "`baseline capture` prints the number of the one it made.")
        return _baseline(row)

    def of_client(self, client_id: int) -> list[Baseline]:
        """Every baseline of a client, newest first."""
        statement = select(baselines).where(baselines.c.client_id == client_id, self.tx.visible(baselines))
        return [_baseline(row) for row in self.all(statement.order_by(baselines.c.id.desc()))]

    def capturers(self, client_id: int) -> dict[int, str]:
        """The names of those who captured a baseline of this client, by their id, gone or not."""
        captured = select(baselines.c.captured_by).where(baselines.c.client_id == client_id, self.tx.visible(baselines))
        return {
            row.id: row.name for row in self.all(select(people.c.id, people.c.name).where(people.c.id.in_(captured)))
        }

    def add_note(self, account: Account, baseline_id: int, kind: str, day: date, note: str) -> None:
        """Write down a change that was made at an account, measured against a baseline captured before it (R4)."""
        self.add(
            change_notes,
            client_id=account.client_id,
            account_id=account.id,
            baseline_id=baseline_id,
            kind=kind,
            day=day,
            note=note,
            written_by=self.tx.actor.person_id,
            written_at=self.tx.now,
        )

    def notes_of(self, account_id: int, days: DateRange) -> list[ChangeNote]:
        """What was changed at an account between two days, in order."""
        found = self.all(
            select(change_notes.c.day, change_notes.c.kind, change_notes.c.note, people.c.name)
            .join(people, people.c.id == change_notes.c.written_by)
            .where(
                change_notes.c.account_id == account_id,
                change_notes.c.day.between(days.first, days.last),
                self.tx.visible(change_notes),
            )
            .order_by(change_notes.c.day, change_notes.c.id)
        )
        return [ChangeNote(row.day, row.kind, row.note, row.name) for row in found]


def _baseline(row: Row[Any]) -> Baseline:
    return Baseline(**dict(row._mapping))

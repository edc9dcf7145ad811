"""Baselines: written once, never changed (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from lib.db.repositories.base import Repository
from lib.db.tables.baselines import baselines
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


def _baseline(row: Row[Any]) -> Baseline:
    return Baseline(**dict(row._mapping))

"""Which published numbers stand on a load, so that whoever takes it back knows what a client would no longer be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lib.db.repositories.statements import Statement
from lib.db.shared_steps.metric_series import operands
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange, Load
from lib.domain.metrics import Metric
from lib.reporting.card_record import card_from
from lib.reporting.periods import covered_days

# By day: what the value changes by, and how many more entries are left out.
Moved = Mapping[date, tuple[Decimal, int]]


@dataclass(frozen=True)
class PublishedOnLoad:
    """One published number that stands on a load: its statement, what it says, of which days, and beside what."""

    statement_id: int
    metric: str
    label: str
    source: str
    current: str
    period: DateRange
    baseline_id: int

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        said = {"statement": self.statement_id, "metric": self.metric, "label": self.label, "source": self.source}
        return {**said, "current": self.current, **self.period.as_dict()}


def published_on(tx: UnitOfWork, load: Load) -> tuple[PublishedOnLoad, ...]:
    """The published numbers of which a day is counted from the load, or is complete by nothing but its delivery."""
    published = tx.statements.published_of(load.account_id)
    if not published:
        return ()
    account = tx.accounts.by_id(load.account_id)
    metrics = {metric.name: metric for metric in tx.metrics.of_account(account)}
    alone = _covered_alone(tx, account, load)
    found = []
    for statement in published:
        if _stands(tx, metrics[statement.metric], load, statement.range, alone):
            found.append(_on_load(statement))
    return tuple(found)


def published_under(tx: UnitOfWork, account: Account, moved: Mapping[str, Moved]) -> tuple[PublishedOnLoad, ...]:
    """The published numbers of an account that are not what they were once its metrics (by name) move by so much.

    What moves within one step of a card's chart moves no number of the card.
    """
    published = tx.statements.published_of(account.id)
    metrics = {metric.name: metric for metric in tx.metrics.of_account(account)} if published else {}
    found = []
    for statement in published:
        steps = card_from(statement.card).current_series.steps
        parts = [part.name for part in operands(tx, metrics[statement.metric]) if part is not None]
        if any(_moves(moved.get(name, {}), step.range) for name in parts for step in steps):
            found.append(_on_load(statement))
    return tuple(found)


def _moves(moved: Moved, span: DateRange) -> bool:
    inside = [change for day, change in moved.items() if span.first <= day <= span.last]
    return bool(sum((value for value, _ in inside), Decimal(0)) or sum(count for _, count in inside))


def _on_load(statement: Statement) -> PublishedOnLoad:
    card = card_from(statement.card)
    return PublishedOnLoad(
        statement_id=statement.id,
        metric=statement.metric,
        label=card.label,
        source=card.source,
        current=card.current,
        period=statement.range,
        baseline_id=statement.baseline_id,
    )


def _stands(tx: UnitOfWork, metric: Metric, load: Load, span: DateRange, alone: frozenset[date]) -> bool:
    parts = [part for part in operands(tx, metric) if part is not None and part.template.object == load.object]
    if not parts:
        return False
    is_covering = any(span.first <= day <= span.last for day in alone)
    return is_covering or any(load.id in item.loads for part in parts for item in tx.slices.of(part, span))


def _covered_alone(tx: UnitOfWork, account: Account, load: Load) -> frozenset[date]:
    """The days of the load's object that are complete by this load alone."""
    mine: list[DateRange] = []
    others: list[DateRange] = []
    for item in tx.committed_loads.coverage(account.id, load.object):
        if span := item.whole_days(account.client_timezone):
            (mine if item.load_id == load.id else others).append(span)
    return covered_days(mine) - covered_days(others)

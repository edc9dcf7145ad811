"""The daily series of a metric as it stands: its slices, and the days that committed deliveries cover."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from lib.db.repositories.slices import Slice
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.reporting.compare import Side
from lib.reporting.periods import covered_days
from lib.reporting.series import DailySeries, DayValue


def coverage(tx: UnitOfWork, account: Account, name: str) -> frozenset[date]:
    """The complete days of an object: those that committed, whole deliveries cover and that were over on arrival."""
    found = tx.committed_loads.coverage(account.id, name)
    return covered_days(span for item in found if (span := item.whole_days(account.client_timezone)))


def operands(tx: UnitOfWork, metric: Metric) -> tuple[Metric, Metric | None]:
    """What a metric is read from: itself, or for a ratio its numerator and denominator."""
    if metric.template.aggregation is not Aggregation.RATIO:
        return metric, None
    keys = metric.template.numerator, metric.template.denominator
    found = tx.metrics.keyed(metric.account_id, keys)
    return found[keys[0]], found[keys[1]]


def daily_series(
    tx: UnitOfWork, metric: Metric, dimension_value: str | None = None, *, days: DateRange | None = None
) -> DailySeries:
    """One metric's days, all or those of a range, in all or for one dimension value; a ratio has no series of its own."""
    return _series(tx, tx.accounts.by_id(metric.account_id), metric, dimension_value, days)


def _series(
    tx: UnitOfWork, account: Account, metric: Metric, dimension_value: str | None, days: DateRange | None
) -> DailySeries:
    slices = [item for item in tx.slices.of(metric, days) if dimension_value in (None, item.dimension_value)]
    return DailySeries(_by_day(slices), coverage(tx, account, metric.template.object))


def side_of(tx: UnitOfWork, metric: Metric, span: DateRange) -> Side:
    """One period of a comparison as it stands now."""
    account = tx.accounts.by_id(metric.account_id)
    numerator, denominator = operands(tx, metric)
    parts = [tx.slices.of(part, span) for part in (numerator, denominator) if part is not None]
    covered = [coverage(tx, account, part.template.object) for part in (numerator, denominator) if part is not None]
    series = [DailySeries(_by_day(slices), days) for slices, days in zip(parts, covered, strict=True)]
    return Side(
        range=span,
        series=series[0],
        definition_version=metric.version,
        date_basis=metric.template.date_basis,
        timezone=account.client_timezone,
        denominator=series[1] if denominator else None,
        has_by_hand=stands_on_by_hand(tx, metric, (load for slices in parts for item in slices for load in item.loads)),
    )


def stands_on_by_hand(tx: UnitOfWork, metric: Metric, loads: Iterable[int]) -> bool:
    """Whether one of these loads of a metric's account was entered by hand (R16)."""
    by_hand = tx.committed_loads.by_hand(metric.account_id)
    return bool(by_hand) and not by_hand.isdisjoint(loads)


def loads_behind(tx: UnitOfWork, metric: Metric, span: DateRange) -> list[int]:
    """The loads that a metric's slices of a period stand on."""
    found: set[int] = set()
    for part in operands(tx, metric):
        if part is not None:
            found.update(load for item in tx.slices.of(part, span) for load in item.loads)
    return sorted(found)


def _by_day(slices: Sequence[Slice]) -> dict[date, DayValue]:
    days: dict[date, DayValue] = {}
    for item in slices:
        before = days.get(item.day, DayValue(item.day, Decimal(0), True))
        days[item.day] = DayValue(
            item.day,
            before.value + item.value,
            before.is_complete and item.is_complete,
            before.excluded + item.left_out,
            Counter(before.excluded_classes) + Counter(item.left_out_classes),
        )
    return days

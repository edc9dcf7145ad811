"""Small builders of metrics, daily series and sides for the tests of lib/reporting."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric, MetricTemplate
from lib.domain.signals import Paid, Signal
from lib.reporting.compare import Side
from lib.reporting.periods import days_of
from lib.reporting.series import DailySeries, DayValue


def span(first: str, last: str) -> DateRange:
    return DateRange(date.fromisoformat(first), date.fromisoformat(last))


FEBRUARY, MARCH = span("2025-02-01", "2025-02-28"), span("2025-03-01", "2025-03-31")
FOUR_WEEKS, NEXT_FOUR_WEEKS = span("2025-02-03", "2025-03-02"), span("2025-03-03", "2025-03-30")


def metric(aggregation: Aggregation = Aggregation.COUNT, unit: str = "leads", label: str = "Paid leads") -> Metric:
    template = MetricTemplate(
        key="paid_leads",
        label=label,
        object="lead",
        unit=unit,
        client_meaning="homeowners who asked for a quote",
        aggregation=aggregation,
    )
    return Metric(1, 1, 1, "angi", "Angi", Signal.MARKETPLACE_LEAD, Paid.PAID, 1, template)


def series(
    period: DateRange, values: Sequence[int | str], missing: Collection[date] = (), excluded: int = 0
) -> DailySeries:
    """The values on the period's days, repeated to fill it; a day in `missing` is not covered and has no slice."""
    days = [day for day in days_of(period) if day not in missing]
    slices = {
        day: DayValue(day, Decimal(values[index % len(values)]), is_complete=True) for index, day in enumerate(days)
    }
    if excluded:
        slices[days[0]] = replace(slices[days[0]], excluded=excluded)
    return DailySeries(slices, frozenset(days))


def side(
    period: DateRange,
    values: Sequence[int | str],
    missing: Collection[date] = (),
    excluded: int = 0,
    denominator: Sequence[int | str] = (),
) -> Side:
    below = series(period, denominator) if denominator else None
    return Side(period, series(period, values, missing, excluded), 1, "occurred_at", "America/Denver", below)


def days_from(first: date, count: int) -> DateRange:
    return DateRange(first, first + timedelta(days=count - 1))

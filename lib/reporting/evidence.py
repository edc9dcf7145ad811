"""What a baseline keeps of the side it was captured from: written down, read back, and what its seal covers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.reporting.compare import Side
from lib.reporting.seal import SealedContent
from lib.reporting.series import DailySeries, DayValue


def content_of(metric: Metric, side: Side, loads: list[int]) -> SealedContent:
    """Everything that the seal of this side covers; `loads` are the ids of the loads its values stand on."""
    return SealedContent(
        metric=metric.name,
        range=side.range,
        definition_version=side.definition_version,
        date_basis=side.date_basis,
        timezone=side.timezone,
        series=side.series,
        denominator=side.denominator,
        filters=metric.template.where,
        loads=loads,
    )


def evidence_of(metric: Metric, side: Side, loads: list[int]) -> dict[str, Any]:
    """The side as plain values that JSON holds: its days inside the range, its loads and its filters."""
    return {
        "series": _kept(side.series, side.range),
        "denominator": _kept(side.denominator, side.range) if side.denominator else None,
        "loads": loads,
        "filters": [[column, list(values)] for column, values in metric.template.where],
    }


def side_from(
    evidence: dict[str, Any], span: DateRange, definition_version: int, date_basis: str, timezone: str
) -> Side:
    """The side that `evidence_of` wrote down."""
    return Side(
        range=span,
        series=_series(evidence["series"]),
        definition_version=definition_version,
        date_basis=date_basis,
        timezone=timezone,
        denominator=_series(evidence["denominator"]) if evidence["denominator"] else None,
    )


def _kept(series: DailySeries, span: DateRange) -> dict[str, Any]:
    inside = [day for day in sorted(series.days) if span.first <= day <= span.last]
    return {
        "days": [
            [day.isoformat(), str(series.days[day].value), series.days[day].is_complete, series.days[day].excluded]
            for day in inside
        ],
        "covered": [day.isoformat() for day in sorted(series.covered) if span.first <= day <= span.last],
    }


def _series(kept: dict[str, Any]) -> DailySeries:
    days = {
        date.fromisoformat(day): DayValue(date.fromisoformat(day), Decimal(value), is_complete, excluded)
        for day, value, is_complete, excluded in kept["days"]
    }
    return DailySeries(days, frozenset(date.fromisoformat(day) for day in kept["covered"]))

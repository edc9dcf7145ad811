"""Read the numbers of a client: every metric by day or month, each with its source, signal, unit and completeness."""

from __future__ import annotations

from datetime import date
from typing import Any

from lib.db.shared_steps.metric_series import daily_series, loads_behind, operands, stands_on_by_hand
from lib.db.unit_of_work import UnitOfWork
from lib.domain.arriving.by_hand import source_name
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.domain.people import Right
from lib.reporting.amounts import as_number
from lib.reporting.periods import Every, Period, month_of, split
from lib.reporting.sentences import metric_sentence
from lib.reporting.series import DailySeries, ratio, total


def client_metrics(
    tx: UnitOfWork, client: str, first: date | None = None, last: date | None = None, every: Every = "month"
) -> list[dict[str, Any]]:
    """Every metric that can be said in one clear sentence (R14), with its values; signals are never added up (R3).

    Without dates, each metric shows all the days it knows. A dimension's values are listed one by one.
    """
    tx.actor.require(Right.SEE_DETAIL)
    found = tx.clients.by_key(client)
    shown = [metric for metric in tx.metrics.of_client(found.id) if not metric.missing_for_a_sentence()]
    return [_as_dict(tx, metric, first, last, every) for metric in shown]


def _as_dict(tx: UnitOfWork, metric: Metric, first: date | None, last: date | None, every: Every) -> dict[str, Any]:
    return {
        "metric": metric.name,
        "label": metric.template.label,
        "source": source_name(metric.source_label, has_by_hand=_has_by_hand(tx, metric, first, last)),
        "signal": metric.signal,
        "paid": metric.paid,
        "unit": metric.template.unit,
        "dimension": metric.template.dimension or None,
        "meaning": metric.template.client_meaning,
        "values": _values(tx, metric, first, last, every),
    }


def _has_by_hand(tx: UnitOfWork, metric: Metric, first: date | None, last: date | None) -> bool:
    days = DateRange(first or date.min, last or date.max)
    if not tx.committed_loads.by_hand(metric.account_id):
        return False
    return stands_on_by_hand(tx, metric, loads_behind(tx, metric, days))


def _values(
    tx: UnitOfWork, metric: Metric, first: date | None, last: date | None, every: Every
) -> list[dict[str, Any]]:
    numerator, denominator = operands(tx, metric)
    whole = daily_series(tx, numerator)
    span = _span(whole, first, last, every)
    if span is None:
        return []
    if metric.template.dimension:
        names = sorted({item.dimension_value for item in tx.slices.of(metric, span)})
        parts = [(name, daily_series(tx, metric, name)) for name in names]
    else:
        parts = [("", whole)]
    below = daily_series(tx, denominator) if denominator else None
    return [_value(metric, series, below, period, name) for name, series in parts for period in split(span, every)]


def _value(metric: Metric, series: DailySeries, below: DailySeries | None, period: Period, name: str) -> dict[str, Any]:
    value = total(series.days, series.covered, period.range)
    if below is not None:
        value = ratio(value, total(below.days, below.covered, period.range), metric.template.unit)
    return {
        "period": period.name,
        "from": period.range.first.isoformat(),
        "to": period.range.last.isoformat(),
        "dimension_value": name,
        "value": as_number(value.value, metric.template.unit),
        "complete": value.complete,
        "left_out": value.excluded,
        "sentence": metric_sentence(metric, value),
    }


def _span(series: DailySeries, first: date | None, last: date | None, every: Every) -> DateRange | None:
    """The range asked for; an end that was not given is where the known days end, at a whole month by month.

    A month cut off where the data ends would pass for a finished one.
    """
    known = sorted({*series.days, *series.covered})
    if not known and (first is None or last is None):
        return None
    is_monthly = every == "month"
    start = first or (month_of(known[0]).first if is_monthly else known[0])
    end = last or (month_of(known[-1]).last if is_monthly else known[-1])
    return DateRange(start, end) if start <= end else None

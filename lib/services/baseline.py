"""Capture a baseline: immutable, sealed over everything it stands on, with a reason and a person (R4, R18)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from lib.db.metric_series import loads_behind, side_of
from lib.db.repositories.baselines import Baseline
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.domain.people import Right
from lib.errors import DeskError
from lib.reporting.amounts import as_number
from lib.reporting.compare import Comparison, Side, compare, period_value
from lib.reporting.periods import range_in_words
from lib.reporting.seal import SealedContent, seal, verify_seal
from lib.reporting.sentences import comparison_sentence, require_complete
from lib.reporting.series import DailySeries, DayValue


def capture_baseline(tx: UnitOfWork, client: str, name: str, span: DateRange, reason: str) -> dict[str, Any]:
    """Capture what a metric says of a range now; a baseline on unfinished days says so and supports no claim."""
    tx.actor.require(Right.CAPTURE_BASELINES)
    if not reason.strip():
        raise DeskError("reason_missing", "A baseline needs a reason.", "Give one with --reason.")
    metric = _metric(tx, client, name)
    side = side_of(tx, metric, span)
    value = period_value(metric, side)
    loads = loads_behind(tx, metric, span)
    captured = tx.baselines.capture(
        client_id=metric.client_id,
        metric_id=metric.id,
        name=f"{metric.template.label}, {range_in_words(span)}"[:190],
        range_from=span.first,
        range_to=span.last,
        value=value.value,
        unit=metric.template.unit,
        definition_version=metric.version,
        date_basis=metric.template.date_basis,
        timezone=side.timezone,
        is_complete=value.complete,
        evidence=_evidence(metric, side, loads),
        seal=seal(_content(metric, side, loads)),
        reason=reason.strip()[:500],
    )
    tx.audit.note("baseline captured", "baseline", captured.id, metric.client_id, metric=metric.name)
    return {
        "baseline": captured.id,
        "metric": metric.name,
        "value": as_number(value.value, metric.template.unit),
        "unit": metric.template.unit,
        "complete": value.complete,
        "sealed": captured.seal,
    }


def compare_with_baseline(tx: UnitOfWork, client: str, name: str, baseline_id: int, span: DateRange) -> dict[str, Any]:
    """A metric's period beside a sealed baseline, with the one sentence that may be said of it."""
    tx.actor.require(Right.SEE_SUMMARIES)
    metric = _metric(tx, client, name)
    captured = tx.baselines.by_id(baseline_id)
    sealed_metric = tx.metrics.by_id(captured.metric_id)
    if sealed_metric.name != metric.name:
        raise DeskError(
            "other_metric",
            f"Baseline {baseline_id} was captured of {sealed_metric.name}, not of {metric.name}.",
            "Signals never mix: compare a metric with a baseline of its own (R3).",
        )
    before = _side(captured)
    if not verify_seal(_content(sealed_metric, before, captured.evidence["loads"]), captured.seal):
        raise DeskError(
            "seal_broken",
            f"Baseline {baseline_id} does not match its seal, so it cannot support a comparison.",
            "Somebody changed it in the database; capture a new one and look into the audit log.",
        )
    comparison = compare(metric, before, side_of(tx, metric, span))
    return {
        **comparison.as_dict(),
        "metric": metric.name,
        "baseline_id": captured.id,
        "sentence": comparison_sentence(comparison),
        "next_action": next_action(comparison),
    }


def next_action(comparison: Comparison) -> str:
    """What to do about a comparison (R6)."""
    if not comparison.is_comparable:
        return "Choose periods that can be set side by side, or capture a new baseline."
    if not comparison.is_complete:
        return "Import the days that are missing, then compare again."
    if comparison.is_ordinary is None:
        return "Wait for more days before saying anything about the movement."
    return "Keep watching." if comparison.is_ordinary else "Look into what moved, and say so in the report."


def _metric(tx: UnitOfWork, client: str, name: str) -> Metric:
    metric = tx.metrics.named(tx.clients.by_key(client).id, name)
    require_complete(metric)
    if metric.template.dimension:
        raise DeskError(
            "metric_has_dimension",
            f"{name} is split by {metric.template.dimension}, and the parts are never summed into a total.",
            "Use the metric that counts the same records without a split.",
        )
    return metric


def _content(metric: Metric, side: Side, loads: list[int]) -> SealedContent:
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


def _evidence(metric: Metric, side: Side, loads: list[int]) -> dict[str, Any]:
    return {
        "series": _kept(side.series, side.range),
        "denominator": _kept(side.denominator, side.range) if side.denominator else None,
        "loads": loads,
        "filters": [[column, list(values)] for column, values in metric.template.where],
    }


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


def _side(captured: Baseline) -> Side:
    kept = captured.evidence
    return Side(
        range=DateRange(captured.range_from, captured.range_to),
        series=_series(kept["series"]),
        definition_version=captured.definition_version,
        date_basis=captured.date_basis,
        timezone=captured.timezone,
        denominator=_series(kept["denominator"]) if kept["denominator"] else None,
    )

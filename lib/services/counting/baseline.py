"""Capture a baseline: immutable, sealed over everything it stands on, with a reason and a person (R4, R18)."""

from __future__ import annotations

from typing import Any

from lib.db.shared_steps.metric_series import loads_behind, side_of
from lib.db.shared_steps.sealed_sides import comparable_metric, sealed_side
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.people import Right
from lib.errors import DeskError
from lib.reporting.amounts import as_number
from lib.reporting.compare import compare, period_value
from lib.reporting.evidence import content_of, evidence_of
from lib.reporting.next_action import next_action
from lib.reporting.periods import range_in_words
from lib.reporting.seal import seal
from lib.reporting.sentences import comparison_sentence


def capture_baseline(tx: UnitOfWork, client: str, name: str, span: DateRange, reason: str) -> dict[str, Any]:
    """Capture what a metric says of a range now; a baseline on unfinished days says so and supports no claim."""
    tx.actor.require(Right.CAPTURE_BASELINES)
    if not reason.strip():
        raise DeskError("reason_missing", "A baseline needs a reason.", "Give one with --reason.")
    metric = comparable_metric(tx, client, name)
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
        evidence=evidence_of(metric, side, loads),
        seal=seal(content_of(metric, side, loads)),
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
    tx.actor.require(Right.SEE_DETAIL)
    metric = comparable_metric(tx, client, name)
    captured, before = sealed_side(tx, metric, baseline_id)
    comparison = compare(metric, before, side_of(tx, metric, span))
    return {
        **comparison.as_dict(),
        "metric": metric.name,
        "baseline_id": captured.id,
        "sentence": comparison_sentence(comparison),
        "next_action": next_action(comparison),
    }

"""Show a baseline and a current period step by step: what there is to choose, and both series with their sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.clock import zone
from lib.db.metric_series import daily_series, operands, side_of
from lib.db.sealed_sides import comparable_metric, sealed_side
from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.domain.people import Right
from lib.domain.signals import Paid, Signal
from lib.reporting.amounts import with_unit
from lib.reporting.compare import compare, period_value
from lib.reporting.next_action import next_action
from lib.reporting.sentences import comparison_sentence, status_words
from lib.reporting.step_series import Series, series_of
from lib.reporting.steps import Step, step_values, usual_range


@dataclass(frozen=True)
class ComparableMetric:
    """A metric with values that may be set beside a baseline; `known` are its first and last known days."""

    name: str
    label: str
    source: str
    signal: Signal
    paid: Paid
    unit: str
    meaning: str
    known: DateRange


@dataclass(frozen=True)
class CapturedBaseline:
    """A baseline as it is chosen by: its days, its value in words, and who captured it when (the client's day)."""

    id: int
    range: DateRange
    value: str
    is_complete: bool
    reason: str
    captured_by: str
    captured_on: date


@dataclass(frozen=True)
class Capturable:
    """What a baseline of these days would say if it were captured now; `value` is None where nothing is known."""

    range: DateRange
    value: str | None
    missing_days: int
    is_complete: bool


@dataclass(frozen=True)
class NotedChange:
    """A change on the way, numbered as the chart numbers it."""

    number: int
    day: date
    kind: str
    note: str
    written_by: str


@dataclass(frozen=True)
class ComparisonSeries:
    """Both sides of a comparison, the range that is usual for a step of the baseline, and what may be said."""

    metric: str
    label: str
    source: str
    unit: str
    step: Step
    baseline_id: int
    baseline: Series
    current: Series
    usual: tuple[Decimal, Decimal] | None
    sentence: str
    status: str
    next_action: str
    is_comparable: bool
    is_complete: bool
    has_enough_data: bool
    has_interval: bool
    changes: tuple[NotedChange, ...]


def comparable_metrics(tx: UnitOfWork, client: str) -> tuple[ComparableMetric, ...]:
    """The metrics of a client that have values, are clear enough for one sentence (R14) and are not split."""
    tx.actor.require(Right.SEE_SUMMARIES)
    client_id = tx.clients.by_key(client).id
    known = tx.slices.known_days(client_id)
    every = {metric.name: metric for metric in tx.metrics.of_client(client_id)}
    found = []
    for metric in every.values():
        # A ratio is known where its numerator is; everything else where it has slices itself.
        counted = every.get(f"{metric.account_key}.{metric.template.numerator}", metric)
        if metric.template.dimension or metric.missing_for_a_sentence() or counted.id not in known:
            continue
        found.append(_comparable(metric, known[counted.id]))
    return tuple(found)


def baselines_of(tx: UnitOfWork, client: str, name: str) -> tuple[CapturedBaseline, ...]:
    """The baselines of a metric, newest first."""
    tx.actor.require(Right.SEE_SUMMARIES)
    found = tx.clients.by_key(client)
    metric = comparable_metric(tx, client, name)
    names = tx.baselines.capturers(found.id)
    kept = [each for each in tx.baselines.of_client(found.id) if tx.metrics.by_id(each.metric_id).name == metric.name]
    return tuple(
        CapturedBaseline(
            id=each.id,
            range=DateRange(each.range_from, each.range_to),
            value="unknown" if each.value is None else with_unit(each.value, each.unit),
            is_complete=each.is_complete,
            reason=each.reason,
            captured_by=names.get(each.captured_by, "somebody"),
            captured_on=each.captured_at.astimezone(zone(found.timezone)).date(),
        )
        for each in kept
    )


def complete_days(tx: UnitOfWork, client: str, name: str) -> frozenset[date]:
    """The days on which a metric is complete; a ratio's are those on which both of its parts are."""
    tx.actor.require(Right.SEE_SUMMARIES)
    metric = comparable_metric(tx, client, name)
    parts = [daily_series(tx, part) for part in operands(tx, metric) if part is not None]
    return frozenset.intersection(*(frozenset(day for day in each.covered if each.is_complete(day)) for each in parts))


def capturable(tx: UnitOfWork, client: str, name: str, span: DateRange) -> Capturable:
    """What a baseline of these days would be captured with."""
    tx.actor.require(Right.SEE_SUMMARIES)
    metric = comparable_metric(tx, client, name)
    value = period_value(metric, side_of(tx, metric, span))
    said = None if value.value is None else with_unit(value.value, metric.template.unit)
    return Capturable(span, said, value.missing_days, value.complete)


def compare_by_step(
    tx: UnitOfWork, client: str, name: str, baseline_id: int, span: DateRange, step: Step
) -> ComparisonSeries:
    """A period beside a sealed baseline, step by step, with the sentence that may be said of the two.

    NotFound; DeskError `other_metric` or `seal_broken` when the baseline can support no comparison.
    """
    tx.actor.require(Right.SEE_SUMMARIES)
    metric = comparable_metric(tx, client, name)
    captured, before = sealed_side(tx, metric, baseline_id)
    now = side_of(tx, metric, span)
    comparison = compare(metric, before, now)
    steps = step_values(metric, before, step)
    both = DateRange(min(before.range.first, span.first), max(before.range.last, span.last))
    notes = tx.baselines.notes_of(metric.account_id, both)
    return ComparisonSeries(
        metric=metric.name,
        label=metric.template.label,
        source=metric.source_label,
        unit=metric.template.unit,
        step=step,
        baseline_id=captured.id,
        baseline=series_of(metric, before, comparison.baseline, steps, step),
        current=series_of(metric, now, comparison.current, step_values(metric, now, step), step),
        usual=usual_range(metric, steps),
        sentence=comparison_sentence(comparison),
        status=status_words(comparison),
        next_action=next_action(comparison),
        is_comparable=comparison.is_comparable,
        is_complete=comparison.is_complete,
        has_enough_data=comparison.is_ordinary is not None,
        has_interval=comparison.interval is not None,
        changes=tuple(
            NotedChange(number, note.day, note.kind, note.note, note.written_by)
            for number, note in enumerate(notes, start=1)
        ),
    )


def _comparable(metric: Metric, known: DateRange) -> ComparableMetric:
    return ComparableMetric(
        name=metric.name,
        label=metric.template.label,
        source=metric.source_label,
        signal=metric.signal,
        paid=metric.paid,
        unit=metric.template.unit,
        meaning=metric.template.client_meaning,
        known=known,
    )

"""Show a baseline and a current period step by step: what there is to choose, and both series with their sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from lib.clock import zone
from lib.db.shared_steps.metric_series import daily_series, operands, side_of
from lib.db.shared_steps.sealed_sides import comparable_metric, sealed_side
from lib.db.unit_of_work import UnitOfWork
from lib.domain.arriving.by_hand import source_name
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.domain.people import Right
from lib.domain.signals import Paid, Signal
from lib.errors import DeskError
from lib.reporting.amounts import with_unit
from lib.reporting.compare import Side, compare, period_value
from lib.reporting.next_action import next_action
from lib.reporting.periods import first_part, range_in_words
from lib.reporting.portal_card import NotedChange
from lib.reporting.sentences import (
    comparison_sentence,
    interval_words,
    left_out_words,
    movement_words,
    status_words,
)
from lib.reporting.series import DailySeries, PeriodValue
from lib.reporting.step_series import Series, series_of
from lib.reporting.steps import Step, step_values, usual_range, whole_part


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
class ComparisonSeries:
    """Both sides of a comparison, the range that is usual for a step of the baseline, and what may be said.

    Without a `baseline_id` it is a look at two live periods and no claim: `beside` names what stands in the baseline's
    place. `asked` is the current period as it was asked for, where only the whole steps of it are compared.
    `*_words` are the numbers of the sentence as they stand in it, '' where it has none; `changes` is left to whoever
    asks for the events of the account.
    """

    metric: str
    account: str
    label: str
    source: str
    unit: str
    step: Step
    baseline_id: int | None
    beside: str
    asked: DateRange
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
    current_words: str
    baseline_words: str
    change_words: str
    interval_words: str
    left_out: str
    changes: tuple[NotedChange, ...] = ()

    @property
    def is_look(self) -> bool:
        """Whether no sealed baseline stands behind it, so that nothing can be claimed or published from it (R4)."""
        return self.baseline_id is None

    @property
    def is_part(self) -> bool:
        """Whether less is compared than was asked for."""
        return self.asked != self.current.range


def comparable_metrics(tx: UnitOfWork, client: str) -> tuple[ComparableMetric, ...]:
    """The metrics of a client that have values, are clear enough for one sentence (R14) and are not split."""
    tx.actor.require(Right.SEE_DETAIL)
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
    tx.actor.require(Right.SEE_DETAIL)
    found = tx.clients.by_key(client)
    metric = comparable_metric(tx, client, name)
    names = tx.baselines.capturers(found.id)
    versions = {each.id for each in tx.metrics.history(metric)}
    kept = [each for each in tx.baselines.of_client(found.id) if each.metric_id in versions]
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
    tx.actor.require(Right.SEE_DETAIL)
    metric = comparable_metric(tx, client, name)
    parts = [daily_series(tx, part) for part in operands(tx, metric) if part is not None]
    return frozenset.intersection(*(_complete_days(each) for each in parts))


def capturable(tx: UnitOfWork, client: str, name: str, span: DateRange) -> Capturable:
    """What a baseline of these days would be captured with."""
    tx.actor.require(Right.SEE_DETAIL)
    metric = comparable_metric(tx, client, name)
    value = period_value(metric, side_of(tx, metric, span))
    said = None if value.value is None else with_unit(value.value, metric.template.unit)
    return Capturable(span, said, value.missing_days, value.complete)


def compare_by_step(
    tx: UnitOfWork,
    client: str,
    name: str,
    before: int | DateRange,
    span: DateRange,
    step: Step,
    *,
    is_whole_only: bool = False,
) -> ComparisonSeries:
    """A period step by step beside a sealed baseline (its number), or beside other days as they stand now: a look.

    With `is_whole_only` both are cut to the steps with which the current period begins whole and complete. NotFound;
    DeskError `other_metric` or `seal_broken` when the baseline can support no comparison, `no_whole_step`.
    """
    tx.actor.require(Right.SEE_DETAIL)
    metric = comparable_metric(tx, client, name)
    now = side_of(tx, metric, span)
    if isinstance(before, DateRange):
        number, then = None, side_of(tx, metric, before)
        beside = "earlier period" if before.first < span.first else "other period"
    else:
        captured, then = sealed_side(tx, metric, before)
        number, beside = captured.id, "baseline"
    if is_whole_only:
        now, then = _whole_only(now, then, step)
    comparison = compare(metric, then, now, beside)
    steps = step_values(metric, then, step)
    return ComparisonSeries(
        metric=metric.name,
        account=metric.account_key,
        label=metric.template.label,
        source=source_name(metric.source_label, has_by_hand=comparison.has_by_hand),
        unit=metric.template.unit,
        step=step,
        baseline_id=number,
        beside=beside,
        asked=span,
        baseline=series_of(metric, then, comparison.baseline, steps, step),
        current=series_of(metric, now, comparison.current, step_values(metric, now, step), step),
        usual=usual_range(metric, steps),
        sentence=comparison_sentence(comparison),
        status=status_words(comparison),
        next_action=next_action(comparison),
        is_comparable=comparison.is_comparable,
        is_complete=comparison.is_complete,
        has_enough_data=comparison.is_ordinary is not None,
        has_interval=comparison.interval is not None,
        current_words=_said(comparison.current, metric),
        baseline_words=_said(comparison.baseline, metric),
        change_words=movement_words(comparison),
        interval_words=interval_words(comparison),
        left_out=left_out_words(comparison),
    )


def _whole_only(now: Side, then: Side, step: Step) -> tuple[Side, Side]:
    part = whole_part(now.range, step, _complete(now))
    if part is None:
        raise DeskError(
            "no_whole_step",
            f"The current period, {range_in_words(now.range)}, does not begin with a whole {step}.",
            f"Choose days that do, a shorter step than the {step}, or turn off `Complete periods only`.",
        )
    return replace(now, range=part), replace(then, range=first_part(then.range, part))


def _complete(side: Side) -> frozenset[date]:
    parts = [side.series, *([side.denominator] if side.denominator else [])]
    return frozenset.intersection(*(_complete_days(each) for each in parts))


def _complete_days(series: DailySeries) -> frozenset[date]:
    return frozenset(day for day in series.covered if series.is_complete(day))


def _said(period: PeriodValue, metric: Metric) -> str:
    return "" if period.value is None else with_unit(period.value, metric.template.unit)


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

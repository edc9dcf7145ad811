"""Where a number of a sentence comes from: the days it is the sum of, or its two parts; a baseline as it was sealed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from lib.clock import zone
from lib.db.shared_steps.metric_series import operands, side_of
from lib.db.shared_steps.sealed_sides import comparable_metric, sealed_side
from lib.db.unit_of_work import UnitOfWork
from lib.domain.arriving.by_hand import source_name
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.domain.people import Right
from lib.reporting.amounts import with_unit
from lib.reporting.compare import Side, period_value
from lib.reporting.periods import days_of
from lib.reporting.series import DailySeries, total
from lib.reporting.sums import ratio_in_words, sum_in_words


@dataclass(frozen=True)
class TracedDay:
    """One day of a number; `is_known` is False where nothing covers the day, `now` says what it came to since."""

    day: date
    value: Decimal
    words: str
    left_out: int
    is_complete: bool
    is_known: bool
    now: str = ""


@dataclass(frozen=True)
class TracedPart:
    """One metric over the whole range: its days come to `comes_to`, said aloud in `sum_words`."""

    metric: str
    label: str
    unit: str
    value: Decimal | None
    words: str
    comes_to: Decimal
    sum_words: str
    days: tuple[TracedDay, ...]
    left_out: int

    @property
    def adds_up(self) -> bool:
        """Whether the days come to the number."""
        return self.comes_to == (self.value or 0)

    @property
    def unknown_days(self) -> int:
        """On how many days nothing is known."""
        return sum(not day.is_known for day in self.days)

    @property
    def moved_days(self) -> int:
        """On how many days of what was sealed the desk says something else now."""
        return sum(bool(day.now) for day in self.days)


@dataclass(frozen=True)
class SealedBy:
    """Who sealed the baseline that a number is of, and when (the client's day)."""

    baseline_id: int
    name: str
    on: date
    reason: str


@dataclass(frozen=True)
class NumberTrace:
    """A number over a range: one part, or for a ratio two with the division said aloud in `ratio_words`."""

    metric: str
    label: str
    source_label: str
    range: DateRange
    words: str
    parts: tuple[TracedPart, ...]
    ratio_words: str
    sealed: SealedBy | None


def trace_number(tx: UnitOfWork, name: str, span: DateRange, baseline_id: int | None = None) -> NumberTrace:
    """What `account.metric` comes to over these days, day by day; with a baseline, over the days that it sealed.

    The number of queries does not grow with the days. NotFound outside the person's clients; DeskError
    `metric_has_dimension`, `other_metric`, `seal_broken`.
    """
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(name.partition(".")[0])
    metric = comparable_metric(tx, account.client_key, name)
    live = side_of(tx, metric, span)
    side, sealed = live, None
    if baseline_id is not None:
        captured, whole = sealed_side(tx, metric, baseline_id)
        inside = DateRange(max(span.first, whole.range.first), min(span.last, whole.range.last))
        side = replace(whole, range=inside)
        person = tx.people.by_id(captured.captured_by)
        on = captured.captured_at.astimezone(zone(account.client_timezone)).date()
        who = person.name if person else "somebody who is no longer on this desk"
        sealed = SealedBy(captured.id, who, on, captured.reason)
    parts = _parts(tx, metric, side, live if sealed else None)
    value = period_value(metric, side).value
    words = "unknown" if value is None else with_unit(value, metric.template.unit)
    aloud = ratio_in_words(parts[0].words, parts[1].words, words, metric.template.unit) if len(parts) == 2 else ""
    source = source_name(metric.source_label, has_by_hand=side.has_by_hand)
    return NumberTrace(metric.name, metric.template.label, source, side.range, words, parts, aloud, sealed)


def _parts(tx: UnitOfWork, metric: Metric, side: Side, now: Side | None) -> tuple[TracedPart, ...]:
    above, below = operands(tx, metric)
    found = [_part(above, side.range, side.series, now.series if now else None)]
    if below is not None:
        live = (now.denominator or DailySeries()) if now else None
        found.append(_part(below, side.range, side.denominator or DailySeries(), live))
    return tuple(found)


def _part(metric: Metric, span: DateRange, series: DailySeries, now: DailySeries | None) -> TracedPart:
    unit = metric.template.unit
    days = tuple(_day(day, unit, series, now) for day in days_of(span))
    value = total(series.days, series.covered, span)
    return TracedPart(
        metric=metric.name,
        label=metric.template.label,
        unit=unit,
        value=value.value,
        words="unknown" if value.value is None else with_unit(value.value, unit),
        comes_to=sum((each.value for each in days), Decimal(0)),
        sum_words=sum_in_words([each.value for each in days], unit),
        days=days,
        left_out=value.excluded,
    )


def _day(day: date, unit: str, series: DailySeries, now: DailySeries | None) -> TracedDay:
    is_known = day in series.days or day in series.covered
    value = series.days[day].value if day in series.days else Decimal(0)
    later = ""
    if now is not None:
        current = now.days[day].value if day in now.days else Decimal(0)
        later = "" if current == value else with_unit(current, unit)
    return TracedDay(
        day=day,
        value=value,
        words=with_unit(value, unit) if is_known else "unknown",
        left_out=series.days[day].excluded if day in series.days else 0,
        is_complete=series.is_complete(day),
        is_known=is_known,
        now=later,
    )

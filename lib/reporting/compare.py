"""Baseline against current: the difference, whether the two may be compared at all, and whether it is ordinary."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.reporting.amounts import as_number, is_money
from lib.reporting.intervals import (
    MIN_DAYS,
    DaySample,
    Floats,
    Spread,
    calendar_effect,
    difference_interval,
    is_ordinary,
    ratio_spreads,
    total_spreads,
)
from lib.reporting.periods import days_of, is_same_length, shares_days
from lib.reporting.series import DailySeries, PeriodValue, ratio, total

TENTH = Decimal("0.1")

# Clauses that end "... because"; they hold no number, so a sentence can quote them as they are.
DEFINITION_CHANGED = "the definition of this number changed after the baseline was captured"
DATE_BASIS_CHANGED = "the baseline counts entries by another date of theirs"
TIMEZONE_CHANGED = "the baseline counts its days in another time zone"
LENGTH_DIFFERS = "the two periods differ in length and are not whole months"

INCOMPLETE = "a period is not complete"
TOO_FEW_DAYS = "a period is shorter than a week"
SHARED_DAYS = "the two periods share days"
TOO_FEW_VALUES = "too few days have a value"
NO_SPREAD = "no day differs from another"


@dataclass(frozen=True)
class Side:
    """One period of a comparison: its days, and the definition under which they were counted.

    A RATIO has its two parts in `series` (numerator) and `denominator`; every other metric leaves the latter None.
    For a sealed baseline all of it is what was sealed. `has_by_hand` says that a value of it stands on rows that a
    person entered in the provider's place (R16).
    """

    range: DateRange
    series: DailySeries
    definition_version: int
    date_basis: str
    timezone: str
    denominator: DailySeries | None = None
    has_by_hand: bool = False


@dataclass(frozen=True)
class Comparison:
    """What two periods of one metric say beside each other.

    `change` is current minus baseline in the metric's unit (percentage points for `percent`), `change_pct` is in
    percent with one decimal, `interval` is 95 % in the unit of the change. `why_not` says why the two are not
    comparable, `why_no_interval` why there is no interval; `is_ordinary` is None when nobody can say.
    `is_calendar_effect` says that the interval excludes zero only by what the calendar makes on its own. `beside` is
    what the period in the place of the baseline is called: only a sealed one is a baseline.
    """

    source: str
    label: str
    unit: str
    aggregation: Aggregation
    baseline: PeriodValue
    current: PeriodValue
    change: Decimal | None
    change_pct: Decimal | None
    interval: tuple[Decimal, Decimal] | None
    is_complete: bool
    is_comparable: bool
    why_not: str = ""
    why_no_interval: str = ""
    is_ordinary: bool | None = None
    is_calendar_effect: bool = False
    beside: str = "baseline"
    # Of baseline and current: whether rows entered by hand are among what they stand on.
    by_hand: tuple[bool, bool] = (False, False)

    @property
    def has_by_hand(self) -> bool:
        """Whether rows entered by hand are among what either period stands on."""
        return any(self.by_hand)

    def as_dict(self) -> dict[str, Any]:
        """The shape machines read: money as strings, inclusive dates, percentages in percent; the sentence is added."""
        ends = None if self.interval is None else [as_number(end, self.unit) for end in self.interval]
        return {
            "source": self.source,
            "unit": self.unit,
            "baseline": self._period(self.baseline),
            "current": self._period(self.current),
            "change": as_number(self.change, self.unit),
            "change_pct": None if self.change_pct is None else float(self.change_pct),
            "interval": ends,
            "complete": self.is_complete,
            "comparable": self.is_comparable,
            "why_not": self.why_not,
            "ordinary": self.is_ordinary,
            "by_hand": {"baseline": self.by_hand[0], "current": self.by_hand[1]},
        }

    def _period(self, period: PeriodValue) -> dict[str, Any]:
        return period.range.as_dict() | {
            "value": as_number(period.value, self.unit),
            "days": period.days,
            "complete": period.complete,
            "missing_days": period.missing_days,
            "excluded": period.excluded,
        }


def compare(metric: Metric, baseline: Side, current: Side, beside: str = "baseline") -> Comparison:
    """Set two periods of one metric side by side.

    The percentage is withheld when a period is incomplete, when the baseline is not above zero, and when the two are
    not comparable; the difference is withheld only when a value is unknown or the two are not comparable. Whole
    calendar months of unequal length are compared by their plain difference. Methods: `lib.reporting.intervals`.
    """
    before, now = period_value(metric, baseline), period_value(metric, current)
    why_not = _why_not_comparable(baseline, current)
    is_complete = before.complete and now.complete
    change = None
    if not why_not and before.value is not None and now.value is not None:
        change = now.value - before.value
    measured = _Interval(why_absent=INCOMPLETE)
    if change is not None and is_complete:
        measured = _interval(metric, baseline, current, change)
    return Comparison(
        source=metric.source_label,
        label=metric.template.label,
        unit=metric.template.unit,
        aggregation=metric.template.aggregation,
        baseline=before,
        current=now,
        change=change,
        change_pct=_percentage(change, before.value) if is_complete else None,
        interval=measured.ends,
        is_complete=is_complete,
        is_comparable=not why_not,
        why_not=why_not,
        why_no_interval=measured.why_absent,
        is_ordinary=measured.is_ordinary,
        is_calendar_effect=measured.is_calendar_effect,
        beside=beside,
        by_hand=(baseline.has_by_hand, current.has_by_hand),
    )


def period_value(metric: Metric, side: Side) -> PeriodValue:
    """What the metric comes to over one side: a total, or for a RATIO the ratio of its two totals."""
    value = total(side.series.days, side.series.covered, side.range)
    if metric.template.aggregation is not Aggregation.RATIO:
        return value
    parts = side.denominator or DailySeries()
    return ratio(value, total(parts.days, parts.covered, side.range), metric.template.unit)


def _why_not_comparable(baseline: Side, current: Side) -> str:
    checks = (
        (baseline.definition_version == current.definition_version, DEFINITION_CHANGED),
        (baseline.date_basis == current.date_basis, DATE_BASIS_CHANGED),
        (baseline.timezone == current.timezone, TIMEZONE_CHANGED),
        (is_same_length(baseline.range, current.range), LENGTH_DIFFERS),
    )
    return " and ".join(why for holds, why in checks if not holds)


def _percentage(change: Decimal | None, before: Decimal | None) -> Decimal | None:
    # A baseline below zero (more refunds than sales) turns the sign of a percentage round, so it gets none either.
    if change is None or before is None or before <= 0:
        return None
    return (change * 100 / before).quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class _Interval:
    ends: tuple[Decimal, Decimal] | None = None
    why_absent: str = ""
    is_ordinary: bool | None = None
    is_calendar_effect: bool = False


def _interval(metric: Metric, baseline: Side, current: Side, change: Decimal) -> _Interval:
    if min(baseline.range.days, current.range.days) < MIN_DAYS:
        return _Interval(why_absent=TOO_FEW_DAYS)
    if shares_days(baseline.range, current.range):
        return _Interval(why_absent=SHARED_DAYS)  # the same days on both sides are not independent
    if metric.template.aggregation is Aggregation.RATIO:
        spreads, calendar = _ratio_spreads(metric, baseline, current), 0.0
    else:
        samples = _sample(baseline), _sample(current)
        spreads = total_spreads(samples, is_count=all(_counts(metric, sample.values) for sample in samples))
        calendar = calendar_effect(*samples)
    if not spreads:
        return _Interval(why_absent=TOO_FEW_VALUES)
    raw = difference_interval(float(change), spreads[0], spreads[1])
    if raw is None:
        return _Interval(why_absent=NO_SPREAD)
    # Judged after rounding, so that nobody reads "between 0 and 6 more" beside a claim that zero is excluded.
    low, high = (_round_end(end, metric, change) for end in raw)
    ordinary = is_ordinary((float(low), float(high)), calendar)
    return _Interval((low, high), is_ordinary=ordinary, is_calendar_effect=ordinary and not low <= 0 <= high)


def _sample(side: Side) -> DaySample:
    days = list(days_of(side.range))
    return DaySample(_values(side.series, side), np.array([day.weekday() for day in days], dtype=np.int64))


def _values(series: DailySeries, side: Side) -> Floats:
    # Only ever called for complete periods, where a day without a slice is zero.
    days = series.days
    return np.array([float(days[day].value) if day in days else 0.0 for day in days_of(side.range)], dtype=np.float64)


def _counts(metric: Metric, values: Floats) -> bool:
    """Whether the values are counts of something: counted by us, or whole numbers that a provider counted."""
    if metric.template.aggregation is Aggregation.COUNT:
        return True
    return not is_money(metric.template.unit) and bool(np.all((values >= 0) & (values == np.floor(values))))


def _ratio_spreads(metric: Metric, *sides: Side) -> list[Spread]:
    """The spread of each side's ratio, none where one has hardly any days to divide by."""
    above = [_sample(side) for side in sides]
    below = [_values(side.denominator or DailySeries(), side) for side in sides]
    is_percent = metric.template.unit == "percent"
    scale = 100.0**2 if is_percent else 1.0
    spreads = ratio_spreads(above, below, may_be_share=is_percent)
    return [Spread(spread.variance * scale, spread.freedom) for spread in spreads]


def _round_end(end: float, metric: Metric, change: Decimal) -> Decimal:
    """An end as precise as the change it belongs to: whole for counts, cents for money, hundredths for the rest."""
    is_whole = change == change.to_integral_value() and not is_money(metric.template.unit)
    is_fine = metric.template.aggregation is Aggregation.RATIO or not is_whole
    rounded = Decimal(repr(end)).quantize(Decimal("0.01") if is_fine else Decimal(1), ROUND_HALF_UP)
    return rounded + 0  # a negative zero becomes zero

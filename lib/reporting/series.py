"""Daily values of one metric, and what they come to over a period: a total, or a ratio of two totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation
from lib.reporting.amounts import CENT
from lib.reporting.periods import days_of


@dataclass(frozen=True)
class DayValue:
    """One slice: a metric's value on a local day, whether that day is complete, and how many entries are left out.

    `excluded_classes` says of which class those are; empty where that is not known, as of a sealed baseline.
    """

    day: date
    value: Decimal
    is_complete: bool
    excluded: int = 0
    excluded_classes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DailySeries:
    """The slices of a metric by day, and the days that committed deliveries cover."""

    days: Mapping[date, DayValue] = field(default_factory=dict)
    covered: Collection[date] = frozenset()

    def is_complete(self, day: date) -> bool:
        """A day is complete when it is covered and no slice of it says otherwise."""
        return day in self.covered and (day not in self.days or self.days[day].is_complete)


@dataclass(frozen=True)
class PeriodValue:
    """What a metric comes to over a range: `value` None is unknown, and an incomplete value is only what is known."""

    range: DateRange
    value: Decimal | None
    days: int
    complete: bool
    missing_days: int
    excluded: int = 0
    excluded_classes: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_undefined(self) -> bool:
        """All the data is here and there still is no value: a ratio whose denominator is zero."""
        return self.complete and self.value is None


def total(
    days: Mapping[date, DayValue],
    covered: Collection[date],
    period: DateRange,
    aggregation: Aggregation = Aggregation.COUNT,
) -> PeriodValue:
    """The sum of a period's days.

    A covered day without a slice is zero. A day that is not covered is unknown, never zero: it counts as missing, and
    when nothing at all is known of the period its value is None. A RATIO has no total; asking for one is a bug.
    """
    if aggregation is Aggregation.RATIO:
        raise ValueError("A ratio is computed from two totals, never summed.")
    series = DailySeries(days, covered if isinstance(covered, set | frozenset) else frozenset(covered))
    inside = list(days_of(period))
    slices = [days[day] for day in inside if day in days]
    complete_days = sum(series.is_complete(day) for day in inside)
    return PeriodValue(
        range=period,
        value=sum((each.value for each in slices), Decimal(0)) if slices or complete_days else None,
        days=period.days,
        complete=complete_days == period.days,
        missing_days=period.days - complete_days,
        excluded=sum(each.excluded for each in slices),
        excluded_classes=classes_of(slices),
    )


def classes_of(slices: Iterable[DayValue]) -> dict[str, int]:
    """How many entries of each class some days leave out."""
    found: Counter[str] = Counter()
    for each in slices:
        found.update(each.excluded_classes)
    return dict(sorted(found.items()))


def ratio(numerator: PeriodValue, denominator: PeriodValue, unit: str) -> PeriodValue:
    """The ratio of two totals of the same period, rounded half up to two decimals; `percent` multiplies by a hundred.

    Always from sums, never an average of daily ratios. None when either total is unknown or the denominator is zero.
    The two may leave out the same entries, so `excluded` is the larger count rather than the sum.
    """
    if numerator.range != denominator.range:
        raise ValueError("The two totals of a ratio are of the same period.")
    value = None
    more = max(numerator, denominator, key=lambda each: each.excluded)
    if numerator.value is not None and denominator.value:
        scale = 100 if unit == "percent" else 1
        value = (numerator.value * scale / denominator.value).quantize(CENT, ROUND_HALF_UP)
    return PeriodValue(
        range=numerator.range,
        value=value,
        days=numerator.days,
        complete=numerator.complete and denominator.complete,
        missing_days=max(numerator.missing_days, denominator.missing_days),
        excluded=more.excluded,
        excluded_classes=more.excluded_classes,
    )

"""A period cut into equal steps, so that two periods are read side by side: first week beside first week."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

import numpy as np

from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.reporting.compare import Side, period_value
from lib.reporting.intervals import CONFIDENCE
from lib.reporting.periods import Period, days_of, month_of, split
from lib.reporting.quantiles import students_t
from lib.reporting.series import PeriodValue

Step = Literal["day", "week", "month"]
WEEK = 7
MIN_STEPS = 5  # fewer say next to nothing about how far the next one may lie


@dataclass(frozen=True)
class StepValue:
    """What a metric comes to in one step; `full_days` is how many days the step would have if nothing cut it short."""

    value: PeriodValue
    full_days: int

    @property
    def is_whole(self) -> bool:
        """Whether the step is neither cut by its period nor waiting for days; only whole steps are set side by side."""
        return self.value.complete and self.value.days == self.full_days

    @property
    def known_days(self) -> int:
        """How many of its days are complete."""
        return self.value.days - self.value.missing_days


def steps_of(span: DateRange, step: Step) -> list[Period]:
    """The steps of a range in order, without a gap or an overlap; the last may be cut, a first month too.

    A week is seven days counted from the first day of the range, not from a Monday. So two periods have their weeks
    at the same places, each week holds every weekday once, and none but the last is cut.
    """
    if step != "week":
        return split(span, step)
    firsts = (span.first + timedelta(days=past) for past in range(0, span.days, WEEK))
    weeks = (DateRange(first, min(first + timedelta(days=WEEK - 1), span.last)) for first in firsts)
    return [Period(week.first.isoformat(), week) for week in weeks]


def usual_step(span: DateRange) -> Step:
    """The step in which a range has some five to thirty points."""
    if span.days < 3 * WEEK:
        return "day"
    return "week" if span.days <= 200 else "month"


def whole_part(span: DateRange, step: Step, complete: Collection[date]) -> DateRange | None:
    """The beginning of a range that consists of whole, complete steps only; None where not even its first one is."""
    last = None
    for period in steps_of(span, step):
        is_full = period.range.days == _full_days(period.range.first, step)
        if not is_full or any(day not in complete for day in days_of(period.range)):
            break
        last = period.range.last
    return None if last is None else DateRange(span.first, last)


def step_values(metric: Metric, side: Side, step: Step) -> list[StepValue]:
    """The metric in each step of one side; a ratio is computed anew from the two totals of each step."""
    return [
        StepValue(period_value(metric, replace(side, range=period.range)), _full_days(period.range.first, step))
        for period in steps_of(side.range, step)
    ]


def _full_days(first: date, step: Step) -> int:
    return {"day": 1, "week": WEEK, "month": month_of(first).days}[step]


def level(metric: Metric, side: Side, steps: Sequence[StepValue]) -> Decimal | None:
    """What a step of this side comes to: the mean of its whole steps; of a ratio, the ratio of the whole side.

    Unrounded; None where no step is whole.
    """
    values = whole_values(steps)
    if not values:
        return None
    if metric.template.aggregation is Aggregation.RATIO:
        return period_value(metric, side).value
    return sum(values, Decimal(0)) / len(values)


def whole_values(steps: Sequence[StepValue]) -> list[Decimal]:
    """The values of the whole steps, in order; a ratio with nothing to divide by has none."""
    return [step.value.value for step in steps if step.is_whole and step.value.value is not None]


def usual_range(metric: Metric, steps: Sequence[StepValue]) -> tuple[Decimal, Decimal] | None:
    """Between which values one more step of the same kind would lie 19 times in 20; None with fewer than five.

    The prediction interval for one further observation, mean ± t · s · √(1 + 1/n) (Hahn & Meeker, *Statistical
    Intervals*, 1991, 4.7), with a variance of counts that is never below the Poisson one. Where no value is below
    zero, neither is the range. Whole numbers for counts, tenths of a percent, hundredths otherwise.
    """
    values = np.array([float(value) for value in whole_values(steps)])
    if len(values) < MIN_STEPS:
        return None
    is_count = metric.template.aggregation is Aggregation.COUNT
    variance = float(values.var(ddof=1))
    if is_count:
        variance = max(variance, float(values.mean()))
    reach = students_t(len(values) - 1, (1 + CONFIDENCE) / 2) * np.sqrt(variance * (1 + 1 / len(values)))
    low, high = float(values.mean() - reach), float(values.mean() + reach)
    if values.min() >= 0:
        low = max(low, 0.0)
    fine = Decimal(1) if is_count else Decimal("0.1") if metric.template.unit == "percent" else Decimal("0.01")
    return Decimal(repr(low)).quantize(fine) + 0, Decimal(repr(high)).quantize(fine)

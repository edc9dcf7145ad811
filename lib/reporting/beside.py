"""What a period is set beside: a sealed baseline, or days that follow from the period itself (F108, F109)."""

from __future__ import annotations

from enum import StrEnum

from lib.domain.imports import DateRange
from lib.reporting.periods import (
    prior_period,
    same_period_last_year,
    same_weekdays_before,
    same_weekdays_last_year,
)


class Beside(StrEnum):
    """The ways to choose the other period; only a sealed baseline carries a claim (R4)."""

    BASELINE = "baseline"
    PRIOR = "prior"
    YEAR = "year"
    WEEKDAYS = "weekdays"
    WEEKDAYS_YEAR = "weekdays_year"
    OWN = "own"


BESIDE_WORDS = {
    Beside.BASELINE: "A sealed baseline",
    Beside.PRIOR: "The period before",
    Beside.YEAR: "The same dates last year",
    Beside.WEEKDAYS: "The same weekdays before",
    Beside.WEEKDAYS_YEAR: "The same weekdays last year",
    Beside.OWN: "Own dates",
}
_DAYS = {
    Beside.PRIOR: prior_period,
    Beside.YEAR: same_period_last_year,
    Beside.WEEKDAYS: same_weekdays_before,
    Beside.WEEKDAYS_YEAR: same_weekdays_last_year,
}


def days_beside(mode: Beside, current: DateRange) -> DateRange:
    """The days of the other period. Those of a baseline and of own dates are chosen by somebody, so here they are the
    period before.
    """
    return _DAYS.get(mode, prior_period)(current)

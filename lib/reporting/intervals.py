"""How much two periods would differ anyway: 95 % intervals for a difference, from the spread of the days themselves.

**Totals.** The days of a period are draws around a level that may follow the weekday. With three weeks or more the
weekday means are taken out and the residual variance s² has n − 7 degrees of freedom; with less it is taken around the
mean with n − 1, so the weekly rhythm widens the interval instead of being mistaken for precision. A total of n days
has variance n·s², with no assumption about the shape of a day, so skewed money is treated alike. For counts the
variance is never below the Poisson one, which is the quasi-likelihood treatment of over-dispersed counts with a
dispersion of at least one (McCullagh & Nelder, *Generalized Linear Models*, 2nd ed. 1989, 4.5 and 6.2); the floor is
total + 1, because an observed zero is not a rate of zero. The two variances add, and the difference gets a t quantile
with the degrees of freedom of Welch (*Biometrika* 34, 1947) and Satterthwaite (*Biometrics Bulletin* 2, 1946).

**Ratios.** A ratio of two sums R = N/D is linearised: its variance is that of the total of z = (numerator − R ·
denominator)/D over the days (delta method; Cochran, *Sampling Techniques*, 3rd ed. 1977, 6.3-6.4). A share of counts is
never surer than a binomial with one success and one failure added (Agresti & Caffo, *The American Statistician* 54,
2000).

**What it does not see**: days that depend on the days before beyond the weekday rhythm (a storm week) make real
variation wider than this says. `tests/unit/reporting/test_intervals.py` holds the simulations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Weekdays = NDArray[np.int64]

CONFIDENCE = 0.95
MIN_DAYS = 7  # below a week not even the rhythm has been seen once
RHYTHM_DAYS = 21  # three of each weekday, so that removing seven means leaves something to estimate from


@dataclass(frozen=True)
class Spread:
    """The variance of an estimate, and the degrees of freedom it was estimated with."""

    variance: float
    freedom: float


@dataclass(frozen=True)
class DaySample:
    """The daily values of one period and their weekdays (Monday 0), both of one entry a day."""

    values: Floats
    weekdays: Weekdays

    @property
    def has_rhythm(self) -> bool:
        """Whether there are weeks enough to take the weekday means out."""
        return len(self.values) >= RHYTHM_DAYS


def _residual_spread(values: Floats, weekdays: Weekdays) -> Spread:
    """The spread of the sum of the values: n·s², around weekday means with three weeks, else around the mean."""
    groups = weekdays if len(values) >= RHYTHM_DAYS else np.zeros_like(weekdays)
    distinct, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    means = np.bincount(codes, weights=values) / sizes
    freedom = len(values) - len(distinct)
    residual = float(np.sum((values - means[codes]) ** 2)) / freedom
    return Spread(len(values) * residual, freedom)


def total_spread(sample: DaySample, *, is_count: bool) -> Spread:
    """The spread of a period's total; never below Poisson for a count."""
    spread = _residual_spread(sample.values, sample.weekdays)
    if not is_count:
        return spread
    return Spread(max(spread.variance, float(np.sum(sample.values)) + 1.0), spread.freedom)


def ratio_spread(numerator: Floats, denominator: Floats, weekdays: Weekdays, *, is_share: bool) -> Spread | None:
    """The spread of a ratio of two sums by linearisation; None with fewer than seven days that have a denominator.

    A linearised ratio is only as good as its denominator is far from zero; `is_share` says that the numerator counts
    a part of what the denominator counts.
    """
    if np.count_nonzero(denominator > 0) < MIN_DAYS:
        return None
    n, d = float(numerator.sum()), float(denominator.sum())
    spread = _residual_spread((numerator - n / d * denominator) / d, weekdays)
    if not is_share:
        return spread
    share = (n + 1) / (d + 2)
    return Spread(max(spread.variance, share * (1 - share) / (d + 2)), spread.freedom)


def difference_interval(difference: float, baseline: Spread, current: Spread) -> tuple[float, float] | None:
    """The 95 % interval around a difference of two independent estimates; None when no day differs from another."""
    variance = baseline.variance + current.variance
    if variance <= 0:
        return None
    freedom = variance**2 / (baseline.variance**2 / baseline.freedom + current.variance**2 / current.freedom)
    reach = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * variance**0.5
    return difference - reach, difference + reach


def calendar_effect(baseline: DaySample, current: DaySample) -> float:
    """The difference of the totals that the calendar alone would make, at a level halfway between the two periods.

    Three more days, or two more Mondays, are no change in the business. The weekday profile comes from least squares
    over both periods with a step between them; with less than three weeks on a side it is flat.
    """
    counts = [np.bincount(each.weekdays, minlength=7).astype(np.float64) for each in (baseline, current)]
    if np.array_equal(counts[0], counts[1]):
        return 0.0
    if not (baseline.has_rhythm and current.has_rhythm):
        level = (baseline.values.mean() + current.values.mean()) / 2
        return float(level * (len(current.values) - len(baseline.values)))
    weekdays = np.concatenate([baseline.weekdays, current.weekdays])
    step = np.concatenate([np.full(len(baseline.values), -0.5), np.full(len(current.values), 0.5)])
    design = np.column_stack([np.eye(7)[weekdays], step])
    fitted = np.linalg.lstsq(design, np.concatenate([baseline.values, current.values]), rcond=None)[0]
    return float(fitted[:7] @ (counts[1] - counts[0]))


def is_ordinary(interval: tuple[float, float], calendar: float = 0.0) -> bool:
    """Whether a movement is within ordinary variation.

    It is more than that only when the whole interval lies beyond both no change and what the calendar alone would
    make, on the same side; so an interval that includes zero is always ordinary.
    """
    low, high = interval
    return not (low > max(0.0, calendar) or high < min(0.0, calendar))

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

**Days that depend on the days before** (a storm week) make a period vary more than its days say. Where the weekday
means are out, the variance is multiplied by (1 + r)/(1 − r), the factor of a first-order autoregression (Bayley &
Hammersley, *Supplement to the Journal of the Royal Statistical Society* 8, 1946; Zwiers & von Storch, *Journal of
Climate* 8, 1995). r is the correlation of neighbouring residuals over both periods, which two days of different
weekdays have without a bias, and one standard error of it more (1/√n, Bartlett, the same *Supplement*, 1946), so that
a dependence that happens not to show is allowed for as well; it is never below zero. Under three weeks nothing of the
kind can be estimated; there the weekly rhythm in the spread is what widens the interval.

`python -m lib intervals` simulates what comes of it (`lib.reporting.simulation`): how often a movement is claimed where
there is none, and how often a doubling is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lib.reporting.quantiles import students_t

Floats = NDArray[np.float64]
Weekdays = NDArray[np.int64]

CONFIDENCE = 0.95
MIN_DAYS = 7  # below a week not even the rhythm has been seen once
RHYTHM_DAYS = 21  # three of each weekday, so that removing seven means leaves something to estimate from
MOST_DEPENDENT = 0.8  # beyond it a month holds fewer than four days' worth of independent evidence


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


def _residuals(sample: DaySample) -> tuple[Floats, int]:
    """What is left of the days without their weekday means, with three weeks, else without their mean; and its freedom."""
    if not sample.has_rhythm:
        return sample.values - sample.values.mean(), len(sample.values) - 1
    sizes = np.bincount(sample.weekdays, minlength=7)
    means = np.bincount(sample.weekdays, weights=sample.values, minlength=7) / np.maximum(sizes, 1)
    return sample.values - means[sample.weekdays], len(sample.values) - int(np.count_nonzero(sizes))


def dependence(samples: Sequence[DaySample]) -> float:
    """By how much the variance of a total is larger because days depend on the days before; at least one."""
    above = below = 0.0
    pairs = 0
    for sample in samples:
        if sample.has_rhythm:
            rest, _ = _residuals(sample)
            above += float(rest[1:] @ rest[:-1])
            below += float(rest @ rest)
            pairs += len(rest) - 1
    if below <= 0:
        return 1.0
    r = min(max(above / below + 1 / sqrt(pairs), 0.0), MOST_DEPENDENT)
    return (1 + r) / (1 - r)


def _residual_spread(sample: DaySample, factor: float) -> Spread:
    """The spread of the sum of the values: n·s² around their means, times the dependence where the rhythm is out."""
    rest, freedom = _residuals(sample)
    variance = len(rest) * float(rest @ rest) / freedom
    return Spread(variance * factor if sample.has_rhythm else variance, freedom)


def total_spread(sample: DaySample, *, is_count: bool, factor: float = 1.0) -> Spread:
    """The spread of a period's total; never below Poisson for a count. `factor` is the `dependence` of both periods."""
    spread = _residual_spread(sample, factor)
    if not is_count:
        return spread
    return Spread(max(spread.variance, float(np.sum(sample.values)) + 1.0), spread.freedom)


def linearised(numerator: DaySample, denominator: Floats) -> DaySample | None:
    """The days whose total varies as the ratio of the two sums does; None with fewer than seven that have a denominator.

    A linearised ratio is only as good as its denominator is far from zero.
    """
    if np.count_nonzero(denominator > 0) < MIN_DAYS:
        return None
    n, d = float(numerator.values.sum()), float(denominator.sum())
    return DaySample((numerator.values - n / d * denominator) / d, numerator.weekdays)


def ratio_spread(linear: DaySample, *, share: tuple[float, float] | None = None, factor: float = 1.0) -> Spread:
    """The spread of a ratio whose linearised days these are.

    `share` are the two sums where the numerator counts a part of what the denominator counts.
    """
    spread = _residual_spread(linear, factor)
    if share is None:
        return spread
    n, d = share
    part = (n + 1) / (d + 2)
    return Spread(max(spread.variance, part * (1 - part) / (d + 2)), spread.freedom)


def total_spreads(samples: Sequence[DaySample], *, is_count: bool) -> list[Spread]:
    """The spread of each period's total, with the dependence that both show."""
    factor = dependence(samples)
    return [total_spread(sample, is_count=is_count, factor=factor) for sample in samples]


def ratio_spreads(above: Sequence[DaySample], below: Sequence[Floats], *, may_be_share: bool) -> list[Spread]:
    """The spread of each period's ratio; none where one has hardly any days to divide by.

    `may_be_share` says that a numerator which nowhere exceeds its denominator counts a part of it.
    """
    known = [each for each in map(linearised, above, below) if each is not None]
    if len(known) < len(above):
        return []
    factor, found = dependence(known), []
    for each, numerator, denominator in zip(known, above, below, strict=True):
        sums = float(numerator.values.sum()), float(denominator.sum())
        is_share = may_be_share and bool(np.all(numerator.values >= 0)) and sums[0] <= sums[1]
        found.append(ratio_spread(each, share=sums if is_share else None, factor=factor))
    return found


def difference_interval(difference: float, baseline: Spread, current: Spread) -> tuple[float, float] | None:
    """The 95 % interval around a difference of two independent estimates; None when no day differs from another."""
    variance = baseline.variance + current.variance
    if variance <= 0:
        return None
    freedom = variance**2 / (baseline.variance**2 / baseline.freedom + current.variance**2 / current.freedom)
    reach = students_t(freedom, (1 + CONFIDENCE) / 2) * variance**0.5
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

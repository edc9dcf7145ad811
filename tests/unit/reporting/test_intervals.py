"""The promise of the interval, kept by simulation: few false alarms, and a doubling is found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lib.reporting.intervals import (
    DaySample,
    Floats,
    Spread,
    calendar_effect,
    difference_interval,
    is_ordinary,
    ratio_spread,
    total_spread,
)

RUNS = 400
RHYTHM = np.array([1.3, 1.2, 1.1, 1.1, 1.2, 0.6, 0.5])  # Monday to Sunday, mean one
Draw = Callable[[np.random.Generator, Floats], Floats]


def counts(dispersion: float) -> Draw:
    """Negative binomial counts whose variance is `dispersion` times their mean; Poisson at one."""

    def draw(random: np.random.Generator, mean: Floats) -> Floats:
        if dispersion > 1:
            mean = random.gamma(mean / (dispersion - 1), dispersion - 1)
        return random.poisson(mean).astype(np.float64)

    return draw


def skewed_money(random: np.random.Generator, mean: Floats) -> Floats:
    """No sale on most days, and a heavy right tail on the others."""
    return mean * random.lognormal(0, 1.5, len(mean)) * (random.random(len(mean)) < 0.4)


def claimed_share(draw: Draw, level: float, lengths: tuple[int, int], factor: float = 1.0, *, is_count: bool) -> float:
    """How often a movement is claimed between two neighbouring periods with a weekly rhythm."""
    random = np.random.default_rng(20250301)
    before = lengths[0]
    weekdays = np.arange(sum(lengths)) % 7
    means = level * RHYTHM[weekdays]
    means[before:] *= factor
    claims = 0
    for _ in range(RUNS):
        days = draw(random, means)
        sides = DaySample(days[:before], weekdays[:before]), DaySample(days[before:], weekdays[before:])
        spreads = [total_spread(side, is_count=is_count) for side in sides]
        interval = difference_interval(float(sides[1].values.sum() - sides[0].values.sum()), *spreads)
        claims += interval is not None and not is_ordinary(interval, calendar_effect(*sides))
    return claims / RUNS


@pytest.mark.parametrize("lengths", [(7, 7), (10, 10), (28, 28), (28, 31), (31, 30), (90, 90)])
@pytest.mark.parametrize(("level", "dispersion"), [(0.3, 1), (5, 1), (5, 3), (100, 4)])
def test_without_a_change_a_movement_is_hardly_ever_claimed(
    lengths: tuple[int, int], level: float, dispersion: float
) -> None:
    # Five in a hundred are meant; with 400 runs seven is what chance alone still allows.
    assert claimed_share(counts(dispersion), level, lengths, is_count=True) <= 0.07


@pytest.mark.parametrize("lengths", [(7, 7), (28, 28), (28, 31), (90, 90)])
def test_skewed_money_raises_no_more_false_alarms_than_counts(lengths: tuple[int, int]) -> None:
    assert claimed_share(skewed_money, 500, lengths, is_count=False) <= 0.07


@pytest.mark.parametrize("dispersion", [1, 2, 3, 4])
def test_a_doubling_of_five_a_day_over_four_weeks_is_found(dispersion: float) -> None:
    assert claimed_share(counts(dispersion), 5, (28, 28), factor=2, is_count=True) >= 0.8


def test_an_unchanged_share_is_hardly_ever_claimed_and_a_doubled_one_is_found() -> None:
    random = np.random.default_rng(7)
    weekdays = np.arange(28) % 7

    def claims(share_now: float) -> float:
        found = 0
        for _ in range(RUNS):
            sides = []
            for share in (0.2, share_now):
                asked = random.poisson(20 * RHYTHM[weekdays]).astype(np.float64)
                sides.append((random.binomial(asked.astype(np.int64), share).astype(np.float64), asked))
            spreads = [ratio_spread(n, d, weekdays, is_share=True) for n, d in sides]
            assert spreads[0]
            assert spreads[1]
            difference = sides[1][0].sum() / sides[1][1].sum() - sides[0][0].sum() / sides[0][1].sum()
            interval = difference_interval(float(difference), spreads[0], spreads[1])
            found += interval is not None and not is_ordinary(interval)
        return found / RUNS

    assert claims(0.2) <= 0.07
    assert claims(0.4) >= 0.8


def week(*values: float) -> DaySample:
    return DaySample(np.array(values, dtype=np.float64), np.arange(len(values)) % 7)


def test_a_count_is_never_surer_than_chance_allows() -> None:
    assert total_spread(week(*[5.0] * 28), is_count=True).variance == 28 * 5 + 1
    assert total_spread(week(*[0.0] * 7), is_count=True).variance == 1


def test_the_weekly_rhythm_is_no_noise_once_it_has_been_seen_three_times() -> None:
    rhythm = [10.0, 10, 10, 10, 10, 0, 0]
    assert total_spread(week(*rhythm * 3), is_count=False) == Spread(0, 14)
    assert total_spread(week(*rhythm * 2), is_count=False).variance > 0


def test_days_that_never_differ_give_no_interval_for_money() -> None:
    assert difference_interval(3, Spread(0, 6), Spread(0, 6)) is None


def test_the_interval_is_student_s() -> None:
    # Two means of ten with variance one each: Welch's degrees of freedom are 18, and t(18) at 97.5 % is 2.1009.
    interval = difference_interval(0, Spread(0.5, 9), Spread(0.5, 9))
    assert interval == pytest.approx((-2.1009, 2.1009), abs=1e-4)


def test_a_longer_month_is_no_movement() -> None:
    before = DaySample(np.full(28, 10.0), np.arange(28) % 7)
    now = DaySample(np.full(31, 10.0), np.arange(31) % 7)
    assert calendar_effect(before, now) == pytest.approx(30)
    assert calendar_effect(before, before) == 0


def test_two_more_weekend_days_are_no_movement() -> None:
    def sample(first: int) -> DaySample:
        weekdays = (np.arange(30) + first) % 7
        return DaySample(np.where(weekdays >= 5, 0.0, 10.0), weekdays)

    monday, saturday = sample(0), sample(5)
    assert calendar_effect(monday, saturday) == pytest.approx(saturday.values.sum() - monday.values.sum()) == -20


def test_a_movement_is_claimed_only_beyond_zero_and_beyond_the_calendar() -> None:
    assert is_ordinary((-1, 5))
    assert is_ordinary((0, 5))
    assert not is_ordinary((1, 5))
    assert not is_ordinary((-5, -1))
    assert is_ordinary((1, 50), calendar=30)
    assert is_ordinary((1, 5), calendar=30)  # more in plain numbers, fewer a day: neither is claimed
    assert not is_ordinary((31, 50), calendar=30)


def test_a_ratio_with_hardly_any_denominators_has_no_spread() -> None:
    below = np.array([5.0] * 6 + [0.0])
    assert ratio_spread(np.ones(7), below, np.arange(7), is_share=False) is None

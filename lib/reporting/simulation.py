"""What the interval keeps of its promise: how often it claims a movement where there is none, and finds a doubling."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lib.reporting.intervals import (
    DaySample,
    Floats,
    calendar_effect,
    difference_interval,
    is_ordinary,
    ratio_spreads,
    total_spreads,
)

RUNS = 500
SEED = 2026
MOST_CLAIMED, LEAST_FOUND = 0.05, 0.80
RHYTHM = np.array([1.3, 1.2, 1.1, 1.1, 1.2, 0.6, 0.5])  # Monday to Sunday, mean one
_SHARE = 0.2

Random = np.random.Generator
# Two periods of days, one after another: what is counted, and for a share what it is a part of. Drawn from the usual
# level of each day and from how many times that level is really there.
Drawn = tuple[Floats, Floats | None]
Draw = Callable[[Random, Floats, Floats], Drawn]


@dataclass(frozen=True)
class Scenario:
    """A kind of days: `level` a day on average over `lengths` days before and after; `factor` is what really changed."""

    name: str
    level: float
    lengths: tuple[int, int]
    draw: Draw
    factor: float = 1.0
    is_count: bool = True

    @property
    def is_change(self) -> bool:
        """Whether there is a movement to find."""
        return self.factor != 1.0


@dataclass(frozen=True)
class Outcome:
    """How often a movement was claimed, of `runs` draws, beside what is promised."""

    scenario: Scenario
    runs: int
    claimed: float

    @property
    def is_kept(self) -> bool:
        """At most one in twenty where nothing changed, at least four in five where it doubled."""
        return self.claimed >= LEAST_FOUND if self.scenario.is_change else self.claimed <= MOST_CLAIMED


def counts(dispersion: float) -> Draw:
    """Negative binomial counts whose variance is `dispersion` times their mean; Poisson at one."""

    def draw(random: Random, usual: Floats, times: Floats) -> Drawn:
        mean = usual * times
        drawn = random.gamma(mean / (dispersion - 1), dispersion - 1) if dispersion > 1 else mean
        return random.poisson(drawn).astype(np.float64), None

    return draw


def spells(strength: float, spread: float = 0.4) -> Draw:
    """Counts around a level that wanders (log-normal, first-order autoregressive): good and bad spells of some days."""

    def draw(random: Random, usual: Floats, times: Floats) -> Drawn:
        mean, log_spread = usual * times, np.sqrt(np.log(1 + spread**2))
        steps = random.normal(size=len(mean)) * np.sqrt(1 - strength**2)
        state, states = random.normal(), np.empty(len(mean))
        for place, step in enumerate(steps):
            state = strength * state + step
            states[place] = state
        return random.poisson(mean * np.exp(log_spread * states - log_spread**2 / 2)).astype(np.float64), None

    return draw


def skewed_money(random: Random, usual: Floats, times: Floats) -> Drawn:
    """No sale on most days, and a heavy right tail on the others."""
    mean = usual * times
    return mean * random.lognormal(0, 1.5, len(mean)) * (random.random(len(mean)) < 0.4) * 0.8, None


def share_of(dispersion: float) -> Draw:
    """A fifth of over-dispersed counts, and those counts; it is the share that changes."""
    asking = counts(dispersion)

    def draw(random: Random, usual: Floats, times: Floats) -> Drawn:
        asked, _ = asking(random, usual, np.ones_like(usual))
        return random.binomial(asked.astype(np.int64), _SHARE * times).astype(np.float64), asked

    return draw


def scenarios() -> list[Scenario]:
    """Every kind of days that is tried."""
    found = []
    for lengths in ((28, 28), (28, 84)):
        for level in (0.5, 2.0, 5.0, 20.0, 50.0):
            found += [Scenario(f"counts, dispersion {d:g}", level, lengths, counts(d)) for d in (1, 1.5, 3, 6)]
        found += [Scenario(f"counts in spells, {s:g}", 10.0, lengths, spells(s)) for s in (0.2, 0.4)]
        found.append(Scenario("skewed money", 500.0, lengths, skewed_money, is_count=False))
        found.append(Scenario("a share, dispersion 3", 20.0, lengths, share_of(3)))
    found += [Scenario(f"counts, dispersion {d:g}", 5.0, (28, 28), counts(d), factor=2.0) for d in (1, 2, 3, 4)]
    return [*found, Scenario("a share, dispersion 3", 20.0, (28, 28), share_of(3), factor=2.0)]


def simulate(scenario: Scenario, runs: int = RUNS, seed: int = SEED) -> Outcome:
    """Draw the scenario's days so often and judge each draw as a comparison does; the same seed gives the same share."""
    # Each scenario draws for itself, so that one more does not move the others.
    own = f"{scenario.name}, {scenario.level} a day, {scenario.lengths}, times {scenario.factor}"
    random = np.random.default_rng([seed, zlib.crc32(own.encode())])
    before, days = scenario.lengths[0], np.arange(sum(scenario.lengths))
    weekdays = days % 7
    usual, times = scenario.level * RHYTHM[weekdays], np.where(days < before, 1.0, scenario.factor)
    claimed = 0
    for _ in range(runs):
        values, below = scenario.draw(random, usual, times)
        sides = DaySample(values[:before], weekdays[:before]), DaySample(values[before:], weekdays[before:])
        if below is None:
            claimed += _is_total_claimed(sides, is_count=scenario.is_count)
        else:
            claimed += _is_share_claimed(sides, (below[:before], below[before:]))
    return Outcome(scenario, runs, claimed / runs)


def _is_total_claimed(sides: tuple[DaySample, DaySample], *, is_count: bool) -> bool:
    spreads = total_spreads(sides, is_count=is_count)
    interval = difference_interval(float(sides[1].values.sum() - sides[0].values.sum()), *spreads)
    return interval is not None and not is_ordinary(interval, calendar_effect(*sides))


def _is_share_claimed(sides: tuple[DaySample, DaySample], below: Sequence[Floats]) -> bool:
    spreads = ratio_spreads(sides, below, may_be_share=True)
    if not spreads:
        return False
    before, now = (float(side.values.sum() / under.sum()) for side, under in zip(sides, below, strict=True))
    interval = difference_interval(now - before, *spreads)
    return interval is not None and not is_ordinary(interval)

"""When things happen at the invented roofer: more on Mondays than on Sundays, more in summer, nothing at night."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from lib.clock import zone
from lib.domain.imports import DateRange

TIMEZONE = "America/New_York"
WHOLE_MONTHS = 12

# Monday to Sunday, and January to December; both average about one.
_WEEK = (1.35, 1.2, 1.1, 1.1, 1.0, 0.75, 0.5)
_YEAR = (0.70, 0.75, 0.95, 1.10, 1.25, 1.30, 1.25, 1.15, 1.15, 1.05, 0.80, 0.55)
# From 7 to 20 o'clock: the last hours lie on the next day in UTC, which is where days are counted wrong.
_HOURS = range(7, 21)
_BUSY = (3, 6, 9, 10, 9, 7, 7, 8, 8, 7, 5, 4, 3, 2)


@dataclass(frozen=True)
class Life:
    """What the invented year follows from: a seed, the zone whose clocks it lives by, and whether nights are as days.

    A business that takes calls around the clock has some in the very hours in which the clocks are changed.
    """

    seed: int
    timezone: str = TIMEZONE
    is_around_the_clock: bool = False

    def draws(self, stream: str, month: DateRange) -> Random:
        """The random draws of one stream in one month; what is drawn elsewhere does not move them."""
        return Random(f"{self.seed}/{stream}/{month.first:%Y-%m}")  # noqa: S311 - it must repeat, not be secret

    def arrivals(self, rng: Random, month: DateRange, a_day: float) -> list[datetime]:
        """Local times without a zone, in order, as `arrivals` has them, at any hour where nights are as days."""
        return arrivals(rng, month, a_day, is_around_the_clock=self.is_around_the_clock)

    def utc_text(self, local: datetime) -> str:
        """A local time of the client as the APIs write it: `2026-03-04T15:02:11Z`."""
        return f"{local.replace(tzinfo=_zone(self.timezone)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def months_before(today: date) -> tuple[DateRange, ...]:
    """The last twelve whole months before `today`, and the running one up to yesterday where it has begun."""
    yesterday = today - timedelta(days=1)
    running = today.year * 12 + today.month - 1
    firsts = [date(month // 12, month % 12 + 1, 1) for month in range(running - WHOLE_MONTHS, running + 1)]
    lasts = [first.replace(day=monthrange(first.year, first.month)[1]) for first in firsts]
    return tuple(
        DateRange(first, min(last, yesterday)) for first, last in zip(firsts, lasts, strict=True) if first <= yesterday
    )


def month_number(month: DateRange) -> int:
    """Months since January 2020: identifiers are made of it, so that a year that begins later keeps them."""
    return (month.first.year - 2020) * 12 + month.first.month - 1


def arrivals(rng: Random, month: DateRange, a_day: float, *, is_around_the_clock: bool = False) -> list[datetime]:
    """Local times without a zone, in order: about `a_day` on an ordinary day, and at least one in the whole month."""
    hours, busy = (range(24), (1,) * 24) if is_around_the_clock else (_HOURS, _BUSY)
    found = [_time_on(rng, month.first, hours, busy)]
    for step in range(month.days):
        day = month.first + timedelta(days=step)
        expected = a_day * _WEEK[day.weekday()] * _YEAR[day.month - 1]
        found.extend(_time_on(rng, day, hours, busy) for _ in range(_poisson(rng, expected)))
    return sorted(found)


def workday_after(day: date, days: int) -> date:
    """The day so many days later, Sundays moved to the Monday."""
    later = day + timedelta(days=days)
    return later + timedelta(days=1) if later.weekday() == 6 else later


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    # Checking a name walks the time zone files, and thousands of times are written here.
    return zone(name)


def _time_on(rng: Random, day: date, hours: Sequence[int], busy: Sequence[int]) -> datetime:
    hour = rng.choices(hours, busy)[0]
    return datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)))


def _poisson(rng: Random, expected: float) -> int:
    """Knuth's way, which is quick enough for a few a day."""
    count, product, least = 0, rng.random(), exp(-expected)
    while product > least:
        count, product = count + 1, product * rng.random()
    return count

"""When a provider that sends in a rhythm is to be heard from next, and whether it has fallen silent (F151).

Only what the past bears is said: a weekday counts as usual when next to nothing was missing on it, and no day is called
late before its latest hour of the past, with a margin, has gone by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from lib.clock import zone as find_zone
from lib.reporting.periods import day_bounds
from lib.reporting.portal_words import weekday_in_words

WEEKS = 8
# Fewer weeks, or fewer gaps, are no rhythm yet.
_LEAST_WEEKS, _LEAST_GAPS = 4, 4
# How much later than ever before a delivery may come, and how much earlier it may and still be the one expected.
_MARGIN, _EARLY = timedelta(hours=3), timedelta(hours=6)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTS = {4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}


@dataclass(frozen=True)
class Rhythm:
    """What the past says about the next delivery: due by when, in UTC, and why, as one sentence without its full stop.

    `last` is when something came last. `due_by` is None where the past shows no rhythm, and `why` says so.
    """

    last: datetime | None
    due_by: datetime | None
    why: str

    def is_silent(self, now: datetime) -> bool:
        """Whether it is past the time by which something was expected, and nothing has come."""
        return self.due_by is not None and now > self.due_by


def rhythm(arrivals: Iterable[datetime], timezone: str) -> Rhythm:
    """The rhythm of an account's deliveries (moments in UTC, in any order), in the days of its client's time zone.

    The eight weeks up to the last delivery are looked at, so that a silence does not become the new rhythm. A weekday
    is usual where something came on each of its last four to seven, or on all but one of its last eight. Without one,
    the longest gap between two days with deliveries tells when the next is due, half as long again.
    """
    local = find_zone(timezone)
    moments = sorted(arrivals)
    if not moments:
        return Rhythm(None, None, "Nothing has come yet")
    last = moments[-1]
    last_day = last.astimezone(local).date()
    first_of: dict[date, time] = {}
    for moment in moments:
        here = moment.astimezone(local)
        if here.date() > last_day - timedelta(weeks=WEEKS):
            first_of.setdefault(here.date(), here.time())
    usual = _usual_weekdays(first_of, last_day)
    if usual:
        return _next_usual(usual, first_of, last, timezone)
    return _by_gaps({moment.astimezone(local).date() for moment in moments}, last, timezone)


def _usual_weekdays(first_of: Mapping[date, time], last_day: date) -> dict[int, list[date]]:
    """The weekdays on which something usually comes, each with the days it did."""
    begun = min(first_of)
    came: dict[int, list[date]] = defaultdict(list)
    for day in sorted(first_of):
        came[day.weekday()].append(day)
    usual = {}
    for weekday, days in came.items():
        newest = last_day - timedelta(days=(last_day.weekday() - weekday) % 7)
        weeks = min((newest - begun).days // 7 + 1, WEEKS)
        missed = weeks - len(days)
        if weeks >= _LEAST_WEEKS and missed <= (1 if weeks == WEEKS else 0):
            usual[weekday] = days
    return usual


def _next_usual(
    usual: Mapping[int, list[date]], first_of: Mapping[date, time], last: datetime, timezone: str
) -> Rhythm:
    """The first usual day on which the last delivery was not yet the one expected."""
    day = last.astimezone(find_zone(timezone)).date()
    while True:
        days = usual.get(day.weekday(), [])
        if days:
            hours = [first_of[each] for each in days]
            begins = day_bounds(day, timezone)[0]
            if last < min(begins, _at(day, min(hours), timezone) - _EARLY):
                due_by = _at(day, max(hours), timezone) + _MARGIN
                many, name = _COUNTS[len(days)], _WEEKDAYS[day.weekday()]
                why = f"It came on {many} {name}s of late, by {max(hours):%H:%M} at the latest"
                return Rhythm(last, due_by, why)
        day += timedelta(days=1)


def _by_gaps(days: set[date], last: datetime, timezone: str) -> Rhythm:
    """By the longest of the gaps before the last delivery, where there are enough of them."""
    last_day = max(days)
    ordered = sorted(day for day in days if day >= last_day - timedelta(weeks=WEEKS))
    gaps = [(after - before).days for before, after in pairwise(ordered)]
    if len(gaps) < _LEAST_GAPS:
        return Rhythm(last, None, "Too little has come to know when it sends")
    longest = max(gaps)
    due_on = last_day + timedelta(days=max(longest + longest // 2, longest + 1))
    why = f"The longest it let pass of late is {longest} days" if longest > 1 else "It came day by day of late"
    return Rhythm(last, day_bounds(due_on, timezone)[1], why)


def silence_in_words(found: Rhythm, timezone: str) -> str:
    """`Nothing has come since Tuesday 17 November. It came on eight Tuesdays of late, by 09:10 at the latest.`"""
    since = (
        "" if found.last is None else f" since {weekday_in_words(found.last.astimezone(find_zone(timezone)).date())}"
    )
    return f"Nothing has come{since}. {found.why}."


def _at(day: date, hour: time, timezone: str) -> datetime:
    return datetime.combine(day, hour, tzinfo=find_zone(timezone)).astimezone(UTC)

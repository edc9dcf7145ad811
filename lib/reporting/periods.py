"""Calendar work: the days of a time zone, the periods of a range, and a range in words."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from lib.clock import zone as find_zone
from lib.domain.imports import DateRange

Every = Literal["day", "month"]

# Not strftime: the words must not follow the locale of the machine.
# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


@dataclass(frozen=True)
class Period:
    """A named part of a range: `2025-03-01` for a day, `2025-03` for a month (or the part of it inside the range)."""

    name: str
    range: DateRange


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a local day and the first moment after it, both aware in UTC.

    The span is 23 or 25 hours on the days the clocks move, and empty for a day that a zone skipped. A midnight that
    does not exist is the moment of the jump, one that exists twice is its first: `fold=0` of PEP 495 says both.
    DeskError `unknown_timezone`.
    """
    local = find_zone(zone)
    first, after = (
        datetime.combine(each, time.min, tzinfo=local).astimezone(UTC) for each in (day, day + timedelta(days=1))
    )
    return first, after


def last_whole_day(moment: datetime, timezone: str) -> date:
    """The last local day that was over at a moment: of what arrived then, no later one can be complete."""
    return moment.astimezone(find_zone(timezone)).date() - timedelta(days=1)


def days_of(span: DateRange) -> Iterator[date]:
    """Each day of the range, in order."""
    return (span.first + timedelta(days=step) for step in range(span.days))


def covered_days(spans: Iterable[DateRange]) -> frozenset[date]:
    """The days that at least one of the ranges covers: what committed deliveries say they hold."""
    return frozenset(day for span in spans for day in days_of(span))


def month_of(day: date) -> DateRange:
    """The whole calendar month around a day."""
    return DateRange(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def split(span: DateRange, every: Every) -> list[Period]:
    """The periods of a range in order, without a gap or an overlap; a month that begins or ends outside is cut."""
    if every == "day":
        return [Period(day.isoformat(), DateRange(day, day)) for day in days_of(span)]
    periods = []
    first = span.first
    while first <= span.last:
        last = min(month_of(first).last, span.last)
        periods.append(Period(f"{first.year:04d}-{first.month:02d}", DateRange(first, last)))
        first = last + timedelta(days=1)
    return periods


def is_whole_months(span: DateRange) -> bool:
    """Whether the range begins on the first and ends on the last day of a month."""
    return span.first.day == 1 and span.last == month_of(span.last).last


def month_count(span: DateRange) -> int:
    """How many calendar months the range touches."""
    return (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1


def is_same_length(one: DateRange, other: DateRange) -> bool:
    """Whether two ranges may be set side by side: equally many days, or equally many whole calendar months."""
    if one.days == other.days:
        return True
    return is_whole_months(one) and is_whole_months(other) and month_count(one) == month_count(other)


def shares_days(one: DateRange, other: DateRange) -> bool:
    """Whether a day lies in both ranges."""
    return one.first <= other.last and other.first <= one.last


def prior_period(span: DateRange) -> DateRange:
    """The period of the same length that ends the day before: as many whole months, or else as many days."""
    last = span.first - timedelta(days=1)
    if not is_whole_months(span):
        return DateRange(last - timedelta(days=span.days - 1), last)
    months = span.first.year * 12 + span.first.month - 1 - month_count(span)
    return DateRange(date(months // 12, months % 12 + 1, 1), last)


def _year_before(day: date) -> date:
    # 29 February has no day a year before; the last day of February is the nearest.
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def same_period_last_year(span: DateRange) -> DateRange:
    """The same dates a year before; whole months stay whole, whatever the length of February."""
    if is_whole_months(span):
        return DateRange(_year_before(span.first), month_of(_year_before(span.last)).last)
    return DateRange(_year_before(span.first), _year_before(span.last))


def same_weekdays_before(span: DateRange) -> DateRange:
    """The nearest earlier range of as many days that begins on the same weekday and shares no day with this one."""
    step = timedelta(days=-(-span.days // 7) * 7)
    return DateRange(span.first - step, span.last - step)


def same_weekdays_last_year(span: DateRange) -> DateRange:
    """As many days 52 weeks before, so on the same weekdays; further back where the two would share a day."""
    step = timedelta(days=7 * max(52, -(-span.days // 7)))
    return DateRange(span.first - step, span.last - step)


def first_part(span: DateRange, like: DateRange) -> DateRange:
    """The beginning of a range that is as long as `like`: as many whole months where both are months, else as many days.

    A range that is shorter than that is its own beginning.
    """
    if is_whole_months(span) and is_whole_months(like):
        last = span.first
        for _ in range(month_count(like) - 1):
            last = month_of(last).last + timedelta(days=1)
        return DateRange(span.first, min(month_of(last).last, span.last))
    return DateRange(span.first, min(span.first + timedelta(days=like.days - 1), span.last))


def range_in_words(span: DateRange, *, by_day: bool = False) -> str:
    """A range as a person says it: `March 2025`, `1 to 15 March 2025`, `28 February to 3 March 2025`, `3 March 2025`.

    Whole months are named by month unless `by_day` asks for the dates (`1 to 31 March 2025`).
    """
    if is_whole_months(span) and not by_day:
        first, last = MONTHS[span.first.month - 1], f"{MONTHS[span.last.month - 1]} {span.last.year}"
    else:
        first = f"{span.first.day} {MONTHS[span.first.month - 1]}"
        last = f"{span.last.day} {MONTHS[span.last.month - 1]} {span.last.year}"
        if span.first == span.last:
            return last
        if (span.first.year, span.first.month) == (span.last.year, span.last.month):
            first = str(span.first.day)
    if span.first.year != span.last.year:
        first = f"{first} {span.first.year}"
    return last if is_whole_months(span) and not by_day and month_count(span) == 1 else f"{first} to {last}"


def when(span: DateRange) -> str:
    """The range with the preposition it takes in a sentence: `in March 2025`, `on 3 March 2025`, `from 1 to 15 …`."""
    words = range_in_words(span)
    if " to " in words:
        return f"from {words}"
    return f"in {words}" if is_whole_months(span) else f"on {words}"

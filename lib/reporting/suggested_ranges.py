"""Which days to compare, suggested from the days that are complete, so that nobody begins with an empty calendar."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from lib.domain.imports import DateRange
from lib.reporting.periods import (
    days_of,
    is_whole_months,
    month_count,
    month_of,
    prior_period,
    same_period_last_year,
    same_weekdays_before,
)

FOUR_WEEKS = 28


@dataclass(frozen=True)
class SuggestedRange:
    """A range with the words that say which one it is; `key` is stable."""

    key: str
    words: str
    range: DateRange


def current_ranges(complete: Collection[date], baseline: DateRange) -> list[SuggestedRange]:
    """The periods to set beside a baseline, the latest complete one of its length first; empty without complete days."""
    latest = latest_like(complete, baseline)
    if latest is None:
        return []
    as_long = DateRange(latest.last - timedelta(days=baseline.days - 1), latest.last)
    return [
        SuggestedRange("latest", "Latest complete period", latest),
        SuggestedRange("prior", "The period before it", prior_period(latest)),
        SuggestedRange("year", "Same period last year", same_period_last_year(latest)),
        SuggestedRange("weekdays", "Same weekdays as the baseline", _on_weekday(as_long, baseline.first.weekday())),
    ]


def live_ranges(complete: Collection[date]) -> list[SuggestedRange]:
    """The periods worth a look where no baseline says how long one is; empty without complete days."""
    if not complete:
        return []
    last = max(complete)
    month = latest_like(complete, month_of(last))
    weeks = DateRange(last - timedelta(days=FOUR_WEEKS - 1), last)
    found = [SuggestedRange("month", "Latest whole month", month)] if month and is_whole_months(month) else []
    found.append(SuggestedRange("weeks", "Latest four weeks", weeks))
    # The month that has not ended is offered whole, so that it shows as unfinished.
    running = month_of(last + timedelta(days=1))
    return [*found, SuggestedRange("running", "The month under way", running)]


def baseline_ranges(complete: Collection[date], current: DateRange | None) -> list[SuggestedRange]:
    """The periods worth capturing: the earliest whole month, and what stands before the current period.

    Only ranges that begin on or after the first complete day; none twice.
    """
    if not complete:
        return []
    first, month = min(complete), earliest_month(complete)
    found = [
        SuggestedRange("earliest", "Earliest whole month", month)
        if month
        else SuggestedRange("opening", "First complete days", _opening_days(complete))
    ]
    if current is not None:
        found += [
            SuggestedRange("prior", "The period before the current one", prior_period(current)),
            SuggestedRange("year", "Same period last year", same_period_last_year(current)),
            SuggestedRange("weekdays", "Same weekdays before the current one", same_weekdays_before(current)),
        ]
    seen: dict[DateRange, SuggestedRange] = {}
    for each in found:
        if each.range.first >= first:
            seen.setdefault(each.range, each)
    return list(seen.values())


def earliest_month(complete: Collection[date]) -> DateRange | None:
    """The first calendar month of which every day is complete."""
    days = frozenset(complete)
    for month in sorted({month_of(day) for day in days}, key=lambda each: each.first):
        if all(day in days for day in days_of(month)):
            return month
    return None


def latest_like(complete: Collection[date], model: DateRange) -> DateRange | None:
    """The latest complete range as long as `model`: as many whole months, or else as many days.

    Where no range of that length is complete, the range of that length which ends on the last complete day.
    """
    days = frozenset(complete)
    if not days:
        return None
    if is_whole_months(model):
        month = month_of(max(days))
        while month.last >= min(days):
            span = _months_to(month, month_count(model))
            if all(day in days for day in days_of(span)):
                return span
            month = month_of(month.first - timedelta(days=1))
    for last in sorted(days, reverse=True):
        span = DateRange(last - timedelta(days=model.days - 1), last)
        if all(day in days for day in days_of(span)):
            return span
    return DateRange(max(days) - timedelta(days=model.days - 1), max(days))


def _months_to(last: DateRange, count: int) -> DateRange:
    months = last.first.year * 12 + last.first.month - count
    return DateRange(date(months // 12, months % 12 + 1, 1), last.last)


def _on_weekday(span: DateRange, weekday: int) -> DateRange:
    """The range moved back by less than a week, so that it begins on this weekday."""
    back = timedelta(days=(span.first.weekday() - weekday) % 7)
    return DateRange(span.first - back, span.last - back)


def _opening_days(complete: Collection[date]) -> DateRange:
    """The first complete days without a gap, at most four weeks of them."""
    days, first = frozenset(complete), min(complete)
    last = first
    while last + timedelta(days=1) in days and (last - first).days + 1 < FOUR_WEEKS:
        last += timedelta(days=1)
    return DateRange(first, last)

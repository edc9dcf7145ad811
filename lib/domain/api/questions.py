"""What a pull asks for: the words of its query, the moment it goes back to, and the whole days it can answer for.

A pull of changes begins at the start of the client's day on which the look-back window begins, so everything of that day
and of those after it is in it; today is not over, so it answers for the days up to yesterday. Days on which earlier
pulls found nothing are answered for by the next one that brings anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lib.clock import zone
from lib.domain.api.pulls import SyncCursor
from lib.domain.api.sources import ApiSource, MomentForm, Span
from lib.domain.imports import DateRange

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """One run's question. `token` goes on from where the provider left off; `days` are None where no day is whole."""

    span: Span
    query: dict[str, str] = field(default_factory=dict)
    token: str = ""
    since: datetime | None = None
    days: DateRange | None = None
    is_backfill: bool = False


@dataclass(frozen=True)
class Zones:
    """The zone in which the client's days are counted, and the account's own."""

    client: str
    account: str

    def of(self, span: Span) -> str:
        """The zone that a span is asked in."""
        return self.account if span.zone == "account" else span.zone


def changes(source: ApiSource, cursor: SyncCursor, now: datetime, zones: Zones) -> Question:
    """Ask for what changed since the cursor, and once more for what lies in the look-back window."""
    span = source.changes if source.changes.is_there else source.range
    yesterday = _day(now, zones.client) - _A_DAY
    if source.keeps_token and cursor.token:
        first = cursor.covered_to + _A_DAY if cursor.covered_to else _day(cursor.high_water or now, zones.client)
        return Question(span, {}, cursor.token, cursor.high_water, _days(first, yesterday))
    if cursor.high_water is None:
        back = now - timedelta(days=source.first_days)
    else:
        back = min(cursor.high_water, now) - timedelta(days=source.look_back_days)
    since = _midnight(_day(back, zones.client), zones.client)
    if not span.is_there:
        return Question(span, {}, "", None, None)
    first = _day(since, zones.client)
    if cursor.covered_to is not None:
        first = min(first, cursor.covered_to + _A_DAY)
    return Question(span, _words(span, since, now + _A_DAY, zones, until=now), "", since, _days(first, yesterday))


def backfill(source: ApiSource, days: DateRange, now: datetime, zones: Zones) -> Question:
    """Ask for a range of the client's days; of today and later nothing is whole yet."""
    since = _midnight(days.first, zones.client)
    end = _midnight(days.last + _A_DAY, zones.client)
    query = _words(source.range, since, end, zones, until=end - timedelta(microseconds=1))
    whole = _days(days.first, min(days.last, _day(now, zones.client) - _A_DAY))
    return Question(source.range, query, "", since, whole, is_backfill=True)


def slices(days: DateRange) -> Iterator[DateRange]:
    """The months of a range, the first and the last cut where it begins and ends."""
    first = days.first
    while first <= days.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = min(following - _A_DAY, days.last)
        yield DateRange(first, last)
        first = last + _A_DAY


def today(now: datetime, zones: Zones) -> DateRange:
    """The day that is not over yet."""
    day = _day(now, zones.client)
    return DateRange(day, day)


def _words(span: Span, first: datetime, last: datetime, zones: Zones, *, until: datetime) -> dict[str, str]:
    """Both ends as they are written; `last` is left out of what is asked, and `until` is its last moment that is not."""
    where = zone(zones.of(span))
    words = {span.first: _written(span.form, first, where)}
    if span.last:
        words[span.last] = _written(span.form, until if span.form is MomentForm.DATE else last, where)
    return words


def _written(form: MomentForm, moment: datetime, where: ZoneInfo) -> str:
    if form is MomentForm.DATE:
        return moment.astimezone(where).date().isoformat()
    if form is MomentForm.EPOCH:
        return str(int(moment.timestamp()))
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(moment: datetime, name: str) -> date:
    return moment.astimezone(zone(name)).date()


def _midnight(day: date, name: str) -> datetime:
    return datetime.combine(day, time(), zone(name)).astimezone(UTC)


def _days(first: date, last: date) -> DateRange | None:
    return DateRange(first, last) if first <= last else None

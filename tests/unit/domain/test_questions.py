"""What a pull asks for and answers for: whole days of the client, and never a day that is not over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from lib.domain.api.pulls import SyncCursor
from lib.domain.api.questions import Zones, backfill, changes, slices
from lib.domain.api.sources import ApiSource, MomentForm, Paging, PagingStyle, Span
from lib.domain.imports import DateRange

DENVER = Zones("America/Denver", "America/New_York")
NOON = datetime(2026, 3, 10, 18, tzinfo=UTC)
FRESH = SyncCursor(1, "job")
SOURCE = ApiSource(
    "job",
    "https://api.example",
    "/jobs",
    changes=Span("modifiedOnOrAfter"),
    range=Span("createdOnOrAfter", "createdBefore", basis="created"),
    look_back_days=2,
    first_days=30,
)


def test_the_first_pull_goes_back_as_far_as_the_source_says() -> None:
    asked = changes(SOURCE, FRESH, NOON, DENVER)
    # Midnight in Denver, before the clocks change.
    assert asked.query == {"modifiedOnOrAfter": "2026-02-08T07:00:00Z"}
    assert asked.days == DateRange(date(2026, 2, 8), date(2026, 3, 9))


def test_a_later_pull_goes_back_by_the_look_back_window_to_the_start_of_that_day() -> None:
    asked = changes(SOURCE, SyncCursor(1, "job", high_water=NOON - timedelta(hours=1)), NOON, DENVER)
    # On the eighth the clocks were put on.
    assert asked.query == {"modifiedOnOrAfter": "2026-03-08T07:00:00Z"}
    assert asked.days == DateRange(date(2026, 3, 8), date(2026, 3, 9))


def test_a_cursor_ahead_of_the_clock_asks_from_the_clock() -> None:
    asked = changes(SOURCE, SyncCursor(1, "job", high_water=NOON + timedelta(days=9)), NOON, DENVER)
    assert asked.query == {"modifiedOnOrAfter": "2026-03-08T07:00:00Z"}


def test_without_a_look_back_nothing_of_today_is_whole() -> None:
    source = ApiSource("job", "https://api.example", "/jobs", changes=Span("since"), look_back_days=0)
    assert changes(source, SyncCursor(1, "job", high_water=NOON), NOON, DENVER).days is None


def test_a_token_goes_on_and_answers_for_the_days_since() -> None:
    paging = Paging(PagingStyle.CONTINUATION, token="from", next="continueFrom")
    source = ApiSource("job", "https://api.example", "/jobs", paging=paging, changes=Span("from"))
    cursor = SyncCursor(1, "job", "c_7", NOON - timedelta(days=3), covered_to=date(2026, 3, 6))
    asked = changes(source, cursor, NOON, DENVER)
    assert (asked.token, asked.query) == ("c_7", {})
    assert asked.days == DateRange(date(2026, 3, 7), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("form", "zone", "first", "last"),
    [
        (MomentForm.UTC, "UTC", "2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"),
        (MomentForm.EPOCH, "UTC", "1772953200", "1773036000"),
        # Midnight in Denver is two in the morning in New York: both of its days are asked for, so that nothing is missed.
        (MomentForm.DATE, "account", "2026-03-08", "2026-03-09"),
        (MomentForm.DATE, "America/Denver", "2026-03-08", "2026-03-08"),
    ],
)
def test_a_day_is_asked_for_from_midnight_to_midnight_of_the_client(
    form: MomentForm, zone: str, first: str, last: str
) -> None:
    source = ApiSource("job", "https://api.example", "/jobs", range=Span("a", "b", form, zone))
    day = DateRange(date(2026, 3, 8), date(2026, 3, 8))
    assert backfill(source, day, NOON, DENVER).query == {"a": first, "b": last}


def test_a_range_that_reaches_into_today_answers_for_yesterday() -> None:
    asked = backfill(SOURCE, DateRange(date(2026, 3, 1), date(2026, 3, 31)), NOON, DENVER)
    assert asked.days == DateRange(date(2026, 3, 1), date(2026, 3, 9))


def test_slices_are_months_without_a_gap_or_an_overlap() -> None:
    days = DateRange(date(2025, 12, 30), date(2026, 3, 1))
    found = list(slices(days))
    assert [(part.first.isoformat(), part.last.isoformat()) for part in found] == [
        ("2025-12-30", "2025-12-31"),
        ("2026-01-01", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-03-01"),
    ]
    assert sum(part.days for part in found) == days.days

"""The periods a person is offered: complete ones, as long as the baseline, the latest first."""

from __future__ import annotations

from datetime import date

from lib.reporting.periods import days_of
from lib.reporting.suggested_ranges import baseline_ranges, current_ranges, earliest_month, latest_like, live_ranges
from tests.unit.reporting.builders import FEBRUARY, MARCH, span

KNOWN = frozenset(days_of(span("2025-01-10", "2025-05-20")))
APRIL = span("2025-04-01", "2025-04-30")


def test_the_earliest_whole_month_has_every_day() -> None:
    assert earliest_month(KNOWN) == FEBRUARY
    assert earliest_month(KNOWN - {date(2025, 2, 14)}) == MARCH
    assert earliest_month(frozenset(days_of(span("2025-01-10", "2025-01-20")))) is None


def test_a_month_is_set_beside_the_latest_whole_month() -> None:
    assert latest_like(KNOWN, FEBRUARY) == APRIL
    assert latest_like(KNOWN, span("2025-01-01", "2025-02-28")) == span("2025-03-01", "2025-04-30")


def test_other_lengths_end_on_the_last_day_that_leaves_them_complete() -> None:
    ten_days = span("2025-02-03", "2025-02-12")
    assert latest_like(KNOWN, ten_days) == span("2025-05-11", "2025-05-20")
    assert latest_like(KNOWN - {date(2025, 5, 19)}, ten_days) == span("2025-05-09", "2025-05-18")


def test_where_nothing_is_that_long_the_period_still_ends_on_the_last_complete_day() -> None:
    assert latest_like(KNOWN, span("2024-01-01", "2024-12-30")).last == date(2025, 5, 20)  # type: ignore[union-attr]
    assert latest_like(frozenset(), FEBRUARY) is None


def test_the_same_weekdays_begin_on_the_baselines_weekday() -> None:
    four_weeks = span("2025-02-03", "2025-03-02")
    offered = {item.key: item.range for item in current_ranges(KNOWN, four_weeks)}
    assert offered["weekdays"].first.weekday() == four_weeks.first.weekday()
    assert offered["weekdays"].days == four_weeks.days
    assert offered["weekdays"].last <= max(KNOWN)
    assert offered["prior"].last < offered["latest"].first
    assert next(iter(offered)) == "latest"


def test_a_baseline_is_offered_only_on_days_that_are_known_and_never_twice() -> None:
    offered = baseline_ranges(KNOWN, MARCH)
    # The month before March is the earliest whole one, so it is offered once; a year ago nothing is known.
    assert [(item.key, item.range) for item in offered] == [
        ("earliest", FEBRUARY),
        ("weekdays", span("2025-01-25", "2025-02-24")),
    ]
    assert baseline_ranges(frozenset(), MARCH) == []


def test_without_a_whole_month_the_first_complete_days_are_offered() -> None:
    days = frozenset(days_of(span("2025-01-10", "2025-01-20")))
    (only,) = baseline_ranges(days, None)
    assert (only.key, only.range) == ("opening", span("2025-01-10", "2025-01-20"))


def test_a_look_is_offered_the_latest_month_the_latest_weeks_and_the_month_under_way() -> None:
    complete = set(days_of(span("2025-02-10", "2025-04-12")))
    found = {item.key: item.range for item in live_ranges(complete)}
    assert found == {
        "month": span("2025-03-01", "2025-03-31"),
        "weeks": span("2025-03-16", "2025-04-12"),
        "running": span("2025-04-01", "2025-04-30"),
    }
    assert [item.key for item in live_ranges(set(days_of(span("2025-03-03", "2025-03-09"))))] == ["weeks", "running"]
    assert live_ranges(frozenset()) == []

"""The calendar: days of a zone, periods of a range, a range in words."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.imports import DateRange
from lib.errors import DeskError
from lib.reporting.beside import Beside, days_beside
from lib.reporting.local_days import local_days
from lib.reporting.periods import (
    covered_days,
    day_bounds,
    days_of,
    first_part,
    is_same_length,
    is_whole_months,
    prior_period,
    range_in_words,
    same_period_last_year,
    same_weekdays_before,
    same_weekdays_last_year,
    split,
    when,
)
from tests.unit.reporting.builders import FEBRUARY, MARCH, span

days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
spans = st.builds(lambda first, length: DateRange(first, first + timedelta(days=length)), days, st.integers(0, 800))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ("2025-03-09", "America/Denver", 23),
        ("2025-11-02", "America/Denver", 25),
        ("2025-03-30", "Europe/Berlin", 23),
        ("2025-10-26", "Europe/Berlin", 25),
        ("2025-07-01", "America/Phoenix", 24),
        ("2025-04-25", "Africa/Cairo", 23),  # the clocks move at midnight, so this midnight does not exist
        ("2011-12-30", "Pacific/Apia", 0),  # the zone skipped the day
    ],
)
def test_a_local_day_is_as_long_as_its_clock_says(day: str, zone: str, hours: int) -> None:
    first, after = day_bounds(date.fromisoformat(day), zone)
    assert (after - first) == timedelta(hours=hours)
    assert first.tzinfo is UTC


@given(days, st.sampled_from(["America/Denver", "Europe/Berlin", "Asia/Kathmandu", "Africa/Cairo", "America/Havana"]))
def test_every_moment_belongs_to_the_day_whose_bounds_hold_it(day: date, zone: str) -> None:
    first, after = day_bounds(day, zone)
    moments = pd.Series([first, after - timedelta(microseconds=1), after, first - timedelta(microseconds=1)])
    own = day.isoformat()
    assert [each == own for each in local_days(moments, zone)] == [True, True, False, False]


def test_days_follow_each_other_without_a_gap() -> None:
    bounds = [day_bounds(day, "America/Denver") for day in days_of(span("2025-03-08", "2025-03-10"))]
    assert bounds[0][0] == datetime(2025, 3, 8, 7, tzinfo=UTC)
    assert bounds[-1][1] == datetime(2025, 3, 11, 6, tzinfo=UTC)
    assert [after for _, after in bounds[:-1]] == [first for first, _ in bounds[1:]]


def test_a_late_evening_call_counts_on_the_client_s_day() -> None:
    moments = pd.Series(
        [pd.Timestamp("2025-03-02T06:59:59Z"), pd.NaT, pd.Timestamp("2025-03-02T07:00:00Z")], index=[5, 7, 9]
    )
    counted = local_days(moments, "America/Denver")
    assert counted.dtype == "str"
    assert list(counted.index) == [5, 7, 9]
    assert list(counted.isna()) == [False, True, False]
    assert list(counted.dropna()) == ["2025-03-01", "2025-03-02"]


def test_no_timestamps_are_no_days() -> None:
    nothing: pd.Series[pd.Timestamp] = pd.Series(pd.DatetimeIndex([], tz="UTC"))
    assert local_days(nothing, "UTC").empty


def test_a_hundred_thousand_timestamps_take_well_under_a_second() -> None:
    seconds = np.random.default_rng(3).integers(1_700_000_000, 1_740_000_000, 100_000)
    moments = pd.Series(pd.to_datetime(seconds, unit="s", utc=True))
    began = time.perf_counter()
    local_days(moments, "America/New_York")
    assert time.perf_counter() - began < 1


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(DeskError, match="Mars/Olympus"):
        day_bounds(date(2025, 3, 1), "Mars/Olympus")


@given(spans, st.sampled_from(["day", "month"]))
def test_splitting_loses_no_day_and_counts_none_twice(period: DateRange, every: str) -> None:
    parts = split(period, every)  # type: ignore[arg-type]
    assert [day for part in parts for day in days_of(part.range)] == list(days_of(period))
    assert len({part.name for part in parts}) == len(parts)
    assert all(part.range.first.isoformat().startswith(part.name) for part in parts)


def test_periods_have_plain_names() -> None:
    assert [part.name for part in split(span("2025-02-28", "2025-03-01"), "day")] == ["2025-02-28", "2025-03-01"]
    months = split(span("2024-12-30", "2025-02-02"), "month")
    assert [(part.name, part.range.days) for part in months] == [("2024-12", 2), ("2025-01", 31), ("2025-02", 2)]


@pytest.mark.parametrize(
    ("period", "words", "sentence"),
    [
        (MARCH, "March 2025", "in March 2025"),
        (span("2025-03-01", "2025-03-30"), "1 to 30 March 2025", "from 1 to 30 March 2025"),
        (span("2025-02-28", "2025-03-03"), "28 February to 3 March 2025", "from 28 February to 3 March 2025"),
        (span("2024-12-28", "2025-01-03"), "28 December 2024 to 3 January 2025", None),
        (span("2024-12-01", "2025-02-28"), "December 2024 to February 2025", None),
        (span("2025-01-01", "2025-03-31"), "January to March 2025", "from January to March 2025"),
        (span("2024-03-01", "2025-03-31"), "March 2024 to March 2025", None),
        (span("2025-03-03", "2025-03-03"), "3 March 2025", "on 3 March 2025"),
        (span("2024-02-01", "2024-02-28"), "1 to 28 February 2024", None),
    ],
)
def test_a_range_is_said_as_a_person_says_it(period: DateRange, words: str, sentence: str | None) -> None:
    assert range_in_words(period) == words
    assert when(period) == (sentence or f"from {words}")


def test_a_whole_month_can_be_said_by_its_dates() -> None:
    assert range_in_words(MARCH, by_day=True) == "1 to 31 March 2025"


def test_whole_months_and_leap_days() -> None:
    assert is_whole_months(span("2024-02-01", "2024-02-29"))
    assert not is_whole_months(span("2024-02-01", "2024-02-28"))
    assert not is_whole_months(span("2025-03-02", "2025-03-31"))


def test_only_equal_days_or_equally_many_whole_months_stand_side_by_side() -> None:
    assert is_same_length(FEBRUARY, MARCH)
    assert is_same_length(span("2025-03-01", "2025-03-14"), span("2025-02-10", "2025-02-23"))
    assert not is_same_length(FEBRUARY, span("2025-03-01", "2025-03-30"))
    assert not is_same_length(FEBRUARY, span("2025-03-01", "2025-04-30"))


def test_the_period_before_is_of_the_same_length() -> None:
    assert prior_period(MARCH) == FEBRUARY
    assert prior_period(span("2025-01-01", "2025-03-31")) == span("2024-10-01", "2024-12-31")
    assert prior_period(span("2025-03-03", "2025-03-09")) == span("2025-02-24", "2025-03-02")


def test_last_year_keeps_months_whole_and_has_no_leap_day() -> None:
    assert same_period_last_year(span("2024-02-01", "2024-02-29")) == span("2023-02-01", "2023-02-28")
    assert same_period_last_year(span("2025-02-01", "2025-02-28")) == span("2024-02-01", "2024-02-29")
    assert same_period_last_year(span("2024-02-29", "2024-03-02")) == span("2023-02-28", "2023-03-02")


@given(spans)
def test_the_same_weekdays_before_share_no_day(period: DateRange) -> None:
    before = same_weekdays_before(period)
    assert before.days == period.days
    assert before.first.weekday() == period.first.weekday()
    assert before.last < period.first
    assert (period.first - before.last).days <= 7


def test_coverage_is_the_union_of_what_deliveries_say_they_hold() -> None:
    covered = covered_days([span("2025-03-01", "2025-03-02"), span("2025-03-02", "2025-03-03"), MARCH])
    assert covered == frozenset(days_of(MARCH))


@given(spans)
def test_same_weekdays_hold_every_weekday_equally_often_and_share_no_day(period: DateRange) -> None:
    for other in (same_weekdays_before(period), same_weekdays_last_year(period)):
        assert other.days == period.days
        assert [day.weekday() for day in days_of(other)] == [day.weekday() for day in days_of(period)]
        assert other.last < period.first
    assert (period.first - same_weekdays_last_year(period).first).days >= 364


@given(spans)
def test_every_other_period_lies_before_this_one_and_may_stand_beside_it(period: DateRange) -> None:
    for mode in (Beside.PRIOR, Beside.WEEKDAYS, Beside.WEEKDAYS_YEAR):
        other = days_beside(mode, period)
        assert other.last < period.first
        assert is_same_length(other, period)
    assert (period.first - days_beside(Beside.PRIOR, period).last).days == 1


@given(spans)
def test_the_same_dates_last_year_are_the_same_dates_but_for_a_leap_day(period: DateRange) -> None:
    other = same_period_last_year(period)
    for own, then in ((period.first, other.first), (period.last, other.last)):
        assert then.year == own.year - 1
        assert then.month == own.month
        assert then.day == own.day or {own.day, then.day} == {28, 29}
    assert abs(other.days - period.days) <= 1


def test_a_leap_february_stands_beside_a_plain_one_as_a_whole_month() -> None:
    leap = span("2024-02-01", "2024-02-29")
    assert same_period_last_year(leap) == span("2023-02-01", "2023-02-28")
    assert same_period_last_year(span("2025-02-01", "2025-02-28")) == leap
    assert is_same_length(leap, same_period_last_year(leap))
    assert prior_period(span("2024-03-01", "2024-03-31")) == leap


@given(spans, spans)
def test_the_first_part_of_a_range_begins_where_it_begins_and_is_never_longer(
    period: DateRange, like: DateRange
) -> None:
    part = first_part(period, like)
    assert part.first == period.first
    assert part.last <= period.last
    assert part == period or is_same_length(part, like)


def test_the_first_part_of_months_is_months_and_of_the_rest_days() -> None:
    quarter = span("2025-01-01", "2025-03-31")
    assert first_part(quarter, span("2024-10-01", "2024-11-30")) == span("2025-01-01", "2025-02-28")
    assert first_part(MARCH, span("2025-04-01", "2025-04-21")) == span("2025-03-01", "2025-03-21")
    assert first_part(MARCH, quarter) == MARCH

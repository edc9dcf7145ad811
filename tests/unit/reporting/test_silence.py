"""A provider that sends in a rhythm is told silent once it is overdue, and never before it ever came that late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.reporting.silence import WEEKS, Rhythm, rhythm, silence_in_words

ZONE = "America/Denver"
TUESDAY = date(2026, 11, 17)
HOURS = st.integers(0, 23 * 60 + 59)


def at(day: date, minutes: int = 540, zone: str = ZONE) -> datetime:
    """A moment of a local day, minutes after its midnight."""
    local = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)


def weekly(weeks: int, last: date = TUESDAY, minutes: int = 540) -> list[datetime]:
    return [at(last - timedelta(weeks=back), minutes) for back in range(weeks)]


def test_a_weekly_provider_is_expected_on_its_weekday_and_silent_three_hours_after_its_latest_hour() -> None:
    found = rhythm([*weekly(8)[1:], at(TUESDAY, 610)], ZONE)
    assert found.due_by == at(TUESDAY + timedelta(weeks=1), 610 + 180)
    assert not found.is_silent(found.due_by)
    assert found.is_silent(found.due_by + timedelta(seconds=1))
    assert found.why == "It came on eight Tuesdays of late, by 10:10 at the latest"
    assert silence_in_words(found, ZONE).startswith("Nothing has come since Tuesday 17 November. It came on eight")


def test_a_provider_of_every_working_day_is_not_waited_for_on_a_weekend() -> None:
    friday = date(2026, 11, 20)
    days = [friday - timedelta(days=back) for back in range(56)]
    found = rhythm([at(day) for day in days if day.weekday() < 5], ZONE)
    assert found.due_by == at(date(2026, 11, 23), 540 + 180)


def test_one_week_of_eight_may_have_been_missed_and_a_second_may_not() -> None:
    came = weekly(8)
    assert rhythm([*came[:3], *came[4:]], ZONE).due_by is not None
    assert rhythm([*came[:3], *came[5:]], ZONE).due_by != at(TUESDAY + timedelta(weeks=1), 720)


@pytest.mark.parametrize("weeks", [0, 1, 2, 3])
def test_a_short_past_is_no_rhythm(weeks: int) -> None:
    found = rhythm(weekly(weeks), ZONE)
    assert found.due_by is None
    assert not found.is_silent(at(TUESDAY) + timedelta(days=900))


def test_a_fortnightly_provider_is_given_half_as_long_again() -> None:
    came = [at(TUESDAY - timedelta(days=14 * back)) for back in range(5)]
    found = rhythm(came, ZONE)
    assert found.due_by == at(TUESDAY + timedelta(days=22), 0)


def test_a_silence_of_months_is_still_one() -> None:
    found = rhythm(weekly(8), ZONE)
    assert found.is_silent(at(TUESDAY + timedelta(days=200)))


def test_a_delivery_shortly_before_midnight_is_the_one_expected_after_it() -> None:
    came = [at(TUESDAY - timedelta(weeks=back), 10) for back in range(1, 9)]
    early = at(TUESDAY - timedelta(days=1), 23 * 60 + 50)
    assert rhythm([*came, early], ZONE).due_by == at(TUESDAY + timedelta(weeks=1), 10 + 180)


@given(st.lists(st.tuples(st.integers(0, 120), HOURS), max_size=60), st.sampled_from([ZONE, "UTC", "Asia/Kolkata"]))
def test_nothing_is_late_while_it_is_no_later_than_ever_before(came: list[tuple[int, int]], zone: str) -> None:
    moments = [at(TUESDAY - timedelta(days=back), minutes, zone) for back, minutes in came]
    found = rhythm(moments, zone)
    assert found == rhythm(reversed(moments), zone), "the order they are told in does not matter"
    if not moments:
        assert found == Rhythm(None, None, "Nothing has come yet")
        return
    assert found.last == max(moments)
    assert not found.is_silent(found.last), "what has just come is not missing"
    if found.due_by is not None:
        assert found.due_by > found.last
        recent = {moment.astimezone(ZoneInfo(zone)).date() for moment in moments}
        assert len([day for day in recent if day > max(recent) - timedelta(weeks=WEEKS, days=1)]) >= 4
        after = found.due_by + timedelta(days=1)
        heard = rhythm([*moments, after], zone)
        assert not heard.is_silent(after), "anything that comes ends the silence"


@given(st.integers(4, 8), HOURS, st.integers(0, 6))
def test_a_steady_weekly_provider_is_never_called_silent_while_it_keeps_its_hour(
    weeks: int, minutes: int, weekday: int
) -> None:
    last = TUESDAY + timedelta(days=weekday)
    came = weekly(weeks, last, minutes)
    found = rhythm(came, ZONE)
    assert not found.is_silent(at(last + timedelta(weeks=1), minutes))
    assert found.is_silent(at(last + timedelta(weeks=1), minutes) + timedelta(hours=3, seconds=1))

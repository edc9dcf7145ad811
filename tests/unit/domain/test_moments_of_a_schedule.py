"""Schedules: the moments a cron expression names on a zone's clocks, also on the days when these are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lib.clock import zone
from lib.domain.running.schedules import aside_of, next_after, next_run, require_cron, runs_between
from lib.errors import DeskError

NEW_YORK, SYDNEY = "America/New_York", "Australia/Sydney"


def times(cron: str, name: str, first_day: str, count: int) -> list[str]:
    """The next moments from midnight of that day, as its clocks show them."""
    moment = datetime.fromisoformat(first_day).replace(tzinfo=zone(name)).astimezone(UTC) - timedelta(seconds=1)
    found = []
    for _ in range(count):
        moment = next_after(cron, name, moment)
        found.append(moment.astimezone(zone(name)).strftime("%d %H:%M %z"))
    return found


@pytest.mark.parametrize(
    ("name", "first_day", "wanted"),
    [
        (NEW_YORK, "2026-03-07", ["07 02:30 -0500", "08 03:00 -0400", "09 02:30 -0400"]),
        (SYDNEY, "2026-10-03", ["03 02:30 +1000", "04 03:00 +1100", "05 02:30 +1100"]),
    ],
)
def test_a_time_that_is_skipped_comes_once_when_the_clocks_go_on(name: str, first_day: str, wanted: list[str]) -> None:
    assert times("30 2 * * *", name, first_day, 3) == wanted


@pytest.mark.parametrize(
    ("cron", "name", "first_day", "wanted"),
    [
        ("30 1 * * *", NEW_YORK, "2026-10-31", ["31 01:30 -0400", "01 01:30 -0400", "02 01:30 -0500"]),
        ("30 2 * * *", SYDNEY, "2026-04-04", ["04 02:30 +1100", "05 02:30 +1100", "06 02:30 +1000"]),
    ],
)
def test_a_time_that_is_repeated_comes_once(cron: str, name: str, first_day: str, wanted: list[str]) -> None:
    assert times(cron, name, first_day, 3) == wanted


def test_asked_from_within_the_second_pass_the_repeated_time_is_over() -> None:
    second_pass = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    assert second_pass.astimezone(zone(NEW_YORK)).strftime("%H:%M %z") == "01:10 -0500"
    found = next_after("30 1 * * *", NEW_YORK, second_pass)
    assert found.astimezone(zone(NEW_YORK)).strftime("%d %H:%M") == "02 01:30"


@pytest.mark.parametrize("name", [NEW_YORK, SYDNEY])
@pytest.mark.parametrize("month", [3, 4, 10, 11])
def test_what_comes_every_hour_goes_by_the_hours_that_pass(name: str, month: int) -> None:
    moment = datetime(2026, month, 1, tzinfo=UTC)
    for _ in range(10 * 24):
        found = next_after("15 * * * *", name, moment)
        assert timedelta(0) < found - moment <= timedelta(hours=1)
        moment = found


@pytest.mark.parametrize("name", [NEW_YORK, SYDNEY])
def test_a_daily_run_comes_on_every_day_of_a_year_exactly_once(name: str) -> None:
    moment, days = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(365):
        moment = next_run("30 2 * * *", name, "site", moment)
        days.append((moment - aside_of("site")).astimezone(zone(name)).date())
    assert days == [days[0] + timedelta(days=number) for number in range(365)]


def test_accounts_stand_aside_each_always_the_same_and_together_spread_out() -> None:
    asides = {key: aside_of(key) for key in (f"account_{number}" for number in range(200))}
    assert asides == {key: aside_of(key) for key in asides}
    assert all(timedelta(0) <= aside < timedelta(minutes=4) for aside in asides.values())
    assert len(set(asides.values())) > 100
    at_six = next_run("0 6 * * *", "UTC", "site", datetime(2026, 3, 4, tzinfo=UTC))
    assert at_six == datetime(2026, 3, 4, 6, tzinfo=UTC) + aside_of("site")


def test_runs_that_were_missed_are_counted() -> None:
    first = next_run("0 6 * * *", "UTC", "site", datetime(2026, 3, 4, tzinfo=UTC))
    assert runs_between("0 6 * * *", "UTC", "site", first, first) == 1
    assert runs_between("0 6 * * *", "UTC", "site", first, first + timedelta(days=3, hours=23)) == 4


@pytest.mark.parametrize(
    "cron", ["", "6 15", "* * * * * *", "61 * * * *", "0 6 31 2 *", "@daily", "soon and often and then again"]
)
def test_what_names_no_moment_is_refused_with_the_way_to_write_it(cron: str) -> None:
    with pytest.raises(DeskError) as refused:
        require_cron(cron)
    assert refused.value.code == "not_a_cron"
    assert "15 6 * * *" in refused.value.hint


def test_a_cron_expression_is_kept_with_single_blanks() -> None:
    assert require_cron("  15  6 * *   mon-fri ") == "15 6 * * mon-fri"

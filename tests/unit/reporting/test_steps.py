"""Periods cut into steps: at the same places, whole or said not to be, and never averaged where that misleads."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from lib.domain.metrics import Aggregation
from lib.reporting.periods import days_of
from lib.reporting.step_series import Series, as_text, level_in_words, numbers_as_csv, series_of
from lib.reporting.steps import Step, level, step_values, steps_of, usual_range, usual_step, whole_part
from lib.reporting.sums import ratio_in_words, sum_in_words
from tests.unit.reporting.builders import FEBRUARY, FOUR_WEEKS, MARCH, days_from, metric, side, span


@pytest.mark.parametrize("step", ["day", "week", "month"])
@pytest.mark.parametrize("length", [1, 6, 7, 8, 30, 31, 59, 365])
def test_steps_cover_a_period_without_a_gap_or_an_overlap(step: Step, length: int) -> None:
    period = days_from(date(2025, 1, 15), length)
    steps = steps_of(period, step)
    assert steps[0].range.first == period.first
    assert steps[-1].range.last == period.last
    for before, after in pairwise(steps):
        assert after.range.first == before.range.last + timedelta(days=1)


def test_a_week_is_counted_from_the_first_day_of_its_period() -> None:
    wednesday = days_from(date(2025, 3, 5), 16)
    assert [week.range.days for week in steps_of(wednesday, "week")] == [7, 7, 2]
    assert {week.range.first.weekday() for week in steps_of(wednesday, "week")} == {2}


def test_a_step_is_whole_only_when_nothing_cuts_it_and_no_day_is_missing() -> None:
    missing = side(days_from(date(2025, 3, 3), 16), [1], missing=[date(2025, 3, 11)])
    steps = step_values(metric(), missing, "week")
    assert [step.is_whole for step in steps] == [True, False, False]
    assert [step.known_days for step in steps] == [7, 6, 2]
    assert [step.full_days for step in steps] == [7, 7, 7]
    assert [step.value.value for step in steps] == [7, 6, 2]


def test_a_week_of_unknown_days_is_unknown_and_not_zero() -> None:
    period = days_from(date(2025, 3, 3), 14)
    unknown = [period.first + timedelta(days=past) for past in range(7)]
    first, second = step_values(metric(), side(period, [2], missing=unknown), "week")
    assert first.value.value is None
    assert second.value.value == 14


def test_a_month_cut_by_its_period_is_not_whole() -> None:
    steps = step_values(metric(), side(span("2025-02-01", "2025-03-30"), [1]), "month")
    assert [step.is_whole for step in steps] == [True, False]
    assert steps[1].full_days == 31


def test_the_level_is_the_mean_of_whole_steps_only() -> None:
    before = side(span("2025-03-03", "2025-03-18"), [1] * 7 + [3] * 7 + [50] * 2)
    assert level(metric(), before, step_values(metric(), before, "week")) == 14


def test_the_level_of_a_ratio_is_never_an_average_of_ratios() -> None:
    share = metric(Aggregation.RATIO, "percent")
    # One of two in the first week, none of eight in the second: a tenth, not a quarter.
    uneven = side(days_from(date(2025, 3, 3), 14), [1] + [0] * 13, denominator=[2] + [0] * 6 + [8] + [0] * 6)
    assert level(share, uneven, step_values(share, uneven, "week")) == Decimal("10.00")


def test_the_usual_range_needs_five_whole_steps_and_holds_most_of_them() -> None:
    four, eight = side(FOUR_WEEKS, [1, 2]), side(days_from(date(2025, 2, 3), 56), [4, 5, 6, 7, 5, 4, 6, 5])
    assert usual_range(metric(), step_values(metric(), four, "week")) is None
    steps = step_values(metric(), eight, "week")
    found = usual_range(metric(), steps)
    assert found is not None
    assert all(found[0] <= (step.value.value or 0) <= found[1] for step in steps)


def test_the_usual_range_of_counts_is_never_narrower_than_chance_and_never_below_zero() -> None:
    steady = side(days_from(date(2025, 2, 3), 56), [1])
    low, high = usual_range(metric(), step_values(metric(), steady, "week")) or (Decimal(0), Decimal(0))
    assert (low, high) == (0, 14)  # 7 ± 2.36 · √(7 · 9/8), whole
    money = metric(Aggregation.SUM, "USD")
    assert usual_range(money, step_values(money, steady, "week")) == (7, 7)


def test_the_step_suggested_gives_a_readable_number_of_points() -> None:
    assert [usual_step(days_from(date(2025, 1, 1), days)) for days in (14, 31, 200, 365)] == [
        "day",
        "week",
        "week",
        "month",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("61.4", "leads", "61 a week"),
        ("14.375", "leads", "14.4 a week"),
        ("412.5", "USD", "$412.50 a week"),
        ("12.839", "USD per lead", "$12.84 per lead"),
        ("33.33", "percent", "33.3 %"),
    ],
)
def test_a_level_says_its_week_only_where_it_adds_up_to_one(value: str, unit: str, words: str) -> None:
    assert level_in_words(Decimal(value), unit, "week") == words


def sides() -> tuple[Series, Series]:
    before, now = side(FEBRUARY, [1]), side(MARCH, [2], missing=[date(2025, 3, 31)])
    made = []
    for each in (before, now):
        steps = step_values(metric(), each, "week")
        made.append(series_of(metric(), each, steps[0].value, steps, "week"))
    return made[0], made[1]


def test_the_file_sets_the_first_week_beside_the_first_week() -> None:
    lines = numbers_as_csv("Angi", "angi.paid_leads", "leads", "week", *sides()).decode().split("\r\n")
    assert lines[0].startswith("source,metric,unit,step,days_of_a_whole_step,baseline_from")
    assert lines[1] == "Angi,angi.paid_leads,leads,week 1,7,2025-02-01,2025-02-07,7,7,2025-03-01,2025-03-07,14,7"
    assert lines[5] == "Angi,angi.paid_leads,leads,week 5,7,,,,,2025-03-29,2025-03-31,4,2"


def test_a_spreadsheet_runs_nothing_of_the_file() -> None:
    content = numbers_as_csv('=HYPERLINK("http://evil.example")', "a.b", "leads", "week", *sides()).decode()
    assert "\"'=HYPERLINK" in content
    assert [as_text(cell) for cell in ("+1", "-x", "@a", "\tx", " =1", "plain")] == [
        "'+1",
        "'-x",
        "'@a",
        "'\tx",
        "' =1",
        "plain",
    ]


def test_only_the_steps_with_which_a_period_begins_whole_and_complete_are_its_whole_part() -> None:
    period = days_from(date(2025, 3, 3), 24)
    every = set(days_of(period))
    assert whole_part(period, "week", every) == days_from(date(2025, 3, 3), 21)
    assert whole_part(period, "day", every) == period
    assert whole_part(period, "month", every) is None
    assert whole_part(period, "week", every - {date(2025, 3, 12)}) == days_from(date(2025, 3, 3), 7)
    assert whole_part(period, "week", every - {period.first}) is None
    assert whole_part(
        span("2025-02-01", "2025-04-15"), "month", set(days_of(span("2025-02-01", "2025-04-15")))
    ) == span("2025-02-01", "2025-03-31")


def test_a_sum_is_said_aloud_with_its_first_days_and_its_last() -> None:
    leads = [Decimal(value) for value in (22, 0, 19, 25, 30, 41, 29, 18)]
    assert sum_in_words(leads, "leads") == "22 + 19 + 25 + 30 + … + 18 = 184 leads"
    assert sum_in_words(leads[:3], "leads") == "22 + 19 = 41 leads"
    assert sum_in_words([Decimal(0), Decimal(1)], "leads") == "1 lead"
    assert sum_in_words([Decimal("12.5"), Decimal("-2.25")], "USD") == "$12.50 - $2.25 = $10.25"
    assert ratio_in_words("25 requests", "100 requests", "25 %", "percent") == "25 requests ÷ 100 requests × 100 = 25 %"

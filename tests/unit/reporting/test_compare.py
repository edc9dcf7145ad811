"""A comparison withholds what it cannot stand behind, and says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from lib.domain.metrics import Aggregation
from lib.reporting.compare import (
    INCOMPLETE,
    LENGTH_DIFFERS,
    NO_SPREAD,
    SHARED_DAYS,
    TOO_FEW_DAYS,
    TOO_FEW_VALUES,
    Comparison,
    compare,
)
from tests.unit.reporting.builders import FEBRUARY, FOUR_WEEKS, MARCH, NEXT_FOUR_WEEKS, metric, side, span

BEFORE = side(FOUR_WEEKS, [4, 6, 5, 5, 5, 3, 7])
DOUBLED = side(NEXT_FOUR_WEEKS, [8, 12, 10, 10, 11, 6, 13])


def assert_withheld(comparison: Comparison) -> None:
    assert comparison.change_pct is None
    assert comparison.interval is None
    assert comparison.is_ordinary is None


def test_a_doubling_is_more_than_ordinary() -> None:
    comparison = compare(metric(), BEFORE, DOUBLED)
    assert (comparison.source, comparison.unit, comparison.label) == ("Angi", "leads", "Paid leads")
    assert (comparison.baseline.value, comparison.current.value) == (Decimal(140), Decimal(280))
    assert (comparison.change, comparison.change_pct) == (Decimal(140), Decimal("100.0"))
    assert comparison.interval is not None
    assert 0 < comparison.interval[0] < 140 < comparison.interval[1]
    assert comparison.is_ordinary is False


def test_the_same_days_again_are_ordinary() -> None:
    comparison = compare(metric(), BEFORE, side(NEXT_FOUR_WEEKS, [5, 6, 5, 5, 5, 3, 7]))
    assert comparison.change == 4
    assert comparison.is_ordinary is True


@pytest.mark.parametrize("where", ["baseline", "current"])
def test_an_incomplete_period_withholds_the_percentage_and_not_the_data(where: str) -> None:
    sides = {"baseline": BEFORE, "current": DOUBLED}
    last = sides[where].range.last
    sides[where] = side(sides[where].range, [5], missing=[last])
    comparison = compare(metric(), **sides)
    assert_withheld(comparison)
    assert not comparison.is_complete
    assert comparison.is_comparable
    assert comparison.change is not None
    assert comparison.why_no_interval == INCOMPLETE


def test_a_period_without_any_data_has_no_difference() -> None:
    nothing = side(NEXT_FOUR_WEEKS, [1], missing=[date(2025, 3, day) for day in range(3, 31)])
    comparison = compare(metric(), BEFORE, nothing)
    assert_withheld(comparison)
    assert comparison.change is None
    assert comparison.current.value is None


def test_a_zero_baseline_gives_a_difference_and_no_percentage() -> None:
    comparison = compare(metric(), side(FOUR_WEEKS, [0]), side(NEXT_FOUR_WEEKS, [1]))
    assert (comparison.change, comparison.change_pct) == (Decimal(28), None)
    assert comparison.is_ordinary is False


def test_a_baseline_of_refunds_gives_no_percentage() -> None:
    comparison = compare(metric(Aggregation.SUM, "USD"), side(FOUR_WEEKS, [-5, -6]), side(NEXT_FOUR_WEEKS, [5, 9]))
    assert comparison.change_pct is None
    assert comparison.change == 350


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"definition_version": 2}, "definition"),
        ({"date_basis": "sold_at"}, "date"),
        ({"timezone": "UTC"}, "time zone"),
    ],
)
def test_a_changed_definition_makes_it_not_comparable_rather_than_wrong(changes: dict[str, object], word: str) -> None:
    comparison = compare(metric(), BEFORE, replace(DOUBLED, **changes))  # type: ignore[arg-type]
    assert_withheld(comparison)
    assert not comparison.is_comparable
    assert comparison.change is None
    assert word in comparison.why_not
    assert comparison.current.value == 280  # the data is not withheld


def test_half_a_month_is_not_compared_with_a_whole_one() -> None:
    comparison = compare(metric(), side(FEBRUARY, [5]), side(span("2025-03-01", "2025-03-14"), [5]))
    assert comparison.why_not == LENGTH_DIFFERS
    assert_withheld(comparison)


def test_a_longer_month_alone_is_never_called_a_movement() -> None:
    days = [100, 102, 98]
    comparison = compare(metric(), side(FEBRUARY, days), side(MARCH, days))
    assert comparison.is_comparable
    assert comparison.change == 300
    assert comparison.interval is not None
    assert comparison.interval[0] > 0  # the plain difference is real, and the calendar explains it
    assert comparison.is_ordinary is True
    assert comparison.is_calendar_effect


def test_less_than_a_week_gives_no_interval() -> None:
    comparison = compare(
        metric(), side(span("2025-03-03", "2025-03-08"), [5]), side(span("2025-03-10", "2025-03-15"), [9])
    )
    assert comparison.change_pct == 80
    assert comparison.interval is None
    assert comparison.why_no_interval == TOO_FEW_DAYS


def test_periods_that_share_days_give_no_interval() -> None:
    comparison = compare(metric(), BEFORE, BEFORE)
    assert (comparison.change, comparison.change_pct) == (Decimal(0), Decimal(0))
    assert comparison.why_no_interval == SHARED_DAYS


def test_money_is_compared_by_its_own_spread() -> None:
    revenue = metric(Aggregation.SUM, "USD", "Revenue")
    comparison = compare(
        revenue, side(FOUR_WEEKS, ["100.10", "0", "250"]), side(NEXT_FOUR_WEEKS, ["90.55", "10", "260"])
    )
    assert comparison.interval is not None
    assert all(end == end.quantize(Decimal("0.01")) for end in comparison.interval)
    assert comparison.is_ordinary is True
    flat = compare(revenue, side(FOUR_WEEKS, [100]), side(NEXT_FOUR_WEEKS, [110]))
    assert flat.why_no_interval == NO_SPREAD


def test_a_share_has_its_interval_in_percentage_points() -> None:
    share = metric(Aggregation.RATIO, "percent", "Accepted share")
    before = side(FOUR_WEEKS, [4, 5, 6], denominator=[20, 21, 22])
    now = side(NEXT_FOUR_WEEKS, [10, 9, 11], denominator=[20, 21, 22])
    comparison = compare(share, before, now)
    assert comparison.baseline.value == Decimal("23.68")
    assert comparison.change is not None
    assert comparison.interval is not None
    assert 10 < comparison.interval[0] < comparison.change < comparison.interval[1] < 40
    assert comparison.is_ordinary is False


def test_a_share_that_is_always_zero_is_not_certain() -> None:
    share = metric(Aggregation.RATIO, "percent", "Accepted share")
    comparison = compare(
        share, side(FOUR_WEEKS, [0], denominator=[1]), side(NEXT_FOUR_WEEKS, [0, 0, 0, 0, 0, 0, 1], denominator=[1])
    )
    assert comparison.is_ordinary is True


def test_a_ratio_with_few_denominators_says_so() -> None:
    cost = metric(Aggregation.RATIO, "USD", "Cost per lead")
    rare = [0, 0, 0, 0, 0, 0, 1]
    comparison = compare(cost, side(FOUR_WEEKS, [9], denominator=rare), side(NEXT_FOUR_WEEKS, [9], denominator=rare))
    assert comparison.baseline.value == Decimal("63.00")
    assert comparison.why_no_interval == TOO_FEW_VALUES


def test_an_interval_that_holds_zero_is_always_ordinary() -> None:
    for level in range(1, 15):
        comparison = compare(metric(), BEFORE, side(NEXT_FOUR_WEEKS, [level, 5, 4]))
        assert comparison.interval is not None
        low, high = comparison.interval
        assert comparison.is_ordinary or not low <= 0 <= high


def test_machines_read_the_shape_that_was_promised() -> None:
    said = compare(metric(), BEFORE, DOUBLED).as_dict()
    assert said["baseline"] == {
        "from": "2025-02-03",
        "to": "2025-03-02",
        "value": 140,
        "days": 28,
        "complete": True,
        "missing_days": 0,
        "excluded": 0,
    }
    assert (said["source"], said["unit"], said["change"], said["change_pct"]) == ("Angi", "leads", 140, 100.0)
    assert (said["complete"], said["comparable"], said["ordinary"]) == (True, True, False)
    assert [type(end) for end in said["interval"]] == [int, int]
    money = compare(
        metric(Aggregation.SUM, "USD"), side(FOUR_WEEKS, ["10.5", 3]), side(NEXT_FOUR_WEEKS, [9, 4])
    ).as_dict()
    assert money["current"]["value"] == "182.00"
    assert isinstance(money["interval"][0], str)

"""Totals and ratios over a period: unknown is never zero, ratios come from sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.metrics import Aggregation
from lib.reporting.periods import days_of, split
from lib.reporting.series import DayValue, PeriodValue, ratio, total
from tests.unit.reporting.builders import MARCH, series, span

WEEK = span("2025-03-03", "2025-03-09")


def test_a_covered_day_without_rows_is_zero() -> None:
    first = date(2025, 3, 3)
    value = total({first: DayValue(first, Decimal(4), is_complete=True, excluded=2)}, set(days_of(WEEK)), WEEK)
    assert value == PeriodValue(WEEK, Decimal(4), days=7, complete=True, missing_days=0, excluded=2)


def test_an_uncovered_day_is_unknown_and_never_zero() -> None:
    assert total({}, set(), WEEK).value is None
    assert total({}, set(days_of(WEEK)), WEEK).value == 0
    part = series(WEEK, [2], missing=[date(2025, 3, 8), date(2025, 3, 9)])
    value = total(part.days, part.covered, WEEK)
    assert (value.value, value.complete, value.missing_days) == (Decimal(10), False, 2)


def test_a_slice_that_says_it_is_partial_makes_the_period_partial() -> None:
    full = series(WEEK, [2])
    last = WEEK.last
    days = {**full.days, last: replace(full.days[last], is_complete=False)}
    value = total(days, full.covered, WEEK)
    assert (value.value, value.complete, value.missing_days) == (Decimal(14), False, 1)


def test_days_outside_the_period_are_not_counted() -> None:
    month = series(MARCH, [1], excluded=5)
    assert total(month.days, month.covered, WEEK) == PeriodValue(WEEK, Decimal(7), 7, complete=True, missing_days=0)


def test_a_ratio_is_never_summed() -> None:
    with pytest.raises(ValueError, match="never summed"):
        total({}, set(), WEEK, Aggregation.RATIO)


@given(st.lists(st.integers(0, 500), min_size=31, max_size=31))
def test_the_parts_add_up_to_the_whole(values: list[int]) -> None:
    month = series(MARCH, values)
    parts = [total(month.days, month.covered, part.range) for part in split(MARCH, "day")]
    assert sum(part.value or 0 for part in parts) == total(month.days, month.covered, MARCH).value == sum(values)


def of(value: int | str | None, **changes: object) -> PeriodValue:
    known = PeriodValue(WEEK, None if value is None else Decimal(value), 7, complete=True, missing_days=0)
    return replace(known, **changes)  # type: ignore[arg-type]


def test_a_ratio_comes_from_sums_and_not_from_the_mean_of_days() -> None:
    # 1 of 1 on one day and 0 of 99 on another is 1 %, not 50 %.
    assert ratio(of(1), of(100), "percent").value == Decimal("1.00")
    assert ratio(of("100.00"), of(3), "USD").value == Decimal("33.33")


def test_a_ratio_without_a_denominator_has_no_value() -> None:
    undefined = ratio(of(5), of(0), "percent")
    assert undefined.value is None
    assert undefined.is_undefined
    assert ratio(of(None), of(3), "percent").value is None
    assert ratio(of(3), of(None), "percent").value is None


def test_a_ratio_is_as_complete_as_its_less_complete_part() -> None:
    value = ratio(of(1, excluded=3), of(2, complete=False, missing_days=2, excluded=1), "percent")
    assert (value.complete, value.missing_days, value.excluded) == (False, 2, 3)


def test_the_two_parts_of_a_ratio_are_of_one_period() -> None:
    with pytest.raises(ValueError, match="same period"):
        ratio(of(1), of(2, range=MARCH), "percent")

"""A delivery as a whole is doubted where something of it seems to be missing, and left alone where nothing does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from lib.domain.verdicts import Severity
from validation.arrival import ArrivalFacts, PastLoad, arrival_findings
from validation.load_reasons import LOAD_REASONS
from validation.repeats import repeated_page

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


def codes(**facts: Any) -> list[str]:
    return [finding.code for finding in arrival_findings(ArrivalFacts(**facts))]


def days(first: date, last: date, without: tuple[str, ...] = (), weekdays: str = "0123456") -> npt.NDArray[Any]:
    """Every day of a span that falls on one of the weekdays (0 is Monday)."""
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return np.array(
        [day for day in span if str(day.weekday()) in weekdays and day.isoformat() not in without],
        dtype="datetime64[D]",
    )


def hashes(*blocks: range) -> npt.NDArray[Any]:
    return np.array([f"{number:032x}" for block in blocks for number in block], dtype="S32")


def test_an_ordinary_delivery_is_not_doubted() -> None:
    past = [PastLoad(rows, rows // 50, 31) for rows in (310, 290, 305, 330, 298, 302)]
    facts = ArrivalFacts(
        row_count=312,
        failed_count=5,
        row_hashes=hashes(range(312)),
        days=days(FIRST, LAST),
        history_days=days(date(2025, 11, 1), date(2026, 2, 28)),
        first=FIRST,
        last=LAST,
        expected_rows=312,
        announced_rows=312,
        expected_sums={"amount": 5},
        sums={"amount": 5},
        filled={"phone": 300},
        usually_filled={"phone": 0.9},
        past=past,
    )
    assert arrival_findings(facts) == []


def test_nothing_known_is_nothing_doubted() -> None:
    assert codes(row_count=0) == []


@pytest.mark.parametrize("rows", [50, 100, 200, 250, 500, 1000, 5000, 65_535, 1_048_575])
def test_a_count_at_which_exports_stop_looks_like_page_one(rows: int) -> None:
    assert codes(row_count=rows) == ["round_row_count"]


@pytest.mark.parametrize("more", [{"row_count": 101}, {"row_count": 99}, {"is_partial": True}, {"announced_rows": 100}])
def test_a_count_that_is_not_round_or_accounted_for_is_let_be(more: dict[str, Any]) -> None:
    assert codes(**{"row_count": 100, **more}) == []


def test_rows_are_compared_with_what_was_expected_and_that_blocks() -> None:
    (finding,) = arrival_findings(ArrivalFacts(row_count=1, expected_rows=3))
    assert finding.severity is Severity.BLOCK
    assert finding.sentence == "3 rows were expected and 1 arrived."
    assert finding.numbers == {"expected": 3, "rows": 1}


def test_rows_are_compared_with_what_the_file_announces() -> None:
    assert codes(row_count=100, announced_rows=240) == ["rows_not_as_announced"]
    assert codes(row_count=240, announced_rows=240) == []


def test_a_sum_of_money_is_compared_to_the_last_cent() -> None:
    facts = {"row_count": 3, "expected_sums": {"amount": 1_234_500_000}}
    (finding,) = arrival_findings(ArrivalFacts(sums={"amount": 1_200_000_000}, **facts))
    assert finding.sentence == "The amount adds up to 1,200.00, 34.50 less than the 1,234.50 expected."
    assert finding.severity is Severity.BLOCK
    assert codes(sums={"amount": 1_234_500_000}, **facts) == []
    assert codes(**facts) == ["sum_not_as_expected"]


def test_a_page_that_came_twice_is_found_with_its_place() -> None:
    (finding,) = arrival_findings(
        ArrivalFacts(row_count=251, row_hashes=hashes(range(100), range(100), range(200, 251)))
    )
    assert finding.code == "page_repeated"
    assert finding.numbers == {"first": 1, "again": 101, "length": 100, "rows": 100}


def test_a_page_that_came_three_times_and_one_that_came_later_are_counted() -> None:
    thrice = repeated_page(hashes(range(20), range(20), range(20)))
    assert thrice is not None
    assert (thrice.start, thrice.length, thrice.distance, thrice.rows) == (20, 20, 20, 40)
    later = repeated_page(hashes(range(90), range(30, 45), range(100, 130)))
    assert later is not None
    assert (later.start, later.length, later.distance) == (90, 15, 60)


@pytest.mark.parametrize(
    "rows",
    [
        hashes(range(500)),
        hashes(range(100), range(9), range(100, 200)),  # fewer than ten in a row
        hashes(*[range(7, 8)] * 50),  # the same row over and over is no page
        hashes(*[range(3)] * 20),
        np.zeros(60, dtype="S32"),  # lines that could not be read
        hashes(range(100), range(99, -1, -1)),  # the same rows in another order
        np.array([], dtype="S32"),
    ],
)
def test_single_repeats_are_no_page(rows: npt.NDArray[Any]) -> None:
    assert repeated_page(rows) is None


def test_hashes_may_be_bytes_texts_or_numbers() -> None:
    as_bytes = hashes(range(40), range(20))
    as_text, as_numbers = as_bytes.astype(str).astype(object), np.array([*range(40), *range(20)])
    found = repeated_page(as_bytes)
    assert found is not None
    assert found == repeated_page(as_text) == repeated_page(as_numbers)


def test_a_day_without_rows_is_found_where_there_nearly_always_were_some() -> None:
    facts = {"row_count": 300, "first": FIRST, "last": LAST, "history_days": days(date(2025, 11, 1), date(2026, 2, 28))}
    (finding,) = arrival_findings(ArrivalFacts(days=days(FIRST, LAST, ("2026-03-10",)), **facts))
    assert finding.sentence == "1 day of 31 has no row, where there nearly always were some: 2026-03-10."
    half = days(FIRST, date(2026, 3, 27))
    assert codes(days=half, **facts) == ["days_without_rows"]
    assert codes(days=half, until=date(2026, 3, 28), **facts) == []


def test_a_sunday_without_rows_is_ordinary_where_sundays_have_none() -> None:
    history = days(date(2025, 11, 1), date(2026, 2, 28), weekdays="012345")
    facts = {"row_count": 300, "first": FIRST, "last": LAST, "history_days": history}
    assert codes(days=days(FIRST, LAST, weekdays="012345"), **facts) == []
    assert codes(days=days(FIRST, LAST, weekdays="01234"), **facts) == ["days_without_rows"]


def test_a_short_or_thin_history_says_nothing_of_silent_days() -> None:
    facts = {"row_count": 1, "first": FIRST, "last": LAST, "days": days(FIRST, FIRST)}
    assert codes(history_days=days(date(2026, 2, 10), date(2026, 2, 28)), **facts) == []
    assert codes(history_days=days(date(2025, 11, 1), date(2026, 2, 28))[::3], **facts) == []
    # The range itself proves nothing about itself, as when the same days are sent again.
    assert codes(history_days=days(FIRST, LAST), **facts) == []


@pytest.mark.parametrize(("rows", "is_odd"), [(12, True), (300, False), (330, False), (900, True)])
def test_a_number_of_rows_is_held_against_the_loads_before(rows: int, is_odd: bool) -> None:
    past = [PastLoad(count, 0) for count in (310, 290, 305, 330, 298, 302)]
    assert codes(row_count=rows, past=past) == (["rows_unusual"] if is_odd else [])


def test_a_week_is_held_against_months_day_by_day() -> None:
    past = [PastLoad(count, 0, 30) for count in (310, 290, 305, 330, 298, 302)]
    week = {"first": FIRST, "last": date(2026, 3, 7), "past": past}
    assert codes(row_count=70, **week) == []
    assert codes(row_count=302, **week) == ["rows_unusual"]


def test_how_many_rows_a_stream_brings_says_nothing() -> None:
    """A pull of changes or a group of webhooks has as many as came since somebody last asked."""
    past = [PastLoad(count, 0) for count in (310, 290, 305, 330, 298, 302)]
    assert codes(row_count=500, past=past, is_stream=True) == []
    assert codes(row_count=500, past=past) == ["round_row_count", "rows_unusual"]


def test_one_odd_load_among_those_before_moves_nothing_and_four_are_too_few() -> None:
    past = [PastLoad(count, 0) for count in (310, 290, 40_000, 330, 298, 302)]
    assert codes(row_count=12, past=past) == ["rows_unusual"]
    assert codes(row_count=12, past=past[:4]) == []


def test_only_the_last_twenty_loads_count() -> None:
    recent, old = [PastLoad(300, 0)] * 20, [PastLoad(30_000, 0)] * 40
    assert codes(row_count=301, past=[*recent, *old]) == []


@pytest.mark.parametrize(("failed", "is_odd"), [(0, False), (8, False), (60, True)])
def test_more_failures_than_usual_are_said_and_fewer_are_not(failed: int, is_odd: bool) -> None:
    past = [PastLoad(300, count) for count in (6, 5, 7, 6, 4, 8)]
    assert codes(row_count=301, failed_count=failed, past=past) == (["failures_unusual"] if is_odd else [])


def test_fewer_failures_than_usual_are_no_news() -> None:
    assert codes(row_count=301, failed_count=2, past=[PastLoad(300, 60)] * 6) == []


def test_a_column_that_used_to_be_filled_and_is_empty_is_named() -> None:
    facts = {"row_count": 101, "usually_filled": {"phone": 0.97, "fee": 0.02}}
    (finding,) = arrival_findings(ArrivalFacts(filled={"phone": 0, "fee": 0}, **facts))
    assert finding.sentence == "No row has a phone; in past loads 97% of the rows had one."
    assert codes(filled={"phone": 1}, **facts) == []


def test_every_finding_has_its_words_and_what_blocks_comes_first() -> None:
    found = arrival_findings(ArrivalFacts(row_count=100, expected_sums={"fee": 1}, announced_rows=101))
    assert [item.severity for item in found] == [Severity.BLOCK, Severity.WARN]
    assert all(item.mend == LOAD_REASONS[item.code].mend and item.sentence.endswith(".") for item in found)

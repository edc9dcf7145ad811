"""The hour that clocks repeat, and the one they skip: one rule for both continents, and it shows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.mapping.apply import MapContext, Mapped, apply_map


def mapped(texts: list[str], zone: str, **options: Any) -> Mapped:
    rule = FieldRule("at", "occurred_at", (Transform("parse_datetime", options),))
    return apply_map(FieldMap("lead", (rule,)), pd.DataFrame({"at": pd.Series(texts, dtype="str")}), MapContext(zone))


def moments(found: Mapped) -> list[str]:
    return found.frame["occurred_at"].dt.strftime("%Y-%m-%d %H:%M:%S").to_list()


def notes(found: Mapped) -> list[tuple[Any, Any]]:
    return list(zip(found.notes["row"], found.notes["code"], strict=True))


@pytest.mark.parametrize(
    ("zone", "before", "first", "last", "after", "utc"),
    [
        # New York went back at 2:00 on 2 November 2025, Berlin at 3:00 on 26 October 2025.
        ("America/New_York", "2025-11-02 00:59:59", "2025-11-02 01:00:00", "2025-11-02 01:59:59", "2025-11-02 02:00:00",
         ["2025-11-02 04:59:59", "2025-11-02 05:00:00", "2025-11-02 05:59:59", "2025-11-02 07:00:00"]),
        ("Europe/Berlin", "2025-10-26 01:59:59", "2025-10-26 02:00:00", "2025-10-26 02:59:59", "2025-10-26 03:00:00",
         ["2025-10-25 23:59:59", "2025-10-26 00:00:00", "2025-10-26 00:59:59", "2025-10-26 02:00:00"]),
    ],
)  # fmt: skip
def test_the_hour_that_comes_twice_is_the_first_one_and_noted(
    zone: str, before: str, first: str, last: str, after: str, utc: list[str]
) -> None:
    found = mapped([before, first, last, after], zone)
    assert moments(found) == utc
    assert notes(found) == [(1, "ambiguous_time"), (2, "ambiguous_time")]
    assert found.failures.empty


@pytest.mark.parametrize(
    ("zone", "before", "first", "last", "after", "utc"),
    [
        ("America/New_York", "2025-03-09 01:59:59", "2025-03-09 02:00:00", "2025-03-09 02:59:59", "2025-03-09 03:00:00",
         ["2025-03-09 06:59:59", "2025-03-09 07:00:00", "2025-03-09 07:00:00", "2025-03-09 07:00:00"]),
        ("Europe/Berlin", "2025-03-30 01:59:59", "2025-03-30 02:00:00", "2025-03-30 02:59:59", "2025-03-30 03:00:00",
         ["2025-03-30 00:59:59", "2025-03-30 01:00:00", "2025-03-30 01:00:00", "2025-03-30 01:00:00"]),
    ],
)  # fmt: skip
def test_the_hour_that_never_was_is_moved_to_the_next_that_was_and_noted(
    zone: str, before: str, first: str, last: str, after: str, utc: list[str]
) -> None:
    found = mapped([before, first, last, after], zone)
    assert moments(found) == utc
    assert notes(found) == [(1, "nonexistent_time"), (2, "nonexistent_time")]
    assert found.failures.empty


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
def test_times_that_bring_their_offset_need_no_rule(zone: str) -> None:
    texts = [
        "2025-11-02T01:30:00-04:00",
        "2025-11-02T01:30:00-05:00",
        "2025-10-26 02:30:00+0200",
        "2025-03-09T02:30:00Z",
    ]
    found = mapped(texts, zone)
    assert moments(found) == [
        "2025-11-02 05:30:00",
        "2025-11-02 06:30:00",
        "2025-10-26 00:30:00",
        "2025-03-09 02:30:00",
    ]
    assert found.notes.empty


def test_in_one_column_only_the_times_without_an_offset_are_noted() -> None:
    found = mapped(["2025-11-02T01:30:00-05:00", "11/2/2025 1:30 AM", "soon"], "America/New_York")
    assert notes(found) == [(1, "ambiguous_time")]
    assert found.failures["row"].to_list() == [2]


def test_the_rule_holds_for_a_given_format_and_for_serials_too() -> None:
    twice = "2025-11-02 05:30:00"
    by_format = mapped(["02.11.2025 01:30"], "America/New_York", format="%d.%m.%Y %H:%M")
    assert (moments(by_format), notes(by_format)) == ([twice], [(0, "ambiguous_time")])
    by_serial = mapped(["45963.0625"], "America/New_York", format="excel")
    assert (moments(by_serial), notes(by_serial)) == ([twice], [(0, "ambiguous_time")])


def test_the_days_of_a_spreadsheet_are_read_where_the_map_says_so() -> None:
    assert moments(mapped(["45730", "45730.5", "45730.0833333333"], "UTC", format="excel")) == [
        "2025-03-14 00:00:00", "2025-03-14 12:00:00", "2025-03-14 02:00:00",
    ]  # fmt: skip
    assert moments(mapped(["44268"], "UTC", format="excel_1904")) == ["2025-03-14 00:00:00"]
    failed = mapped(["45730", "x", "999999", "-5"], "UTC", format="excel").failures
    assert list(zip(failed["row"], failed["code"], strict=True)) == [(n, "unreadable_date") for n in (1, 2, 3)]
    assert mapped(["45730"], "UTC").failures["code"].to_list() == ["unreadable_date"]


def test_the_day_of_a_serial_is_the_day_in_the_cell() -> None:
    rule = FieldRule("at", "day", (Transform("parse_date", {"format": "excel"}),))
    raw = pd.DataFrame({"at": pd.Series(["45730.99", "no", None], dtype="str")})
    got = apply_map(FieldMap("traffic_day", (rule,)), raw, MapContext("Pacific/Auckland"))
    assert got.frame["day"].fillna("").to_list() == ["2025-03-14", "", ""]
    assert got.failures["row"].to_list() == [1]


def test_the_narrow_blank_that_browsers_write_before_pm_is_a_blank() -> None:
    assert moments(mapped(["3/14/2025, 1:20:07\u202fPM", "3/14/2025\u00a01:20 PM"], "UTC")) == [
        "2025-03-14 13:20:07", "2025-03-14 13:20:00",
    ]  # fmt: skip


def test_the_day_order_of_the_account_decides_unless_the_map_says_otherwise() -> None:
    raw = pd.DataFrame({"at": pd.Series(["3/4/2026"], dtype="str")})
    by_account, by_map = FieldRule("at", "day"), FieldRule("at", "day", (Transform("parse_date", {"order": "mdy"}),))
    days = [
        apply_map(FieldMap("traffic_day", (rule,)), raw, MapContext("UTC", day_order="dmy")).frame["day"][0]
        for rule in (by_account, by_map)
    ]
    assert days == ["2026-04-03", "2026-03-04"]

"""What the house promises of dates and times."""

from __future__ import annotations

import pandas as pd
import pytest

from lib.domain.objects import Kind
from lib.mapping.transforms import TRANSFORMS
from lib.mapping.transforms.shape import MapContext, Outcome, Scene


def parse(
    texts: list[str | None], name: str = "parse_datetime", zone: str = "America/New_York", **options: object
) -> Outcome:
    scene = Scene(pd.DataFrame(), MapContext(zone), Kind.TIMESTAMP)
    return TRANSFORMS[name].run(pd.Series(texts, dtype="str"), options, scene)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("3/14/2025 1:20", "2025-03-14 05:20:00"),
        ("03/14/2025 01:20:07", "2025-03-14 05:20:07"),
        ("3/14/2025 1:20 PM", "2025-03-14 17:20:00"),
        ("3/14/2025 12:05 a.m.", "2025-03-14 04:05:00"),
        ("3/14/25", "2025-03-14 04:00:00"),
        ("2024/10/03 00:00:00+00", "2024-10-03 00:00:00"),
        ("2024-10-03T10:00:00Z", "2024-10-03 10:00:00"),
        ("2018-02-19T13:41:00.252-05:00", "2018-02-19 18:41:00.252"),
        ("2024-10-03", "2024-10-03 04:00:00"),
        ("2024-10-03 08:30:00.1234567", "2024-10-03 12:30:00.123456"),
        ("Mar 14, 2025", "2025-03-14 04:00:00"),
        ("Friday, March 14th, 2025 at 1:20 PM", "2025-03-14 17:20:00"),
        ("14 Mar 2025 01:20", "2025-03-14 05:20:00"),
        ("14-Mar-2025", "2025-03-14 04:00:00"),
        ("20250314", "2025-03-14 04:00:00"),
        ("3/14/2025 1:20 PM PST", "2025-03-14 21:20:00"),
        ("2024-02-29", "2024-02-29 05:00:00"),
        (" 2024-10-03 ", "2024-10-03 04:00:00"),
    ],
)
def test_every_written_shape_becomes_the_same_kind_of_time(text: str, utc: str) -> None:
    outcome = parse([text])
    assert str(outcome.column.dtype) == "datetime64[us, UTC]"
    assert outcome.column[0] == pd.Timestamp(utc, tz="UTC")
    assert not outcome.failed["unreadable_date"].any()


@pytest.mark.parametrize(
    "text",
    ["2025-02-29", "13/14/2025", "soon", "1899-12-31", "2101-01-01", "0001-01-01", "3/14/2025 25:00", "3/14/2025 13:20 PM",
     "3/14/2025 1:60", "2025-03-14T01:20:00+99:00", "2025-03-14 01:20 XYZT", "45000", "1700000000", "4/31/2025", "٣/١٤/٢٠٢٥"],
)  # fmt: skip
def test_what_is_no_date_fails_and_is_not_a_silent_blank(text: str) -> None:
    outcome = parse([text, "2025-03-14"])
    assert list(outcome.failed["unreadable_date"]) == [True, False]
    assert pd.isna(outcome.column[0])
    assert outcome.column[1] == pd.Timestamp("2025-03-14 04:00", tz="UTC")


def test_a_blank_is_blank_and_no_failure() -> None:
    outcome = parse([None, "2025-03-14"])
    assert list(outcome.failed["unreadable_date"]) == [False, False]


def test_the_order_decides_what_an_ambiguous_date_means() -> None:
    assert parse(["3/4/2026"], order="mdy").column[0].month == 3
    assert parse(["3/4/2026"], order="dmy").column[0].month == 4
    assert parse(["26/03/04"], order="ymd").column[0] == pd.Timestamp("2026-03-04 05:00", tz="UTC")


def test_an_hour_that_comes_twice_is_the_first_one_and_noted() -> None:
    outcome = parse(["11/2/2025 1:30", "11/2/2025 3:30"])
    assert outcome.column[0] == pd.Timestamp("2025-11-02 05:30", tz="UTC")
    assert list(outcome.noted["ambiguous_time"]) == [True, False]


def test_an_hour_that_never_was_is_moved_forward_and_noted() -> None:
    outcome = parse(["3/9/2025 2:30", "3/9/2025 3:30"])
    assert outcome.column[0] == pd.Timestamp("2025-03-09 07:00", tz="UTC")
    assert list(outcome.noted["nonexistent_time"]) == [True, False]
    assert not outcome.failed["unreadable_date"].any()


def test_a_time_with_its_own_zone_is_never_ambiguous() -> None:
    assert not parse(["2025-11-02T01:30:00-05:00"]).noted


def test_epochs_are_read_only_where_the_map_says_so() -> None:
    assert parse(["1700000000"], format="epoch_s").column[0] == pd.Timestamp("2023-11-14 22:13:20", tz="UTC")
    assert parse(["1700000000123"], format="epoch_ms").column[0] == pd.Timestamp("2023-11-14 22:13:20.123", tz="UTC")
    assert list(parse(["99999999999999", "x"], format="epoch_s").failed["unreadable_date"]) == [True, True]


def test_a_given_format_is_the_only_one_read() -> None:
    outcome = parse(["14.03.2025 01h20", "2025-03-14"], format="%d.%m.%Y %Hh%M")
    assert outcome.column[0] == pd.Timestamp("2025-03-14 05:20", tz="UTC")
    assert list(outcome.failed["unreadable_date"]) == [False, True]
    zoned = parse(["14.03.2025 01:20 +0200"], format="%d.%m.%Y %H:%M %z")
    assert zoned.column[0] == pd.Timestamp("2025-03-13 23:20", tz="UTC")


def test_whole_days_keep_the_written_day_in_the_accounts_own_zone() -> None:
    outcome = parse(["2024/10/03 00:00:00+00"], whole_days=True)
    assert outcome.column[0].tz_convert("America/New_York").isoformat() == "2024-10-03T00:00:00-04:00"


def test_a_day_is_the_day_as_written() -> None:
    outcome = parse(["2024-10-03T00:00:00Z", "3/14/2025", "nope", None], name="parse_date")
    assert list(outcome.column[:2]) == ["2024-10-03", "2025-03-14"]
    assert list(outcome.failed["unreadable_date"]) == [False, False, True, False]
    assert str(outcome.column.dtype) == "str"

"""What the house promises of looking at a file's columns."""

from __future__ import annotations

import pandas as pd
import pytest

from lib.mapping.profile import ColumnProfile, Guess, profile


def look(*values: str | None) -> ColumnProfile:
    return profile(pd.DataFrame({"a": pd.Series(list(values), dtype="str")}))[0]


@pytest.mark.parametrize(
    ("values", "guess"),
    [
        (["3/14/2025 1:20", "3/15/2025 2:20"], Guess.TIMESTAMP),
        (["2025-03-14", "2025-04-01"], Guess.DATE),
        (["14/3/2025"], Guess.DATE),
        (["1700000000"], Guess.EPOCH_SECONDS),
        (["1700000000000"], Guess.EPOCH_MILLISECONDS),
        (["3035550142", "+13035550143"], Guess.PHONE),
        (["a@example.com"], Guess.EMAIL),
        (["true", "False"], Guess.BOOLEAN),
        (["00501", "80302-1234"], Guess.ZIP),
        (["1", "20"], Guess.INTEGER),
        (["1.5", "2"], Guess.DECIMAL),
        (["$1.50", "$1,200.00"], Guess.MONEY),
        (["0:04:13"], Guess.DURATION),
        (["POINT (-73.88 40.65)"], Guess.COORDINATES),
        (["Open", "Closed"], Guess.TEXT),
        (["", None], Guess.BLANK),
    ],
)
def test_a_column_is_known_by_its_values(values: list[str | None], guess: Guess) -> None:
    assert look(*values).guess is guess


def test_the_order_of_days_is_proven_and_never_assumed() -> None:
    assert look("3/14/2025", "1/2/2025").day_order == "mdy"
    assert look("14/3/2025", "1/2/2025").day_order == "dmy"
    assert look("1/2/2025").day_order == ""
    assert look("13/1/2025", "1/13/2025").day_order == "mixed" or look("13/1/2025", "1/13/2025").guess is Guess.TEXT
    assert look("2025-03-14").day_order == "ymd"


def test_midnights_in_utc_are_seen_to_be_plain_days() -> None:
    assert look("2024/10/03 00:00:00+00", "2024/10/04 00:00:00+00").is_whole_days
    assert not look("2024/10/03 00:00:00+00", "2024/10/04 07:00:00+00").is_whole_days
    assert not look("2024/10/03 00:00:00").is_whole_days
    assert not look("2024/10/03").is_whole_days


def test_counts_are_of_the_whole_column() -> None:
    got = look("a", "a", "b", "", None)
    assert (got.rows, got.filled, got.distinct, got.examples) == (5, 3, 2, ("a", "b"))
    assert got.uniqueness == pytest.approx(2 / 3)
    assert not got.is_key_like
    assert look("a", "b").is_key_like
    assert not look("a", None).is_key_like
    assert not look().is_key_like


def test_a_stray_value_does_not_hide_a_column_of_dates() -> None:
    assert look(*[f"1/{day}/2025" for day in range(1, 30)], "n/a").guess is Guess.DATE

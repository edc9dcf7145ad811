"""Each value of a translated field stands once, with its rows, whatever its case; the table is edited value by value."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from lib.domain.maps import FieldRule, Transform
from lib.mapping.transforms.shape import MapContext
from lib.mapping.value_lines import ValueSuggestion, value_table, with_otherwise, with_value, with_values

CONTEXT = MapContext("UTC")
RAW = pd.DataFrame({"State": ["Won", "won ", "WON", "Lost", "Quoted", "", None]}, dtype="str")
RULE = FieldRule("State", "outcome", (Transform("value_map", {"values": {"won": "booked"}, "otherwise": "blank"}),))


def test_values_are_counted_whatever_their_case_and_blanks() -> None:
    table = value_table(RULE, RAW, CONTEXT)
    assert [(line.rows, line.becomes) for line in table.lines] == [(3, "booked"), (1, None), (1, None)]
    assert [line.value for line in table.undecided] == ["Lost", "Quoted"]
    assert table.otherwise == "blank"


def test_the_values_are_those_that_reach_the_value_map() -> None:
    first = FieldRule("State", "outcome", (Transform("replace", {"find": "Lost", "with": "Won"}), *RULE.transforms))
    found = {line.value.casefold(): line.rows for line in value_table(first, RAW, CONTEXT).lines}
    assert found == {"won": 4, "quoted": 1}


def test_a_value_is_decided_and_taken_back() -> None:
    decided = with_value(RULE, "LOST", "gone")
    assert [line.value for line in value_table(decided, RAW, CONTEXT).undecided] == ["Quoted"]
    assert with_value(decided, "lost", None) == RULE
    assert with_otherwise(RULE, "keep").transforms[0].options["otherwise"] == "keep"


def test_a_table_of_nothing_is_no_step_and_a_first_value_makes_one() -> None:
    bare = with_value(RULE, "won", None)
    assert bare.transforms == ()
    assert with_value(bare, "Won", "booked").transforms[0].options["values"] == {"Won": "booked"}


def test_each_value_says_in_which_lines_it_stands_first() -> None:
    numbers = np.array([12, 13, 15, 16, 17, 18, 19])
    table = value_table(RULE, RAW, CONTEXT, numbers)
    assert [(line.value, line.lines) for line in table.lines] == [
        ("Won", (12, 13, 15)),
        ("Lost", (16,)),
        ("Quoted", (17,)),
    ]


def test_the_spelling_shown_is_the_most_frequent_one() -> None:
    raw = pd.DataFrame({"State": ["WON", "Won", "Won", "lost"]}, dtype="str")
    assert [line.value for line in value_table(RULE, raw, CONTEXT).lines] == ["Won", "lost"]


@pytest.mark.parametrize(
    ("value", "becomes", "because"),
    [
        ("LOST", "gone", "the provider's list has “lost”"),
        ("in  progress!", "open", "the provider's list has “In Progress”"),
        ("Booked", "booked", "it is one of our own words"),
        ("Cancelled", "gone", "it is written like “canceled”"),
    ],
)
def test_an_undecided_value_is_suggested_with_its_reason(value: str, becomes: str, because: str) -> None:
    offered = {"lost": "gone", "In Progress": "open", "Canceled": "gone"}
    raw = pd.DataFrame({"State": [value, "Won"]}, dtype="str")
    table = value_table(RULE, raw, CONTEXT, None, offered)
    (line,) = table.undecided
    assert line.suggestion == ValueSuggestion(becomes, because)
    assert table.suggested == {value: becomes}
    assert with_values(RULE, table.suggested).transforms[0].options["values"] == {"won": "booked", value: becomes}


def test_what_differs_in_a_number_or_is_only_a_little_alike_is_not_suggested() -> None:
    raw = pd.DataFrame({"State": ["Waiting in stage 2", "Looked"]}, dtype="str")
    assert value_table(RULE, raw, CONTEXT, None, {"Waiting in stage 1": "open"}).suggested == {}


def test_ten_thousand_different_values_are_answered_and_said_to_be_no_states() -> None:
    raw = pd.DataFrame({"State": [f"he said {number}" for number in range(10_000)]}, dtype="str")
    started = time.process_time()
    table = value_table(RULE, raw, CONTEXT, None, {"Won": "booked"})
    assert time.process_time() - started < 2
    assert len(table.lines) == 10_000
    assert "State has 10,000 different values in 10,000 rows: this looks like free text" in table.doubt
    assert value_table(RULE, RAW, CONTEXT).doubt == ""

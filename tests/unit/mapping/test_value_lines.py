"""Each value of a translated field stands once, with its rows, whatever its case; the table is edited value by value."""

from __future__ import annotations

import pandas as pd

from lib.domain.maps import FieldRule, Transform
from lib.mapping.transforms.shape import MapContext
from lib.mapping.value_lines import value_table, with_otherwise, with_value

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

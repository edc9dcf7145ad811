"""Values are turned into other units exactly, and put out of sight in a way that stays the same."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.domain.objects import Kind, object_type
from lib.mapping.apply import apply_map
from lib.mapping.check import check_map
from lib.mapping.transforms import chain_problem, step_problems
from lib.mapping.transforms.shape import MapContext


def read(values: list[str | None], *steps: Transform, target: str = "city") -> Any:
    raw = pd.DataFrame({"a": values}, dtype="str")
    return apply_map(FieldMap("lead", (FieldRule("a", target, steps),)), raw, MapContext("UTC"))


def found(values: list[str | None], step: str, **options: Any) -> list[Any]:
    column = read(values, Transform(step, options)).frame["city"]
    return [None if pd.isna(value) else value for value in column]


@pytest.mark.parametrize(
    ("value", "first", "second", "gives"),
    [
        ("1", "mi", "km", "1.609344"),
        ("1,000", "sqft", "square", "10"),
        ("90", "min", "h", "1.5"),
        ("12%", "percent", "fraction", "0.12"),
        ("3.5", "thousand", "one", "3500"),
        ("-1", "lb", "kg", "-0.453592"),
        ("0.0000001", "m", "m", "0"),
        ("1e20", "m", "m", "100000000000000000000"),
    ],
)
def test_a_number_is_turned_into_another_unit_exactly(value: str, first: str, second: str, gives: str) -> None:
    assert found([value], "convert_unit", **{"from": first, "to": second}) == [gives]


def test_what_is_no_number_fails_and_a_blank_stays_blank() -> None:
    got = read(["soon", None, "2"], Transform("convert_unit", {"from": "h", "to": "min"}), target="duration")
    assert got.failures[["row", "code", "value"]].to_dict("records") == [
        {"row": 0, "code": "unreadable_number", "value": "soon"}
    ]
    assert got.frame["duration"].tolist()[2] == 120


def test_units_of_two_sorts_are_refused() -> None:
    assert (
        "cannot turn mi (length) into h (time)"
        in step_problems(Transform("convert_unit", {"from": "mi", "to": "h"}))[0]
    )


def test_a_code_is_the_same_for_the_same_value_and_another_with_another_salt() -> None:
    bare = found(["dana@example.com", " dana@example.com ", "sam@example.com", None], "hash")
    assert bare[0] == bare[1] != bare[2]
    assert bare[3] is None
    # What a report was made with stays true: the code of a value never changes.
    assert bare[0] == "1889d47bc6aab78d"
    assert found(["dana@example.com"], "hash", salt="harbor") != bare[:1]
    assert len(found(["x"], "hash", length=64)[0]) == 64


@given(st.text("ab -9é🎉", min_size=1, max_size=12), st.integers(0, 5), st.integers(0, 5))
def test_a_mask_keeps_the_ends_and_never_shows_a_value_whole(text: str, first: int, last: int) -> None:
    plain = text.strip()
    hidden = len(plain) - first - last
    covered = f"{plain[:first]}{'•' * hidden}{plain[len(plain) - last :]}" if hidden > 0 else "•" * len(plain)
    assert found([text], "mask", keep_first=first, keep_last=last, sign="•") == [covered or None]


@pytest.mark.parametrize("step", ["hash", "mask"])
def test_what_is_out_of_sight_stands_in_a_text_column_only_and_ends_the_chain(step: str) -> None:
    assert chain_problem((Transform(step),), Kind.TEXT) is None
    assert "nothing can be read any more" in str(chain_problem((Transform(step),), Kind.PHONE))
    assert "must be the last step" in str(chain_problem((Transform(step), Transform("upper")), Kind.TEXT))


@pytest.mark.parametrize(
    ("step", "options", "says"),
    [
        ("hash", {"length": 4}, "8 to 64"),
        ("mask", {"keep_last": -1}, "0 signs or more"),
        ("mask", {"sign": "ab"}, "one character"),
        ("convert_unit", {"from": "mi", "to": "km", "decimals": 99}, "0 to 12 decimals"),
        ("parse_phone", {"region": "USA"}, "no phone region 'USA'"),
        ("value_map", {"values": {str(i): "x" for i in range(10_001)}}, "this is free text and not a list of states"),
    ],
)
def test_an_option_that_means_nothing_is_one_sentence(step: str, options: dict[str, Any], says: str) -> None:
    rule = FieldRule("a", "phone" if step == "parse_phone" else "city", (Transform(step, options),))
    problems = check_map(FieldMap("lead", (rule,)), None, object_type("lead"))
    assert says in problems[0].sentence
    assert len(problems[0].sentence) < 400

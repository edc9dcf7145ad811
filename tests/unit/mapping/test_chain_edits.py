"""Steps are added, moved, changed and taken out one at a time; what would not run is refused at its step."""

from __future__ import annotations

import pytest

from lib.domain.maps import FieldRule, Transform
from lib.errors import DeskError
from lib.mapping.chain_edits import (
    Filling,
    filling_of,
    typed_option,
    with_filling,
    with_moved_step,
    with_new_step,
    with_options,
    without_step,
)
from lib.mapping.transforms import TRANSFORMS
from lib.mapping.transforms.manual import manual

SPLIT = Transform("split", {"separator": ", ", "part": 2})
RULE = FieldRule("a", "fee", (Transform("trim"), SPLIT, Transform("parse_money")))


def names(rule: FieldRule) -> list[str]:
    return [step.name for step in rule.transforms]


def test_a_new_step_stands_before_the_one_that_reads() -> None:
    assert names(with_new_step(RULE, "upper", {})) == ["trim", "split", "upper", "parse_money"]
    assert names(with_new_step(FieldRule("a", "city"), "upper", {})) == ["upper"]


def test_a_step_moves_and_goes() -> None:
    assert names(with_moved_step(RULE, 1, -1)) == ["split", "trim", "parse_money"]
    assert names(with_moved_step(RULE, 0, -1)) == names(RULE)
    assert names(without_step(RULE, 1)) == ["trim", "parse_money"]


def test_options_are_changed_and_those_not_asked_stay() -> None:
    after = with_options(RULE, 1, {"part": "-1"})
    assert after.transforms[1].options == {"separator": ", ", "part": -1}


@pytest.mark.parametrize(
    ("place", "typed", "said"),
    [
        (1, {"part": "two"}, "Step 2, split: the option part of split must be a number, not 'two'."),
        (1, {"part": "--5"}, "must be a number, not '--5'"),
        (1, {"part": ""}, "Step 2, split: split needs its option part."),
        (1, {"colour": "red"}, "split has no option 'colour'"),
        (7, {}, "The chain has no step 8."),
        (2, {"unit": "pence"}, "must be one of dollars, cents, micros"),
    ],
)
def test_what_would_not_run_is_refused_at_its_step(place: int, typed: dict[str, str], said: str) -> None:
    with pytest.raises(DeskError) as caught:
        with_options(RULE, place, typed)
    assert said in caught.value.message


def test_a_line_of_a_table_without_its_meaning_is_named() -> None:
    with pytest.raises(DeskError, match="'Lost'"):
        with_new_step(RULE, "value_map", {"values": "Won = booked\nLost"})


@pytest.mark.parametrize("name", [entry.name for entry in manual() if entry.example.options])
def test_what_a_form_shows_of_an_option_is_read_back_as_it_was(name: str) -> None:
    entry = next(item for item in manual() if item.name == name)
    options = TRANSFORMS[name].options
    typed = {key: typed_option(options[key], value) for key, value in entry.example.options.items()}
    added = with_new_step(FieldRule("a", "city"), name, typed).transforms[0]
    assert added.options == dict(entry.example.options)


def test_a_text_of_no_characters_is_not_an_option_left_out() -> None:
    joined = with_new_step(RULE, "join", {"sources": "b\nc", "separator": '""'}).transforms[2]
    assert joined.options == {"sources": ["b", "c"], "separator": ""}
    assert typed_option(TRANSFORMS["join"].options["separator"], "") == '""'


def test_what_fills_a_field_is_chosen_and_read_back() -> None:
    always = with_filling(RULE, Filling.ALWAYS, "12.50")
    assert names(always)[0] == "constant"
    assert filling_of(always) == (Filling.ALWAYS, "12.50")
    blank = with_filling(always, Filling.DEFAULT, "0")
    assert names(blank) == ["trim", "split", "default", "parse_money"]
    assert with_filling(blank, Filling.FILE, "") == RULE
    assert filling_of(RULE) == (Filling.FILE, "")

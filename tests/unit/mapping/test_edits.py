"""A map is edited one field at a time; what may not be is refused in one sentence, and nothing else changes."""

from __future__ import annotations

import pytest

from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.domain.objects import object_type
from lib.errors import DeskError
from lib.mapping.check import check_map
from lib.mapping.edits import LEFT_OUT, FieldLine, edited, field_lines, read_again, runnable, with_step

LEAD = object_type("lead")
SAID = "What the provider says about it."
MAP = FieldMap(
    "lead",
    (
        FieldRule("Id", "external_id", explanation=SAID),
        FieldRule("When", "occurred_at", explanation=SAID),
        FieldRule("State", "status", explanation=SAID),
    ),
    (IgnoredField("Mood", "nobody needs it"),),
)


def place(source: str, target: str) -> FieldRule:
    return FieldRule(source, target, reason="placed by hand")


def line(field_map: FieldMap, name: str) -> FieldLine:
    return next(item for item in field_lines(field_map, ()) if item.name == name)


def change(name: str, what: str, value: str, field_map: FieldMap = MAP) -> FieldMap:
    return edited(field_map, line(field_map, name), what, value, LEAD, place)


def test_lines_stand_in_the_order_of_the_file_and_two_readings_have_two_names() -> None:
    twice = read_again(MAP, "State", "outcome", LEAD, place)
    names = [item.name for item in field_lines(twice, ["Mood", "State", "Id", "When"])]
    assert names == ["Mood", "State", "State (2)", "Id", "When"]


def test_a_new_target_places_the_field_anew() -> None:
    after = change("State", "target", "outcome")
    assert after.rule_for("outcome") == place("State", "outcome")
    assert after.rule_for("status") is None
    assert len(after.fields) == len(MAP.fields)


def test_a_field_left_out_asks_for_its_reason() -> None:
    after = change("State", "target", LEFT_OUT)
    assert after.ignored[-1] == IgnoredField("State", "")
    assert [problem.sentence for problem in check_map(after, None, LEAD)] == ["It is ignored without a reason."]
    told = edited(after, line(after, "State"), "reason", "they never fill it in", LEAD, place)
    assert check_map(told, None, LEAD) == []


def test_a_sentence_that_is_not_for_a_client_keeps_the_field_readable() -> None:
    after = change("State", "explanation", "See lead_status, ask Mrs Jones")
    assert {problem.is_about_words for problem in check_map(after, None, LEAD)} == {True}
    assert runnable(after, LEAD) == after


def test_one_of_two_readings_left_out_leaves_the_other() -> None:
    twice = read_again(MAP, "State", "outcome", LEAD, place)
    after = edited(twice, line(twice, "State (2)"), "target", LEFT_OUT, LEAD, place)
    assert after == MAP


def test_a_target_filled_twice_is_a_problem_and_no_refusal() -> None:
    after = change("State", "target", "external_id")
    assert "2 fields fill the column external_id" in check_map(after, None, LEAD)[0].sentence


def test_a_left_out_field_gets_a_target_again() -> None:
    after = change("Mood", "target", "category")
    assert after.ignored == ()
    assert after.rule_for("category") == place("Mood", "category")


@pytest.mark.parametrize(
    ("name", "what", "value", "said"),
    [
        ("Id", "source", "Other", "Source is not edited here"),
        ("Id", "band", "certain", "Band is not edited here"),
        ("Id", "target", "password", "has no column 'password'"),
        ("Id", "target", "", "has no column ''"),
        ("Id", "label", "x" * 191, "has 191 characters"),
        ("Id", "sensitivity", "secret", "no sensitivity 'secret'"),
        ("Id", "transforms", "no_such_step", "no transform 'no_such_step'"),
        ("Id", "transforms", "trim, {", "cannot be read as written"),
        ("Mood", "label", "Mood", "has no label"),
    ],
)
def test_whatever_may_not_be_is_refused_in_one_sentence(name: str, what: str, value: str, said: str) -> None:
    with pytest.raises(DeskError) as refused:
        change(name, what, value)
    assert said in refused.value.message
    assert refused.value.hint


def test_texts_and_steps_of_a_field_are_changed_in_place() -> None:
    assert change("Id", "explanation", "Its number.").fields[0].explanation == "Its number."
    assert change("Id", "sensitivity", "personal").fields[0].sensitivity is Sensitivity.PERSONAL
    chained = change("Id", "transforms", "trim, split: {separator: '-', part: 1}")
    assert chained.fields[0].transforms == (Transform("trim"), Transform("split", {"separator": "-", "part": 1}))
    stepped = with_step(chained, line(chained, "Id"), Transform("trim", {}))
    assert stepped == chained
    assert with_step(MAP, line(MAP, "Id"), Transform("upper")).fields[0].transforms == (Transform("upper"),)


def test_what_is_broken_is_left_out_of_a_preview() -> None:
    broken = FieldMap(
        "lead",
        (
            FieldRule("Id", "external_id", (Transform("parse_money"), Transform("trim"))),
            FieldRule("When", "occurred_at"),
            FieldRule("Then", "occurred_at"),
        ),
    )
    assert [rule.source for rule in runnable(broken, LEAD).fields] == ["When"]

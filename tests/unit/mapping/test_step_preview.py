"""Each step of a chain shows what it makes of the sample's values, and where one is lost it says so at that step."""

from __future__ import annotations

import pandas as pd

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.domain.objects import object_type
from lib.mapping.apply import apply_map
from lib.mapping.map_cells import cell_texts
from lib.mapping.step_preview import StepLine, StepPreview, step_preview
from lib.mapping.transforms.shape import MapContext

LEAD, CONTEXT = object_type("lead"), MapContext("America/Denver")


def seen(values: list[str | None], target: str, *steps: Transform, **more: list[str]) -> StepPreview:
    raw = pd.DataFrame({"a": values, **more}, dtype="str")
    return step_preview(FieldRule("a", target, steps), LEAD, raw, CONTEXT)


def texts(line: StepLine) -> list[str]:
    return [line.came, *(cell.text for cell in line.cells)]


def test_a_value_is_followed_from_step_to_step_into_its_column() -> None:
    split = Transform("split", {"separator": "|", "part": 2})
    got = seen(["x| $5.00 ", "x| $5.00 ", "y|soon"], "fee", split, Transform("trim"))
    assert got.steps == ("split", "trim", "fee")
    assert texts(got.lines[0]) == ["x| $5.00 ", "$5.00", "$5.00", "5.00"]
    assert [line.rows for line in got.lines] == [2, 1]
    assert [cell.code for cell in got.lines[1].cells] == ["", "", "unreadable_money"]


def test_what_a_step_loses_is_marked_there_and_not_again_at_the_next() -> None:
    table = Transform("value_map", {"values": {"won": "booked"}, "otherwise": "fail"})
    got = seen(["Won", "Maybe"], "outcome", table, Transform("upper"))
    assert texts(got.lines[0]) == ["Won", "booked", "BOOKED", "BOOKED"]
    assert [cell.code for cell in got.lines[1].cells] == ["unseen_value", "", "unseen_value"]


def test_what_is_lost_is_not_filled_up_by_a_later_step() -> None:
    table = Transform("value_map", {"values": {"won": "booked"}, "otherwise": "fail"})
    got = seen(["Maybe"], "outcome", table, Transform("default", {"value": "open"}))
    assert texts(got.lines[0])[2] == "–"


def test_a_chain_that_cannot_run_is_shown_as_far_as_it_can() -> None:
    got = seen(["a-b"], "city", Transform("upper"), Transform("regex_extract", {"pattern": "(?=b)"}))
    assert got.steps == ("upper",)
    assert "invalid perl operator" in got.halted
    ended = seen(["$5"], "city", Transform("parse_money"))
    assert "cannot stand in a column of text" in ended.halted


def test_the_column_is_what_an_import_would_say_whatever_the_kind() -> None:
    for target, value in (("occurred_at", "3/14/2026 1:20"), ("fee", "$5"), ("phone", "(303) 555-0142"), ("city", "D")):
        rule = FieldRule("a", target)
        raw = pd.DataFrame({"a": [value]}, dtype="str")
        frame = apply_map(FieldMap("lead", (rule,)), raw, CONTEXT).frame
        expected = cell_texts(frame[target], LEAD.column(target).kind, CONTEXT.timezone)
        assert texts(step_preview(rule, LEAD, raw, CONTEXT).lines[0])[-1] == expected[0]


def test_a_failing_value_far_down_the_sample_is_shown_too() -> None:
    got = seen([f"3/{day}/2026" for day in range(1, 20)] + ["soon"], "occurred_at")
    assert [line.came for line in got.lines][-1] == "soon"
    assert got.lines[-1].is_failing
    assert len(got.lines) == 7


def test_rows_that_differ_in_a_further_source_only_are_two_values() -> None:
    got = seen(["12 Main", "12 Main"], "address", Transform("join", {"sources": ["b"]}), b=["Apt 1", "Apt 2"])
    assert [texts(line)[-1] for line in got.lines] == ["12 Main Apt 1", "12 Main Apt 2"]

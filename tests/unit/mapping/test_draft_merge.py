"""Edits of two people are brought together line by line; a line that both changed keeps both answers in sight."""

from __future__ import annotations

from dataclasses import replace

from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Transform
from lib.mapping.draft_content import as_content, from_content, same_content
from lib.mapping.draft_merge import Conflict, changed_lines, in_words, lines_of, merged, said_of, with_line

ID, STATUS, AGAIN = FieldRule("Id", "external_id"), FieldRule("Status", "status"), FieldRule("Status", "outcome")
MOOD = IgnoredField("Mood", "nobody asks")
BASE = FieldMap("job", (ID, STATUS, AGAIN), (MOOD,))


def labelled(field_map: FieldMap, name: str, label: str) -> FieldMap:
    answer = lines_of(field_map)[name]
    assert isinstance(answer, FieldRule)
    return with_line(field_map, name, replace(answer, label=label))


def test_two_readings_of_one_source_are_two_lines() -> None:
    assert list(lines_of(BASE)) == ["Id", "Status", "Status (2)", "Mood"]
    assert changed_lines(BASE, labelled(BASE, "Status (2)", "Result")) == ("Status (2)",)


def test_edits_of_different_lines_both_stand() -> None:
    mine, theirs = labelled(BASE, "Id", "Number"), with_line(BASE, "Mood", FieldRule("Mood", "category"))
    together, conflicts = merged(BASE, mine, theirs)
    assert conflicts == ()
    assert changed_lines(BASE, together) == ("Id", "Mood")
    assert together.rule_for("category") is not None


def test_a_line_that_both_changed_keeps_theirs_and_tells_mine() -> None:
    mine, theirs = labelled(labelled(BASE, "Id", "Number"), "Status", "Mine"), labelled(BASE, "Status", "Theirs")
    together, conflicts = merged(BASE, mine, theirs)
    assert together == labelled(labelled(BASE, "Id", "Number"), "Status", "Theirs")
    ours = lines_of(mine)["Status"]
    assert conflicts == (Conflict("Status", ours, lines_of(theirs)["Status"]),)
    assert in_words(conflicts[0].mine, conflicts[0].theirs) == "label Mine"
    assert with_line(together, "Status", ours) == mine


def test_what_both_changed_alike_is_no_conflict() -> None:
    both = labelled(BASE, "Status", "State")
    assert merged(BASE, both, both) == (both, ())


def test_a_line_taken_out_by_one_and_changed_by_the_other_is_a_conflict() -> None:
    without = with_line(BASE, "Status (2)", None)
    together, conflicts = merged(BASE, without, labelled(BASE, "Status (2)", "Result"))
    assert [item.line for item in conflicts] == ["Status (2)"]
    assert in_words(conflicts[0].mine, conflicts[0].theirs) == "taken out"
    assert together.rule_for("outcome") is not None


def test_a_line_added_by_me_comes_in_at_the_end() -> None:
    added = replace(BASE, fields=(*BASE.fields, FieldRule("Id", "reference")))
    together, conflicts = merged(BASE, added, labelled(BASE, "Id", "Number"))
    assert conflicts == ()
    assert [rule.target for rule in together.fields] == ["external_id", "status", "outcome", "reference"]


def test_a_draft_is_kept_with_the_mistakes_that_are_still_to_be_mended() -> None:
    odd = FieldMap(
        "job", (ID, FieldRule("No", "external_id", (Transform("no_such", {"sources": ("a", "b")}),))), (MOOD,)
    )
    again = from_content(as_content(odd))
    assert same_content(again, odd)
    assert again is not None
    assert again.fields[1].transforms[0].options == {"sources": ["a", "b"]}
    assert changed_lines(odd, again) == ()
    assert from_content(as_content(None)) is None


def test_many_lines_are_said_in_few_words() -> None:
    assert said_of(("A", "B")) == "A, B"
    assert said_of(("A", "B", "C", "D", "E")) == "A, B, C and 2 more"

"""What the house promises of a map as a file."""

from __future__ import annotations

import pytest

from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.errors import DeskError
from lib.mapping.document import as_plain, dump_map, fingerprint, load_map

FULL = FieldMap(
    "lead",
    (
        FieldRule(
            "Created Date", "occurred_at",
            (Transform("trim"), Transform("parse_datetime", {"order": "mdy", "timezone": "America/New_York"})),
            "Created date", "olga@example.com", "When the request came in.", Sensitivity.INTERNAL, 0.93,
            "a known name: “Created”",
        ),
        FieldRule("a: b #c - *d", "address", (Transform("join", {"sources": ["x", "no"], "separator": ","}),), confidence=1e-5),
        FieldRule(
            "Status", "outcome",
            (Transform("value_map", {"values": {"Yes": "no", "1": "00501", "~": "", "2024-01-01": "1.0", "a": "1.0e5"}}),),
            sensitivity=Sensitivity.PERSONAL,
        ),
        FieldRule("null", "city", (Transform("default", {"value": "true"}),), label="a - *b it's\n\"quoted\"\tÜ €\u2028"),
        FieldRule("", "country", (Transform("constant", {"value": "12:30"}),)),
        FieldRule("p", "name", (Transform("split", {"separator": " ", "part": -1}),)),
        FieldRule("f", "fee", (Transform("parse_money", {"unit": "cents", "decimal_comma": True}),)),
    ),
    (IgnoredField("=HYPERLINK(1)", "unplaced: nothing fits"), IgnoredField("0123", "not needed")),
)  # fmt: skip


def refusal(text: str) -> DeskError:
    with pytest.raises(DeskError) as caught:
        load_map(text)
    assert caught.value.code == "map_invalid"
    assert caught.value.hint
    return caught.value


def test_a_map_written_and_read_again_is_the_same_map() -> None:
    again = load_map(dump_map(FULL))
    assert again == FULL
    assert fingerprint(again) == fingerprint(FULL)
    assert dump_map(again) == dump_map(FULL)


def test_the_fingerprint_changes_with_anything_the_map_says() -> None:
    other = FieldMap(FULL.object, FULL.fields, (IgnoredField("0123", "not needed now"),))
    assert fingerprint(other) != fingerprint(FULL)
    assert len(fingerprint(FULL)) == 64


def test_the_file_explains_itself() -> None:
    text = dump_map(FULL)
    assert "occurred_at (required)" in text
    assert "parse_datetime" in text.split("object:")[0]
    assert all(line.startswith("#") for line in text.split("\nformat:")[0].strip().splitlines())


def test_a_short_file_written_by_hand_is_enough() -> None:
    loaded = load_map(
        """
object: lead
fields:
  - {source: When, target: occurred_at}
  - source: Phone
    target: phone
    transforms: [trim, {parse_phone: {region: CA}}]
  - source: S
    target: outcome
    transforms:
      - value_map: {values: {1: open, no: lost, 00501: x}}
"""
    )
    assert loaded.fields[1].sensitivity is Sensitivity.PERSONAL
    assert loaded.fields[1].transforms == (Transform("trim"), Transform("parse_phone", {"region": "CA"}))
    assert loaded.fields[2].transforms[0].options["values"] == {"1": "open", "no": "lost", "00501": "x"}
    assert loaded.ignored == ()


FIELD = "object: lead\nfields:\n  - source: Created Date\n    target: occurred_at\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty or not a list of keys"),
        ("- a", "is empty or not a list of keys"),
        ("fields: []", "does not say what one row is"),
        ("object: 5", "does not say what one row is"),
        ("object: spaceship", "no object called 'spaceship'"),
        ("object: lead\nfeilds: []", "has a key 'feilds'"),
        ("object: lead\nfields: 5", "`fields` is not a list"),
        ("object: lead\nfields: [5]", "fields[0] is not an entry"),
        ("object: lead\nfields:\n  - target: city", 'fields[0] (source "") has no source'),
        ("object: lead\nfields:\n  - source: a", 'fields[0] (source "a") has no target'),
        ("object: lead\nfields:\n  - {source: 5, target: city}", "reads as int"),
        ("object: lead\nfields:\n  - {source: [a], target: city}", "is not text"),
        ("object: lead\nfields:\n  - {source: a, target: nowhere}", "no column of a lead"),
        (FIELD + "    shape: round\n", "fields[0] (source \"Created Date\") has a key 'shape'"),
        (FIELD + "    confidence: high\n", "has the confidence 'high'"),
        (FIELD + "    confidence: 1.5\n", "has the confidence 1.5"),
        (FIELD + "    sensitivity: secret\n", "has the sensitivity 'secret'"),
        (FIELD + "    transforms: trim\n", "transforms that are not a list"),
        (FIELD + "    transforms: [shout]\n", "there is no transform 'shout'"),
        (FIELD + "    transforms: [{split: {separator: ','}}]\n", "needs its option part"),
        (FIELD + "    transforms: [{a: 1, b: 2}]\n", "neither a name nor one name"),
        (FIELD + "    transforms: [{trim: 5}]\n", "options of trim that are not keys"),
        (FIELD + "  - {source: b, target: occurred_at}\n", 'fields[1] (source "b") fills occurred_at'),
        (FIELD + "ignored: [{source: x}]\n", 'ignored[0] (source "x") has no reason'),
        (FIELD + "    target: city\n", "the key 'target' stands twice, first in line 4"),
        ("object: lead\nfields:\n  - source: 'a\n", "not valid YAML in line"),
        ("object: lead\nfields: [\n\t- x", "not valid YAML in line 3"),
        ("object: !!python/object:os.system x", "not valid YAML in line 1"),
        ("object: &a [x]\nb: *a", "line 2, column 4: an alias"),
        ("object: lead\x00", "not valid YAML"),
    ],
)
def test_every_mistake_names_its_place(text: str, says: str) -> None:
    assert says in refusal(text).message


def test_a_map_nested_without_end_is_refused_and_does_not_crash() -> None:
    refusal("object: " + "[" * 5000)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2", "this desk reads up to 1: it is a newer one's"),
        ("0", "older than any that this desk reads"),
        ("one", "which is no number"),
    ],
)
def test_a_file_of_another_format_says_whether_it_is_newer_or_older(written: str, says: str) -> None:
    with pytest.raises(DeskError) as caught:
        load_map(dump_map(FULL).replace("\nformat: 1\n", f"\nformat: {written}\n"))
    assert says in caught.value.message
    assert caught.value.hint


def test_a_file_that_names_no_format_is_of_the_first_and_the_format_is_no_part_of_what_the_map_says() -> None:
    bare = dump_map(FULL).replace("\nformat: 1\n", "\n")
    assert load_map(bare) == FULL
    assert "format" not in as_plain(FULL)

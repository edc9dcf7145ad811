"""The difference of two maps in words: nothing changed goes unsaid, and nothing is said where nothing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.maps import Blank, FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.mapping.document import as_plain
from lib.mapping.map_diff import ChangeKind, Difference, differences, in_one_text


def values(table: dict[str, str], **more: Any) -> tuple[Transform, ...]:
    return (Transform("trim"), Transform("value_map", {"values": table, **more}))


DATE = FieldRule("Created", "occurred_at", (Transform("parse_datetime", {"order": "mdy"}),), label="Created")
STATUS = FieldRule("Status", "status", values({"Won": "won", "Lost": "lost"}))
NAME = FieldRule("Name", "name", sensitivity=Sensitivity.PERSONAL)
OLD = FieldMap("lead", (DATE, STATUS, NAME), (IgnoredField("Mood", "nobody reads it"),))


def changed(was: FieldRule, **values: Any) -> FieldMap:
    fields = tuple(replace(rule, **values) if rule is was else rule for rule in OLD.fields)
    return replace(OLD, fields=fields)


def said(new: FieldMap) -> list[tuple[str, str]]:
    return [(item.kind.value, item.sentence) for item in differences(OLD, new)]


@pytest.mark.parametrize(
    ("new", "kind", "sentence"),
    [
        (changed(NAME, target="company"), "target", "“Name” fills company; before, it filled name."),
        (changed(NAME, source="Full Name"), "source", "name is read from “Full Name”; before, from “Name”."),
        (
            changed(DATE, transforms=(Transform("parse_datetime", {"order": "dmy"}),)),
            "steps",
            "“Created” is read by these steps: date d/m/y. Before: date m/d/y.",
        ),
        (
            changed(STATUS, transforms=values({"Won": "won", "Lost": "lost", "New": "open"})),
            "values",
            "The value map of “Status” also knows: “New” becomes “open”.",
        ),
        (
            changed(STATUS, transforms=values({"Won": "sold", "Lost": "lost"})),
            "values",
            "The value map of “Status” changes: “Won” becomes “sold”, before “won”.",
        ),
        (
            changed(STATUS, transforms=values({"Won": "won"})),
            "values",
            "The value map of “Status” no longer knows: “Lost” (was “lost”).",
        ),
        (
            changed(STATUS, transforms=values({"Won": "won", "Lost": "lost"}, otherwise="fail")),
            "values",
            "Any other value of “Status” fails its row; before, it stays as it came.",
        ),
        (
            changed(NAME, blank=Blank.KEEP),
            "blank cells",
            "A blank “Name” in an update keeps what stands there; before, it cleared it.",
        ),
        (changed(DATE, label="Day"), "label", "The label of “Created” is “Day”; before, “Created”."),
        (changed(NAME, owner="ana@x.org"), "owner", "The owner of “Name” is “ana@x.org”; before, nothing."),
        (changed(NAME, explanation="Who."), "explanation", "The explanation of “Name” is “Who.”; before, nothing."),
        (
            changed(NAME, sensitivity=Sensitivity.PUBLIC),
            "sensitivity",
            "“Name” is public; before, personal. It is shown to more people.",
        ),
        (
            changed(NAME, reason="by hand", confidence=0.5),
            "reason",
            "Why “Name” was placed reads: “by hand” (50% sure).",
        ),
        (
            FieldMap("lead", (DATE, STATUS), (*OLD.ignored, IgnoredField("Name", "personal"))),
            "left out",
            "“Name” is left out, so name is no longer filled from it: “personal”.",
        ),
        (
            FieldMap("lead", (*OLD.fields, FieldRule("Mood", "category"))),
            "taken in",
            "“Mood” is taken in and fills category (as it came); before, it was left out.",
        ),
        (
            replace(OLD, fields=(*OLD.fields, FieldRule("Fee", "fee"))),
            "new field",
            "fee is filled from “Fee” (money, as the account says).",
        ),
        (replace(OLD, fields=(DATE, STATUS)), "field gone", "name is no longer filled from “Name”."),
        (
            replace(OLD, ignored=(IgnoredField("Mood", "it is blank"),)),
            "reason",
            "“Mood” is left out because: “it is blank”; before: “nobody reads it”.",
        ),
        (replace(OLD, ignored=()), "field gone", "“Mood” was left out and is no longer in the map."),
        (
            replace(OLD, ignored=(*OLD.ignored, IgnoredField("Tag", "unused"))),
            "left out",
            "“Tag” is new and left out: “unused”.",
        ),
        (
            replace(OLD, fields=(STATUS, DATE, NAME)),
            "order",
            "Nothing that a row or a reader meets is different.",
        ),
    ],
)
def test_every_kind_of_change_is_one_sentence(new: FieldMap, kind: str, sentence: str) -> None:
    assert said(new) == [(kind, sentence)]


def test_two_fields_that_swap_their_columns_are_told_both() -> None:
    phone = FieldRule("Phone", "phone")
    old = FieldMap("lead", (DATE, NAME, phone))
    new = FieldMap("lead", (DATE, replace(NAME, target="phone"), replace(phone, target="name")))
    assert [item.kind for item in differences(old, new)] == [ChangeKind.TARGET, ChangeKind.TARGET]


def test_a_first_version_is_new_field_by_field_and_what_touches_rows_comes_first() -> None:
    found = differences(None, OLD)
    assert [item.kind.value for item in found] == ["new field"] * 3 + ["left out"]
    both = FieldMap("lead", (replace(DATE, label="Day"), replace(NAME, target="company")))
    assert [item.touches_rows for item in differences(FieldMap("lead", (DATE, NAME)), both)] == [True, False]


def test_ten_thousand_new_values_are_named_in_one_short_sentence() -> None:
    table = {"Won": "won", "Lost": "lost", **{f"v{number}": "open" for number in range(10_000)}}
    (one,) = differences(OLD, changed(STATUS, transforms=values(table)))
    assert one.sentence.endswith("“v4” becomes “open”; and 9,995 more.")


def test_a_text_that_is_too_long_counts_what_it_leaves_unsaid() -> None:
    found = tuple(Difference(ChangeKind.LABEL, "x", f"Sentence {number}.") for number in range(100))
    text = in_one_text(found, 60)
    assert text == "Sentence 0. Sentence 1. Sentence 2. Sentence 3. And 96 more."
    assert in_one_text(found[:2], 60) == "Sentence 0. Sentence 1."


SOURCES = ("A", "B", "C", "")
TARGETS = ("occurred_at", "name", "status", "fee")
TABLES = st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["1", "2"]), min_size=1)
CHAINS = st.lists(
    st.one_of(
        st.just(Transform("trim")),
        st.builds(lambda table: Transform("value_map", {"values": table}), TABLES),
        st.sampled_from(["blank", "fail"]).map(lambda rest: Transform("value_map", {"values": {}, "otherwise": rest})),
    ),
    max_size=3,
).map(tuple)
RULES = st.builds(
    FieldRule,
    st.sampled_from(SOURCES),
    st.sampled_from(TARGETS),
    CHAINS,
    label=st.sampled_from(["", "L"]),
    sensitivity=st.sampled_from(list(Sensitivity)),
    confidence=st.sampled_from([1.0, 0.5]),
    blank=st.sampled_from(list(Blank)),
)
IGNORED = st.lists(st.builds(IgnoredField, st.sampled_from("ABCD"), st.sampled_from("rs")), max_size=2)
MAPS = st.builds(
    lambda rules, ignored: FieldMap("lead", tuple(rules), tuple(ignored)),
    st.lists(RULES, max_size=4, unique_by=lambda rule: rule.target),
    IGNORED,
)


@given(MAPS, MAPS)
def test_something_is_said_exactly_where_the_maps_say_something_else(one: FieldMap, other: FieldMap) -> None:
    assert bool(differences(one, other)) == (as_plain(one) != as_plain(other))


@given(MAPS, st.sampled_from(["trim", "values", "target", "blank"]))
def test_whatever_could_change_a_row_is_said_to(field_map: FieldMap, what: str) -> None:
    if not field_map.fields:
        return
    rule = field_map.fields[0]
    free = next(name for name in ("email", "phone"))
    after = {
        "trim": {"transforms": (*rule.transforms, Transform("lower"))},
        "values": {"transforms": (*rule.transforms, Transform("value_map", {"values": {"q": "9"}}))},
        "target": {"target": free},
        "blank": {"blank": Blank.KEEP if rule.blank is Blank.CLEAR else Blank.CLEAR},
    }[what]
    new = replace(field_map, fields=(replace(rule, **after), *field_map.fields[1:]))  # type: ignore[arg-type]
    assert any(item.touches_rows for item in differences(field_map, new))

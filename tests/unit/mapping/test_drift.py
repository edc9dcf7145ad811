"""What changed between two header sets: renamed columns are found by name, by meaning and by place."""

from __future__ import annotations

import pytest

from lib.domain.maps import RECEIVED_AT, FieldMap, FieldRule, IgnoredField, Transform
from lib.mapping.drift import Renamed, Retyped, drift, headers_of_map, nearest


def test_the_order_of_columns_is_no_change() -> None:
    found = drift({"Id": "integer", "Phone": "phone"}, {"Phone": "phone", "Id": "integer"})
    assert found.is_none
    assert found.in_words == "the same columns"


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        ("Phone", "phone", "the same name written another way"),
        ("Phone", "Phone Number", "spelled 90% alike"),
        ("Tel", "Mobile", "both are names of phone"),
        ("Aa", "Zz", "it stands in the same place"),
    ],
)
def test_a_renamed_column_is_one_thing_to_confirm(was: str, now: str, reason: str) -> None:
    found = drift({"Id": "", was: ""}, {"Id": "", now: ""}, "lead")
    assert [(item.was, item.now, item.reason) for item in found.renamed] == [(was, now, reason)]
    assert (found.new, found.missing, found.size) == ((now,), (was,), 1)


def test_a_column_is_the_new_name_of_one_other_at_most() -> None:
    found = drift({"Phone": ""}, {"Fax": "", "Phone 1": "", "Phone": ""})
    assert found.renamed == ()
    found = drift({"Phone": "", "Cell": ""}, {"Phone number": ""}, "lead")
    assert [item.was for item in found.renamed] == ["Phone"]
    assert found.in_words == "1 column renamed, 1 missing"


def test_columns_of_different_looks_are_never_one_renamed() -> None:
    assert drift({"Created": "date"}, {"Created by": "email"}).renamed == ()
    assert drift({"Created": "date"}, {"Created on": "timestamp"}).renamed == (
        Renamed("Created", "Created on", 0.9, "spelled 90% alike"),
    )


@pytest.mark.parametrize(
    ("was", "now"), [("date", "timestamp"), ("integer", "money"), ("text", "blank"), ("", "email")]
)
def test_what_one_column_may_hold_from_day_to_day_is_no_change_of_type(was: str, now: str) -> None:
    assert drift({"A": was}, {"A": now}).is_none


@pytest.mark.parametrize(("was", "now"), [("date", "text"), ("epoch_s", "epoch_ms"), ("money", "text")])
def test_a_change_of_type_is_told(was: str, now: str) -> None:
    assert drift({"A": was}, {"A": now}).retyped == (Retyped("A", was, now),)


def test_a_map_knows_its_sources_and_expects_what_it_reads_plainly() -> None:
    field_map = FieldMap(
        "lead",
        (
            FieldRule("Fee", "fee"),
            FieldRule("When", "occurred_at", (Transform("parse_datetime", {"format": "epoch_s"}),)),
            FieldRule("Sum", "amount", (Transform("split", {"separator": " ", "part": 1}),)),
            FieldRule("Name", "name"),
            FieldRule(RECEIVED_AT, "modified_at"),
            FieldRule("", "state", (Transform("constant", {"value": "CO"}),)),
        ),
        (IgnoredField("Mood", "nobody asks"),),
    )
    assert headers_of_map(field_map) == {"Fee": "money", "When": "epoch_s", "Sum": "", "Name": "", "Mood": ""}


def test_the_nearest_header_set_is_named_with_the_difference() -> None:
    sets = {"jobs": {"Id": "", "Total": ""}, "leads": {"Id": "", "Phone": "", "Email": ""}}
    found = nearest({"Id": "", "Phone no": "", "Email": ""}, sets)
    assert found is not None
    assert (found[0], found[1].in_words) == ("leads", "1 column renamed")
    assert (
        nearest({"x": "", "y": "", "z": ""}, {"a": {"p": "", "q": "", "r": "", "s": "", "t": "", "u": "", "v": ""}})
        is None
    )

"""What an approved map teaches, and when it is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from lib.domain.mapping.learned import Learned, Level, OwnSynonym
from lib.domain.maps import RECEIVED_AT, UNPLACED, Band, FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.objects import object_type
from lib.domain.providers import ObjectTemplate
from lib.domain.signals import ObjectSignal, Paid, Signal
from lib.mapping.likely import likely_targets
from lib.mapping.profile import profile
from lib.mapping.remembered import header_key, in_words, lessons, may_travel, nearest, with_own_synonyms
from lib.mapping.scoring import band
from lib.mapping.suggest import suggest

LEAD = object_type("lead")
TEMPLATE = ObjectTemplate("lead", ObjectSignal(Signal.FORM_LEAD, Paid.ORGANIC), key="")
MARCH = datetime(2026, 3, 4, tzinfo=UTC)


def known(header: str, target: str, level: Level = Level.CLIENT, **more: object) -> Learned:
    item = Learned(1, level, "angi", "lead", header_key(header), header, target, (), "", 1, "", "", MARCH)
    return replace(item, **more)  # type: ignore[arg-type]


def suggested(
    rows: dict[str, list[str]], *learned: Learned, template: ObjectTemplate | None = None, name: str = "lead"
) -> FieldMap:
    frame = pd.DataFrame({header: pd.Series(values, dtype="str") for header, values in rows.items()})
    return suggest(frame, object_type(name), template, owner="o@example.com", timezone="UTC", learned=nearest(learned))


def pairs(field_map: FieldMap) -> dict[str, str]:
    return {rule.source: rule.target for rule in field_map.fields}


def test_a_map_teaches_what_was_placed_and_what_a_person_left_out() -> None:
    chain = (Transform("value_map", {"values": {"Rosa": "r"}}),)
    got = lessons(
        FieldMap(
            "lead",
            (
                FieldRule("Mood", "status", chain),
                FieldRule("Mood", "outcome"),
                FieldRule(RECEIVED_AT, "occurred_at"),
                FieldRule("", "source", (Transform("constant", {"value": "Angi"}),)),
            ),
            (IgnoredField("Notes", "ours alone"), IgnoredField("zzz", UNPLACED)),
        )
    )
    assert [(item.key, item.target, item.transforms, item.reason) for item in got] == [
        ("mood", "status", chain, ""),
        ("notes", "", (), "ours alone"),
    ]


def test_two_headers_that_are_one_to_the_comparison_teach_nothing() -> None:
    got = lessons(FieldMap("lead", (FieldRule("Phone", "phone"), FieldRule("PHONE", "secondary_phone"))))
    assert got == ()


@pytest.mark.parametrize(
    "header",
    ["rosa@example.com", "(303) 555-0142", "1842.50", "2026-03-04", "3/4/26", "48", "x" * 61, "Lead 910000023", "  "],
)
def test_what_may_be_a_value_of_a_file_without_a_head_never_travels(header: str) -> None:
    assert not may_travel(header)


@pytest.mark.parametrize("header", ["Phone 2", "Name (First)", "Prénom", "data.leadPrice", "電話番号", "Job #"])
def test_a_name_travels(header: str) -> None:
    assert may_travel(header)
    assert header_key(header)


def test_names_in_other_scripts_are_told_apart() -> None:
    assert header_key("電話") != header_key("住所")
    assert header_key("Größe") != header_key("Gr ße")
    assert header_key("First Name") == header_key("firstName")


def test_the_nearest_level_is_believed_there_the_most_frequent_and_never_what_is_forgotten() -> None:
    own, wide = known("Mood", "status"), known("Mood", "category", Level.EVERYONE, times=9)
    assert nearest([wide, own])["mood"] == own
    assert nearest([wide, replace(own, is_forgotten=True)])["mood"] == wide
    seldom = known("Mood", "outcome", Level.PROVIDER)
    often = known("Mood", "status", Level.PROVIDER, times=3)
    assert nearest([seldom, often, wide])["mood"] == often
    assert nearest([known("Mood", "", Level.PROVIDER), seldom])["mood"] == seldom


def test_a_memory_wins_over_a_synonym() -> None:
    template = replace(TEMPLATE, synonyms={"category": ("Lead Status",)})
    rows = {"Lead Status": ["new", "won"]}
    assert pairs(suggested(rows, template=template)) == {"Lead Status": "category"}
    for level, sure in ((Level.CLIENT, Band.CERTAIN), (Level.PROVIDER, Band.STRONG), (Level.EVERYONE, Band.STRONG)):
        got = suggested(rows, known("Lead Status", "outcome", level), template=template)
        assert pairs(got) == {"Lead Status": "outcome"}
        assert band(got.fields[0].confidence) is sure
        assert got.fields[0].reason.startswith("remembered")


def test_only_the_clients_own_memory_wins_over_the_very_name_of_a_column() -> None:
    rows = {"Status": ["new", "won"]}
    assert pairs(suggested(rows, known("Status", "outcome", Level.EVERYONE))) == {"Status": "status"}
    assert pairs(suggested(rows, known("Status", "outcome"))) == {"Status": "outcome"}
    both = {"Status": ["new", "won"], "State of lead": ["a", "b"]}
    got = pairs(suggested(both, known("State of lead", "status")))
    assert got["State of lead"] == "status"


def test_a_memory_loses_to_values_of_another_kind() -> None:
    memory = known("When", "occurred_at")
    assert pairs(suggested({"When": ["2026-03-04", "2026-03-05"]}, memory)) == {"When": "occurred_at"}
    assert pairs(suggested({"When": ["soon", "later"]}, memory)) == {}
    assert pairs(suggested({"Phone": ["true", "false"]}, known("Phone", "phone"))) == {}


def test_a_remembered_key_must_still_be_one() -> None:
    memory = known("Slip", "external_id")
    assert pairs(suggested({"Slip": ["a", "b"]}, memory)) == {"Slip": "external_id"}
    assert pairs(suggested({"Slip": ["a", "a"]}, memory)) == {}


def test_a_header_that_was_left_out_stays_out_with_its_reason() -> None:
    rows = {"Phone": ["3035550142"], "Alt Phone": ["3035550143"]}
    got = suggested(rows, known("Phone", "", reason="it is our own number", person="ana@example.com"))
    assert pairs(got) == {"Alt Phone": "secondary_phone"}
    (ignored,) = got.ignored
    assert ignored.reason == "remembered: it is our own number; approved by ana@example.com on 4 Mar 2026"
    # What another client leaves out does not take away what is called so.
    assert pairs(suggested(rows, known("Phone", "", Level.EVERYONE)))["Phone"] == "phone"
    assert "Alt Phone" not in pairs(suggested(rows, known("Alt Phone", "", Level.EVERYONE)))


def test_remembering_a_reason_again_does_not_grow_it() -> None:
    reason = in_words(known("Phone", "", reason="it is our own number", person="ana@example.com"))
    (lesson,) = lessons(FieldMap("lead", (), (IgnoredField("Phone", reason),)))
    assert lesson.reason == "it is our own number"


def test_a_long_reason_still_fits_where_reasons_are_kept() -> None:
    assert len(in_words(known("Phone", "", reason="x" * 500, person="a" * 200))) <= 500


def test_the_clients_own_steps_come_back_unless_the_values_contradict_them() -> None:
    chain = (Transform("trim"), Transform("parse_datetime", {"order": "dmy", "timezone": "UTC"}))
    memory = known("Date", "occurred_at", transforms=chain)
    assert suggested({"Date": ["3/4/2026", "5/6/2026"]}, memory).fields[0].transforms == chain
    contradicted = suggested({"Date": ["3/14/2026", "5/16/2026"]}, memory).fields[0].transforms
    assert contradicted[0].options["order"] == "mdy"
    joined = (Transform("join", {"sources": ["Unit"]}),)
    rows = {"Address": ["1 Elm"], "Unit": ["B"]}
    memory = known("Address", "address", transforms=joined)
    assert suggested(rows, memory).rule_for("address").transforms == joined  # type: ignore[union-attr]
    del rows["Unit"]
    assert suggested(rows, memory).rule_for("address").transforms != joined  # type: ignore[union-attr]


def test_a_remembered_translation_is_not_translated_twice() -> None:
    own = (Transform("value_map", {"values": {"Won": "gained"}, "otherwise": "keep"}),)
    template = replace(TEMPLATE, value_maps={"outcome": {"Won": "accepted"}})
    got = suggested({"Status": ["Won", "Odd"]}, known("Status", "status", transforms=own), template=template)
    outcome, status = got.rule_for("outcome"), got.rule_for("status")
    assert status is not None
    assert status.transforms == own
    assert outcome is not None
    assert [step.options["values"] for step in outcome.transforms] == [{"Won": "accepted"}]


def test_a_taught_name_goes_before_the_templates_and_takes_its_place() -> None:
    template = replace(TEMPLATE, synonyms={"category": ("Kind of thing", "Sort"), "service": ("Trade",)})
    own = OwnSynonym(1, "angi", "lead", "kind of Thing", "service", "ana@example.com", MARCH)
    got = with_own_synonyms(template, [own])
    assert got.synonyms == {"category": ("Sort",), "service": ("kind of Thing", "Trade")}
    assert with_own_synonyms(template, []) is template
    assert pairs(suggested({"Kind Of Thing": ["Roof"]}, template=got)) == {"Kind Of Thing": "service"}


def test_likely_targets_begin_with_what_the_name_says_and_end_with_what_the_values_are_not() -> None:
    frame = pd.DataFrame({"Client Email": ["a@b.co", "c@d.co"], "Mood": ["3", "4"]}, dtype="str")
    email, mood = profile(frame)
    found = likely_targets(email, LEAD, None)
    assert {item.target for item in found} == set(LEAD.column_names)
    assert found[0].target == "email"
    assert not found[-1].fits
    assert [item.fits for item in found] == sorted((item.fits for item in found), reverse=True)
    assert likely_targets(mood, LEAD, None, known("Mood", "duration"))[0].target == "duration"

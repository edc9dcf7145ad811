"""How much of a file is placed is said aloud, and what is unsure is used by nobody unattended."""

from __future__ import annotations

import pytest

from lib.domain.maps import RECEIVED_AT, UNPLACED, FieldMap, FieldRule, IgnoredField, Transform
from lib.errors import DeskError
from lib.mapping.placement import placement, require_unattended


def a_map(placed: dict[str, str], *rest: str, sure: float = 1.0, left_out: tuple[str, ...] = ()) -> FieldMap:
    rules = tuple(FieldRule(header, target, confidence=sure, reason="so it seems") for header, target in placed.items())
    ignored = [IgnoredField(header, UNPLACED) for header in rest] + [
        IgnoredField(header, "ours") for header in left_out
    ]
    return FieldMap("lead", rules, tuple(ignored))


DATED = {"Date": "occurred_at", "Phone": "phone", "Name": "name"}


def refused(field_map: FieldMap, headers: list[str]) -> DeskError:
    with pytest.raises(DeskError) as caught:
        require_unattended(field_map, headers)
    return caught.value


def test_the_columns_that_found_no_place_are_named() -> None:
    found = placement(a_map(DATED, "Mood", left_out=("Notes",)), [*DATED, "Mood", "Notes", "New"])
    assert (found.total, found.placed, found.left_out, found.rest) == (6, 3, 1, ("Mood", "New"))
    assert not found.is_too_few
    assert found.sentence == "Nothing fits 2 of 6 columns: Mood, New."
    assert placement(a_map(DATED), list(DATED)).sentence == ""


def test_too_few_are_said_to_be_too_few() -> None:
    names = [f"c{number}" for number in range(14)]
    found = placement(a_map({"Date": "occurred_at"}, *names), ["Date", *names])
    assert found.is_too_few
    assert found.sentence.startswith("Only 1 of 15 columns found a place. Nothing fits c0, c1,")
    assert found.sentence.endswith("c11 and 2 more.")
    # Three or more may still be next to nothing of a wide file.
    wide = [f"c{number}" for number in range(9)]
    assert not placement(a_map(DATED, *wide), [*DATED, *wide]).is_too_few
    assert placement(a_map(DATED, *wide, "c9"), [*DATED, *wide, "c9"]).is_too_few
    assert not placement(a_map({"Date": "occurred_at"}), ["Date"]).is_too_few
    assert not placement(a_map({"Date": "occurred_at"}, left_out=("a", "b")), ["Date", "a", "b"]).is_too_few


def test_a_column_that_is_read_with_another_has_its_place() -> None:
    joined = FieldMap("lead", (FieldRule("Street", "address", (Transform("join", {"sources": ["Unit"]}),)),))
    assert placement(joined, ["Street", "Unit"]).rest == ()


def test_unattended_use_takes_a_sure_and_whole_map() -> None:
    require_unattended(a_map(DATED, left_out=("Notes",)), [*DATED, "Notes"])
    require_unattended(a_map({RECEIVED_AT: "occurred_at", "Phone": "phone"}), ["Phone"])


def test_unattended_use_refuses_what_a_person_should_look_at() -> None:
    assert refused(a_map(DATED, sure=0.84), list(DATED)).code == "map_unsure"
    assert "so it seems" in refused(a_map(DATED, sure=0.84), list(DATED)).message
    assert refused(a_map({"Phone": "phone"}), ["Phone"]).code == "map_unsure"
    names = [f"c{number}" for number in range(9)]
    few = refused(a_map({"Date": "occurred_at"}, *names), ["Date", *names])
    assert (few.code, "c8" in few.message) == ("map_places_too_few", True)
    assert refused(a_map(DATED, "Mood"), [*DATED, "Mood"]).code == "map_unplaced"
    assert refused(a_map(DATED), [*DATED, "New"]).code == "map_unplaced"

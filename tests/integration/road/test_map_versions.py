"""Versions of a map: submitted with a reason, sent back, taken back, approved with a way back, and never changed after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.tables.baselines import change_notes
from lib.db.tables.maps import integration_field_mappings
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.maps import Blank, FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.domain.people import Role
from lib.domain.states import MapStatus
from lib.errors import DeskError
from lib.mapping.document import fingerprint
from lib.services.counting import baseline
from lib.services.mapping import map_desk, map_versions, maps
from lib.services.publishing.change_notes import events_of
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_map,
    a_person,
    admin,
    an_account,
    code_of,
    committed,
    desk_on,
    table_rows,
)

ONE = a_map("lead", LEAD_FIELDS)
TWO = a_map("lead", {**LEAD_FIELDS, "name": "full name"})
DAYS = DateRange(date(2026, 3, 4), date(2026, 3, 4))


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        an_account(opened)
        yield opened


def saved(desk: Desk, field_map: FieldMap = ONE, **more: Any) -> int:
    return desk.do(more.pop("by", admin(desk)), maps.save_map, "site", field_map, **more).version


def approved(desk: Desk, version: int, **more: Any) -> Any:
    return desk.do(more.pop("by", admin(desk)), maps.approve_map, "site", "lead", version, **more)


def refused(desk: Desk, *given: Any, **more: Any) -> str:
    with pytest.raises(DeskError) as trouble:
        approved(desk, *given, **more)
    return code_of(trouble)


def statuses(desk: Desk) -> list[tuple[int, str]]:
    history = desk.ask(admin(desk), map_desk.map_desk, "site", "lead").history
    return [(line.version, str(line.status)) for line in history]


def made_live(desk: Desk, status: str) -> None:
    """Behind the desk: what proves an account is another test's matter."""
    with desk.app.begin() as connection:
        connection.execute(text("UPDATE integration_provider_accounts SET status = :status"), {"status": status})


def a_baseline(desk: Desk, account: str = "site") -> int:
    said = desk.do(admin(desk), baseline.capture_baseline, "acme", f"{account}.leads", DAYS, "before")
    return int(said["baseline"])


def test_a_version_keeps_everything_that_the_map_says(desk: Desk) -> None:
    rule = FieldRule(
        "Status",
        "status",
        (Transform("trim"), Transform("value_map", {"values": {"Won": "won", "yes": "00501"}, "otherwise": "fail"})),
        "State",
        "ana@example.com",
        "Where the request stands with us now.",
        Sensitivity.PUBLIC,
        0.87,
        "the same name",
        Blank.KEEP,
    )
    whole = FieldMap("lead", (*ONE.fields[:4], rule), (IgnoredField("Mood", "nobody reads it"),))
    found = desk.ask(admin(desk), map_desk.numbered, "site", "lead", saved(desk, whole, note="a new column"))
    assert found.field_map == whole
    assert (found.fingerprint, found.note) == (fingerprint(whole), "a new column")
    assert maps.from_text(maps.to_text(whole)) == whole


def test_one_that_is_sent_back_says_who_when_and_why_and_is_not_approved(desk: Desk) -> None:
    ann = a_person(desk, "ann@desk.example", Role.ANALYST)
    version = saved(desk, by=ann, note="first try")
    with pytest.raises(DeskError) as trouble:
        desk.do(admin(desk), map_versions.send_back, "site", "lead", version, " ")
    assert code_of(trouble) == "reason_missing"
    with pytest.raises(DeskError):
        desk.do(ann, map_versions.send_back, "site", "lead", version, "not hers to return")
    desk.do(admin(desk), map_versions.send_back, "site", "lead", version, "the fee is in cents")
    seen = desk.ask(ann, map_desk.map_desk, "site", "lead")
    line = seen.history[0]
    assert (line.status, line.note, line.closed_by) == (MapStatus.RETURNED, "first try", "admin@localhost")
    assert (line.closed_reason, line.closed_at is None) == ("the fee is in cents", False)
    assert (seen.waiting, seen.current) == (None, None)
    assert refused(desk, version) == "map_not_submitted"


def test_only_whoever_submitted_it_takes_it_back(desk: Desk) -> None:
    ann = a_person(desk, "ann@desk.example", Role.ANALYST)
    version = saved(desk, by=ann)
    with pytest.raises(DeskError) as trouble:
        desk.do(admin(desk), map_versions.withdraw, "site", "lead", version)
    assert code_of(trouble) == "not_yours"
    desk.do(ann, map_versions.withdraw, "site", "lead", version)
    assert statuses(desk) == [(1, "withdrawn")]
    with pytest.raises(DeskError) as trouble:
        desk.do(ann, map_versions.withdraw, "site", "lead", version)
    assert code_of(trouble) == "map_not_submitted"


def test_what_waits_as_the_newest_is_not_submitted_twice(desk: Desk) -> None:
    assert (saved(desk), saved(desk), saved(desk, TWO), saved(desk)) == (1, 1, 2, 3)


def test_going_back_is_submitting_it_anew(desk: Desk) -> None:
    approved(desk, saved(desk))
    approved(desk, saved(desk, TWO))
    made = desk.do(admin(desk), maps.submit_again, "site", "lead", 1)
    assert (made.version, made.status, made.note) == (3, MapStatus.SUBMITTED, "Map 1 again.")
    approved(desk, 3)
    current = desk.ask(admin(desk), maps.approved_map, "site", "lead")[1]
    assert (current.version, current.field_map) == (3, ONE)
    assert statuses(desk) == [(3, "approved"), (2, "retired"), (1, "retired")]


def test_what_waited_longer_is_passed_over_by_an_approval(desk: Desk) -> None:
    old, new = saved(desk), saved(desk, TWO)
    approved(desk, new)
    assert statuses(desk) == [(2, "approved"), (1, "retired")]
    assert refused(desk, old) == "map_not_submitted"


def test_the_owner_or_an_admin_approves_and_another_owner_only_as_the_second_pair_of_eyes(desk: Desk) -> None:
    oda = a_person(desk, "oda@desk.example", Role.OWNER)
    version = saved(desk)
    assert refused(desk, version, by=oda) == "not_the_owner"
    assert "admin@localhost" in desk.ask(oda, map_versions.decision, "site", "lead", version).why_not
    assert desk.ask(admin(desk), map_versions.decision, "site", "lead", version).why_not == ""
    assert approved(desk, version).status is MapStatus.APPROVED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE integration_field_mappings SET target_column = 'email'",
        "UPDATE integration_field_mappings SET transforms = '[]'",
        "DELETE FROM integration_field_mappings",
        "UPDATE map_versions SET fingerprint = 'x'",
        "UPDATE map_versions SET version = 9",
        "UPDATE map_versions SET submitted_by = 1",
        "UPDATE map_versions SET note = 'x'",
        "DELETE FROM map_versions",
    ],
)
def test_what_a_version_says_cannot_be_rewritten_in_the_database(desk: Desk, statement: str) -> None:
    approved(desk, saved(desk))
    before = table_rows(desk.app, integration_field_mappings)
    with pytest.raises(DBAPIError) as met, desk.app.begin() as connection:
        connection.execute(text(statement))
    assert failure_of(met.value) is Failure.NOT_GRANTED
    assert table_rows(desk.app, integration_field_mappings) == before


@pytest.mark.parametrize("status", ["live", "needs_review"])
def test_an_account_that_has_gone_live_asks_for_a_way_back_and_a_baseline(desk: Desk, status: str) -> None:
    approved(desk, saved(desk))
    committed(desk, a_csv([a_lead(1)]), days=DAYS)
    number = a_baseline(desk)
    made_live(desk, status)
    version = saved(desk, TWO)
    assert desk.ask(admin(desk), map_versions.decision, "site", "lead", version).has_gone_live
    assert refused(desk, version) == "rollback_note_missing"
    assert refused(desk, version, rollback_note=" ", baseline_id=number) == "rollback_note_missing"
    assert refused(desk, version, rollback_note="map 1 again") == "baseline_missing"
    assert refused(desk, version, rollback_note="map 1 again", baseline_id=99) == "baseline_not_found"
    assert statuses(desk)[0] == (2, "submitted")
    approved(desk, version, rollback_note="map 1 again", baseline_id=number)
    line = desk.ask(admin(desk), map_desk.map_desk, "site", "lead").history[0]
    assert (line.rollback_note, line.baseline_id) == ("map 1 again", number)
    (note,) = table_rows(desk.app, change_notes)
    assert (note["kind"], note["baseline_id"]) == ("mapping", number)
    assert note["note"].startswith("Map 2 of lead in use instead of map 1. name is read from “full name”")


def test_the_change_stands_on_the_trend_once(desk: Desk) -> None:
    approved(desk, saved(desk))
    committed(desk, a_csv([a_lead(1)]), days=DAYS)
    number = a_baseline(desk)
    approved(desk, saved(desk, TWO), baseline_id=number)
    today = table_rows(desk.app, change_notes)[0]["day"]
    events = desk.ask(admin(desk), events_of, "site", DateRange(today, today))
    (mapping,) = [each for each in events if each.kind == "mapping"]
    assert "name is read from “full name”" in mapping.note
    # The first map had no baseline to be noted against; the second is told of by its note.
    assert [each.note for each in events if each.kind == "map approved"] == ["Map 1 of lead in use"]


def test_a_baseline_of_another_account_measures_nothing(desk: Desk) -> None:
    an_account(desk, "other")
    approved(desk, saved(desk))
    number = a_baseline(desk, "other")
    assert refused(desk, saved(desk, TWO), baseline_id=number) == "baseline_of_another"


def test_a_difference_longer_than_a_note_is_counted_and_not_refused(desk: Desk) -> None:
    approved(desk, saved(desk))
    number = a_baseline(desk)
    many = FieldMap("lead", ONE.fields, tuple(IgnoredField(f"column {n}", "x" * 60) for n in range(40)))
    approved(desk, saved(desk, many), baseline_id=number)
    note = table_rows(desk.app, change_notes)[0]["note"]
    assert len(note) <= 1000
    assert note.endswith("more.")


def test_versions_are_told_apart_in_words(desk: Desk) -> None:
    approved(desk, saved(desk))
    saved(desk, TWO)
    sentence = "name is read from “full name”; before, from “name”."
    assert [item.sentence for item in desk.ask(admin(desk), map_versions.between, "site", "lead", 1, 2)] == [sentence]
    found = desk.ask(admin(desk), map_versions.decision, "site", "lead", 2)
    assert (found.replaces, [item.sentence for item in found.changes]) == (1, [sentence])
    assert (found.coverage.placed, found.coverage.missing) == (len(TWO.fields), ())

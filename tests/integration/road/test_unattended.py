"""A clean load of an account that asks for it goes in by itself through a person's gates; any other waits and says why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.db.tables.audit import audit_log
from lib.db.unit_of_work import Desk
from lib.domain.imports import DeliveryKind
from lib.domain.maps import UNPLACED, FieldMap, IgnoredField, Transform
from lib.domain.people import Actor, Role
from lib.entrypoints.worker import work
from lib.errors import DeskError
from lib.pipeline.loading import unattended as pipeline
from lib.pipeline.loading.by_hand import enter_rows
from lib.pipeline.loading.decisions import undo_load
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.pipeline.loading.unattended import let_in, waits_for_person
from lib.services.reviewing import review
from lib.services.setup import account_settings
from lib.services.tracing import trace_record
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    import_file,
    records,
    table_rows,
)


def switched_on(desk: Desk, *, by: Actor | None = None, **more: str) -> None:
    told = {"unattended.on": "yes", **{name.replace("__", "."): value for name, value in more.items()}}
    desk.do(by or admin(desk), account_settings.set_account, "site", told)


def leads(*numbers: int, **more: object) -> bytes:
    return a_csv([a_lead(number, **more) for number in numbers])


def brought(desk: Desk, content: bytes, **more: Any) -> tuple[str, str]:
    """What became of a file once the worker has had its turn: its status, and why it waits."""
    load = int(import_file(desk, content, **more)["load"])
    work(desk, is_until_idle=True)
    told = desk.ask(admin(desk), waits_for_person, load)
    return str(desk.ask(admin(desk), review.review_load, load)["status"]), " ".join(told)


def lines(desk: Desk, action: str) -> list[dict[str, Any]]:
    return [row for row in table_rows(desk.app, audit_log) if row["action"] == action]


def test_it_is_off_until_somebody_switches_it_on(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    assert brought(sqlite_desk, leads(1, 2)) == ("in_review", "")
    assert records(sqlite_desk) == {}


def test_a_clean_load_goes_in_in_the_name_of_whoever_ordered_it_with_its_evidence_and_is_undone_as_usual(
    desk: Desk,
) -> None:
    a_lead_account(desk)
    ana, ben = (a_person(desk, f"{name}@example.com", Role.OWNER) for name in ("ana", "ben"))
    switched_on(desk, by=ana)
    assert brought(desk, leads(1, 2), by=ben) == ("committed", "")
    assert len(records(desk)) == 2
    line = lines(desk, "let in unattended")[0]
    assert line["person_id"] == ana.person_id and "no_drift" in line["detail"]["conditions"]
    seen = desk.ask(ana, review.look_at, 1)
    assert seen.is_unattended and seen.approved_by == ana.called and desk.ask(ana, review.review_load, 1)["unattended"]
    trace = desk.ask(ana, trace_record.trace_record, "crm_leads", records(desk)["L1"]["id"])
    assert trace.origin is not None and trace.origin.approved_by == "ana@example.com, by standing order"
    undo_load(desk, ana, 1, "not wanted after all")
    assert records(desk) == {}


@pytest.mark.parametrize(
    ("content", "more", "why"),
    [
        (leads(1, extra="x"), {}, "a column appeared that the map does not know: extra"),
        (leads(1, date="no day"), {}, "1 of 1 row fails, 100.0%"),
        (leads(1, 2), {"expected_rows": 3}, "3 rows were expected and 2 arrived"),
    ],
)
def test_a_load_that_is_not_clean_waits_and_says_which_condition(
    sqlite_desk: Desk, content: bytes, more: dict[str, Any], why: str
) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    status, told = brought(sqlite_desk, content, **more)
    assert status == "in_review" and why in told and records(sqlite_desk) == {}
    assert why in lines(sqlite_desk, "kept waiting for a person")[0]["detail"]["why"][0] + told


def test_a_test_import_waits_for_a_person(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    assert brought(sqlite_desk, leads(1), is_test=True) == ("in_review", "it is a test import")


def test_with_four_eyes_every_load_waits(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk, four_eyes="yes")
    importer = a_person(sqlite_desk, "imp@example.com", Role.OWNER)
    assert brought(sqlite_desk, leads(1), by=importer) == ("in_review", "the account asks for a second person")


def test_control_totals_that_do_not_agree_keep_it_waiting(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    told = Delivered("site", "lead", "x.csv", leads(1, 2), control_totals={"fee": "30"})
    load = int(import_delivery(sqlite_desk, admin(sqlite_desk), told)["load"])
    work(sqlite_desk, is_until_idle=True)
    assert "20.00" in " ".join(sqlite_desk.ask(admin(sqlite_desk), waits_for_person, load))


def mapped(**differs: Any) -> FieldMap:
    return replace(a_map("lead", LEAD_FIELDS), **differs)


def test_a_required_field_that_is_less_than_strong_keeps_it_waiting_until_a_person_places_it(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    doubtful = [
        replace(rule, confidence=0.7, reason="looks like a date") if rule.target == "occurred_at" else rule
        for rule in mapped().fields
    ]
    an_approved_map(sqlite_desk, "site", mapped(fields=tuple(doubtful)))
    switched_on(sqlite_desk)
    status, why = brought(sqlite_desk, leads(1))
    assert status == "in_review" and "required field date is less than strong" in why
    an_approved_map(sqlite_desk, "site", mapped())
    assert brought(sqlite_desk, leads(2)) == ("committed", "")


def test_a_map_that_leaves_columns_out_for_no_reason_lets_nothing_in(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    an_approved_map(sqlite_desk, "site", mapped(ignored=(IgnoredField("extra", UNPLACED),)))
    switched_on(sqlite_desk)
    status, why = brought(sqlite_desk, leads(1, extra="x"))
    assert status == "in_review" and "leaves 1 column out because nothing fits" in why


def test_a_value_that_nobody_has_decided_about_keeps_it_waiting(sqlite_desk: Desk) -> None:
    an_account(sqlite_desk)
    table = Transform("value_map", {"values": {"new": "new"}, "otherwise": "blank"})
    an_approved_map(sqlite_desk, "site", a_map("lead", {**LEAD_FIELDS, "status": ("status", [table])}))
    switched_on(sqlite_desk)
    assert brought(sqlite_desk, leads(1))[0] == "committed"
    status, why = brought(sqlite_desk, leads(2, status="reopened"))
    assert status == "in_review" and "a value that nobody has decided about" in why


def test_nobody_is_let_in_for_a_person_who_may_not_approve_any_more(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    ana = a_person(sqlite_desk, "ana@example.com", Role.OWNER)
    switched_on(sqlite_desk, by=ana)
    analyst = replace(ana, role=Role.ANALYST)
    load = int(import_file(sqlite_desk, leads(1))["load"])
    why = let_in(sqlite_desk, analyst, load)
    assert why and "may not approve" in why[0] and records(sqlite_desk) == {}


def test_a_row_entered_by_hand_waits_for_a_person(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    typed = {"id": "L1", "date": "2026-03-04 12:00:00Z"}
    load = int(enter_rows(sqlite_desk, admin(sqlite_desk), "site", "lead", [typed], "the export is down")["load"])
    assert work(sqlite_desk, is_until_idle=True) == 0
    assert "entered by hand" in " ".join(sqlite_desk.ask(admin(sqlite_desk), waits_for_person, load))


def test_what_changes_between_the_look_and_the_commit_keeps_it_waiting(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    load, seen = int(import_file(sqlite_desk, leads(1))["load"]), pipeline.approve

    def switched_off_meanwhile(*given: Any, **more: Any) -> Any:
        sqlite_desk.do(admin(sqlite_desk), account_settings.set_account, "site", {"unattended.on": "no"})
        return seen(*given, **more)

    monkeypatch.setattr(pipeline, "approve", switched_off_meanwhile)
    assert let_in(sqlite_desk, admin(sqlite_desk), load)
    assert records(sqlite_desk) == {} and not lines(sqlite_desk, "let in unattended")


def test_a_load_that_a_person_decided_first_is_left_as_it_is(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    load = int(import_file(sqlite_desk, leads(1))["load"])
    sqlite_desk.do(admin(sqlite_desk), review.reject_load, load, "no")
    work(sqlite_desk, is_until_idle=True)
    assert sqlite_desk.ask(admin(sqlite_desk), review.review_load, load)["status"] == "rejected"
    assert records(sqlite_desk) == {}


def test_trouble_that_has_nothing_to_do_with_the_load_is_no_reason_to_wait(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    load = int(import_file(sqlite_desk, leads(1))["load"])

    def away(*_given: Any) -> None:
        raise DeskError("database_unavailable", "The database is away.", is_retryable=True)

    monkeypatch.setattr(pipeline, "approve", away)
    with pytest.raises(DeskError, match="away"):
        let_in(sqlite_desk, admin(sqlite_desk), load)
    assert not lines(sqlite_desk, "kept waiting for a person")


def test_files_that_are_dropped_go_in_by_themselves_too(sqlite_desk: Desk) -> None:
    a_lead_account(sqlite_desk)
    switched_on(sqlite_desk)
    told = Delivered("site", "lead", "d.csv", leads(1), kind=DeliveryKind.DROP)
    import_delivery(sqlite_desk, admin(sqlite_desk), told)
    work(sqlite_desk, is_until_idle=True)
    assert set(records(sqlite_desk)) == {"L1"}

"""Undo: the road backwards, with every written row reversed, kept or said to be beyond reach."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from lib.db.shared_steps.record_writer import write_records
from lib.db.tables.imports import data_import_batches
from lib.db.tables.payloads import payload_chunks
from lib.db.unit_of_work import Desk
from lib.errors import DeskError
from lib.pipeline.loading.decisions import undo_load
from lib.services.loading import commit, undo
from lib.services.reviewing import review
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    admin,
    an_approved_map,
    code_of,
    committed,
    content_of,
    everything,
    import_file,
    records,
    slices,
    table_rows,
)

FIRST = a_csv([a_lead(1), a_lead(2), a_lead(3, name="Test Person")])
SECOND = a_csv([a_lead(2, status="won"), a_lead(3, day="2026-03-06"), a_lead(4)])


def counts(done: dict[str, object]) -> tuple[object, object, object]:
    return done["reversed"], done["kept"], done["could_not"]


def test_an_undone_load_leaves_what_was_there_before(desk: Desk) -> None:
    a_lead_account(desk)
    empty = content_of(desk)
    first = committed(desk, FIRST)["load"]
    after_first = content_of(desk)
    second = committed(desk, SECOND)["load"]
    done = undo_load(desk, admin(desk), second, "wrong")
    assert counts(done) == (3, 0, 0)
    assert content_of(desk) == after_first
    assert counts(undo_load(desk, admin(desk), first, "wrong")) == (3, 0, 0)
    assert content_of(desk) == empty
    assert slices(desk, "site.leads") == {}


def test_undoing_twice_says_the_same_and_changes_nothing(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    load = committed(desk, FIRST)["load"]
    once = undo_load(desk, admin(desk), load, "wrong")
    # A new commit in between must not be touched by the second undo.
    committed(desk, FIRST)
    whole = everything(desk)
    assert undo_load(desk, admin(desk), load, "wrong") == once
    assert everything(desk) == whole


def test_an_older_load_undone_under_a_newer_one_keeps_what_the_newer_wrote(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    first = committed(desk, FIRST)["load"]
    committed(desk, SECOND)
    done = undo_load(desk, admin(desk), first, "wrong")
    assert counts(done) == (1, 2, 0)
    assert set(records(desk)) == {"L2", "L3", "L4"}
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 2, ("2026-03-06", ""): 1}


def test_loads_undone_from_the_bottom_up_leave_nothing_of_themselves(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    empty = content_of(desk)
    first = committed(desk, FIRST)["load"]
    after_first = content_of(desk)
    second = committed(desk, SECOND)["load"]
    third = committed(desk, a_csv([a_lead(2, status="lost"), a_lead(4, status="lost"), a_lead(5)]))["load"]
    boss = admin(desk)
    assert counts(undo_load(desk, boss, second, "wrong")) == (1, 2, 0)
    assert counts(undo_load(desk, boss, third, "wrong")) == (3, 0, 0)
    # What the first wrote stands again, and nothing that only an undone load had said.
    assert content_of(desk) == after_first
    assert counts(undo_load(desk, boss, first, "wrong")) == (3, 0, 0)
    assert content_of(desk) == empty


def test_an_update_whose_before_image_is_gone_could_not_be_undone(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, FIRST)
    second = committed(desk, SECOND)["load"]
    with desk.app.begin() as connection:
        connection.execute(delete(payload_chunks).where(payload_chunks.c.kind == "before"))
    done = undo_load(desk, admin(desk), second, "wrong")
    assert counts(done) == (1, 0, 2)
    found = records(desk)
    assert set(found) == {"L1", "L2", "L3"}
    assert found["L2"]["status"] == "won"


def test_a_preview_says_what_an_undo_would_do_and_does_nothing(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    committed(desk, FIRST)
    second = committed(desk, SECOND)["load"]
    whole = everything(desk)
    boss = admin(desk)
    said = desk.ask(boss, undo.preview_of, second)
    assert said == {"reversed": 3, "kept": 0, "could_not": 0}
    assert everything(desk) == whole
    done = undo_load(desk, boss, second, "wrong")
    assert {name: done[name] for name in said} == said


def test_an_undo_needs_a_reason_and_a_committed_load(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    staged = import_file(desk, FIRST)["load"]
    with pytest.raises(DeskError) as refused:
        undo_load(desk, admin(desk), staged, "wrong")
    assert code_of(refused) == "illegal_move"
    load = committed(desk, FIRST)["load"]
    with pytest.raises(DeskError) as refused:
        undo_load(desk, admin(desk), load, "  ")
    assert code_of(refused) == "reason_missing"
    assert len(records(desk)) == 3


def test_the_same_file_after_an_undo_or_a_rejection_opens_a_new_load(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    first = import_file(desk, FIRST)
    assert import_file(desk, FIRST)["already_seen"]
    desk.do(admin(desk), review.reject_load, first["load"], "not now")
    second = import_file(desk, FIRST)
    assert (second["already_seen"], second["delivery"]) == (False, first["delivery"])
    assert second["load"] != first["load"]
    committed(desk, FIRST)
    undo_load(desk, admin(desk), second["load"], "wrong")
    third = committed(desk, FIRST)
    assert third["load"] not in (first["load"], second["load"])
    assert third["verdicts"]["created"] == 3
    statuses = [row["status"] for row in table_rows(desk.app, data_import_batches)]
    assert sorted(statuses) == ["committed", "rejected", "undone"]
    with pytest.raises(DeskError) as refused:
        desk.do(admin(desk), review.reject_load, third["load"], "too late")
    assert code_of(refused) == "illegal_move"


def test_a_new_map_version_opens_a_new_load_of_the_same_delivery(any_desk: Desk) -> None:
    desk = any_desk
    a_lead_account(desk)
    first = committed(desk, FIRST)
    fields = {"external_id": "id", "occurred_at": "date", "description": "status"}
    assert an_approved_map(desk, "site", a_map("lead", fields)) == 2
    second = import_file(desk, FIRST)
    assert not second["already_seen"]
    assert (second["delivery"], second["map_version"]) == (first["delivery"], 2)
    assert second["verdicts"]["updated"] == 3
    committed(desk, FIRST)
    # What only the old map filled stays as it was.
    assert records(desk)["L1"]["description"] == "new"
    assert records(desk)["L1"]["name"] == "Person 1"


def test_a_commit_that_breaks_in_the_middle_leaves_nothing_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    committed(desk, FIRST)
    staged = import_file(desk, SECOND)["load"]
    whole = everything(desk)

    def broken(*given: object) -> object:
        write_records(*given)  # type: ignore[arg-type]
        raise OSError("the disk is full")

    monkeypatch.setattr(commit, "write_records", broken)
    with pytest.raises(OSError, match="full"):
        committed(desk, SECOND)
    assert everything(desk) == whole
    monkeypatch.setattr(commit, "write_records", write_records)
    assert committed(desk, SECOND)["load"] == staged
    assert "L4" in records(desk)

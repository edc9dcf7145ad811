"""Who did what from where is logged, reads in the clear included; on the command line it is listed, taken out, verified."""

from __future__ import annotations

import asyncio
import csv
import io
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lib.db.tables.audit import audit_log
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.audit import SEEN, Asked
from lib.domain.access.origins import Origin, came_by, coming_by, origin
from lib.domain.people import Actor, Role
from lib.domain.rows.fixes import CellEdit, DecisionKind, WhichRows
from lib.domain.verdicts import Verdict
from lib.entrypoints.guards.whence import Whence
from lib.entrypoints.worker import Worker
from lib.errors import DeskError
from lib.pipeline.loading import error_files, fixing
from lib.pipeline.loading.decisions import approve, undo_load
from lib.services.reviewing import review_rows
from lib.services.reviewing.review_rows import RowQuery
from lib.services.tracing import find_records, trace_record
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    an_account,
    at,
    code_of,
    committed,
    desk_on,
    import_file,
    table_rows,
)
from tests.terminal import Terminal

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened, coming_by("command"):
        yield opened


def lines(desk: Desk, action: str = "") -> list[dict[str, Any]]:
    found = sorted(table_rows(desk.app, audit_log), key=lambda line: int(line["id"]))
    return [line for line in found if not action or line["action"] == action]


def look(desk: Desk, person: Actor, load: int = 7, **detail: Any) -> None:
    desk.ask(person, lambda tx: tx.audit.saw("load", load, None, **detail))


# --- reads


def test_the_same_look_within_ten_minutes_is_one_line(desk: Desk) -> None:
    now, boss = at(desk, lambda: NOW), admin(desk)
    for _ in range(3):
        look(now, boss, what="rows")
    look(at(desk, lambda: NOW + timedelta(minutes=9)), boss, what="rows")
    assert len(lines(desk, SEEN)) == 1
    look(at(desk, lambda: NOW + timedelta(minutes=11)), boss, what="rows")
    assert len(lines(desk, SEEN)) == 2


def test_another_person_subject_or_detail_is_another_line(desk: Desk) -> None:
    now, boss = at(desk, lambda: NOW), admin(desk)
    ana = a_person(desk, "ana@example.com", Role.OWNER)
    look(now, boss, what="rows")
    look(now, ana, what="rows")
    look(now, boss, 8, what="rows")
    look(now, boss, what="cells")
    assert [(line["person_id"], line["subject_id"], line["detail"]["what"]) for line in lines(desk, SEEN)] == [
        (boss.person_id, 7, "rows"),
        (ana.person_id, 7, "rows"),
        (boss.person_id, 8, "rows"),
        (boss.person_id, 7, "cells"),
    ]


def test_a_read_that_failed_was_no_look(desk: Desk) -> None:
    def fails(tx: UnitOfWork) -> None:
        tx.audit.saw("load", 7, None)
        raise DeskError("no", "No.")

    with pytest.raises(DeskError):
        desk.ask(admin(desk), fails)
    assert lines(desk, SEEN) == []


def test_what_cannot_be_logged_is_not_handed_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DeskError("database_full", "It is full.")

    monkeypatch.setattr("lib.db.repositories.audit.write_chain", full)
    with pytest.raises(DeskError) as met:
        look(desk, admin(desk))
    assert code_of(met) == "database_full"
    monkeypatch.undo()
    # Nor is it taken for logged the next time.
    look(desk, admin(desk))
    assert len(lines(desk, SEEN)) == 1


def test_whoever_reads_in_anothers_name_is_the_one_who_read(desk: Desk) -> None:
    ana = a_person(desk, "ana@example.com", Role.OWNER)
    with coming_by("page", "10.1.2.3", admin(desk).person_id):
        look(desk, ana, what="rows")
    (line,) = lines(desk, SEEN)
    assert (line["person_id"], line["detail"]["as"]) == (admin(desk).person_id, "ana@example.com")


def test_rows_records_and_people_found_in_the_clear_are_logged_for_who_sees_them(desk: Desk) -> None:
    account = a_lead_account(desk)
    committed(desk, a_csv([a_lead(1)]))
    load = committed(desk, a_csv([a_lead(2), a_lead(3)]))["load"]
    ana = a_person(desk, "ana@example.com", Role.OWNER, "acme")
    analyst = a_person(desk, "al@example.com", Role.ANALYST, "acme")

    def walk(person: Actor) -> list[tuple[str, str]]:
        before = len(lines(desk))
        desk.ask(person, review_rows.rows_page, load, RowQuery((Verdict.CREATED,)))
        found = desk.ask(person, find_records.find, a_lead(1)["id"], desk.hash_key)
        desk.ask(person, trace_record.trace_record, found.records[0].table, found.records[0].id)
        added = lines(desk)[before:]
        assert all(line["person_id"] == person.person_id and line["action"] == SEEN for line in added)
        assert all(line["client_id"] == account.client_id for line in added)
        said = str([line["detail"] for line in added])
        assert not any(value in said for value in a_lead(1).values() if len(value) > 4)
        return [(line["subject_type"], line["detail"]["what"]) for line in added]

    assert walk(ana) == [
        ("load", "rows"),
        ("client", "search for a person or an id"),
        ("record", "values and raw cells"),
    ]
    # An analyst sees the shapes of personal values only; that they searched is logged all the same.
    assert walk(analyst) == [("client", "search for a person or an id")]


def test_what_was_looked_at_is_not_on_the_timeline_of_what_was_done(desk: Desk) -> None:
    look(desk, admin(desk))
    assert SEEN not in [line.action for line in desk.ask(admin(desk), lambda tx: tx.audit.newest(99))]
    assert SEEN in [line.action for line in desk.ask(admin(desk), lambda tx: tx.audit.lines(Asked(), 99))]


# --- what a line holds


def test_a_secret_in_a_detail_is_left_out(desk: Desk) -> None:
    secret = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    detail = {"said": f"key {secret}", "deep": [{"er": secret}], "fine": "harbor.form_leads"}
    desk.do(admin(desk), lambda tx: tx.audit.note("tried", "desk", 0, None, **detail))
    (line,) = lines(desk, "tried")
    assert secret not in str(line)
    assert line["detail"]["fine"] == "harbor.form_leads"


def test_no_line_holds_what_stands_in_a_cell(desk: Desk, tmp_path: Path) -> None:
    """Rows arrive, are looked at, mended, decided on, taken out, committed, searched for and undone."""
    account, boss = a_lead_account(desk), admin(desk)
    marks = [{"name": f"Mark{n}", "phone": f"303555777{n}", "email": f"mark{n}@mark.example"} for n in range(4)]
    rows = [a_lead(n, **mark) for n, mark in enumerate(marks)]
    rows[3]["date"] = "markday"
    load = import_file(desk, a_csv(rows))["load"]
    desk.ask(boss, review_rows.rows_page, load, RowQuery())
    desk.ask(boss, fixing.form_of, load, 5)
    error_files.write_rows(desk, boss, load, tmp_path / "rows.csv")
    fixing.fix_cells(desk, boss, load, [CellEdit(3, "date", "2026-03-07 12:00:00Z")], "read wrongly")
    held = WhichRows(row_nos=(2,))
    fixing.decide(desk, boss, load, held, DecisionKind.HOLD, "asks somebody")
    approve(desk, boss, load)
    for text in (*marks[0].values(), "L0"):
        desk.ask(boss, find_records.find, text, desk.hash_key)
    undo_load(desk, boss, load, "to see it go")
    told = str([{**line, "seal": "", "previous_seal": ""} for line in lines(desk)]).lower()
    assert len(lines(desk)) > 8
    assert {line["client_id"] for line in lines(desk, SEEN)} == {account.client_id}
    for value in ("mark", "303555777", "2026-03-07"):
        assert value not in told


def test_a_line_says_by_which_door_and_from_which_address(desk: Desk) -> None:
    with coming_by("page", "2001:db8::7\r\nforged \x1b[31m" + "x" * 99):
        desk.do(admin(desk), lambda tx: tx.audit.note("tried", "desk", 0, None))
    (line,) = lines(desk, "tried")
    assert line["door"] == "page"
    assert line["address"].startswith("2001:db8::7forged [31mxxx")
    assert len(line["address"]) == 64
    assert origin() == Origin("command")
    with pytest.raises(ValueError, match="no door"):
        Origin("window")


def test_each_thread_has_an_origin_of_its_own(desk: Desk) -> None:
    seen: list[Origin] = []

    def run() -> None:
        came_by("page", "10.0.0.9")
        seen.append(origin())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert (seen, origin()) == ([Origin("page", "10.0.0.9")], Origin("command"))


def test_the_desks_own_addresses_are_doors_in_their_threads_too() -> None:
    async def answer(_request: Request) -> PlainTextResponse:
        found = await asyncio.to_thread(origin)
        return PlainTextResponse(f"{found.door} {found.address}")

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    app.add_middleware(Whence)
    client = TestClient(app, client=("203.0.113.9", 4711))
    told = {path: client.get(path).text for path in ("/downloads/x", "/uploads/x", "/hooks/site", "/shared/x")}
    assert told == {
        "/downloads/x": "download 203.0.113.9",
        "/uploads/x": "upload 203.0.113.9",
        "/hooks/site": "hook 203.0.113.9",
        "/shared/x": "share 203.0.113.9",
    }
    # A proxy's folder before it; and what is none of these.
    assert client.get("/desk/downloads/x").text == "download 203.0.113.9"
    with coming_by(""):
        assert client.get("/_stcore/host-config").text == " "


def test_what_the_worker_does_came_by_the_worker(desk: Desk) -> None:
    a_lead_account(desk)
    seen: list[str] = []

    def look_at(_desk: Desk, _worker: Actor) -> None:
        seen.append(origin().door)

    worker = Worker(desk)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lib.entrypoints.worker.CHORES", ((timedelta(seconds=1), look_at),))
        worker._chores_at = [None]
        worker.step()
    assert seen == ["worker"]


# --- on the command line


@pytest.fixture
def terminal(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[tuple[Desk, Terminal]]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        an_account(opened, "site", client="acme")
        an_account(opened, "other", client="bolt")
        yield opened, Terminal(tmp_path, sqlite_urls)


def test_lines_are_listed_newest_first_and_narrowed(terminal: tuple[Desk, Terminal]) -> None:
    desk, type_ = terminal
    everything = type_.json("audit", "list")["lines"]
    assert [line["position"] for line in everything] == list(range(len(everything), 0, -1))
    acme = type_.json("audit", "list", "--client", "acme", "--action", "account added")["lines"]
    assert [(line["client"], line["action"], line["detail"]["key"]) for line in acme] == [
        ("acme", "account added", "site")
    ]
    assert type_.json("audit", "list", "--person", "nobody@example.com")["lines"] == []
    assert type_.json("audit", "list", "--from", "2001-01-01", "--to", "2001-01-02")["lines"] == []
    today = f"{desk.clock():%Y-%m-%d}"
    assert len(type_.json("audit", "list", "--from", today, "--to", today)["lines"]) == len(everything)
    few = type_("audit", "list", "--limit", "2")
    assert len(few.out.splitlines()) == 2
    assert f"--before {everything[1]['position']}" in few.err
    rest = type_.json("audit", "list", "--before", everything[1]["position"])["lines"]
    assert rest == everything[2:]
    assert type_.refused("audit", "list", "--client", "nobodys")["code"] == "client_not_found"
    assert type_.refused("audit", "list", "--from", "2026-02-02", "--to", "2026-02-01")["code"] == "range_backwards"


def test_whoever_asks_gets_their_clients_lines_only(terminal: tuple[Desk, Terminal]) -> None:
    desk, type_ = terminal
    a_person(desk, "ana@example.com", Role.OWNER, "acme")
    a_person(desk, "every@example.com", Role.OWNER)
    a_person(desk, "al@example.com", Role.ANALYST, "acme")
    desk.do(admin(desk), lambda tx: tx.audit.note("of the desk", "desk", 0, None))
    assert {line["client"] for line in type_.json("audit", "list", "--by", "ana@example.com")["lines"]} == {"acme"}
    # Who was added and the like is an admin's to know, whatever clients one sees.
    every = {line["client"] for line in type_.json("audit", "list", "--by", "every@example.com")["lines"]}
    assert every == {"acme", "bolt"}
    assert type_.refused("audit", "list", "--client", "bolt", "--by", "ana@example.com")["code"] == "client_not_found"
    for words in (("list",), ("export", "x.csv")):
        assert type_.refused("audit", *words, "--by", "al@example.com")["code"] == "not_allowed"
    for words in (("verify",), ("head",)):
        assert type_.refused("audit", *words, "--by", "ana@example.com")["code"] == "not_allowed"


def test_an_export_holds_every_line_runs_nothing_in_a_spreadsheet_and_is_logged(
    terminal: tuple[Desk, Terminal], tmp_path: Path
) -> None:
    desk, type_ = terminal
    desk.do(admin(desk), lambda tx: tx.audit.note("=1+1", "desk", 0, None, said="@SUM(1)\r\n=2"))
    count, path = len(lines(desk)), tmp_path / "log.csv"
    assert type_.ok("audit", "export", path) == f"{count} lines written to {path}.\n"
    assert path.stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert [int(row["position"]) for row in rows] == list(range(count, 0, -1))
    assert rows[0]["action"] == "'=1+1"
    assert not any(cell.startswith(("=", "@", "+", "\t")) for row in rows for cell in row.values())
    last = lines(desk)[-1]
    assert (last["action"], last["detail"], last["door"]) == ("audit log taken out", {"lines": count}, "command")
    # Whoever typed it, as the machine knows them; `--by` is what they say.
    assert last["address"].endswith(f"@{socket.gethostname()}"[:60])
    assert type_.refused("audit", "export", path)["code"] == "file_not_written"


def test_what_a_line_tells_of_does_not_look_like_another_line(terminal: tuple[Desk, Terminal]) -> None:
    desk, type_ = terminal
    forged = "a\n999  2026-01-01 00:00:00  admin@localhost  acme  nothing  desk 0\x1b[2J\u2028b"
    desk.do(admin(desk), lambda tx: tx.audit.note("tried", "desk", 0, None, name=forged))
    said = type_.ok("audit", "list", "--limit", 1)
    assert len(said.splitlines()) == 1
    assert "\x1b" not in said


def test_verify_names_the_first_bad_line_and_exits_one(terminal: tuple[Desk, Terminal], tmp_path: Path) -> None:
    desk, type_ = terminal
    count = len(lines(desk))
    assert type_.ok("audit", "verify") == f"All {count} lines are as they were written.\n"
    anchor = tmp_path / "kept elsewhere"
    anchor.write_text(type_.ok("audit", "head"))
    assert anchor.read_text() == f"{count} {lines(desk)[-1]['seal']}\n"
    assert type_.json("audit", "verify", "--anchor", anchor)["anchored_to"] == count
    (desk.settings.var / "audit.anchors").unlink()
    missing = type_("audit", "verify")
    assert missing.code == 0
    assert "no file of anchors was found" in missing.out
    anchor.write_text(f"{count + 3} {'0' * 64}\n")
    cut = type_("audit", "verify", "--anchor", anchor, "--json")
    assert (cut.code, cut.json["broken"]) == (1, {"code": "cut_off", "position": count + 1})
    anchor.write_text("nothing of the kind")
    assert type_.refused("audit", "verify", "--anchor", anchor)["code"] == "no_anchor"
    assert type_.refused("audit", "verify", "--anchor", tmp_path / "nowhere")["code"] == "file_not_read"

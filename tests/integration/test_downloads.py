"""The download route hands rows to whoever holds a good ticket, once; the terminal takes them out and back."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import openpyxl
import pytest
from starlette.requests import Request

from lib.db.tables.operations import audit_log
from lib.domain.fixes import WhichRows
from lib.domain.people import Role
from lib.domain.verdicts import Verdict
from lib.entrypoints import downloads
from lib.errors import NotAllowed
from lib.mapping.handover import read_pack
from lib.pipeline import Desk
from lib.services.people import download_tickets
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, desk_on, import_file, table_rows
from tests.terminal import Terminal


def asked(ticket: str) -> object:
    request = Request({"type": "http", "method": "GET", "path_params": {"ticket": ticket}, "headers": []})
    return asyncio.run(downloads.download(request))


def a_failing_load(desk: Desk) -> int:
    a_lead_account(desk)
    return int(import_file(desk, a_csv([a_lead(1), a_lead(2, day="soon")]))["load"])


def test_a_ticket_hands_out_one_file_that_nobody_keeps(
    sqlite_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        monkeypatch.setattr(downloads, "_desk", [desk])
        which = WhichRows(verdicts=(Verdict.FAILED,))
        load = a_failing_load(desk)
        ticket = desk.ask(admin(desk), download_tickets.issue_ticket, load, which, "xlsx", desk.hash_key, is_clear=True)
        answer = asked(ticket)
        assert answer.status_code == 200  # type: ignore[attr-defined]
        headers = answer.headers  # type: ignore[attr-defined]
        assert headers["cache-control"] == "no-store"
        assert headers["content-disposition"].startswith(f'attachment; filename="load-{load}-rows-')
        path = Path(answer.path)  # type: ignore[attr-defined]
        assert path.stat().st_mode & 0o077 == 0
        assert openpyxl.load_workbook(path).active.max_row == 2
        asyncio.run(answer.background())  # type: ignore[attr-defined]
        assert not path.exists()
        refused = asked(ticket)
        assert (refused.status_code, json.loads(refused.body)["error"]["code"]) == (403, "not_allowed")  # type: ignore[attr-defined]
        assert [
            row["detail"]["rows"] for row in table_rows(desk.app, audit_log) if row["action"] == "rows taken out"
        ] == [1]


def test_a_pack_is_handed_out_once_to_whoever_manages_accounts(
    sqlite_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        monkeypatch.setattr(downloads, "_desk", [desk])
        a_failing_load(desk)
        ticket = desk.ask(admin(desk), download_tickets.issue_pack_ticket, "site", desk.hash_key)
        answer = asked(ticket)
        headers = answer.headers  # type: ignore[attr-defined]
        assert (headers["cache-control"], headers["content-type"]) == ("no-store", "application/zip")
        assert headers["content-disposition"] == 'attachment; filename="handover-site.zip"'
        assert read_pack(bytes(answer.body)).account["key"] == "site"  # type: ignore[attr-defined]
        assert asked(ticket).status_code == 403  # type: ignore[attr-defined]
        assert [row["action"] for row in table_rows(desk.app, audit_log)].count("handover pack written") == 1
        analyst = a_person(desk, "ann@desk.example", Role.ANALYST)
        with pytest.raises(NotAllowed):
            desk.ask(analyst, download_tickets.issue_pack_ticket, "site", desk.hash_key)


def test_rows_go_out_and_come_back_on_the_terminal(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        load = a_failing_load(desk)
    run = Terminal(tmp_path, sqlite_urls)
    out = tmp_path / "errors.xlsx"
    assert run.json("errors", load, "--out", out)["rows"] == 1
    book = openpyxl.load_workbook(out)
    names = [cell.value for cell in book.active[1]]
    book.active.cell(2, names.index("date") + 1).value = "2026-03-06 12:00:00Z"
    book.save(out)
    told = run.json("errors-back", load, out, "--by", "ana@example.com", "--preview")
    assert told["sentence"] == "1 cell in 1 row differs."
    assert run.json("effect", load)["metrics"][0]["months"][0]["after"] == 1
    assert run.json("errors-back", load, out, "--by", "ana@example.com")["verdicts"]["failed"] == 0
    assert run.json("effect", load)["metrics"][0]["months"][0]["after"] == 2
    assert run.json("scores")[0]["loads"][0]["touched"] == 1

"""The download route hands a file to whom its ticket is for, once; the terminal takes rows out and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lib.db.tables.audit import audit_log
from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import Wanted
from lib.domain.people import Actor, Role
from lib.domain.rows.fixes import WhichRows
from lib.domain.verdicts import Verdict
from lib.entrypoints.doors.downloads import DownloadDoor, routes_of
from lib.errors import NotAllowed
from lib.mapping.handover import read_pack
from lib.pipeline.leaving.accounts import map_wanted, pack_wanted
from lib.pipeline.leaving.comparisons import chart_wanted, numbers_wanted, page_wanted
from lib.pipeline.leaving.rows import rows_wanted
from lib.services.people import download_tickets
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    at,
    desk_on,
    import_file,
    table_rows,
)
from tests.published import BEFORE, METRIC, NOW, published, two_fortnights
from tests.terminal import Terminal

FAILED = WhichRows(verdicts=(Verdict.FAILED,))


@contextmanager
def door(desk: Desk, person: Actor) -> Iterator[TestClient]:
    """The route alone, at which this person is."""

    def asking(_desk: Desk, _cookies: Mapping[str, str]) -> Actor:
        return person

    with TestClient(Starlette(routes=routes_of(DownloadDoor(lambda: desk, asking)))) as client:
        yield client


def ticket(desk: Desk, person: Actor, wanted: Wanted) -> str:
    return desk.do(person, download_tickets.issue_ticket, wanted, desk.hash_key)


def taken(desk: Desk, person: Actor, wanted: Wanted) -> httpx.Response:
    """What comes of pressing the button."""
    with door(desk, person) as client:
        return client.get(f"/downloads/{ticket(desk, person, wanted)}")


def a_failing_load(desk: Desk) -> int:
    a_lead_account(desk)
    return int(import_file(desk, a_csv([a_lead(1), a_lead(2, day="soon")]))["load"])


def logged(desk: Desk) -> list[str]:
    return [row["action"] for row in table_rows(desk.app, audit_log)]


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


def test_a_ticket_hands_out_one_file_that_nobody_keeps(desk: Desk, tmp_path: Path) -> None:
    load, boss = a_failing_load(desk), admin(desk)
    good = ticket(desk, boss, rows_wanted(load, FAILED, "xlsx", is_clear=True))
    with door(desk, boss) as client:
        answer = client.get(f"/downloads/{good}")
        again = client.get(f"/downloads/{good}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == f'attachment; filename="load-{load}-rows.xlsx"'
    assert "sandbox" in answer.headers["content-security-policy"]
    out = tmp_path / "out.xlsx"
    out.write_bytes(answer.content)
    assert openpyxl.load_workbook(out).active.max_row == 2
    assert not list((desk.settings.var / "downloads").iterdir())
    assert again.status_code == 403
    assert again.json()["error"]["code"] == "not_allowed"
    assert [row["detail"]["rows"] for row in table_rows(desk.app, audit_log) if row["action"] == "rows taken out"] == [
        1
    ]


def test_only_get_takes_a_file_and_nothing_else_uses_a_ticket_up(desk: Desk) -> None:
    load, boss = a_failing_load(desk), admin(desk)
    good = ticket(desk, boss, rows_wanted(load, FAILED, "csv", is_clear=True))
    with door(desk, boss) as client:
        for method in ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            assert client.request(method, f"/downloads/{good}").status_code == 405
        assert client.get(f"/downloads/{good}").status_code == 200


def test_a_ticket_is_of_no_use_to_anybody_else_and_they_do_not_use_it_up(desk: Desk) -> None:
    load, boss = a_failing_load(desk), admin(desk)
    other = a_person(desk, "ben@desk.example", Role.ADMIN)
    good = ticket(desk, boss, rows_wanted(load, FAILED, "csv", is_clear=True))
    with door(desk, other) as client:
        assert client.get(f"/downloads/{good}").status_code == 403
    assert logged(desk).count("rows taken out") == 0
    with door(desk, boss) as client:
        assert client.get(f"/downloads/{good}").status_code == 200


@pytest.mark.parametrize("spoilt", ["late", "forged", "foreign", "empty"])
def test_a_ticket_that_is_late_or_not_of_this_desk_is_none(desk: Desk, spoilt: str) -> None:
    load, boss = a_failing_load(desk), admin(desk)
    wanted = rows_wanted(load, FAILED, "csv", is_clear=True)
    now = {"good": ticket(desk, boss, wanted)}
    body, _, signature = now["good"].rpartition(".")
    early = at(desk, lambda: datetime.now(UTC) - timedelta(minutes=11))
    tickets = {
        "late": ticket(early, boss, wanted),
        "forged": f"{body[:-2]}AA.{signature}",
        "foreign": desk.do(boss, download_tickets.issue_ticket, wanted, b"another desk's key" * 2),
        "empty": "é.",
    }
    with door(desk, boss) as client:
        assert client.get(f"/downloads/{tickets[spoilt]}").status_code == 403
    assert logged(desk).count("rows taken out") == 0


def test_rights_and_scope_are_asked_when_the_file_is_made_not_when_it_was_asked_for(desk: Desk) -> None:
    load = a_failing_load(desk)
    analyst = a_person(desk, "ann@desk.example", Role.ANALYST)
    good = ticket(desk, analyst, rows_wanted(load, FAILED, "csv", is_clear=False))
    moved = Actor(analyst.person_id, analyst.email, analyst.name, Role.ANALYST, frozenset({999}))
    with door(desk, moved) as client:
        answer = client.get(f"/downloads/{good}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "load_not_found")
    demoted = Actor(analyst.person_id, analyst.email, analyst.name, Role.STAKEHOLDER, None)
    good = ticket(desk, analyst, rows_wanted(load, FAILED, "csv", is_clear=False))
    with door(desk, demoted) as client:
        assert client.get(f"/downloads/{good}").status_code == 403
    assert logged(desk).count("rows taken out") == 0


def test_a_pack_is_handed_out_once_to_whoever_manages_accounts(desk: Desk) -> None:
    a_failing_load(desk)
    answer = taken(desk, admin(desk), pack_wanted("site"))
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == ("no-store", "application/zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="handover-site.zip"'
    assert read_pack(answer.content).account["key"] == "site"
    assert logged(desk).count("handover pack written") == 1
    analyst = a_person(desk, "ann@desk.example", Role.ANALYST)
    assert taken(desk, analyst, pack_wanted("site")).status_code == 403
    assert logged(desk).count("handover pack written") == 1


def test_a_map_leaves_as_it_stands_and_not_as_it_stood(desk: Desk) -> None:
    a_failing_load(desk)
    boss, shown = admin(desk), a_map("lead", LEAD_FIELDS)
    answer = taken(desk, boss, map_wanted("site", "lead", shown))
    assert answer.headers["content-disposition"] == 'attachment; filename="site-lead-map.yaml"'
    assert "external_id" in answer.text
    other = a_map("lead", {**LEAD_FIELDS, "owner": "somebody"})
    assert taken(desk, boss, map_wanted("site", "lead", other)).json()["error"]["code"] == "changed_meanwhile"
    assert logged(desk).count("file taken out") == 1


def test_what_is_compared_leaves_as_the_page_shows_it_and_each_file_is_logged(desk: Desk) -> None:
    number, boss = two_fortnights(desk), admin(desk)
    shown = published(desk, number)
    days = (NOW, "week")
    csv = taken(desk, boss, numbers_wanted("acme", METRIC, number, *days, is_whole_only=False))
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert [line.split(",")[3] for line in csv.text.splitlines()] == ["step", "week 1", "week 2"]
    look = taken(desk, boss, numbers_wanted("acme", METRIC, BEFORE, *days, is_whole_only=True))
    assert look.text.splitlines()[0] == csv.text.splitlines()[0]
    assert taken(desk, boss, chart_wanted("acme", METRIC, number, *days, "png")).content.startswith(b"\x89PNG")
    assert taken(desk, boss, chart_wanted("acme", METRIC, number, *days, "svg")).content.startswith(b"<svg")
    page = taken(desk, boss, page_wanted("acme", shown.id))
    assert page.content.startswith(b"%PDF")
    assert page.headers["content-disposition"].startswith('attachment; filename="site.leads-2026-03-')
    told = [row["detail"]["what"] for row in table_rows(desk.app, audit_log) if row["action"] == "file taken out"]
    assert told == [*["numbers of a comparison"] * 2, "chart as PNG", "chart as SVG", "client's page as PDF"]
    stranger = a_person(desk, "ann@desk.example", Role.ANALYST)
    elsewhere = Actor(stranger.person_id, stranger.email, stranger.name, Role.ANALYST, frozenset({999}))
    wanted = [
        numbers_wanted("acme", METRIC, number, *days, is_whole_only=False),
        chart_wanted("acme", METRIC, number, *days, "png"),
        page_wanted("acme", shown.id),
    ]
    assert [taken(desk, elsewhere, each).status_code for each in wanted] == [409] * 3
    assert taken(desk, boss, page_wanted("acme", shown.id + 1)).json()["error"]["code"] == "not_shown"


def test_a_kind_that_is_none_is_refused_and_a_bug_says_nothing_of_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_failing_load(desk)
    assert taken(desk, admin(desk), Wanted("everything", {})).status_code == 403
    broken = taken(desk, admin(desk), Wanted("rows", {"load": "/etc/passwd"}))
    assert broken.status_code == 500
    assert "passwd" not in broken.text
    with pytest.raises(NotAllowed):
        ticket(desk, a_person(desk, "sue@acme.example", Role.STAKEHOLDER, "acme"), pack_wanted("site"))


def test_what_a_killed_server_left_behind_is_gone_with_the_next_download(desk: Desk) -> None:
    a_failing_load(desk)
    folder = desk.settings.var / "downloads"
    folder.mkdir()
    (folder / "left.csv").write_text("half a file")
    later = at(desk, lambda: datetime.now(UTC) + timedelta(hours=2))
    assert taken(later, admin(desk), pack_wanted("site")).status_code == 200
    assert not list(folder.iterdir())


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

"""`sync`, `source`, `cursors`: an account nobody wrote a template for is pulled by a file, unattended and without code."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Role
from lib.errors import NotFound
from lib.services.arriving import pulls
from tests.builders import a_lead_account, a_map, a_person, admin, an_account, an_approved_map, at
from tests.integration.pulls.asking import a_ledger
from tests.integration.pulls.pulling import a_titan
from tests.standins import PlainApi
from tests.standins import plain as pl
from tests.terminal import Terminal

SOURCE = """
base_url: {url}
path: /things
records: result.things
auth: {{scheme: query, parameter: api_key}}
paging: {{style: cursor, size: size, page_size: 10, token: cursor, next: next, total: total}}
changes: {{first: since}}
first_days: 3650
left_header: X-RateLimit-Remaining
limit_header: X-RateLimit-Limit
"""


@pytest.fixture
def terminal(desk: Desk, sqlite_urls: tuple[str, str], tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, sqlite_urls, PLAIN_KEY=pl.KEY)


def test_an_api_without_a_template_is_pulled_by_a_file(desk: Desk, terminal: Terminal, tmp_path: Path) -> None:
    with PlainApi(a_ledger(), "cursor", "query") as stand_in:
        an_account(desk, "shop")
        an_approved_map(desk, "shop", a_map("lead", {"external_id": "id", "occurred_at": "createdOn"}))
        assert terminal.refused("sync", "shop")["code"] == "nothing_to_pull"
        assert terminal.refused("sync", "shop", "lead")["code"] == "no_source"
        (tmp_path / "shop.yaml").write_text(SOURCE.format(url=stand_in.url))
        assert "/things" in terminal.ok("source", "set", "shop", "lead", tmp_path / "shop.yaml")
        assert terminal.json("source", "show", "shop", "lead")["paging"]["style"] == "cursor"
        assert terminal.refused("sync", "shop")["code"] == "credential_missing"
        terminal.ok("account", "set", "shop", "credential_ref=env:PLAIN_KEY")
        said = terminal.ok("sync", "shop")
        assert "lead: 25 rows in 3 pages, load 1, days " in said
        assert "asked by modified date (UTC)" in said
        assert "97 of 100 calls left" in terminal.ok("cursors", "shop")
        assert terminal.json("cursors", "shop")[0]["limit_left"] == 97
        again = terminal.json("sync", "shop", "lead")
        assert (again[0]["rows"], again[0]["load_id"]) == (0, None)
        # The template says nothing of it, so without its file it cannot be asked.
        terminal.ok("source", "drop", "shop", "lead")
        assert terminal.refused("sync", "shop", "lead")["code"] == "no_source"


def test_a_file_that_cannot_be_read_says_why(desk: Desk, terminal: Terminal, tmp_path: Path) -> None:
    an_account(desk, "shop")
    (tmp_path / "bad.yaml").write_text("base_url: [")
    assert (
        "The file is not valid YAML"
        in terminal.refused("source", "set", "shop", "lead", tmp_path / "bad.yaml")["message"]
    )
    assert terminal.refused("source", "set", "shop", "lead", tmp_path / "none.yaml")["code"] == "no_such_file"
    (tmp_path / "bad.yaml").write_text("base_url: ftp://x\npath: things\n")
    refused = terminal.refused("source", "set", "shop", "lead", tmp_path / "bad.yaml")
    assert refused["code"] == "source_invalid"
    assert "path must begin with /" in refused["message"]


def test_a_range_is_queued_once_for_the_worker(desk: Desk, terminal: Terminal) -> None:
    with a_titan(desk, a_ledger()):
        words = ("sync", "titan", "job", "--from", "2026-02-01", "--to", "2026-03-05", "--queue")
        (first,), (again,) = terminal.json(*words), terminal.json(*words)
        assert first == again
        assert terminal.refused("sync", "titan", "--from", "2026-02-01")["code"] == "range_half_given"


def test_nothing_of_another_clients_pulls_is_found(desk: Desk) -> None:
    with a_titan(desk, a_ledger()) as titan:
        titan.pull()
        a_lead_account(desk, "other", client="bolt")
        theirs, others = (a_person(desk, f"{name}@example.com", Role.OWNER, name) for name in ("acme", "bolt"))
        account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("titan"))

        def seen(tx: UnitOfWork) -> tuple[int, int]:
            return len(tx.cursors.every_of([account.id])), tx.cursors.of(account, "job").version

        assert desk.ask(theirs, seen) == (1, 1)
        assert desk.ask(others, seen) == (0, 0)
        for question in (pulls.cursors, pulls.objects):
            with pytest.raises(NotFound):
                desk.ask(others, question, "titan")
        with pytest.raises(NotFound):
            at(desk, titan.time).do(others, pulls.enqueue_pull, "titan", "job", None)

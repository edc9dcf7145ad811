"""`enter`, `import --manual`, `drops`, `take-dropped` and `review` say in words and in JSON what they did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import a_csv, a_lead, a_lead_account, desk_on
from tests.terminal import Terminal

ME = ("--by", "owner@example.com")


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Terminal]:
    """The command line on a desk with an account of leads."""
    with desk_on(sqlite_urls, tmp_path) as opened:
        a_lead_account(opened)
    yield Terminal(tmp_path, sqlite_urls)


def test_a_row_is_entered_by_hand_and_says_so(desk: Terminal) -> None:
    assert "id: external_id → external_id" in desk("enter", "site", "lead", *ME).out
    typed = ("enter", "site", "lead", "id=L1", "date=2026-03-04 12:00:00Z", *ME)
    assert desk(*typed, "--json").error["code"] == "reason_missing"
    assert desk("enter", "site", "lead", "won", *ME, "--reason", "down", "--json").error["code"] == "not_a_pair"
    said = desk(*typed, "--reason", "the API is down").out
    assert "Entered by hand by Owner: the API is down" in said and "1 row: 1 created" in said


def test_a_file_is_imported_in_the_providers_place(desk: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "screen.csv"
    file.write_bytes(a_csv([a_lead(1)]))
    told = ("import", file, "--account", "site", "--object", "lead", *ME, "--manual")
    assert desk(*told, "--json").error["code"] == "reason_missing"
    found = desk(*told, "--reason", "copied from the screen", "--json").json
    assert (found["kind"], found["file"]) == ("manual", "Entered by hand: screen.csv")


def test_dropped_files_are_listed_and_taken(desk: Terminal, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_bytes(a_csv([a_lead(1)]))
    assert "No file was seen yet." in desk("drops").out
    assert desk("take-dropped", "site", *ME, "--json").error["code"] == "no_drop_folder"
    assert desk("account", "set", "site", f"drop.url={folder}", "drop.object=lead", *ME).code == 0
    assert desk("account", "set", "site", "drop.url=sftp://a:b@host/in", *ME).code == 1
    assert "a.csv is not complete yet" in desk("take-dropped", "site", *ME).out
    assert "waits until it is complete" in desk("drops", "site").out
    (folder / "a.csv.done").touch()
    assert "a.csv is load 1." in desk("take-dropped", "site", *ME).out
    assert [(item["name"], item["state"]) for item in desk("drops", "--json").json] == [("a.csv", "taken")]


def test_a_review_says_why_a_load_waits_for_a_person(desk: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(a_csv([a_lead(1, extra="x")]))
    assert desk("account", "set", "site", "unattended.on=yes", "unattended.max_failed_percent=2", *ME).code == 0
    assert desk("account", "set", "site", "unattended.max_failed_percent=101", *ME).code == 1
    said = desk("import", file, "--account", "site", "--object", "lead", *ME).out
    assert "Waits for a person: a column appeared that the map does not know: extra." in said
    file.write_bytes(a_csv([a_lead(2)]))
    desk("import", file, "--account", "site", "--object", "lead", *ME)
    desk("worker", "--until-idle")
    assert "Let in unattended" in desk("review", 2).out
    assert desk("review", 1, "--json").json["waits_for_person"] == [
        "a column appeared that the map does not know: extra"
    ]

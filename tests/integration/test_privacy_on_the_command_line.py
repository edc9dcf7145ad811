"""`person` at a terminal: found, exported to a file of one's own, erased only when it is said twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import a_csv, a_lead, a_lead_account, committed, desk_on
from tests.terminal import Terminal

BY = ("--by", "admin@localhost")
WHO = ("--phone", "303 555 0001")


@pytest.fixture
def run(tmp_path: Path) -> Terminal:
    (tmp_path / "var").mkdir()
    with desk_on((f"sqlite:///{tmp_path}/var/desk.db", f"sqlite:///{tmp_path}/var/traffic.db"), tmp_path) as desk:
        a_lead_account(desk)
        committed(desk, a_csv([a_lead(1), a_lead(2)]))
    return Terminal(tmp_path)


def test_a_person_is_found_and_handed_out(run: Terminal, tmp_path: Path) -> None:
    assert run.ok("person", "find", *WHO).startswith("1 record, 1 row, 1 kept file, ")
    assert run.ok("person", "find", "--email", "who@mail.example").strip() == "Nothing is known of them."
    out = tmp_path / "her.json"
    run.ok("person", "export", *WHO, *BY, "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600
    assert json.loads(out.read_bytes())["records"][0]["name"] == "Person 1"
    assert run("person", "export", *WHO, *BY, "--out", out, "--json").error["code"] == "not_written"
    assert run.refused("person", "find")["code"] == "nobody_named"
    refused = run.refused("person", "find", "--phone", "12")
    assert (refused["code"], "12" in refused["message"]) == ("phone_unreadable", False)


def test_a_person_is_erased_only_when_it_is_said_twice(run: Terminal) -> None:
    assert "Nothing was changed." in run.ok("person", "erase", *WHO, *BY)
    assert run.refused("person", "erase", *WHO, *BY, "--yes")["code"] == "reason_missing"
    told = run.json("person", "erase", *WHO, *BY, "--yes", "--reason", "asked by letter")
    assert (told[0]["is_finished"], told[0]["counts"]["records"], told[0]["stays"]) == (True, 1, [])
    assert "They were erased before" in run.ok("person", "find", *WHO)
    assert "asked by letter" in run.ok("person", "erasures")
    assert "asked by letter" in run.json("person", "erasures")[0]["reason"]

"""What was given up, as somebody at a terminal has it: listed, looked at, replayed, discarded, snoozed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import LEAD_FIELDS, a_csv, a_lead, a_lead_account, a_map, an_approved_map, committed, desk_on
from tests.terminal import Terminal

BY = ("--by", "admin@localhost")


@pytest.fixture
def run(tmp_path: Path) -> Terminal:
    """A committed load of which two rows stayed out, on the embedded database."""
    urls = (f"sqlite:///{tmp_path}/app.db", f"sqlite:///{tmp_path}/traffic.db")
    with desk_on(urls, tmp_path) as desk:
        a_lead_account(desk)
        committed(desk, a_csv([a_lead(1), a_lead(2, fee="ten", status="won"), a_lead(3, fee="twelve")]))
    return Terminal(tmp_path, urls)


def test_failures_are_listed_shown_and_decided_about(run: Terminal) -> None:
    (found,) = run.json("dead-letters")
    assert (found["account"], found["code"], found["column"], found["rows"]) == ("site", "unreadable_money", "fee", 2)
    assert found["owner"] == "admin@localhost"
    cause = found["fingerprint"][:6]
    shown = run.json("dead-letter", "show", cause)
    assert [cell["raw"] for cell in shown["preview"]["samples"]] == ["ten", "twelve"]
    assert "0 of 2 rows would now go in; 2 still fail" in run.ok("replay", "--group", cause, "--dry-run")
    assert run.refused("replay", shown["lines"][0]["id"])["code"] == "not_replayable"
    assert run.refused("replay")["code"] == "which_one"
    assert run.refused("dead-letter", "discard", cause, "--reason", " ", *BY)["code"] == "reason_missing"
    assert "discarded: 1 line, 2 rows" in run.ok("dead-letter", "discard", cause, "--reason", "a drill", *BY)
    assert run.ok("dead-letters").strip() == "Nothing was given up."
    assert "a drill" in run.ok("dead-letters", "--all")
    assert "open: 1 line" in run.ok("dead-letter", "restore", cause, *BY)
    assert "snoozed until 2100-01-01" in run.ok("dead-letter", "snooze", cause, "--until", "2100-01-01")
    assert "open: 1 line" in run.ok("dead-letter", "wake", cause)


def test_a_replay_is_queued_and_closes_the_line_once_its_load_is_approved(run: Terminal, tmp_path: Path) -> None:
    with desk_on((run.environ["DATABASE_URL"], run.environ["TRAFFIC_DATABASE_URL"]), tmp_path) as desk:
        an_approved_map(desk, "site", a_map("lead", {name: LEAD_FIELDS[name] for name in LEAD_FIELDS if name != "fee"}))
    assert "2 of 2 rows would now go in." in run.ok("replay", "--account", "site", "--dry-run")
    begun = run.json("replay", "--account", "site")
    assert (begun["deliveries"], begun["rows"]) == (1, 2)
    run.ok("worker", "--until-idle")
    assert "replaying: 1 line" in run.ok("dead-letters")
    run.ok("approve", "2", *BY)
    assert run.json("dead-letters") == []

"""The ladder as a machine and as a person at a terminal have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.settings import load_settings
from tests.ready_made import made_ready
from tests.terminal import Terminal

BY = ("--by", "ana@example.com")


@pytest.fixture
def run(tmp_path: Path) -> Terminal:
    """An account that was set up a moment ago."""
    terminal = Terminal(tmp_path)
    made_ready(load_settings(terminal.environ))
    terminal.ok("client", "add", "acme", "--name", "Acme", "--timezone", "America/Denver")
    account = ("account", "add", "site", "--client", "acme", "--provider", "other", "--owner", "ana@example.com")
    terminal.ok(*account, "--reason", "to see it work")
    return terminal


def test_the_ladder_says_every_gate_and_what_to_do_next(run: Terminal) -> None:
    found = run.json("account", "ladder", "site")
    assert (found["status"], found["live"]) == ("paused", False)
    assert found["next"] == "site is paused: resume it with `account resume site`."
    run.ok("account", "resume", "site")
    found = run.json("account", "ladder", "site")
    assert [rung["rung"] for rung in found["rungs"]] == [1, 2, 3, 4, 5, 6]
    assert found["next"].startswith("Provider documentation: Nobody has confirmed it.")
    gates = {gate["gate"]: gate for rung in found["rungs"] for gate in rung["gates"]}
    assert {"holds", "evidence", "accepted_by", "stale_because"} <= set(gates["access"])
    assert (gates["owner"]["holds"], gates["owner"]["accepted_by"]) == (True, "ana@example.com")
    assert (gates["access"]["holds"], gates["portal"]["blocking"]) == (False, False)
    assert "`account accept site documentation --by EMAIL --text …` accepts it." in run.ok("account", "ladder", "site")


def test_a_gate_is_accepted_with_words_and_a_promotion_is_refused_by_name(run: Terminal) -> None:
    run.ok("account", "resume", "site")
    assert run("account", "accept", "site", "access", *BY, "--json").error["code"] == "evidence_missing"
    accepted = run.json("account", "accept", "site", "access", "--text", "Ana signed in.", *BY)
    access = next(gate for gate in accepted["rungs"][0]["gates"] if gate["gate"] == "access")
    assert (access["holds"], access["evidence"], access["accepted_by"]) == (True, "Ana signed in.", "ana@example.com")
    refused = run("account", "promote", "site", *BY, "--json").error
    assert refused["code"] == "gates_missing" and "documentation (Nobody has confirmed it)" in refused["message"]
    assert run("account", "promote", "nobody", *BY, "--json").error["code"] == "account_not_found"

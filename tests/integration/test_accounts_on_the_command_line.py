"""Accounts on the command line: paused and resumed, cloned for another client, told by versions, without a secret said."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.settings import load_settings
from tests.builders import a_csv, a_lead
from tests.ready_made import made_ready
from tests.terminal import Terminal

BY = ("--by", "owner@example.com")
SECRET = "open sesame, said Ali"


@pytest.fixture
def run(tmp_path: Path) -> Terminal:
    """A desk with two clients and a mapped account of the first, as it is after `account add`."""
    terminal = Terminal(tmp_path, HARBOR_TOKEN=SECRET)
    made_ready(load_settings(terminal.environ))
    for key, name in (("acme", "Acme"), ("bolt", "Bolt")):
        terminal.ok("client", "add", key, "--name", name, "--timezone", "America/Denver")
    added = ("account", "add", "site", "--client", "acme", "--provider", "other", "--owner", "owner@example.com")
    assert "paused" in terminal.ok(*added, "--reason", "to see it work")
    (tmp_path / "leads.csv").write_bytes(a_csv([a_lead(1), a_lead(2)]))
    terminal.ok(
        "map", "suggest", tmp_path / "leads.csv", "--account", "site", "--object", "lead", "--out", tmp_path / "m"
    )
    terminal.ok("map", "save", tmp_path / "m", "--account", "site", *BY)
    terminal.ok("map", "approve", "--account", "site", "--object", "lead", "--version", "1", *BY)
    return terminal


def test_an_account_takes_nothing_in_before_it_is_resumed(run: Terminal, tmp_path: Path) -> None:
    words = ("import", tmp_path / "leads.csv", "--account", "site", "--object", "lead", *BY, "--json")
    assert run(*words).error["code"] == "account_paused"
    assert "it is setup" in run.ok("account", "resume", "site", *BY)
    assert run(*words).json["rows"] == 2
    assert run.json("account", "pause", "site", *BY)["status"] == "paused"


def test_versions_say_what_changed_who_and_when(run: Terminal) -> None:
    assert run.ok("account", "set", "site", "retention_days=30", "promised=leads", *BY) == "site is at version 2.\n"
    newest, first = run.json("account", "versions", "site")
    assert newest["changes"] == {"retention_days": [90, 30], "promised": [None, "leads"]}
    assert (newest["version"], newest["by"], first["version"]) == (2, "owner@example.com", 1)
    assert "  retention_days: 90 → 30" in run.ok("account", "versions", "site")


def test_a_reference_is_looked_behind_and_its_value_never_said(run: Terminal) -> None:
    assert run.ok("account", "references", "site") == "site names no secret.\n"
    run.ok("account", "set", "site", "credential_ref=env:HARBOR_TOKEN", "webhook_secret=file:hook.secret", *BY)
    said = run("account", "references", "site", "--json")
    assert [(item["setting"], item["resolves"]) for item in said.json] == [
        ("credential_ref", True), ("webhook_secret", False),
    ]  # fmt: skip
    assert "There is nothing behind file:hook.secret." in said.out
    words = run.ok("account", "references", "site")
    assert "credential_ref: Something lies behind env:HARBOR_TOKEN." in words
    assert SECRET not in said.out + words


def test_a_clone_is_like_the_other_without_what_is_its_clients(run: Terminal) -> None:
    settings = (
        "retention_days=30",
        "failure_path=Tell Ana.",
        "public_promise=All of it.",
        "promised=leads",
        "four_eyes=no",
    )
    hooks = ("hook.window_seconds=7", "hook.challenge_ref=env:A_CHALLENGE", "credential_ref=env:HARBOR_TOKEN")
    rows = ("auth_expires_on=2027-03-31", "policy.unreadable_date=stop", "signal.lead=marketplace_lead")
    run.ok("account", "set", "site", *settings, *hooks, *rows, *BY)
    run.ok("account", "match", "site", "lead", "phone", *BY)
    run.ok("account", "rule", "add", "site", "--own-domain", "acme.example", *BY)
    made = run.json("account", "clone", "site", "bolt_site", "--client", "bolt", *BY)
    assert made["made"][0] == "The account bolt_site of Bolt, paused, like site."
    told = run.json("account", "show", "bolt_site")
    assert (told["client"], told["status"], told["owner"]) == ("bolt", "paused", "owner@example.com")
    assert (told["retention_days"], told["failure_path"], told["source_label"]) == (30, "Tell Ana.", "Site")
    assert told["intake"] == {"hook": {"window_seconds": 7}}
    assert told["policies"] == {"reasons": {"unreadable_date": "stop"}}
    assert told["signals"]["lead"]["signal"] == "marketplace_lead"
    assert told["matching"] == {"lead": ["phone"]}
    left_out = ("credential_ref", "public_promise", "auth_expires_on", "class_rules", "promised")
    assert [told[name] for name in left_out] == ["", "", None, [], []]
    versions = run.json("map", "versions", "--account", "bolt_site", "--object", "lead")
    assert [(item["version"], item["status"]) for item in versions] == [(1, "submitted")]
    assert any("own secret" in line for line in made["to_fill"])
    assert any("class rules stay behind" in line for line in made["to_fill"])
    again = run("account", "clone", "site", "site_2", "--client", "acme", *BY, "--json")
    assert again.error["code"] == "account_duplicate"
    why = ("--second-because", "The north side has a form of its own.", "--reason", "North")
    run.ok("account", "clone", "site", "site_2", "--client", "acme", *why, *BY)
    assert run.json("account", "show", "site_2")["reason"] == "North"


def test_the_legal_minimum_is_said_by_an_admin(run: Terminal) -> None:
    said = run("desk", "set", "min_retention_days=180", "--json")
    assert said.json["below_minimum"] == ["site"]
    assert run("account", "set", "site", "retention_days=179", "--json").error["code"] == "retention_below_minimum"
    run.ok("account", "clone", "site", "bolt_site", "--client", "bolt", *BY)
    assert run.json("account", "show", "bolt_site")["retention_days"] == 180
    assert "min_retention_days: 180 (said by admin@localhost" in run.ok("desk", "show")
    assert run("desk", "set", "min_retention_days=1", *BY, "--json").error["code"] == "not_allowed"

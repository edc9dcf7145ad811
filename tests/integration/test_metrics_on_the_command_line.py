"""The catalog, the roll-up from scratch and the simulation, as somebody at a terminal has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.settings import load_settings
from tests.builders import a_csv, a_lead
from tests.ready_made import made_ready
from tests.terminal import Terminal

BY = ("--by", "owner@example.com")


@pytest.fixture
def run(tmp_path: Path) -> Terminal:
    """A desk with leads of one day, on the embedded database."""
    terminal = Terminal(tmp_path)
    made_ready(load_settings(terminal.environ))
    terminal.ok("client", "add", "acme", "--name", "Acme", "--timezone", "America/Denver")
    account = ("account", "add", "site", "--client", "acme", "--provider", "other", "--owner", "owner@example.com")
    terminal.ok(*account, "--reason", "to see it work")
    terminal.ok("account", "resume", "site")
    file = tmp_path / "leads.csv"
    file.write_bytes(a_csv([a_lead(1, status="won"), a_lead(2), a_lead(3)]))
    terminal.ok("map", "suggest", file, "--account", "site", "--object", "lead", "--out", tmp_path / "map.yaml")
    terminal.ok("map", "save", tmp_path / "map.yaml", "--account", "site", *BY)
    terminal.ok("map", "approve", "--account", "site", "--object", "lead", "--version", "1", *BY)
    terminal.ok("import", file, "--account", "site", "--object", "lead", *BY)
    terminal.ok("approve", "1", *BY)
    return terminal


def test_a_metric_is_added_changed_shown_and_counted_anew(run: Terminal) -> None:
    meaning = "people who asked for work and became customers"
    added = ("metric", "add", "site", "won", "--object", "lead", "--label", "Leads won", "--unit", "leads")
    assert "Added." in run.ok(*added, "--meaning", meaning, "--where", "status=won", *BY)
    ratio = ("metric", "add", "site", "won_share", "--ratio", "won/leads", "--label", "Share won", "--unit", "percent")
    run.ok(*ratio, "--meaning", "how many of a hundred who asked were won", *BY)
    assert "33.33 %" in run.ok("metrics", "acme")
    changed = run.ok("metric", "edit", "site.won", "where.status=won,new", "--reason", "they count all now", *BY)
    assert "Counted anew: site.won, site.won_share. Older baselines are not comparable to it." in changed
    reworded = run.ok("metric", "edit", "site.won", "label=Won", "--reason", "shorter", *BY)
    assert "Only words changed." in reworded
    shown = run.json("metric", "show", "site.won")
    assert (shown["label"], shown["version"], [each["version"] for each in shown["versions"]]) == ("Won", 2, [2, 1])
    listed = run.ok("metric", "list", "acme", "--account", "site")
    assert "site.won  v2  Won (leads)  count of lead, by occurred_at, status won or new" in listed
    assert run.json("roll-up", "rebuild", "acme")["site.lead"] == 2  # a day of leads, a day of those won
    for words, code in (
        (("metric", "show", "site.nothing"), "metric_not_found"),
        (("metric", "edit", "site.won", "column=fee", "--reason", "x", *BY), "unknown_setting"),
        (("metric", "edit", "site.won", "surface=wall", "--reason", "x", *BY), "unknown_surface"),
        (("metric", "add", "site", "x", *added[4:], "--meaning", " ", *BY), "metric_incomplete"),
    ):
        assert run.refused(*words)["code"] == code


def test_the_simulation_says_what_the_interval_keeps(run: Terminal) -> None:
    told = run.json("intervals", "--runs", "30")
    assert (told["runs"], told["most_claimed_pct"], told["least_found_pct"]) == (30, 5, 80)
    assert {"days", "level", "baseline_days", "current_days", "claimed_pct", "kept"} <= set(told["scenarios"][0])
    assert run.json("intervals", "--runs", "30") == told

"""At a terminal: how good the suggestions are, what they have learned, and what found no place."""

from __future__ import annotations

from pathlib import Path

from tests.builders import a_lead_account, desk_on
from tests.terminal import Terminal


def test_what_was_learned_is_listed_deleted_and_restored(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    said = Terminal(tmp_path, sqlite_urls)
    about = ("--account", "site", "--object", "lead")
    with desk_on(sqlite_urls, tmp_path) as desk:
        a_lead_account(desk, provider="angi")
    found = said("map", "learned", "list", *about, "--json").json
    assert {item["level"] for item in found} == {"client", "provider", "everyone"}
    phone = next(item for item in found if item["written"] == "phone" and item["level"] == "client")
    assert "becomes phone, for this client and provider" in said("map", "learned", "list", *about).out
    assert said("map", "learned", "delete", phone["id"], "--json").json["is_forgotten"]
    assert said("map", "learned", "list", *about).out.count("Deleted.") == 1
    assert not said("map", "learned", "restore", phone["id"], "--json").json["is_forgotten"]
    assert said("map", "learned", "delete", 999, "--json").error["code"] == "memory_not_found"
    added = said("map", "synonym", "add", "angi", "Gravity", "category", "--object", "lead", "--json").json
    assert "Gravity means category" in said("map", "synonym", "list", "angi", "--object", "lead").out
    assert "Removed." in said("map", "synonym", "remove", added["id"]).out
    file = tmp_path / "few.csv"
    file.write_text("date,a,b,c,d,e,f,g,h\n2026-03-04,1,1,1,1,1,1,1,1\n2026-03-05,1,1,1,1,1,1,1,1\n", encoding="utf-8")
    suggested = said("map", "suggest", file, *about, "--out", tmp_path / "map.yaml")
    assert "Only 1 of 9 columns found a place. Nothing fits a, b, c, d, e, f, g, h." in suggested.out

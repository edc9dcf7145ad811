"""At a terminal: a sentence written, reviewed and published, a change noted, and what the client reads of it all."""

from __future__ import annotations

from pathlib import Path

from tests.builders import a_csv, a_lead, committed, desk_on
from tests.published import METRIC, NOW, two_fortnights
from tests.terminal import Terminal

ME = ("--by", "admin@localhost")


def test_a_sentence_goes_all_the_way_to_the_client_and_back(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    said = Terminal(tmp_path, sqlite_urls)
    with desk_on(sqlite_urls, tmp_path) as desk:
        number = two_fortnights(desk)
    over = ("acme", METRIC, "--baseline", number, "--from", NOW.first, "--to", NOW.last)
    assert said.ok("statement", "draft", *over).endswith("It can be published.\n")
    tried = said.json("statement", "draft", *over, "--sentence", "Leads stood at 84 leads, it seems.")
    assert [each["code"] for each in tried["problems"]] == ["unknown_number"]
    assert said.refused("statement", "write", *over, *ME, "--sentence", "Leads are 84.")["code"] == "not_for_clients"

    written = said.json("statement", "write", *over, *ME, "--action", "Call them back.", "--due", "2030-01-31")
    assert (written["status"], written["version"], written["next_due"]) == ("draft", 1, "2030-01-31")
    assert said.refused("statement", "publish", written["id"], *ME)["code"] == "illegal_move"
    assert "Next: `statement publish" in said.ok("statement", "review", written["id"], *ME)
    assert "the client reads version 1" in said.ok("statement", "publish", written["id"], *ME)
    assert "version 1  published" in said.ok("statement", "list", "acme", METRIC)

    noted = ("--kind", "form", "--day", "2026-03-20", "--note", "The form asks for the town.", "--baseline", number)
    assert said.json("change-note", "add", METRIC, *noted, *ME)["kind"] == "form"
    events = said.json("change-note", "list", "site", "--from", "2026-03-01", "--to", "2026-12-31")
    assert {"form", "import", "map approved"} == {each["kind"] for each in events}
    assert "form: The form asks" in said.ok("change-note", "list", "site", "--from", NOW.first, "--to", NOW.last)

    found = said.json("portal", "acme")
    assert [card["current"] for card, _ in found["cards"]] == ["83 leads"]
    assert "Next: Call them back. (2030-01-31)" in said.ok("portal", "acme")
    assert not said.json("card", "hide", "acme", METRIC, *ME)[0]["is_shown"]
    assert "Nothing is published yet." in said.ok("portal", "acme")
    assert f"1. {METRIC}  shown" in said.ok("card", "show", "acme", METRIC, *ME)
    assert said.refused("card", "arrange", "acme", "site.calls", *ME)["code"] == "cards_left_out"

    with desk_on(sqlite_urls, tmp_path) as desk:
        load = committed(desk, a_csv([a_lead(9000, "2026-03-21")]), file_name="late.csv")["load"]
    assert f"83 leads → 84 leads  late.csv was committed as load {load}" in said.ok("corrections", "acme")
    assert "newer data made it 84 leads" in said.ok("portal", "acme")
    assert f"{METRIC}  taken back" in said.ok("card", "list", "acme")
    again = said.json("statement", "write", *over, *ME)["id"]
    said.ok("statement", "review", again, *ME)
    said.ok("statement", "publish", again, *ME)
    assert f"84 leads, statement {again}" in said.ok("numbers-on", load)
    said.ok("statement", "withdraw", again, "--reason", "Another town was counted as well.", *ME)
    assert [each["cause"] for each in said.json("corrections", "acme")] == ["by_hand", "committed"]

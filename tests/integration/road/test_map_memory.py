"""What approved maps teach: on three levels, without a client's data, shown, deleted and brought back."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from lib.db.tables.learned import learned_mappings
from lib.db.unit_of_work import Desk
from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.people import Actor, Role
from lib.errors import DeskError
from lib.mapping.explanations import EXPLANATIONS
from lib.services.mapping import map_memory, maps
from lib.services.mapping.map_memory import Learned
from lib.services.setup import clients
from tests.builders import a_person, admin, an_account, an_approved_map, code_of, table_rows

SECRET = "Rosa's own words"


def a_field(source: str, target: str, *steps: Transform, label: str = "Field") -> FieldRule:
    return FieldRule(source, target, steps, label, "o@example.com", EXPLANATIONS[target])


DATE = a_field("When", "occurred_at", Transform("parse_datetime", {"order": "mdy"}))
MAP = FieldMap(
    "lead",
    (
        DATE,
        a_field("Mood", "status", Transform("value_map", {"values": {SECRET: "won"}})),
        a_field("", "source", Transform("constant", {"value": SECRET})),
        a_field("rosa@example.com", "name"),
    ),
    (IgnoredField("Notes", SECRET),),
)


def two_clients(desk: Desk) -> None:
    """Acme with a map, and Bolt beside it on the same provider."""
    an_account(desk, "site", provider="angi")
    an_account(desk, "bolt_site", client="bolt", provider="angi")
    an_account(desk, "bolt_other", client="bolt", provider="other")
    an_approved_map(desk, "site", MAP)


def learned_by(desk: Desk, who: Actor, key: str, *headers: str) -> dict[tuple[str, str], Learned]:
    memory = desk.ask(who, map_memory.map_memory, key, "lead", headers)
    return {(item.level.value, item.key): item for item in memory.learned}


def suggested(desk: Desk, key: str, rows: dict[str, list[str]]) -> dict[str, str]:
    got = desk.ask(admin(desk), maps.suggest_map, key, "lead", pd.DataFrame(rows, dtype="str"))
    return {rule.source: f"{rule.target}: {rule.reason}" for rule in reversed(got.fields)}


def refused(work: Any, *args: Any) -> str:
    with pytest.raises(DeskError) as caught:
        work(*args)
    return code_of(caught)


def test_an_approved_map_teaches_three_levels_and_only_names_and_targets_leave_the_client(desk: Desk) -> None:
    two_clients(desk)
    rows = table_rows(desk.app, learned_mappings)
    own = {row["header"]: row for row in rows if row["level"] == "client"}
    wider = [row for row in rows if row["level"] != "client"]
    assert set(own) == {"when", "mood", "notes", "rosaexamplecom"}
    assert own["notes"]["reason"] == SECRET
    assert own["mood"]["transforms"][0]["options"]["values"] == {SECRET: "won"}
    assert {(row["level"], row["header"], row["target"]) for row in wider} == {
        (level, header, target)
        for level in ("provider", "everyone")
        for header, target in (("when", "occurred_at"), ("mood", "status"), ("notes", ""))
    }
    assert SECRET not in json.dumps(wider, default=str)
    assert "mdy" not in json.dumps(wider, default=str)
    assert {row["client_id"] for row in wider} == {None}


def test_the_database_itself_keeps_a_clients_words_inside_the_client(desk: Desk) -> None:
    two_clients(desk)
    row = next(item for item in table_rows(desk.app, learned_mappings) if item["level"] == "everyone")
    leak = {**row, "id": None, "header": "other", "reason": SECRET}
    with pytest.raises(DBAPIError), desk.app.begin() as connection:
        connection.execute(insert(learned_mappings).values({k: v for k, v in leak.items() if k != "id"}))


def test_what_one_client_taught_helps_the_next_and_says_not_who(any_desk: Desk) -> None:
    desk = any_desk
    two_clients(desk)
    file = {"When": ["3/4/2026", "3/5/2026"], "Mood": [SECRET, "lost"], "Notes": ["a", "b"]}
    own = suggested(desk, "site", file)
    assert own["Mood"].startswith("status: remembered: placed here; approved by")
    other = suggested(desk, "bolt_site", file)
    assert other["Mood"].startswith("status: remembered for this provider: placed here once")
    assert "Notes" not in other
    assert suggested(desk, "bolt_other", file)["Mood"].startswith("status: remembered for everyone")
    analyst = a_person(desk, "ben@bolt.example", Role.ANALYST, "bolt")
    seen = learned_by(desk, analyst, "bolt_site", "Mood")
    assert set(seen) == {("provider", "mood"), ("everyone", "mood")}
    assert {(item.account, item.person) for item in seen.values()} == {("", "")}
    assert refused(desk.ask, analyst, map_memory.map_memory, "site", "lead") == "account_not_found"


def test_the_same_map_again_counts_once_for_others_and_a_change_of_mind_takes_it_back(desk: Desk) -> None:
    two_clients(desk)
    an_approved_map(desk, "bolt_site", FieldMap("lead", (DATE, a_field("Mood", "status"))))
    boss = admin(desk)
    assert learned_by(desk, boss, "site")["provider", "mood"].times == 2
    again = FieldMap("lead", (DATE, a_field("Mood", "status", label="State")))
    an_approved_map(desk, "site", again)
    assert learned_by(desk, boss, "site")["client", "mood"].times == 2
    assert learned_by(desk, boss, "site")["provider", "mood"].times == 2
    an_approved_map(desk, "site", FieldMap("lead", (DATE, a_field("Mood", "outcome"))))
    mine = desk.ask(boss, map_memory.map_memory, "site", "lead").learned
    moods = {(item.level.value, item.target): item.times for item in mine if item.key == "mood"}
    assert moods == {
        ("client", "outcome"): 1,
        ("provider", "status"): 1, ("provider", "outcome"): 1,
        ("everyone", "status"): 1, ("everyone", "outcome"): 1,
    }  # fmt: skip


def test_a_deleted_memory_is_believed_no_more_until_it_is_brought_back(any_desk: Desk) -> None:
    desk = any_desk
    two_clients(desk)
    boss, file = admin(desk), {"When": ["3/4/2026"], "Mood": ["lost"]}
    found = learned_by(desk, boss, "site")
    for level in ("provider", "everyone"):
        assert "Mood" in suggested(desk, "bolt_site", file)
        desk.do(boss, map_memory.forget, found[level, "mood"].id)
    assert "Mood" not in suggested(desk, "bolt_site", file)
    assert learned_by(desk, boss, "site")["everyone", "mood"].is_forgotten
    back = desk.do(boss, map_memory.remember_again, found["everyone", "mood"].id)
    assert not back.is_forgotten
    assert suggested(desk, "bolt_site", file)["Mood"].startswith("status: remembered for everyone")
    assert "Mood" in suggested(desk, "site", file)


def test_what_holds_for_everyone_is_deleted_only_by_who_sees_everyone(any_desk: Desk) -> None:
    desk = any_desk
    two_clients(desk)
    found = learned_by(desk, admin(desk), "site")
    owner = a_person(desk, "olga@acme.example", Role.OWNER, "acme")
    analyst = a_person(desk, "ann@acme.example", Role.ANALYST, "acme")
    stranger = a_person(desk, "otto@bolt.example", Role.OWNER, "bolt")
    own, wide = found["client", "mood"].id, found["everyone", "mood"].id
    assert refused(desk.do, analyst, map_memory.forget, own) == "not_allowed"
    assert refused(desk.do, stranger, map_memory.forget, own) == "memory_not_found"
    assert refused(desk.do, owner, map_memory.forget, wide) == "not_allowed"
    assert desk.do(owner, map_memory.forget, own).is_forgotten
    assert refused(desk.do, owner, map_memory.add_synonym, "angi", "lead", "Mood", "status") == "not_allowed"


def test_a_demo_teaches_nobody_else(any_desk: Desk) -> None:
    desk = any_desk
    desk.do(admin(desk), clients.add_client, "demo", "Demo", "UTC", is_demo=True)
    an_account(desk, "demo_site", client="demo", provider="angi")
    an_approved_map(desk, "demo_site", MAP)
    assert {row["level"] for row in table_rows(desk.app, learned_mappings)} == {"client"}


def test_a_taught_name_holds_for_every_account_of_the_provider_until_it_is_removed(any_desk: Desk) -> None:
    desk = any_desk
    two_clients(desk)
    boss, file = admin(desk), {"Received": ["3/4/2026"], "Gravity": ["low"]}
    added = desk.do(boss, map_memory.add_synonym, "angi", "lead", "  gravity ", "category")
    assert suggested(desk, "bolt_site", file)["Gravity"] == "category: a name this provider uses for it"
    assert "Gravity" not in suggested(desk, "bolt_other", file)
    again = desk.do(boss, map_memory.add_synonym, "angi", "lead", "GRAVITY", "status")
    assert [item.id for item in desk.ask(boss, map_memory.own_synonyms, "angi", "lead")] == [again.id]
    desk.do(boss, map_memory.remove_synonym, again.id)
    assert "Gravity" not in suggested(desk, "bolt_site", file)
    assert refused(desk.do, boss, map_memory.remove_synonym, added.id) == "synonym_not_found"
    assert refused(desk.do, boss, map_memory.add_synonym, "angi", "lead", "x", "nothing") == "unknown_column"
    assert refused(desk.do, boss, map_memory.add_synonym, "angi", "lead", " ", "status") == "bad_synonym"

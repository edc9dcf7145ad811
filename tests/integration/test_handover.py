"""An account handed over: one file, no secret and nobody's data in it, and another desk reads the same file the same way."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.db.tables.audit import audit_log
from lib.db.unit_of_work import Desk
from lib.domain.maps import Blank, FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.people import Role
from lib.domain.rows.class_rules import own_domain, spam_sender
from lib.domain.states import AccountStatus, MapStatus
from lib.errors import DeskError, NotAllowed
from lib.mapping.document import fingerprint
from lib.mapping.handover import read_pack
from lib.pipeline.setup.handover import handover_pack, take_pack
from lib.services.loading import class_rules, match_rows
from lib.services.mapping import map_desk, maps
from lib.services.setup import account_settings, clients
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    desk_on,
    import_file,
    records,
    table_rows,
    verdicts_of,
)
from tests.terminal import Terminal

PLAIN = a_map("lead", LEAD_FIELDS)
STATES = (Transform("value_map", {"values": {"Won": "won", "Lost": "lost"}, "otherwise": "blank"}),)
SAID = "Where the request stands with us now."
CENTS = (Transform("parse_money", {"unit": "cents"}),)
MAP = FieldMap(
    "lead",
    (
        *(rule for rule in PLAIN.fields if rule.target not in {"status", "fee", "email"}),
        FieldRule("status", "status", STATES, label="State", explanation=SAID),
        FieldRule("fee", "fee", CENTS, explanation=SAID, blank=Blank.KEEP),
        FieldRule("email", "email", explanation=SAID),
    ),
    (IgnoredField("remark", "nobody reads it"),),
)
# Each of these stands in a row of the file and may stand nowhere in the pack.
CANARIES = ("Quetzalina", "7205559182", "quetz@canary.example", "Canary Lane", "sings at dawn", "K-CANARY-77")


def a_file() -> bytes:
    first = a_lead(
        1,
        name="Quetzalina Canary Lane",
        phone="(720) 555-9182",
        email="quetz@canary.example",
        status="sings at dawn",
        fee="1050",
        remark="Canary Lane 7, 7205559182",
        id="K-CANARY-77",
    )
    rows = [
        first,
        a_lead(2, status="Won", date="2026-03-04 09:00", remark=""),
        a_lead(3, status="Lost", name="Tessa Testrow", remark="sings at dawn"),
        a_lead(4, email="boss@harbor.example", day="soon", remark=""),
        a_lead(2, status="Won", date="2026-03-04 09:00", remark=""),
    ]
    return a_csv(rows)


def a_full_account(desk: Desk) -> None:
    boss = admin(desk)
    an_account(desk, timezone="America/New_York")
    changes = {
        "credential_ref": "env:SITE_TOKEN",
        "public_promise": "Requests arrive within the hour.",
        "rollback_note": "Map 1 again.",
        "policy.unreadable_date": "stop",
        "max_failed_percent": "40",
        "retention_days": "forever",
    }
    desk.do(boss, account_settings.set_account, "site", changes)
    desk.do(boss, match_rows.set_match_rules, "site", "lead", ["phone+email"])
    for mark in (own_domain("gone.example"), spam_sender("p3@mail.example"), own_domain("harbor.example")):
        desk.do(boss, class_rules.add_rule, "site", mark)
    desk.do(boss, class_rules.remove_rule, "site", 1)
    an_approved_map(desk, "site", PLAIN)
    an_approved_map(desk, "site", MAP)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """A desk with an account, and an empty one in another time zone."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir(), there.mkdir()
    with (
        desk_on((f"sqlite:///{here}/a.db", f"sqlite:///{here}/t.db"), here) as one,
        desk_on((f"sqlite:///{there}/a.db", f"sqlite:///{there}/t.db"), there) as other,
    ):
        a_full_account(one)
        other.do(admin(other), clients.add_client, "harbor", "Harbor Roofing", "America/Los_Angeles")
        yield one, other


def mapped(desk: Desk) -> list[dict[str, Any]]:
    names = {rule.target for rule in MAP.fields} | {"row_class"}
    return [{name: value for name, value in row.items() if name in names} for row in records(desk).values()]


def test_the_same_file_reads_the_same_on_the_other_desk(pair: tuple[Desk, Desk]) -> None:
    one, other = pair
    content = handover_pack(one, admin(one), "site")
    taken = take_pack(other, admin(other), content, "harbor")
    account = other.ask(admin(other), lambda tx: tx.accounts.by_key("site"))
    was = one.ask(admin(one), lambda tx: tx.accounts.by_key("site"))
    assert (account.status, account.timezone) == (AccountStatus.PAUSED, "America/New_York")
    for name in (
        "policies",
        "class_rules",
        "matching",
        "signals",
        "public_promise",
        "credential_ref",
        "retention_days",
    ):
        assert getattr(account, name) == getattr(was, name), name
    seen = other.ask(admin(other), map_desk.map_desk, "site", "lead")
    assert (seen.current, [line.status for line in seen.history]) == (None, [MapStatus.SUBMITTED])
    assert seen.waiting is not None
    assert seen.waiting.fingerprint == fingerprint(MAP)
    assert any("env:SITE_TOKEN" in line for line in taken.to_fill)
    assert "Approve the lead map." in taken.to_fill
    other.do(admin(other), maps.approve_map, "site", "lead", 1)
    for desk in pair:
        desk.do(admin(desk), account_settings.set_account, "site", {"policy.unreadable_date": "hold"})
        desk.do(admin(desk), account_settings.resume_account, "site")
    loads = [committed(desk, a_file()) for desk in pair]
    assert loads[0]["verdicts"] == loads[1]["verdicts"]
    assert loads[0]["classes"] == loads[1]["classes"] != {}
    assert loads[0]["verdicts"]["created"] == 3
    assert verdicts_of(one, loads[0]["load"]) == verdicts_of(other, loads[1]["load"])
    assert mapped(one) == mapped(other)
    assert {"won", "lost"} <= {row["status"] for row in mapped(one)}


def test_nothing_about_anybody_and_no_secret_is_in_the_pack(
    pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_TOKEN", "hunter2-hunter2")
    one, _ = pair
    import_file(one, a_file(), file_name="Quetzalina.csv")
    content = handover_pack(one, admin(one), "site")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {
        "README.md", "pack.json", "glossary.md", "maps/lead-1.yaml", "maps/lead-2.yaml", "samples/lead.csv",
    }  # fmt: skip
    for name, text in files.items():
        for canary in (*CANARIES, "(720) 555-9182", "hunter2"):
            assert canary.casefold() not in text.casefold(), (canary, name)
    sample = files["samples/lead.csv"]
    assert sample.count("\n") == 6
    assert "2026-03-04 09:00" in sample
    assert '"Won"' in sample
    assert SAID in files["glossary.md"]
    told = json.loads(files["pack.json"])
    assert told["account"]["credential_ref"] == "env:SITE_TOKEN"
    assert [item["is_used"] for item in told["maps"]] == [True, False]
    assert [row["action"] for row in table_rows(one.app, audit_log)].count("handover pack written") == 1


def test_a_pack_is_written_and_read_by_whoever_manages_accounts(pair: tuple[Desk, Desk]) -> None:
    one, _ = pair
    content = handover_pack(one, admin(one), "site")
    for desk in pair:
        analyst = a_person(desk, "ann@desk.example", Role.ANALYST)
        with pytest.raises(NotAllowed):
            handover_pack(desk, analyst, "site")
        with pytest.raises(NotAllowed):
            take_pack(desk, analyst, content, "acme" if desk is one else "harbor", "another")


def test_a_key_that_is_taken_is_asked_for_anew_and_nothing_is_half_made(pair: tuple[Desk, Desk]) -> None:
    one, _ = pair
    content = handover_pack(one, admin(one), "site")
    with pytest.raises(DeskError) as trouble:
        take_pack(one, admin(one), content, "acme")
    assert code_of(trouble) == "account_exists"
    taken = take_pack(one, admin(one), content, "acme", "site_again")
    assert taken.account == "site_again"


def changed(content: bytes, path: str, text: str | None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != path:
                new.writestr(name, old.read(name))
        if text is not None:
            new.writestr(path, text)
    return out.getvalue()


def test_what_is_no_pack_is_refused_in_a_sentence_and_makes_nothing(pair: tuple[Desk, Desk]) -> None:
    one, other = pair
    good = handover_pack(one, admin(one), "site")
    index = json.loads(zipfile.ZipFile(io.BytesIO(good)).read("pack.json"))
    rules = [{**index["class_rules"][0], "test": "matches", "values": ["("]}]

    def with_index(**values: Any) -> bytes:
        return changed(good, "pack.json", json.dumps({**index, **values}))

    for content, code, words in (
        (b"", "pack_invalid", "not a zip file"),
        (good[: len(good) // 2], "pack_invalid", "not a zip file"),
        (changed(good, "pack.json", None), "pack_invalid", "holds no pack.json"),
        (changed(good, "pack.json", "[]"), "pack_invalid", "format"),
        (changed(good, "pack.json", "{" * 100_000), "pack_invalid", "not JSON"),
        (changed(good, "maps/lead-2.yaml", "object: job\nfields: []\n"), "pack_invalid", "maps a job"),
        (changed(good, "maps/lead-2.yaml", None), "pack_invalid", "holds no maps/lead-2.yaml"),
        (with_index(version=2), "pack_invalid", "of version 2, and this desk reads version 1"),
        (with_index(maps=[1]), "pack_invalid", "something else"),
        (with_index(account={**index["account"], "retention_days": "x"}), "pack_invalid", "not a whole number"),
        (with_index(account={**index["account"], "provider": "nobody"}), "unknown_provider", ""),
        (with_index(account={**index["account"], "credential_ref": "hunter2"}), "not_a_reference", ""),
        (with_index(class_rules=rules), "bad_class_rule", "cannot be read"),
        (with_index(class_rules=[{}]), "pack_invalid", "not whole"),
        (with_index(policies={"reasons": {"unreadable_date": "sing"}}), "unknown_policy", ""),
    ):
        with pytest.raises(DeskError) as trouble:
            take_pack(other, admin(other), content, "harbor")
        assert (code_of(trouble), words in trouble.value.message) == (code, True), trouble.value.message
        assert "hunter2" not in trouble.value.message
        assert other.ask(admin(other), lambda tx: tx.accounts.every()) == []


def test_it_is_handed_over_on_the_terminal(pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    out = tmp_path / "pack.zip"
    Terminal(here, (f"sqlite:///{here}/a.db", f"sqlite:///{here}/t.db")).ok("handover", "site", "--out", out)
    assert read_pack(out.read_bytes()).account["key"] == "site"
    run = Terminal(there, (f"sqlite:///{there}/a.db", f"sqlite:///{there}/t.db"))
    told = run.json("handover-read", out, "--client", "harbor", "--by", "ana@example.com")
    assert told["account"] == "site"
    assert told["made"][0] == "The account site of Harbor Roofing, paused, from the template other."
    assert run.json("map", "versions", "--account", "site", "--object", "lead")[0]["status"] == "submitted"
    said = run.json("map", "diff", "--account", "site", "--object", "lead", "--old", 1, "--new", 1)
    assert said == []

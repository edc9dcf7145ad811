"""The command line others script against: names, shapes, exit codes, and one clear line for every trouble."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from lib.pipeline.loading import decisions, staging
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.pipeline.opening import open_desk
from lib.services.people import people
from lib.services.running import jobs
from lib.settings import load_settings
from tests.builders import PROJECT, a_csv, a_lead, admin
from tests.ready_made import made_ready
from tests.terminal import Said, Terminal

ME = ("--by", "owner@example.com")
VERDICTS = ["created", "updated", "duplicate", "failed", "ignored"]
CLASSES = ["genuine", "test", "spam", "internal", "marketplace_duplicate"]
COMMANDS = [
    "migrate",
    "doctor",
    "demo",
    "user add",
    "user list",
    "client add",
    "client list",
    "account add",
    "account show",
    "account set",
    "account rule add",
    "account rule list",
    "account rule remove",
    "account match",
    "match",
    "read",
    "map suggest",
    "map save",
    "map approve",
    "map versions",
    "map diff",
    "map show",
    "map again",
    "map return",
    "map withdraw",
    "handover",
    "handover-read",
    "import",
    "drop",
    "review",
    "approve",
    "reject",
    "undo",
    "jobs",
    "job cancel",
    "job retry",
    "schedule add",
    "schedule list",
    "breaker list",
    "breaker close",
    "metrics",
    "baseline capture",
    "compare",
    "statement write",
    "statement review",
    "statement publish",
    "statement withdraw",
    "change-note add",
    "card arrange",
    "portal",
]


@pytest.fixture
def run(database_urls: tuple[str, str], tmp_path: Path) -> Terminal:
    """The command line of a migrated, empty desk."""
    terminal = Terminal(tmp_path, database_urls)
    made_ready(load_settings(terminal.environ))
    return terminal


@pytest.fixture
def local(tmp_path: Path) -> Terminal:
    """The same on the embedded database alone, for what no database has a say in."""
    terminal = Terminal(tmp_path)
    made_ready(load_settings(terminal.environ))
    return terminal


@pytest.fixture
def nowhere(tmp_path: Path) -> Terminal:
    """The command line of a desk that was never migrated, on the embedded database."""
    return Terminal(tmp_path)


def set_up(run: Terminal, *more: str, provider: str = "other") -> None:
    run.ok("client", "add", "acme", "--name", "Acme", "--timezone", "America/Denver")
    run.ok(
        *("account", "add", "site", "--client", "acme", "--provider", provider, "--owner", "owner@example.com"),
        *("--reason", "to see it work", *more),
    )
    run.ok("account", "resume", "site")


def a_file(folder: Path, rows: list[dict[str, object]], name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_bytes(a_csv(rows))
    return path


def map_of(run: Terminal, file: Path) -> Path:
    out = file.with_suffix(".yaml")
    run.ok("map", "suggest", file, "--account", "site", "--object", "lead", "--out", out)
    return out


def mapped(run: Terminal, file: Path) -> None:
    version = run.json("map", "save", map_of(run, file), "--account", "site", *ME)["version"]
    run.ok("map", "approve", "--account", "site", "--object", "lead", "--version", version, *ME)


def take(file: Path, *more: str) -> tuple[object, ...]:
    return ("import", file, "--account", "site", "--object", "lead", *ME, *more)


def rows_of_march() -> list[dict[str, object]]:
    return [
        {"Lead ID": f"L{day}", "Created Date": f"2026-03-{day:02d}T18:00:00Z", "Status": "new"} for day in range(1, 21)
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, nowhere: Terminal) -> None:
    said = nowhere(*command.split(), "--help")
    assert said.code == 0
    assert "Usage:" in said.out
    assert "--help" in said.out


def test_people_clients_and_accounts_have_the_promised_shapes(run: Terminal) -> None:
    set_up(run, "--signal", "lead=phone_call:paid", "--signal", "call=phone_call")
    run.ok("user", "add", "ann@example.com", "--role", "analyst")
    run.ok("user", "add", "stan@acme.example", "--role", "stakeholder", "--client", "acme")
    listed = {item["email"]: item for item in run.json("user", "list")}
    assert listed["stan@acme.example"]["role"] == "stakeholder"
    assert listed["owner@example.com"]["role"] == "owner"
    (client,) = run.json("client", "list")
    assert (client["key"], client["name"]) == ("acme", "Acme")
    shown = run.json("account", "show", "site")
    assert shown["key"] == "site"
    assert shown["owner"] == "owner@example.com"
    assert shown["client"] == "acme"
    assert shown["destination"] == "app"
    assert shown["signals"]["lead"] == {"signal": "phone_call", "paid": "paid"}
    changed = run.json("account", "set", "site", "source_label=Our site", "credential_ref=env:SITE_KEY", *ME)
    assert (changed["source_label"], changed["credential_ref"]) == ("Our site", "env:SITE_KEY")
    assert run.json("account", "show", "site") == changed
    asked = run.json("account", "set", "site", "policy.negative_amount=stop", "max_failed_percent=5", *ME)
    assert asked["policies"] == {"reasons": {"negative_amount": "stop"}, "max_failed_percent": 5}


def test_an_account_gets_signs_and_match_rules_of_its_own(local: Terminal) -> None:
    set_up(local)
    added = local.json("account", "rule", "add", "site", "--own-domain", "harbor.example")
    assert (added["number"], added["class"], added["evidence"]) == (
        1,
        "internal",
        "The e-mail address is at harbor.example.",
    )
    broken = ("--class", "test", "--field", "name", "--test", "matches", "--value", "(")
    assert local.refused("account", "rule", "add", "site", *broken)["code"] == "bad_class_rule"
    assert local.json("account", "match", "site", "lead", "email+phone", "phone")["rules"] == ["phone+email", "phone"]


def test_an_assumed_signal_is_said_to_be_assumed(local: Terminal) -> None:
    local.ok("client", "add", "acme", "--name", "Acme", "--timezone", "America/Denver")
    words = ("account", "add", "site", "--client", "acme", "--provider", "other", "--owner", "o@x.org", "--reason", "r")
    said = local(*words, "--signal", "lead=form_lead")
    assert said.code == 0
    assert "Assumed" in said.err
    assert "job=crm_job" in said.err
    assert "lead=" not in said.err
    assert "o@x.org was not a person of this desk yet" in said.err


def test_the_value_of_a_secret_is_refused_and_not_repeated(local: Terminal, tmp_path: Path) -> None:
    set_up(local)
    for value in ("sk-live-hunter2", "env:lower case", "password:hunter2"):
        said = local("account", "set", "site", f"credential_ref={value}", *ME, "--json")
        assert said.error["code"] == "not_a_reference"
        assert "hunter2" not in said.out + said.err
    assert local.json("account", "show", "site")["credential_ref"] == ""


def _require_load(value: dict[str, Any], rows: int) -> None:
    promised = {
        "delivery", "load", "status", "provider", "source", "date_range", "error_note", "rows", "verdicts", "classes",
        "reasons", "partial",
    }  # fmt: skip
    assert promised <= set(value)
    assert isinstance(value["delivery"], int)
    assert isinstance(value["load"], int)
    assert value["provider"] == "other"
    assert value["source"] == "Site"
    assert value["rows"] == rows
    assert list(value["verdicts"]) == VERDICTS
    assert sorted(value["classes"]) == sorted(CLASSES)
    assert sum(value["verdicts"].values()) == sum(value["classes"].values()) == rows
    assert all(isinstance(count, int) for count in value["reasons"].values())
    assert isinstance(value["partial"], bool)


def test_the_whole_road_has_the_promised_shapes(run: Terminal, tmp_path: Path) -> None:
    set_up(run)
    file = a_file(tmp_path, rows_of_march())
    suggested = run.json("map", "suggest", file, "--account", "site", "--object", "lead", "--out", tmp_path / "m.yaml")
    assert suggested["mapped"] + suggested["ignored"] == 3
    saved = run.json("map", "save", tmp_path / "m.yaml", "--account", "site", *ME)
    assert (saved["version"], saved["status"]) == (1, "submitted")
    run.json("map", "approve", "--account", "site", "--object", "lead", "--version", 1, *ME)

    staged = run.json(*take(file, "--from", "2026-03-01", "--to", "2026-03-20", "--expect-rows", "20"))
    _require_load(staged, 20)
    assert (staged["status"], staged["already_seen"], staged["error_note"]) == ("in_review", False, "")
    assert staged["date_range"] == {"from": "2026-03-01", "to": "2026-03-20"}
    reviewed = run.json("review", staged["load"])
    _require_load(reviewed, 20)
    assert (reviewed["blockers"], reviewed["warnings"]) == ([], [])
    committed = run.json("approve", staged["load"], *ME)
    _require_load(committed, 20)
    assert committed["status"] == "committed"
    assert run.json(*take(file))["already_seen"] is True

    (leads,) = [item for item in run.json("metrics", "acme") if item["metric"] == "site.leads"]
    promised = {"metric", "source", "signal", "paid", "unit", "dimension", "values"}
    assert promised <= set(leads)
    assert (leads["source"], leads["signal"], leads["paid"], leads["unit"]) == ("Site", "form_lead", "organic", "leads")
    assert leads["dimension"] is None
    (march,) = leads["values"]
    assert {"period", "dimension_value", "value", "complete"} <= set(march)
    # March goes on after the 20th, so it is not complete however whole the file was.
    assert (march["period"], march["value"], march["complete"]) == ("2026-03", 20, False)
    every = run.json("metrics", "acme", "--from", "2026-03-19", "--to", "2026-03-21", "--every", "day")
    (leads,) = [item for item in every if item["metric"] == "site.leads"]
    assert [(item["period"], item["value"], item["complete"]) for item in leads["values"]] == [
        ("2026-03-19", 1, True),
        ("2026-03-20", 1, True),
        ("2026-03-21", None, False),
    ]

    days = ("--from", "2026-03-01", "--to", "2026-03-10")
    captured = run.json("baseline", "capture", "acme", "site.leads", *days, *ME, "--reason", "before the new form")
    assert isinstance(captured["baseline"], int)
    assert captured["value"] == 10
    assert len(captured["sealed"]) == 64
    later = ("--from", "2026-03-11", "--to", "2026-03-20")
    compared = run.json("compare", "acme", "site.leads", "--baseline", captured["baseline"], *later)
    promised = {
        "source", "unit", "baseline", "current", "change", "change_pct", "interval", "complete", "comparable",
        "sentence",
    }  # fmt: skip
    assert promised <= set(compared)
    sides = {"from": "2026-03-01", "to": "2026-03-10", "value": 10, "days": 10}
    assert sides.items() <= compared["baseline"].items()
    assert set(sides) <= set(compared["current"])
    assert (compared["change"], compared["change_pct"]) == (0, 0)
    assert (compared["complete"], compared["comparable"]) == (True, True)
    assert compared["interval"] is None or len(compared["interval"]) == 2
    assert "Site" in compared["sentence"]

    undone = run.json("undo", staged["load"], *ME, "--reason", "only a try")
    assert {"reversed", "kept", "could_not"} <= set(undone)
    assert undone["reversed"] + undone["kept"] + undone["could_not"] == 20
    assert run.json("review", staged["load"])["status"] == "undone"


def test_money_is_a_string_with_its_cents(run: Terminal, tmp_path: Path) -> None:
    set_up(run)
    file = tmp_path / "invoices.csv"
    file.write_text("Invoice ID,Invoice Date,Total\n1,2026-03-04,10.10\n2,2026-03-04,0.20\n")
    out = tmp_path / "map.yaml"
    out.write_text(
        "object: invoice\nfields:\n"
        "  - {source: Invoice ID, target: external_id, explanation: The number of the invoice.}\n"
        "  - {source: Invoice Date, target: occurred_at, explanation: The day of the invoice.}\n"
        "  - {source: Total, target: amount, explanation: What is to be paid in all.}\n"
        "ignored: []\n"
    )
    run.ok("map", "save", out, "--account", "site", *ME)
    run.ok("map", "approve", "--account", "site", "--object", "invoice", "--version", 1, *ME)
    load = run.json("import", file, "--account", "site", "--object", "invoice", *ME)["load"]
    run.ok("approve", load, *ME)
    (revenue,) = [item for item in run.json("metrics", "acme") if item["metric"] == "site.revenue"]
    assert revenue["values"][0]["value"] == "10.30"
    assert "$10.30" in run.ok("metrics", "acme")


def test_people_are_told_in_words_what_machines_are_told_in_json(local: Terminal, tmp_path: Path) -> None:
    set_up(local)
    file = a_file(tmp_path, rows_of_march())
    mapped(local, file)
    said = local.ok(*take(file))
    assert "20 rows: 20 created" in said
    assert "in review" in said
    assert "committed" in local.ok("approve", 1, *ME)
    assert "loaded before" in local.ok(*take(file))
    assert "site.leads  2026-03  20 leads" in local.ok("metrics", "acme")
    said = local.ok("undo", 1, *ME, "--reason", "r")
    assert "20 rows reversed" in said


def test_flags_of_an_import_do_what_they_say(local: Terminal, tmp_path: Path) -> None:
    set_up(local)
    file = a_file(tmp_path, rows_of_march())
    mapped(local, file)
    tried = local.json(*take(file, "--test"))
    assert tried["test"] is True
    assert local.json("approve", tried["load"], *ME)["status"] == "approved"
    assert local.json("metrics", "acme")[0]["values"] == []
    other = a_file(tmp_path, rows_of_march()[:3], "partial.csv")
    staged = local.json(*take(other, "--partial", "--expect-rows", "4"))
    assert staged["partial"] is True
    assert len(local.json("review", staged["load"])["blockers"]) == 1
    assert local.refused("approve", staged["load"], *ME)["code"] == "blocked"
    assert local.json("reject", staged["load"], *ME, "--reason", "incomplete")["status"] == "rejected"
    assert local.json(*take(other))["already_seen"] is False


def interrupted(monkeypatch: pytest.MonkeyPatch, point: str, times: int = 1) -> None:
    """Ctrl+C once, when this point of the road is reached so often."""
    left = [times]

    def reached(name: str) -> None:
        left[0] -= name == point
        if name == point and left[0] == 0:
            raise KeyboardInterrupt

    for room in (staging, decisions):
        monkeypatch.setattr(room, "reached", reached)


def test_an_import_stopped_at_the_terminal_goes_on_where_it_stopped(
    local: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(local)
    file = a_file(tmp_path, rows_of_march())
    mapped(local, file)
    monkeypatch.setattr(staging, "_BATCH_ROWS", 4)
    interrupted(monkeypatch, "batch-committed", times=3)
    said = local(*take(file))
    assert (said.code, said.out) == (130, "")
    assert "Load 1 has 12 rows, which nobody sees." in said.err
    assert "with `--clean` it starts anew, and `drop 1` gives it up" in said.err
    assert local.refused("approve", 1, *ME)["code"] == "illegal_move"
    said = local(*take(file))
    assert "Load 1 was stopped at row 12 of 20 and goes on there" in said.err
    assert "Load 1 of delivery 1 (Site) is in review." in said.out
    assert "20 rows: 20 created" in said.out
    assert local.refused("drop", 1, *ME)["code"] == "not_stopped"


def test_an_import_stopped_at_the_terminal_starts_clean_or_is_dropped(
    local: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(local)
    file = a_file(tmp_path, rows_of_march())
    mapped(local, file)
    monkeypatch.setattr(staging, "_BATCH_ROWS", 4)
    interrupted(monkeypatch, "batch-committed")
    assert local(*take(file)).code == 130
    interrupted(monkeypatch, "batch-committed")
    said = local(*take(file, "--clean"))
    assert "Load 1, stopped at row 4 of 20, was dropped; the import starts clean." in said.err
    assert "Load 2 has 4 rows" in said.err
    assert "Load 2 was dropped." in local.ok("drop", 2, *ME)
    assert local.json(*take(file))["load"] == 3


def test_a_decision_stopped_at_the_terminal_changes_nothing(
    local: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(local)
    file = a_file(tmp_path, rows_of_march())
    mapped(local, file)
    local.ok(*take(file))
    interrupted(monkeypatch, "records-written")
    said = local("approve", 1, *ME)
    assert (said.code, said.out) == (130, "")
    assert "Stopped. Load 1 is in review; what had been begun was taken back whole." in said.err
    local.ok("approve", 1, *ME)
    interrupted(monkeypatch, "records-reversed")
    assert "Load 1 is committed" in local("undo", 1, *ME, "--reason", "r").err
    local.ok("undo", 1, *ME, "--reason", "r")


def test_jobs_are_listed_and_cancelled_at_the_terminal(local: Terminal, tmp_path: Path) -> None:
    set_up(local)
    file = a_file(tmp_path, rows_of_march())
    mapped(local, file)
    assert local.ok("jobs") == "No job waits or runs.\n"
    with contextlib.closing(open_desk(load_settings(local.environ))) as desk:
        boss = desk.ask(admin(desk), people.known_person, "owner@example.com")
        queue_import(desk, boss, Delivered("site", "lead", file.name, file))
        job = desk.do(boss, jobs.claim, "a worker")
        assert job is not None
        desk.do(boss, jobs.heartbeat, job, {"stage": "checking", "done": 5, "total": 20, "rate": 2.5})
    (listed,) = local.json("jobs")
    assert (listed["kind"], listed["account"], listed["file_name"]) == ("import", "site", "leads.csv")
    assert (listed["stage"], listed["done"], listed["total"], listed["seconds_left"]) == ("checking", 5, 20, 6)
    said = local.ok("jobs")
    assert "Job 1, import of leads.csv for site: running, checking 5 of 20 rows" in said
    assert "2 rows a second, about 6 s left" in said
    assert "Job 1 is cancelled." in local.ok("job", "cancel", 1)
    assert local.json("jobs") == []
    assert local.refused("job", "cancel", 9)["code"] == "job_not_found"


def test_known_trouble_is_one_line_and_exit_1(local: Terminal, tmp_path: Path) -> None:
    set_up(local)
    file = a_file(tmp_path, rows_of_march())
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    said = local(*take(file))
    assert (said.code, said.out) == (1, "")
    assert said.err.count("\n") == 1
    for words, code in (
        (take(file), "no_approved_map"),
        (take(tmp_path / "gone.csv"), "no_such_file"),
        (take(file, "--from", "2026-03-01"), "range_half_given"),
        (take(file, "--from", "2026-03-09", "--to", "2026-03-01"), "dates_out_of_order"),
        (take(file, "--from", "soon", "--to", "2026-03-01"), "not_a_date"),
        (("read", empty), "empty_file"),
        (("read", tmp_path), "no_such_file"),
        (("review", 99), "load_not_found"),
        (("approve", 99, *ME), "load_not_found"),
        (("undo", 99, *ME, "--reason", "r"), "load_not_found"),
        (("metrics", "nobody"), "client_not_found"),
        (("compare", "acme", "site.leads", "--baseline", 9, "--from", "2026-03-01", "--to", "2026-03-02"),
         "baseline_not_found"),
        (("account", "show", "nobody"), "account_not_found"),
        (("account", "set", "site", "colour=red", *ME), "unknown_setting"),
        (("account", "set", "site", "colour", *ME), "not_a_pair"),
        (("account", "set", "site", "policy.colour=stop", *ME), "unknown_reason"),
        (("account", "set", "site", "policy.missing_date=let_in", *ME), "unknown_policy"),
        (("client", "add", "acme", "--name", "A", "--timezone", "UTC"), "client_exists"),
        (("client", "add", "b", "--name", "B", "--timezone", "Mars/Base"), "unknown_timezone"),
        (("user", "add", "nobody", "--role", "analyst"), "not_an_address"),
        (("user", "add", "s@x.org", "--role", "stakeholder"), "stakeholder_needs_client"),
        (("map", "save", tmp_path / "gone.yaml", "--account", "site", *ME), "no_such_file"),
        (("map", "save", file, "--account", "site", *ME), "map_invalid"),
    ):  # fmt: skip
        error = local.refused(*words)
        assert error["code"] == code, words
        assert error["message"].rstrip().endswith((".", "?")), error


def test_wrong_usage_is_exit_2(nowhere: Terminal) -> None:
    for words in (
        ("import",),
        ("import", "file.csv", "--account", "site"),
        ("user", "add", "a@b.org", "--role", "king"),
        ("metrics", "acme", "--every", "fortnight"),
        ("review", "seven"),
        ("read",),
        ("fly",),
        ("undo", "1", "--by", "a@b.org"),
    ):
        said = nowhere(*words)
        assert said.code == 2, words
        assert "Error" in said.err or "Usage" in said.err + said.out, words


def test_reading_one_file_needs_no_database(nowhere: Terminal, tmp_path: Path) -> None:
    file, out = tmp_path / "odd.csv", tmp_path / "rows.csv"
    file.write_bytes(b"\xef\xbb\xbfReport of March\r\n\r\nid;note\r\n1;=1+1\r\n2;a,b\r\n3;x;y;z\r\nTotal: 3;\r\n")
    facts = nowhere.json("read", file, "--out", out)
    promised = {"rows", "columns", "header_row", "encoding", "delimiter", "skipped", "rejected", "flagged"}
    assert promised <= set(facts)
    assert (facts["rows"], facts["columns"], facts["header_row"], facts["delimiter"]) == (2, ["id", "note"], 3, ";")
    assert [note["line"] for note in facts["rejected"]] == [6]
    assert {"line", "why", "cells"} == set(facts["rejected"][0])
    assert {1, 7} <= {note["line"] for note in facts["skipped"]}
    with out.open(encoding="utf-8", newline="") as rows:
        assert list(csv.reader(rows)) == [["id", "note"], ["1", "=1+1"], ["2", "a,b"]]
    assert not list((tmp_path / "var").glob("*.db"))


def test_reading_many_files_answers_for_each(nowhere: Terminal, tmp_path: Path) -> None:
    good = a_file(tmp_path, [a_lead(1), a_lead(2)], "good.csv")
    bad = tmp_path / "bad.json"
    bad.write_text("[{]")
    listed, out = tmp_path / "list.txt", tmp_path / "out"
    listed.write_text(f"{good}\n\n{bad}\n{tmp_path / 'gone.csv'}\n")
    assert nowhere.json("read", "--files-from", listed, "--out-dir", out) == {"files": 3, "read": 1, "refused": 2}
    assert json.loads((out / "good.csv.json").read_text())["rows"] == 2
    assert (out / "good.csv.csv").read_bytes().startswith(b"id,date")
    assert json.loads((out / "bad.json.json").read_text())["error"]["code"] == "invalid_json"
    assert json.loads((out / "gone.csv.json").read_text())["error"]["code"] == "no_such_file"
    assert sorted(path.name for path in out.iterdir()) == [
        "bad.json.json",
        "gone.csv.json",
        "good.csv.csv",
        "good.csv.json",
    ]


def test_doctor_finds_what_is_wrong_and_says_the_mend(run: Terminal) -> None:
    set_up(run)
    report = run.json("doctor")
    found = {item["code"]: item for item in report["findings"]}
    assert {"severity", "code", "sentence", "mend"} == set(found["account_unprepared"])
    assert "site" in found["account_unprepared"]["sentence"]
    run.ok("account", "set", "site", "failure_path=mail", "manual_fallback=by hand", "rollback_note=undo", *ME)
    assert "account_unprepared" not in {item["code"] for item in run.json("doctor")["findings"]}


def test_migrating_twice_takes_no_second_step(database_urls: tuple[str, str], tmp_path: Path) -> None:
    run = Terminal(tmp_path, database_urls)
    assert "at head already" not in run.ok("migrate")
    assert "at head already" in run.ok("migrate")


TROUBLED = (("client", "list"), ("metrics", "acme"), ("review", "1"))


def _one_line(said: Said, *words: str) -> None:
    assert said.code == 1
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    for word in words:
        assert word in said.err
    assert "hunter2" not in said.err


def test_a_database_never_migrated_is_one_line(database_urls: tuple[str, str], tmp_path: Path) -> None:
    run = Terminal(tmp_path, database_urls)
    for words in TROUBLED:
        _one_line(run(*words), "not migrated", "python -m lib migrate")
        assert run.refused(*words)["code"] == "not_migrated"
    assert run("doctor").code == 1


def test_a_database_that_is_down_is_one_line_without_its_password(tmp_path: Path) -> None:
    url = "mysql+pymysql://desk:hunter2@127.0.0.1:1/desk"
    run = Terminal(tmp_path, (url, url))
    for words in (*TROUBLED, ("migrate",)):
        _one_line(run(*words), "cannot be reached")
    assert run.refused("client", "list")["code"] == "database_down"
    said = run("doctor", "--json")
    assert (said.code, said.json["ok"]) == (1, False)
    assert {item["code"] for item in said.json["findings"]} == {"database_down"}


def test_a_database_of_a_newer_version_is_one_line_and_left_alone(
    run: Terminal, database_urls: tuple[str, str]
) -> None:
    _execute(database_urls[0], "UPDATE desk_app_version SET version_num = '9999_from_the_future'")
    for words in (*TROUBLED, ("migrate",)):
        _one_line(run(*words), "newer version")
    assert run.refused("client", "list")["code"] == "database_newer"


def test_a_database_with_somebody_elses_tables_is_refused_by_name_and_left_alone(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    _execute(database_urls[0], "CREATE TABLE crm_leads (owner VARCHAR(20))")
    _execute(database_urls[0], "INSERT INTO crm_leads VALUES ('somebody')")
    run = Terminal(tmp_path, database_urls)
    for words in (*TROUBLED, ("migrate",)):
        _one_line(run(*words), "crm_leads")
    engine = create_engine(database_urls[0])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM crm_leads")).all() == [("somebody",)]
    engine.dispose()


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    ["not a url", "postgresql://a:hunter2@h/d", "sqlite:///", "mysql+pymysql://", "mysql://u:hunter2@[::1/d",
     "mysql://u:hunter2@host:port/d"],
)  # fmt: skip
def test_an_unreadable_database_url_is_one_line_that_names_the_variable(url: str, tmp_path: Path) -> None:
    run = Terminal(tmp_path, (url, "sqlite:///" + str(tmp_path / "t.db")))
    _one_line(run("client", "list"), "DATABASE_URL")
    _one_line(run("migrate"), "DATABASE_URL")


def test_a_server_without_a_traffic_database_is_one_line(tmp_path: Path) -> None:
    run = Terminal(tmp_path, DATABASE_URL="mysql+pymysql://desk:hunter2@127.0.0.1:1/desk")
    _one_line(run("client", "list"), "TRAFFIC_DATABASE_URL")


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "desk.db").write_bytes(b"this is no database at all, and it is long enough to be looked at" * 40)
    run = Terminal(tmp_path, (f"sqlite:///{tmp_path}/desk.db", f"sqlite:///{tmp_path}/traffic.db"))
    _one_line(run("client", "list"))
    _one_line(run("migrate"))


def _subprocess(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    return subprocess.run(
        [sys.executable, "-m", "lib", *words],
        cwd=PROJECT,
        env={**environment, "DESK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_python_m_lib_is_the_same_command_line(nowhere: Terminal, tmp_path: Path) -> None:
    """The same main in both, so a process is asked once for each way to end, and what lies between is said in this one."""
    done = _subprocess(tmp_path, "client", "list", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["error"]["code"] == "not_migrated"
    nowhere.ok("migrate")
    done = _subprocess(tmp_path, "client", "list", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert _subprocess(tmp_path, "fly").returncode == 2

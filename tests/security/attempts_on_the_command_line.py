"""Attempts on the command line by somebody who may run it, in the name of people who may not do what is asked."""

from __future__ import annotations

import json

from lib.db.tables.records import RECORD_TABLES
from lib.domain.states import LoadStatus
from tests.builders import admin, table_rows
from tests.security.attempts import ACCOUNT, ANTON, CLIENT, OLGA, SAM, World, attempt, keeps_silent
from tests.terminal import Said, Terminal

_NOT_THERE = tuple(f"{noun}_not_found" for noun in ("load", "client", "metric", "record", "account"))


def _a_record_of_theirs(world: World) -> int:
    rows = table_rows(world.desk.app, RECORD_TABLES["crm_leads"])
    return next(int(row["id"]) for row in rows if row["external_id"] == "L1")


def _desk(world: World) -> Terminal:
    return Terminal(world.desk.settings.var.parent)


def _refused(done: Said, *codes: str) -> str:
    keeps_silent(done.out + done.err)
    assert done.code == 1, done
    code = str(json.loads(done.out)["error"]["code"])
    assert code in codes, done
    return code


@attempt("stakeholder", "approves, turns down and undoes loads, by --by")
def approves_as_a_stakeholder(world: World) -> str:
    desk = _desk(world)
    why = ("--reason", "x")
    for words in (("approve", world.in_review), ("undo", world.ours, *why), ("reject", world.in_review, *why)):
        said = _refused(desk(*words, "--by", SAM, "--json"), "not_allowed")
    standing = world.desk.ask(admin(world.desk), lambda tx: tx.loads.by_id(world.in_review)).status
    assert standing is LoadStatus.IN_REVIEW
    return said


@attempt("analyst", "approves a load and a map, promotes an account, adds a person")
def does_what_an_owner_does(world: World) -> str:
    desk = _desk(world)
    for words in (
        ("approve", world.ours),
        ("map", "approve", "--account", "site", "--object", "lead", "--version", 1),
        ("account", "promote", "site"),
    ):
        said = _refused(desk(*words, "--by", ANTON, "--json"), "not_allowed")
    return said


@attempt("owner of acme", "reviews, traces, finds and exports what is the other client's")
def reads_what_is_theirs(
    world: World,
) -> str:
    desk = _desk(world)
    answers = set()
    for words in (
        ("review", world.theirs),
        ("errors", world.theirs, "--out", str(world.desk.settings.var / "stolen.xlsx"), "--all"),
        ("metrics", CLIENT),
        ("portal", CLIENT),
        ("trace", "crm_leads", _a_record_of_theirs(world)),
        ("trace", f"{ACCOUNT}.leads", "2026-03-04"),
        ("effect", world.in_review),
        ("numbers-on", world.theirs),
    ):
        answers.add(_refused(desk(*words, "--by", OLGA, "--json"), *_NOT_THERE))
    assert not (world.desk.settings.var / "stolen.xlsx").exists()
    return ", ".join(sorted(answers))


@attempt("owner of acme", "imports into the other client's account, and mends its rows")
def writes_what_is_theirs(world: World) -> str:
    desk = _desk(world)
    file = world.desk.settings.var.parent / "mine.csv"
    file.write_text("id,date\n1,2026-03-04 12:00:00Z\n")
    answers = set()
    for words in (
        ("import", file, "--account", ACCOUNT, "--object", "lead"),
        ("fix", world.in_review, "--column", "status", "--put", "won", "--lines", "2", "--reason", "x"),
        ("approve", world.in_review),
        ("undo", world.theirs, "--reason", "x"),
        ("hold", world.in_review, "--lines", "2", "--reason", "x"),
    ):
        answers.add(_refused(desk(*words, "--by", OLGA, "--json"), *_NOT_THERE))
    return ", ".join(sorted(answers))


@attempt("somebody on the machine", "acts in the name of a person who is not on the desk")
def acts_as_a_stranger(world: World) -> str:
    return _refused(_desk(world)("approve", world.in_review, "--by", "mallory@example.com", "--json"), "unknown_person")


@attempt("somebody on the machine", "gives ids that are huge, negative, or no numbers")
def gives_strange_ids(world: World) -> str:
    desk = _desk(world)
    for number in ("9" * 40, "-1", "0", "1e3", "٣"):
        for words in (("review", "--", number), ("dead-letter", "show", "--", number)):
            done = desk(*words)
            keeps_silent(done.out + done.err, "Traceback")
            assert done.code in (1, 2), (words, done)
    return "not found, or not a number"

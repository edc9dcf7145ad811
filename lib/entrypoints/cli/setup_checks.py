"""`account test`, `account tests`, `account qa`, `account qa-record`: an account is tried, and rows are compared by eye."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from lib.domain.ladder.setup_checks import CheckResult, QaCheck, SetupTest
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.setup.qa import keep_comparison
from lib.pipeline.setup.setup_test import try_account
from lib.services.setup import qa, setup_test
from lib.services.setup.qa import Differing, Sample

Key = Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")]
Rows = Annotated[int, typer.Option("--rows", min=1, max=qa.MOST, help="How many rows of the sample.")]
_MARKS = {CheckResult.PASSED: "ok", CheckResult.WARNING: "warning", CheckResult.FAILED: "FAILED"}


def test(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Try an account: its credentials, API, webhooks, clock and time zone. Nothing is taken in; the result is kept."""
    with opened() as desk:
        done = try_account(desk, acting(desk, by), key)
    answer(_plain(done, key), is_json=is_json, words=lambda: _test_words(done))


def tests(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Show what the last tests of an account came to."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), setup_test.tests_of, key)
    lines = [f"{item.id}  {item.at:%Y-%m-%d %H:%M} UTC  {_word(item.outcome)}  {item.person}" for item in found]
    words = "\n".join(lines) or f"{key} was never tested."
    answer([_plain(item, key) for item in found], is_json=is_json, words=lambda: words)


def compare(
    key: Key,
    load: Annotated[int | None, typer.Option(metavar="LOAD", help="Of which load; the newest unless named.")] = None,
    rows: Rows = 5,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Draw rows of a load by lot, to be compared with the provider's own screen."""
    with opened() as desk:
        drawn = desk.ask(acting(desk, by), qa.sample, key, load, rows)
    answer(_sample_plain(drawn), is_json=is_json, words=lambda: _sample_words(drawn))


def keep(
    key: Key,
    load: Annotated[int, typer.Option(metavar="LOAD", help="The load whose rows were drawn.")],
    by: By,
    rows: Rows = 5,
    agrees: Annotated[bool, typer.Option("--agrees", help="Every row is the same there.")] = False,
    differs: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE:COLUMN,…", help="A row that is not: the columns, or `LINE: what is there`."),
    ] = None,
    screen: Annotated[str, typer.Option(help="Where it was looked at; the template's own place unless named.")] = "",
    note: Annotated[
        str, typer.Option(help="Anything else there is to say. No names, phones or e-mail addresses.")
    ] = "",
    is_json: Json = False,
) -> None:
    """Keep what comparing the drawn rows came to; rows that --differs does not name agree."""
    if agrees == bool(differs):
        raise DeskError(
            "agrees_or_differs",
            "Nothing says whether the rows agree.",
            "Give --agrees, or --differs for each that does not.",
        )
    found = [_differing(text) for text in differs or ()]
    with opened() as desk:
        check = keep_comparison(desk, acting(desk, by), key, load, rows, found, screen=screen, note=note)
    answer(_check_plain(check, key), is_json=is_json, words=lambda: _check_words(check))


def add_to(typer_app: typer.Typer) -> None:
    """Put these commands among those of accounts."""
    typer_app.command("test")(test)
    typer_app.command("tests")(tests)
    typer_app.command("qa")(compare)
    typer_app.command("qa-record")(keep)


def _differing(text: str) -> Differing:
    """`12:fee,status` names columns; what is no list of names is a note."""
    line, colon, said = text.partition(":")
    if not line.strip().isdecimal() or not colon:
        raise DeskError(
            "bad_row", f"{text!r} names no row.", "Write its line, a colon and what differs: 12:fee,status."
        )
    parts = tuple(part.strip() for part in said.split(",") if part.strip())
    is_names = bool(parts) and not said.startswith(" ") and all(part.isidentifier() for part in parts)
    return Differing(int(line), parts) if is_names else Differing(int(line), note=said.strip())


def _plain(test_: SetupTest, key: str) -> dict[str, Any]:
    told = {name: value for name, value in asdict(test_).items() if name not in ("account_id", "credential_mark", "id")}
    return {"test": test_.id, "account": key, **told}


def _test_words(test_: SetupTest) -> str:
    lines = []
    for check in test_.checks:
        mend = f" {check.mend}" if check.mend and check.result is not CheckResult.PASSED else ""
        lines.append(f"{_word(check.result):8} {check.key.replace('_', ' ')}: {check.sentence}{mend}")
    return "\n".join([*lines, f"Test {test_.id} is kept: {_word(test_.outcome)}."])


def _word(result: CheckResult) -> str:
    return _MARKS.get(result, "-")


def _sample_plain(drawn: Sample) -> dict[str, Any]:
    return {
        "account": drawn.account.key,
        "load": drawn.load.id,
        "object": drawn.load.object,
        "screen": drawn.screen,
        "rows": [
            {"line": row.line, "id": row.external_id, "cells": {cell.column: cell.value for cell in row.cells}}
            for row in drawn.rows
        ],
    }


def _sample_words(drawn: Sample) -> str:
    lines = [f"{counted(len(drawn.rows), 'row')} of load {drawn.load.id}. {drawn.screen}".strip()]
    for row in drawn.rows:
        lines.append(f"line {row.line}: " + "; ".join(f"{cell.label} {cell.value}" for cell in row.cells))
    told = f"account qa-record {drawn.account.key} --load {drawn.load.id} --rows {len(drawn.rows)}"
    return "\n".join([*lines, f"Then run `{told} --agrees`, or name each that differs with --differs."])


def _check_plain(check: QaCheck, key: str) -> dict[str, Any]:
    told = {name: value for name, value in asdict(check).items() if name not in ("account_id", "id", "load_id", "rows")}
    rows = [{**asdict(row), "columns": list(row.columns)} for row in check.rows]
    counts = {"agreed": check.agreed, "differed": check.differed}
    return {"check": check.id, "account": key, "load": check.load_id, **told, **counts, "rows": rows}


def _check_words(check: QaCheck) -> str:
    said = f"Kept: {check.agreed} of {counted(len(check.rows), 'row')} agree with {check.screen}"
    return said if check.is_good else f"{said} {check.differed} differ, so nothing is proven by it."

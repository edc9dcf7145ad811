"""`import`, `review`, `approve`, `reject`, `undo`: a delivery's way to records, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lib.domain.people import Role
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import By, First, Json, Last, MaybeBy, acting, opened, span
from lib.errors import DeskError
from lib.pipeline import Delivered, approve, import_delivery, undo_load
from lib.services import review

Load = Annotated[int, typer.Argument(metavar="LOAD", help="The load's number.")]


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the provider sent.")],
    account: Annotated[str, typer.Option(metavar="KEY", help="The account's key.")],
    object: Annotated[str, typer.Option("--object", metavar="OBJECT", help="What its rows are: lead, job, call, …")],
    by: By,
    first: First = None,
    last: Last = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Some of the range is missing: no day becomes complete.")
    ] = False,
    expect_rows: Annotated[int | None, typer.Option(help="How many rows must arrive.")] = None,
    test: Annotated[bool, typer.Option("--test", help="Review it, and write no record and no metric.")] = False,
    is_json: Json = False,
) -> None:
    """Take a file through to review; nothing is committed yet."""
    delivered = Delivered(
        account=account,
        object=object,
        file_name=file.name,
        content=_content(file),
        days=span(first, last),
        is_partial=partial,
        expected_rows=expect_rows,
        is_test=test,
    )
    with opened() as desk, progress_bar() as progress:
        value = import_delivery(desk, acting(desk, by, role=Role.OWNER), delivered, progress)
    answer(value, is_json=is_json, words=lambda: _words(value))


def review_load(load: Load, by: MaybeBy = None, is_json: Json = False) -> None:
    """Look at a load: its rows by verdict and class, what blocks it and what to know."""
    with opened() as desk:
        value = desk.ask(acting(desk, by), review.review_load, load)
    answer(value, is_json=is_json, words=lambda: _words(value))


def approve_load(load: Load, by: By, is_json: Json = False) -> None:
    """Commit a load: its rows become records and numbers."""
    with opened() as desk:
        value = approve(desk, acting(desk, by, role=Role.OWNER), load)
    answer(value, is_json=is_json, words=lambda: _words(value))


def reject_load(
    load: Load, by: By, reason: Annotated[str, typer.Option(help="Why it is turned down.")], is_json: Json = False
) -> None:
    """Turn a load down; the same file may be imported again."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        desk.do(actor, review.reject_load, load, reason)
        value = desk.ask(actor, review.review_load, load)
    answer(value, is_json=is_json, words=lambda: _words(value))


def undo(
    load: Load, by: By, reason: Annotated[str, typer.Option(help="Why it is undone.")], is_json: Json = False
) -> None:
    """Undo a committed load: every row is reversed, kept because it changed since, or could not be."""
    with opened() as desk:
        value = undo_load(desk, acting(desk, by, role=Role.OWNER), load, reason)
    words = f"{value['reversed']} rows reversed, {value['kept']} kept, {value['could_not']} could not be reversed."
    answer(value, is_json=is_json, words=lambda: words)


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("import")(import_file)
    app.command("review")(review_load)
    app.command("approve")(approve_load)
    app.command("reject")(reject_load)
    app.command("undo")(undo)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DeskError(
            "no_such_file", f"The file {file} cannot be read: {error.strerror}.", "Check its path."
        ) from error


def _words(value: dict[str, Any]) -> str:
    verdicts = ", ".join(f"{count} {name}" for name, count in value["verdicts"].items())
    left_out = ", ".join(f"{count} {name}" for name, count in value["classes"].items() if count and name != "genuine")
    days = value["date_range"]
    lines = [
        f"Load {value['load']} of delivery {value['delivery']} ({value['source']}) is {value['status'].replace('_', ' ')}.",
        f"{value['rows']} rows: {verdicts}.",
        f"Not counted: {left_out}." if left_out else "",
        f"Days {days['from']} to {days['to']}." if days else "",
        "This file was loaded before; nothing changed." if value.get("already_seen") else "",
        *(f"Blocks: {sentence}" for sentence in value["blockers"]),
        *(f"Note: {sentence}" for sentence in value["warnings"]),
    ]
    return "\n".join(line for line in lines if line)

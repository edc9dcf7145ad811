"""`import`, `drop`, `review`, `approve`, `reject`, `undo`: a delivery's way to records, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from lib.db.unit_of_work import Desk
from lib.domain.imports import DeliveryKind
from lib.domain.objects import object_type
from lib.domain.people import Actor, Role
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, notice, progress_bar
from lib.entrypoints.cli.session import By, First, Json, Last, MaybeBy, acting, opened, span
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.pipeline.loading.stopped_imports import drop_load, stopped_import
from lib.pipeline.loading.unattended import waits_for_person
from lib.pipeline.running.retention import reject_load as turn_down
from lib.reporting.control_totals import read_expected
from lib.services.reviewing import review

# What a shell says of a program that was stopped by Ctrl+C.
_STOPPED = 130
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
    expect_sum: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=AMOUNT", help="What a money column must come to: amount=12345.67; may be repeated."
        ),
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="Review it, and write no record and no metric.")] = False,
    manual: Annotated[
        bool, typer.Option("--manual", help="A person's file in the provider's place; labelled so wherever it shows.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why it is entered by hand; asked for with --manual.")] = "",
    clean: Annotated[bool, typer.Option("--clean", help="Begin anew what was stopped in the middle.")] = False,
    is_json: Json = False,
) -> None:
    """Take a file through to review; nothing is committed yet. What was stopped in the middle goes on there."""
    delivered = Delivered(
        account=account,
        object=object,
        file_name=file.name,
        content=file,
        days=span(first, last),
        is_partial=partial,
        expected_rows=expect_rows,
        is_test=test,
        control_totals=read_expected(expect_sum or (), object_type(object)),
        kind=DeliveryKind.MANUAL if manual else DeliveryKind.FILE,
        by_hand_reason=reason,
    )
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        _take_up(desk, actor, delivered, is_clean=clean)
        begun: list[int] = []
        with _stoppable(lambda: _left(desk, actor, begun, file)), progress_bar() as progress:
            value = import_delivery(desk, actor, delivered, progress, lambda _tx, load: begun.append(load.id))
        value["waits_for_person"] = desk.ask(actor, waits_for_person, int(value["load"]))
    answer(value, is_json=is_json, words=lambda: load_words(value))


def drop(load: Load, by: By, is_json: Json = False) -> None:
    """Give up an import that was stopped in the middle; the file is kept."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        drop_load(desk, actor, load)
        value = desk.ask(actor, review.review_load, load)
    words = f"Load {load} was dropped. Import the file again: that opens a new load."
    answer(value, is_json=is_json, words=lambda: words)


def review_load(load: Load, by: MaybeBy = None, is_json: Json = False) -> None:
    """Look at a load: its rows by verdict and class, what blocks it and what to know."""
    with opened() as desk:
        actor = acting(desk, by)
        value = desk.ask(actor, review.review_load, load)
        value["waits_for_person"] = desk.ask(actor, waits_for_person, load)
    answer(value, is_json=is_json, words=lambda: load_words(value))


def approve_load(load: Load, by: By, is_json: Json = False) -> None:
    """Commit a load: its rows become records and numbers."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        with _stoppable(lambda: _stands(desk, actor, load)), progress_bar() as progress:
            value = approve(desk, actor, load, progress=progress)
    answer(value, is_json=is_json, words=lambda: load_words(value))


def reject_load(
    load: Load, by: By, reason: Annotated[str, typer.Option(help="Why it is turned down.")], is_json: Json = False
) -> None:
    """Turn a load down; the same file may be imported again."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        desk.do(actor, turn_down, load, reason)
        value = desk.ask(actor, review.review_load, load)
    answer(value, is_json=is_json, words=lambda: load_words(value))


def undo(
    load: Load, by: By, reason: Annotated[str, typer.Option(help="Why it is undone.")], is_json: Json = False
) -> None:
    """Undo a committed load: every row is reversed, kept because it changed since, or could not be."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        with _stoppable(lambda: _stands(desk, actor, load)), progress_bar() as progress:
            value = undo_load(desk, actor, load, reason, progress)
    words = f"{counted(value['reversed'], 'row')} reversed, {value['kept']} kept, {value['could_not']} could not be reversed."
    answer(value, is_json=is_json, words=lambda: words)


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("import")(import_file)
    app.command("drop")(drop)
    app.command("review")(review_load)
    app.command("approve")(approve_load)
    app.command("reject")(reject_load)
    app.command("undo")(undo)


def _take_up(desk: Desk, actor: Actor, delivered: Delivered, *, is_clean: bool) -> None:
    """Say that an import goes on where an earlier one was stopped, or drop what there is of it."""
    stopped = stopped_import(desk, actor, delivered)
    if stopped is None:
        return
    where = f"row {stopped.row_count:,} of {stopped.arriving:,}"
    if is_clean:
        drop_load(desk, actor, stopped.id)
        notice(f"Load {stopped.id}, stopped at {where}, was dropped; the import starts clean.")
    else:
        notice(f"Load {stopped.id} was stopped at {where} and goes on there; `--clean` would start anew.")


@contextmanager
def _stoppable(words: Callable[[], str]) -> Iterator[None]:
    """Ctrl+C ends the command with what it leaves behind and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        notice(words())
        raise typer.Exit(_STOPPED) from None


def _left(desk: Desk, actor: Actor, begun: list[int], file: Path) -> str:
    if not begun:
        return "Stopped before any row was written."
    load = desk.ask(actor, review.review_load, begun[-1])
    return (
        f"Stopped. Load {load['load']} has {load['rows']:,} rows, which nobody sees. The same `import {file}` goes on "
        f"there, with `--clean` it starts anew, and `drop {load['load']}` gives it up."
    )


def _stands(desk: Desk, actor: Actor, load_id: int) -> str:
    status = str(desk.ask(actor, review.review_load, load_id)["status"]).replace("_", " ")
    return f"Stopped. Load {load_id} is {status}; what had been begun was taken back whole."


def load_words(value: dict[str, Any]) -> str:
    """A load as people read it: what it is, its rows, and what stands in the way."""
    verdicts = ", ".join(f"{count} {name}" for name, count in value["verdicts"].items())
    left_out = ", ".join(f"{count} {name}" for name, count in value["classes"].items() if count and name != "genuine")
    days = value["date_range"]
    lines = [
        f"Load {value['load']} of delivery {value['delivery']} ({value['source']}) is {value['status'].replace('_', ' ')}.",
        f"Entered by hand by {value['entered_by']}: {value['by_hand']}" if value.get("by_hand") else "",
        "Let in unattended: nobody looked at it before it went in." if value.get("unattended") else "",
        f"{counted(value['rows'], 'row')}: {verdicts}.",
        f"Not counted: {left_out}." if left_out else "",
        f"Days {days['from']} to {days['to']}." if days else "",
        "This file was loaded before; nothing changed." if value.get("already_seen") else "",
        *(f"Waits for a person: {sentence}." for sentence in value.get("waits_for_person", ())),
        *(f"Blocks: {sentence}" for sentence in value["blockers"]),
        *(f"Note: {sentence}" for sentence in value["warnings"]),
    ]
    return "\n".join(line for line in lines if line)

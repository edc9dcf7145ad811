"""`errors`, `errors-back`, `effect`, `scores`: rows out to be mended and back, what an approval does, how loads fare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lib.domain.people import Role
from lib.domain.rows.fixes import WhichRows
from lib.domain.verdicts import Verdict
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.loading.error_files import read_back, take_back, write_rows
from lib.services.loading.score_card import LOADS, ScoreCard, score_cards
from lib.services.reviewing.load_effect import LoadEffect, load_effect

Load = Annotated[int, typer.Argument(metavar="LOAD", help="The load's number.")]


def errors(
    load: Load,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where to write: a workbook, or a CSV when it ends in .csv.")
    ],
    reason: Annotated[str, typer.Option(metavar="CODE", help="Only rows that give it: CODE or CODE:COLUMN.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Rows of every verdict, not only failed ones.")] = False,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Write the failed rows of a load to a file to mend them in; who took them is logged."""
    which = WhichRows(verdicts=() if every else (Verdict.FAILED,), reason=reason)
    with opened() as desk:
        written = write_rows(desk, acting(desk, by), load, out, which)
    value = {"load": load, "rows": written.rows, "personal": written.has_personal, "file": str(out)}
    clear = "" if written.has_personal else " Columns with personal values were left out."
    answer(value, is_json=is_json, words=lambda: f"{counted(written.rows, 'row')} of load {load} in {out}.{clear}")


def errors_back(
    load: Load,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The mended error file, as XLSX or CSV.")],
    by: By,
    reason: Annotated[str, typer.Option(help="Why; it stays with the rows.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would change.")] = False,
    is_json: Json = False,
) -> None:
    """Put the cells mended in an error file over those of the load; what the desk mended otherwise since then stays."""
    try:
        content = file.read_bytes()
    except OSError as error:
        why = error.strerror or "it cannot be opened"
        raise DeskError("no_such_file", f"The file {file} cannot be read: {why}.", "Check its path.") from error
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        found = read_back(desk, actor, load, content)
        told = {"cells": len(found.edits), "rows": found.rows, "same": found.same}
        value: dict[str, object] = {"load": load, **told, "foreign": found.foreign, "sentence": found.sentence}
        value["contested"] = [cell.as_dict() for cell in found.contested]
        if not preview and found.edits:
            changed = take_back(desk, actor, load, content, reason or f"Mended in {file.name}", found.load.version)
            value = {**value, **changed.as_dict()}
    words = "\n".join([found.sentence, *(cell.sentence for cell in found.contested)])
    answer(value, is_json=is_json, words=lambda: words)


def effect(load: Load, by: MaybeBy = None, is_json: Json = False) -> None:
    """Say what approving a load would do to the client's numbers; nothing is written."""
    with opened() as desk, progress_bar() as progress:
        found = desk.ask(acting(desk, by), load_effect, load, progress)
    answer(found.as_dict(), is_json=is_json, words=lambda: _effect_words(found))


def scores(
    account: Annotated[str, typer.Option(metavar="KEY", help="One account.")] = "",
    client: Annotated[str, typer.Option(metavar="KEY", help="The accounts of one client.")] = "",
    loads: Annotated[int, typer.Option(min=1, max=500, help="How many of the newest loads count.")] = LOADS,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Say how clean each account's deliveries come in, and how much work they make.

    Rows passed at first that neither fail nor were touched by hand. A row is touched, once, where somebody mended a cell or
    decided about it, also where it fails still; a row that fails and that nobody touched is not.
    """
    with opened() as desk:
        found = desk.ask(acting(desk, by), score_cards, account, client=client, loads=loads)
    value = [card.as_dict() for card in found]
    answer(value, is_json=is_json, words=lambda: "\n".join(map(_card_words, found)) or "No load came to review yet.")


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("errors")(errors)
    app.command("errors-back")(errors_back)
    app.command("effect")(effect)
    app.command("scores")(scores)


def _effect_words(found: LoadEffect) -> str:
    lines = [item.sentence for item in found.metrics] or ["No number changes."]
    if found.is_behind:
        lines.insert(0, "Another load was committed since its rows were judged; an approval judges them anew.")
    taken = "would be taken back from the portal, with a note to the client"
    lines += [f"{shown.label} from {shown.source}, published as {shown.current}, {taken}." for shown in found.published]
    return "\n".join(lines)


def _card_words(card: ScoreCard) -> str:
    if card.first_pass_percent is None:
        return f"{card.account.key} ({card.account.source_label}): no load came to review yet."
    hours = "" if card.hours is None else f", approved after {card.hours:,.1f} hours"
    rows, passed = sum(item.rows for item in card.loads), sum(item.passed for item in card.loads)
    trend = "" if card.change is None else f" ({card.change:+.1f} points)"
    return (
        f"{card.account.key} ({card.account.source_label}), {counted(len(card.loads), 'load')}: "
        f"{card.first_pass_percent:.1f} % of rows passed at first{trend}{hours}; "
        f"{rows - passed:,} did not, {counted(card.touched, 'row')} touched by hand; "
        f"{counted(card.repeating, 'load')} with a failure again."
    )

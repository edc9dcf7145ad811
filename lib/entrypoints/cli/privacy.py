"""`person`: what the desk knows of one person, found, exported, and erased."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from lib.db.unit_of_work import Desk
from lib.domain.access.privacy import Erasure
from lib.domain.people import Actor
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.privacy.erasing import Erased, erase
from lib.pipeline.privacy.exporting import export_of
from lib.pipeline.privacy.finding import FoundPerson, find_person_everywhere, narrowed
from lib.services.privacy import erase_person, find_person

app = typer.Typer(
    help="What the desk knows of one person: find it, export it, erase it.", no_args_is_help=True, rich_markup_mode=None
)
Phones = Annotated[
    list[str] | None, typer.Option("--phone", metavar="PHONE", help="A phone, in any spelling; may be given again.")
]
Emails = Annotated[
    list[str] | None, typer.Option("--email", metavar="EMAIL", help="An e-mail address; may be given again.")
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name", metavar="NAME", help="First and last name. A name may be many people's: look before you erase."
    ),
]
OfClient = Annotated[
    str, typer.Option("--client", metavar="KEY", help="Within one client; all you may see without it.")
]


def _found(
    desk: Desk, by: str | None, client: str, phones: list[str] | None, emails: list[str] | None, names: list[str] | None
) -> tuple[Actor, FoundPerson]:
    actor = narrowed(desk, acting(desk, by), client)
    who = desk.ask(actor, find_person.asked_for, phones or [], emails or [], names or [])
    with progress_bar() as progress:
        return actor, find_person_everywhere(desk, actor, who, progress)


@app.command("find")
def find(
    phone: Phones = None,
    email: Emails = None,
    name: Names = None,
    client: OfClient = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Say where a person is found: in records, rows, payloads, webhooks that wait, and any text of any table."""
    with opened() as desk:
        _, found = _found(desk, by, client, phone, email, name)
    answer(_as_dict(found), is_json=is_json, words=lambda: _words(found))


@app.command("export")
def export(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the JSON; it must not be there yet.")],
    by: By,
    phone: Phones = None,
    email: Emails = None,
    name: Names = None,
    client: OfClient = "",
    is_json: Json = False,
) -> None:
    """Write everything that is known of a person to a file that only you can read; who took it is logged."""
    with opened() as desk:
        actor, found = _found(desk, by, client, phone, email, name)
        _write(out, export_of(desk, actor, found))
    answer({**found.counts, "file": str(out)}, is_json=is_json, words=lambda: f"{_sum(found)} Written to {out}.")


@app.command("erase")
def erase_command(
    by: By,
    phone: Phones = None,
    email: Emails = None,
    name: Names = None,
    client: OfClient = "",
    reason: Annotated[str, typer.Option(help="Who asked for it and when, without the person's name; it stays.")] = "",
    by_name: Annotated[
        bool, typer.Option("--by-name", help="Erase what only bears the name, too; it may be somebody else's.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Erase; without it this only says what would be.")] = False,
    is_json: Json = False,
) -> None:
    """Take a person out of everything, for good: their numbers stay in every count, their words and marks go."""
    with opened() as desk:
        # What bears only the name is not looked at here unless it is to go.
        actor, found = _found(desk, by, client, phone, email, name if by_name else [])
        if not yes:
            told = f"{_words(found)}\nNothing was changed. Say it again with --yes and --reason to erase it for good."
            answer({**_as_dict(found), "erased": False}, is_json=is_json, words=lambda: told)
            return
        with progress_bar() as progress:
            done = erase(desk, actor, found.who, reason, by_name=by_name, progress=progress)
    answer([_erased(item) for item in done], is_json=is_json, words=lambda: "\n".join(map(_said, done)))


@app.command("erasures")
def erasures(by: MaybeBy = None, is_json: Json = False) -> None:
    """List what was erased, newest first: when, who asked, why and how much; nobody's name."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), erase_person.reports)
    words = "\n".join(f"{item.at[:10]}  {item.asked_by}  {_report(item)} {item.reason}" for item in found)
    answer([vars(item) for item in found], is_json=is_json, words=lambda: words or "Nobody was erased.")


def _write(out: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        why = error.strerror or "it cannot be written"
        raise DeskError(
            "not_written", f"{out} was not written: {why}.", "Name a file that is not there yet."
        ) from error


def _as_dict(found: FoundPerson) -> dict[str, Any]:
    return {
        **found.counts,
        "erased_before": found.was_erased,
        "record_ids": {name: sorted(ids) for name, ids in found.traces.records.items()},
        "load_rows": {str(load): sorted(places) for load, places in found.traces.rows.items()},
        "places": [
            {"place": item.called, "columns": [*item.columns], "stays": item.stays} for item in found.traces.sightings
        ],
        "files_in_the_desks_folder": [path.name for path in found.own_files],
    }


def _sum(found: FoundPerson) -> str:
    counts = found.counts
    parts = [
        counted(counts["records"], "record"),
        counted(counts["rows"], "row"),
        counted(counts["files"], "kept file"),
        counted(counts["receipts"], "waiting webhook"),
        counted(counts["texts"] + counts["staying"], "text"),
    ]
    return f"{', '.join(parts)}."


def _words(found: FoundPerson) -> str:
    if not any(found.counts.values()):
        return "Nothing is known of them."
    lines = [_sum(found)]
    lines += [
        f"  {item.called}, {', '.join(item.columns)}: {item.stays or 'would go'}" for item in found.traces.sightings
    ]
    lines += [f"  {path.name} in the desk's own folder" for path in found.own_files]
    if found.was_erased:
        lines.append("They were erased before: rows are still found by keyed hashes, which say nothing of them.")
    if not found.who.is_certain:
        lines.append("A name may be many people's: look at the records before anything is erased.")
    return "\n".join(lines)


def _erased(item: Erased) -> dict[str, Any]:
    return {**vars(item.report), "stays": [{"place": place, "why": why} for place, why in item.staying]}


def _said(item: Erased) -> str:
    state = "Erased" if item.report.is_finished else "Not all of it could be erased yet"
    stays = [f"  stays: {place} ({why})" for place, why in item.staying]
    return "\n".join([f"{state}, erasure {item.report.id}: {_report(item.report)}", *stays])


def _report(report: Erasure) -> str:
    done = [
        counted(number, name.removesuffix("s"))
        for name, number in report.counts.items()
        if number and name != "staying"
    ]
    return f"{', '.join(done) or 'nothing was left to change'}."


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="person")

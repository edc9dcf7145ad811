"""`drops`, `take-dropped`: files that were put down for accounts, and a look for those that are complete."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from lib.domain.arriving.drops import DropState
from lib.domain.people import Role
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.pipeline.intake.drops import Taken, take_dropped
from lib.services.arriving import drops
from lib.services.arriving.drops import DropLine

_STATES = {
    DropState.WAITING: "waits until it is complete",
    DropState.TAKEN: "taken as delivery {delivery}",
    DropState.FAILED: "could not be read: {note}",
}


def list_drops(
    account: Annotated[
        str | None, typer.Argument(metavar="KEY", help="The account's key; every account without.")
    ] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """List the files that were seen in drop folders, and what became of each."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), drops.listed, account or "")
    values = [{"account": item.account, **dataclasses.asdict(item.file)} for item in found]
    answer(values, is_json=is_json, words=lambda: "\n".join(map(_line, found)) or "No file was seen yet.")


def take(
    account: Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")], by: By, is_json: Json = False
) -> None:
    """Look into an account's drop folder now, and bring what is complete to review."""
    with opened() as desk, progress_bar() as progress:
        found = take_dropped(desk, acting(desk, by, role=Role.OWNER), account, progress)
    answer(dataclasses.asdict(found), is_json=is_json, words=lambda: _words(found))


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("drops")(list_drops)
    app.command("take-dropped")(take)


def _line(item: DropLine) -> str:
    file = item.file
    told = _STATES[file.state].format(delivery=file.delivery_id, note=file.note)
    return f"{item.account}  {file.name}  {file.size:,} bytes  {told}"


def _words(found: Taken) -> str:
    lines = []
    for item in found.files:
        if item.trouble:
            lines.append(f"{item.name} could not be read, and lies with the dead letters: {item.trouble}")
        else:
            known = ", which the desk had already" if item.is_known else ""
            lines.append(f"{item.name} is load {item.load_id}{known}.{f' {item.aside}' if item.aside else ''}")
    lines += [
        f"{name} is not complete yet: it must look alike for a minute, or have {name}.done beside it."
        for name in found.waiting
    ]
    lines += [f"{item.name} is never taken, because {item.why}." for item in found.refused]
    return "\n".join(lines) or "There is nothing new."

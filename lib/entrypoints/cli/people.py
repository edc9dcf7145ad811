"""`user`: the people of the desk."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.domain.people import Role
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.services.people import people

app = typer.Typer(help="The people of the desk and what they may see.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Their address; it is how they sign in.")],
    role: Annotated[Role, typer.Option(help="What they are to the desk.")],
    client: Annotated[str | None, typer.Option(help="The one client they may see; every client without it.")] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Add a person."""
    with opened() as desk:
        added = desk.do(acting(desk, by), people.add_person, email, role, client)
    value = {"email": added.email, "name": added.name, "role": added.role}
    answer(value, is_json=is_json, words=lambda: f"{added.email} is on this desk as {added.role}.")


@app.command("list")
def everybody(by: MaybeBy = None, is_json: Json = False) -> None:
    """List everybody."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), people.everybody)
    values = [
        {"email": item.email, "name": item.name, "role": item.role, "every_client": item.client_ids is None}
        for item in found
    ]
    answer(values, is_json=is_json, words=lambda: "\n".join(f"{item['email']}  {item['role']}" for item in values))

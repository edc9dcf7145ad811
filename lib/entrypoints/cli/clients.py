"""`client`: the service businesses the desk reports to."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.domain.accounts import Client
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.services.setup import clients

app = typer.Typer(help="The clients the desk reports to.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A short name for commands and addresses.")],
    name: Annotated[str, typer.Option(help="The name people read.")],
    timezone: Annotated[str, typer.Option(help="The zone its days are counted in, such as America/Denver.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Add a client."""
    with opened() as desk:
        added = desk.do(acting(desk, by), clients.add_client, key, name, timezone)
    answer(_as_dict(added), is_json=is_json, words=lambda: f"{added.name} is a client of this desk as {added.key}.")


@app.command("list")
def every_client(by: MaybeBy = None, is_json: Json = False) -> None:
    """List the clients."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), clients.every_client)
    words = "\n".join(f"{item.key}  {item.name}  {item.timezone}" for item in found) or "No client yet."
    answer([_as_dict(item) for item in found], is_json=is_json, words=lambda: words)


def _as_dict(client: Client) -> dict[str, object]:
    return {"key": client.key, "name": client.name, "timezone": client.timezone, "demo": client.is_demo}


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="client")

"""`handover` and `handover-read`: an account as one file, and out of it on another desk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lib.domain.people import Role
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.setup.handover import handover_pack, take_pack


def handover(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's key.")],
    out: Annotated[Path, typer.Option(metavar="PACK.zip", help="Where to write it.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Write an account into one file: template, settings, maps, rules, metrics, glossary, masked samples."""
    with opened() as desk:
        content = handover_pack(desk, acting(desk, by), account)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise DeskError(
            "cannot_write", f"{out} cannot be written: {error.strerror}.", "Choose another --out."
        ) from error
    words = f"{out} holds {account}. No credential is in it; `handover-read` rebuilds the account on another desk."
    answer({"account": account, "file": str(out), "bytes": len(content)}, is_json=is_json, words=lambda: words)


def handover_read(
    file: Annotated[Path, typer.Argument(metavar="PACK.zip", help="A file that `handover` wrote.")],
    client: Annotated[str, typer.Option(metavar="KEY", help="The client that gets the account.")],
    by: By,
    key: Annotated[str, typer.Option(help="Another key for the account.")] = "",
    is_json: Json = False,
) -> None:
    """Rebuild an account out of a pack: paused, its maps submitted for approval, nothing live."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DeskError("no_such_file", f"The file {file} cannot be read.", "Check its path.") from error
    with opened() as desk:
        taken = take_pack(desk, acting(desk, by, role=Role.OWNER), content, client, key)
    said = ["Made:", *(f"  {line}" for line in taken.made), "Still to do:", *(f"  {line}" for line in taken.to_fill)]
    answer(taken.as_dict(), is_json=is_json, words=lambda: "\n".join(said))


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("handover")(handover)
    app.command("handover-read")(handover_read)

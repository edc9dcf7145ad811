"""`enter`: a row typed by a person for want of the provider's own word, labelled as such wherever it shows (R16)."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.domain.people import Role
from lib.entrypoints.cli.imports import load_words
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, acting, opened
from lib.errors import DeskError
from lib.pipeline.loading.by_hand import enter_rows
from lib.services.arriving.by_hand import fields_to_enter


def enter(
    account: Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")],
    object: Annotated[str, typer.Argument(metavar="OBJECT", help="What the row is: lead, job, call, …")],
    by: By,
    fields: Annotated[
        list[str] | None,
        typer.Argument(metavar="FIELD=VALUE", help="In the provider's words; none of them lists the fields there are."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why the provider's own delivery cannot be used.")] = "",
    test: Annotated[bool, typer.Option("--test", help="Review it, and write no record and no metric.")] = False,
    is_json: Json = False,
) -> None:
    """Enter one row by hand and bring it to review; what a known id leaves out stays as it is."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        if not fields:
            found = desk.ask(actor, fields_to_enter, account, object)
            values = [{"field": item.source, "becomes": item.target, "required": item.is_required} for item in found]
            words = "\n".join(f"{item.source}: {item.label} → {item.target or 'joined'}" for item in found)
            answer(values, is_json=is_json, words=lambda: words or f"{account} has no approved map for {object} yet.")
            return
        value = enter_rows(desk, actor, account, object, [dict(map(_pair, fields))], reason, is_test=test)
    answer(value, is_json=is_json, words=lambda: load_words(value))


def add_to(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command("enter")(enter)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise DeskError("not_a_pair", f"{text!r} is no FIELD=VALUE.", "Write one such as status=Booked.")
    return name.strip(), value

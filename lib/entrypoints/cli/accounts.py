"""`account`: provider accounts, set up from a template."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.people import Role
from lib.entrypoints.cli.output import answer, notice
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.services.setup import accounts

app = typer.Typer(help="Provider accounts.", no_args_is_help=True, rich_markup_mode=None)
Key = Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")]


@app.command("add")
def add(
    key: Key,
    client: Annotated[str, typer.Option(help="The client's key.")],
    provider: Annotated[
        str, typer.Option(help="angi, servicetitan, quote_request, google_ads, search_console, callrail or other.")
    ],
    owner: Annotated[str, typer.Option(metavar="EMAIL", help="The person who answers for it.")],
    reason: Annotated[str, typer.Option(help="Why it is connected.")],
    signal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OBJECT=SIGNAL", help="What an object counts, such as lead=form_lead or lead=form_lead:paid."
        ),
    ] = None,
    destination: Annotated[
        str | None, typer.Option(help="app or traffic, decided before anything is imported.")
    ] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Set an account up from its provider's template."""
    with opened() as desk:
        actor, owning = acting(desk, by), acting(desk, owner, role=Role.OWNER)
        added = desk.do(
            actor,
            accounts.add_account,
            key,
            client=client,
            provider=provider,
            owner=owning,
            reason=reason,
            signals=pairs(signal or []),
            destination=destination,
        )
        assumed = desk.ask(actor, accounts.assumed_signals, key, set(pairs(signal or [])))
    if assumed:
        notice(
            f"Assumed, and to be set with `account set {key} signal.OBJECT=SIGNAL` where wrong: {', '.join(assumed)}."
        )
    answer(accounts.as_dict(added), is_json=is_json, words=lambda: f"{key} is set up and waits for its field maps.")


@app.command("show")
def show(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Show everything the account says; secrets appear as references."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), accounts.show_account, key)
    answer(found, is_json=is_json, words=lambda: "\n".join(f"{name}: {_words(value)}" for name, value in found.items()))


@app.command("set")
def change(
    key: Key,
    settings: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE …", help="What to change.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Change settings of an account."""
    with opened() as desk:
        changed = desk.do(acting(desk, by), accounts.set_account, key, pairs(settings))
    answer(changed, is_json=is_json, words=lambda: f"{key} is changed.")


def _words(value: Any) -> str:
    """A setting as a person reads it, also where it holds others; an empty one is empty."""
    if isinstance(value, dict):
        inner = [
            (name, f"({_words(item)})" if isinstance(item, dict) else _words(item)) for name, item in value.items()
        ]
        return ", ".join(f"{name} {words}" for name, words in inner)
    return "; ".join(map(_words, value)) if isinstance(value, list | tuple) else str(value)


def pairs(texts: list[str]) -> dict[str, str]:
    """`NAME=VALUE` texts as a dict."""
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise DeskError(
                "not_a_pair", f"{text!r} is not of the form NAME=VALUE.", "Write it without blanks around =."
            )
        found[name.strip()] = value
    return found

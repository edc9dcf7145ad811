"""`account`: provider accounts, set up from a template."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.people import Role
from lib.entrypoints.cli import account_rules, ladder, setup_checks
from lib.entrypoints.cli.output import answer, notice
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened, pairs
from lib.pipeline.setup.account_changes import set_account
from lib.pipeline.setup.cloning import Wanted, clone_account
from lib.pipeline.setup.references import look_behind
from lib.providers import TEMPLATES
from lib.services.setup import account_settings, accounts

app = typer.Typer(help="Provider accounts.", no_args_is_help=True, rich_markup_mode=None)
Key = Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")]


@app.command("add")
def add(
    key: Key,
    client: Annotated[str, typer.Option(help="The client's key.")],
    provider: Annotated[str, typer.Option(help=f"One of {', '.join(TEMPLATES)}.")],
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
    source_label: Annotated[
        str, typer.Option(help="What a client reads as the source; the template's by default.")
    ] = "",
    second_because: Annotated[str, typer.Option(help="Why the client has this provider twice under one label.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Set an account up from its provider's template; it is paused until somebody resumes it."""
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
            source_label=source_label,
            second_because=second_because,
        )
        assumed = desk.ask(actor, accounts.assumed_signals, key, set(pairs(signal or [])))
    if assumed:
        notice(
            f"Assumed, and to be set with `account set {key} signal.OBJECT=SIGNAL` where wrong: {', '.join(assumed)}."
        )
    answer(
        added.as_dict(),
        is_json=is_json,
        words=lambda: f"{key} is set up and paused. Map its fields, and let deliveries in with `account resume {key}`.",
    )


@app.command("clone")
def clone(
    key: Key,
    new_key: Annotated[str, typer.Argument(metavar="NEWKEY", help="The key of the new account.")],
    client: Annotated[str, typer.Option(help="The client that the new account is for.")],
    owner: Annotated[str | None, typer.Option(metavar="EMAIL", help="Who answers for it; the same by default.")] = None,
    reason: Annotated[str, typer.Option(help="Why it is connected; the same by default.")] = "",
    second_because: Annotated[str, typer.Option(help="Why the client has this provider twice under one label.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Set a like account up for another client: settings, rules and maps, without secrets, promises or any data."""
    with opened() as desk:
        wanted = Wanted(new_key, client, owner, reason, second_because)
        made = clone_account(desk, acting(desk, by), key, wanted)
    answer(made.as_dict(), is_json=is_json, words=lambda: "\n".join((*made.made, "Left to do:", *made.to_fill)))


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
    """Change settings of an account; each change is a version of it."""
    with opened() as desk:
        changed = desk.do(acting(desk, by), set_account, key, pairs(settings))
    answer(changed, is_json=is_json, words=lambda: f"{key} is at version {changed['version']}.")


@app.command("pause")
def pause(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Let nothing in until it is resumed, neither by itself nor by hand."""
    with opened() as desk:
        paused = desk.do(acting(desk, by), account_settings.pause_account, key)
    answer(paused, is_json=is_json, words=lambda: f"{key} is paused.")


@app.command("resume")
def resume(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Let deliveries in again."""
    with opened() as desk:
        resumed = desk.do(acting(desk, by), account_settings.resume_account, key)
    answer(resumed, is_json=is_json, words=lambda: f"{key} takes deliveries in; it is {_status(resumed)}.")


@app.command("versions")
def versions(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """What was changed of its settings, by whom and when, newest first."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), account_settings.account_versions, key)
    lines = [
        "\n  ".join((f"{item.version}  {item.at:%Y-%m-%d %H:%M} UTC  {item.person}", *item.lines)) for item in found
    ]
    answer([item.as_dict() for item in found], is_json=is_json, words=lambda: "\n".join(lines))


@app.command("references")
def references(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Whether something lies behind each reference to a secret; what it is, is never said."""
    with opened() as desk:
        found = look_behind(desk, acting(desk, by), key)
    words = "\n".join(f"{item.setting}: {item.sentence}" for item in found) or f"{key} names no secret."
    answer([item.as_dict() for item in found], is_json=is_json, words=lambda: words)


def _status(account: dict[str, Any]) -> str:
    return str(account["status"]).replace("_", " ")


def _words(value: Any) -> str:
    """A setting as a person reads it, also where it holds others; an empty one is empty."""
    if isinstance(value, dict):
        inner = [
            (name, f"({_words(item)})" if isinstance(item, dict) else _words(item)) for name, item in value.items()
        ]
        return ", ".join(f"{name} {words}" for name, words in inner)
    return "; ".join(map(_words, value)) if isinstance(value, list | tuple) else str(value)


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line, with what else is done with an account."""
    app.add_typer(account_rules.rules, name="rule")
    app.command("match")(account_rules.match_rules)
    setup_checks.add_to(app)
    ladder.add_to(app)
    root.add_typer(app, name="account")

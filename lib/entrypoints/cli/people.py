"""`user`: the people of the desk, who is invited, what each may, and how somebody leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from lib.domain.access.members import INVITED_DAYS, Member
from lib.domain.accounts import Client
from lib.domain.people import Role
from lib.entrypoints.cli.output import answer, notice
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened, pairs
from lib.pipeline.setup import people as coming_and_going
from lib.services.people import people, removing, sign_in
from lib.services.setup import clients

app = typer.Typer(help="The people of the desk and what they may see.", no_args_is_help=True, rich_markup_mode=None)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Their address; it is how they sign in.")]
WhatRole = Annotated[Role, typer.Option(help="What they are to the desk.")]
Clients = Annotated[
    list[str] | None,
    typer.Option("--client", metavar="KEY", help="A client they may see, once for each; every client without it."),
]
AccountsTo = Annotated[
    str | None, typer.Option("--accounts-to", metavar="EMAIL", help="Who answers next for the accounts they own.")
]
LetLapse = Annotated[
    bool, typer.Option("--let-lapse", help="Leave their accounts without an owner: those are no longer live.")
]


@app.command("add")
def add(email: Email, role: WhatRole, client: Clients = None, by: MaybeBy = None, is_json: Json = False) -> None:
    """Add a person, who may come in at once."""
    with opened() as desk:
        added = desk.do(acting(desk, by), people.add_person, email, role, client or None)
    value = {"email": added.email, "name": added.name, "role": added.role}
    answer(value, is_json=is_json, words=lambda: f"{added.email} is on this desk as {added.role}.")


@app.command("invite")
def invite(
    email: Email,
    role: WhatRole,
    client: Clients = None,
    days: Annotated[int, typer.Option(help="For how many days the invitation stands.")] = INVITED_DAYS,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Invite a person: they get in by signing in with that address. The same again renews it."""
    with opened() as desk:
        made = coming_and_going.invite(desk, acting(desk, by), email, role, client or None, days)
    if made.trouble:
        notice(f"The mail server did not take the invitation: {made.trouble}")
    value = {
        "email": made.member.email,
        "role": made.member.actor.role,
        "until": made.member.invited_until,
        "is_sent": made.is_sent,
        "words": made.words,
    }
    told = f"The invitation was sent to {made.member.email}." if made.is_sent else f"Pass this on:\n{made.words}"
    answer(value, is_json=is_json, words=lambda: told)


@app.command("set")
def change(
    email: Email,
    settings: Annotated[list[str], typer.Argument(metavar="NAME=VALUE …", help="role, clients, name.")],
    accounts_to: AccountsTo = None,
    let_lapse: LetLapse = False,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Change what a person may: role=analyst, clients=harbor,summit or clients=every, name=…"""
    with opened() as desk:
        actor = acting(desk, by)
        changed = coming_and_going.change(
            desk, actor, email, pairs(settings), accounts_to=accounts_to, may_lapse=let_lapse
        )
        names = _names(desk.ask(actor, clients.every_client))
    value = _line(changed.member, names, changed.member.changed_at) | {"accounts": list(changed.left_alone)}
    answer(value, is_json=is_json, words=lambda: _words(value))


@app.command("remove")
def remove(
    email: Email,
    accounts_to: AccountsTo = None,
    let_lapse: LetLapse = False,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Remove a person: they are out with their next click. What they did stays with their name."""
    with opened() as desk:
        theirs = coming_and_going.remove(desk, acting(desk, by), email, accounts_to=accounts_to, may_lapse=let_lapse)
    then = f" {accounts_to} answers for {', '.join(theirs)} now." if theirs and accounts_to else ""
    then = f" Nobody answers for {', '.join(theirs)} now." if theirs and not accounts_to else then
    value = {"email": email, "accounts": list(theirs), "accounts_to": accounts_to}
    answer(value, is_json=is_json, words=lambda: f"{email} was removed; `user put-back {email}` undoes it.{then}")


@app.command("put-back")
def put_back(email: Email, by: MaybeBy = None, is_json: Json = False) -> None:
    """Put somebody back who was removed, as what they were; they sign in anew."""
    with opened() as desk:
        back = desk.do(acting(desk, by), removing.put_person_back, email)
    value = {"email": back.email, "role": back.actor.role}
    answer(value, is_json=is_json, words=lambda: f"{back.email} is on this desk again as {back.actor.role}.")


@app.command("sign-out")
def sign_out(email: Email, by: MaybeBy = None, is_json: Json = False) -> None:
    """End every sign-in of a person, wherever they are signed in."""
    with opened() as desk:
        desk.do(acting(desk, by), sign_in.sign_out_everywhere, email)
    answer({"email": email}, is_json=is_json, words=lambda: f"{email} is signed out everywhere.")


@app.command("list")
def everybody(by: MaybeBy = None, is_json: Json = False) -> None:
    """List everybody: what they are, what they see, when they were last here; removed people too."""
    with opened() as desk:
        actor = acting(desk, by)
        found, names = desk.ask(actor, people.members), _names(desk.ask(actor, clients.every_client))
        values = [_line(item, names, desk.clock()) for item in found]
    answer(values, is_json=is_json, words=lambda: "\n".join(map(_words, values)))


def _names(found: list[Client]) -> dict[int, str]:
    return {item.id: item.key for item in found}


def _line(member: Member, names: dict[int, str], now: datetime) -> dict[str, Any]:
    scope = member.actor.client_ids
    return {
        "email": member.email,
        "name": member.actor.name,
        "role": member.actor.role,
        "every_client": scope is None,
        "clients": sorted(names.get(each, "?") for each in scope or ()),
        "state": member.presence(now),
        "last_seen": member.last_seen_at,
    }


def _words(line: dict[str, Any]) -> str:
    sees = "every client" if line["every_client"] else ", ".join(line["clients"])
    seen = f"last here {line['last_seen']:%Y-%m-%d %H:%M} UTC" if line["last_seen"] else "not seen yet"
    return f"{line['email']}  {line['role']}  {sees}  {line['state']}  {seen}"


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="user")

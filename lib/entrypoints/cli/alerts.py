"""`alerts`: who is told of what changes, where, from which severity on and when not; try a place; see what was sent."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.running.alerts import LEAST_IN_WORDS
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, notice
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.running.alerting import subscribe_alerts, try_destination
from lib.services.running import alerts
from lib.services.running.alerts import AlertMessage, Standing

app = typer.Typer(
    help="Who is told of what changes, and where.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
To = Annotated[
    str,
    typer.Option(
        metavar="REFERENCE",
        help="Where an apprise URL lies: env:NAME, file:PATH or secrets:section.key; the person's e-mail by default.",
    ),
]
For = Annotated[str, typer.Option("--for", metavar="EMAIL", help="Somebody else, as an admin; oneself by default.")]


@app.command("list")
def list_subscriptions(by: MaybeBy = None, is_json: Json = False) -> None:
    """List who is told where: everybody for an admin, oneself for others."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), alerts.subscriptions)
    words = "\n".join(map(_line, found)) or "Nobody is told of anything. `alerts subscribe` changes that."
    answer([_told(item) for item in found], is_json=is_json, words=lambda: words)


@app.command("subscribe")
def subscribe(
    by: By,
    to: To = "",
    person: For = "",
    severity: Annotated[
        str, typer.Option(metavar="WORD", help="From which on: incident, warning (by default) or routine.")
    ] = "",
    quiet: Annotated[str, typer.Option(metavar="HOURS", help="When nothing is sent, such as 22:00-07:00.")] = "",
    timezone: Annotated[str, typer.Option("--zone", metavar="ZONE", help="Whose clock: an IANA name.")] = "",
    is_json: Json = False,
) -> None:
    """Be told of each change of state from now on; the same place again changes how.

    What stands already is no change and is not told of. What changes during quiet hours is told after them, if it still
    stands.
    """
    with opened() as desk:
        how = {"person": person, "destination": to, "least": severity, "quiet": quiet, "timezone": timezone}
        made = subscribe_alerts(desk, acting(desk, by), **how)
    if made.remark:
        notice(made.remark)
    value = {**_told(made.standing), "place": made.place, "remark": made.remark}
    answer(value, is_json=is_json, words=lambda: _line(made.standing))


@app.command("unsubscribe")
def unsubscribe(by: By, to: To = "", person: For = "", is_json: Json = False) -> None:
    """Be told nothing more there."""
    with opened() as desk:
        was = desk.do(acting(desk, by), alerts.unsubscribe, person=person, destination=to)
    words = f"{was.email} is told nothing more at {was.destination or 'their e-mail address'}."
    told = {"email": was.email, "to": was.destination, "subscribed": False}
    answer(told, is_json=is_json, words=lambda: words)


@app.command("test")
def test(by: By, to: To = "", person: For = "", is_json: Json = False) -> None:
    """Send a trial message now, and say what came of it."""
    with opened() as desk:
        said = try_destination(desk, acting(desk, by), person=person, destination=to)
    if said.what != "sent":
        raise DeskError("alert_not_sent", f"The trial did not go out. {said.words}", "Mend the place, and try again.")
    answer({"sent": True, "answer": said.words}, is_json=is_json, words=lambda: f"Sent. {said.words}")


@app.command("standing")
def standing(by: MaybeBy = None, is_json: Json = False) -> None:
    """List what stands now, as alerts say it."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), alerts.states_of)
    value = [{"severity": item.severity, "sentence": item.sentence, "link": item.link} for item in found]
    words = "\n".join(f"{item.severity:8}  {item.sentence}" for item in found) or "Nothing stands."
    answer(value, is_json=is_json, words=lambda: words)


@app.command("sent")
def sent(by: MaybeBy = None, is_json: Json = False) -> None:
    """List the newest messages and what came of each: everybody's for an admin, one's own for others."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), alerts.sent)
    answer([_sent(item) for item in found], is_json=is_json, words=lambda: "\n".join(map(_sent_line, found)) or "None.")


def _told(item: Standing) -> dict[str, Any]:
    asked = item.subscription
    return {
        "email": asked.email,
        "to": asked.destination,
        "severity": asked.least,
        "quiet": str(asked.quiet or ""),
        "zone": asked.timezone,
        "standing": item.states,
    }


def _line(item: Standing) -> str:
    asked = item.subscription
    quiet = f", quiet {asked.quiet} {asked.timezone}" if asked.quiet else ""
    where = f"{asked.email} by {asked.destination or 'e-mail'}"
    return f"{where}: {LEAST_IN_WORDS[asked.least]}{quiet}; {counted(item.states, 'such state')} now."


def _sent(item: AlertMessage) -> dict[str, Any]:
    return {
        "message": item.id,
        "email": item.email,
        "to": item.destination,
        "status": item.status,
        "attempts": item.attempts,
        "answer": item.answer,
        "created_at": item.created_at,
        "changes": [{"what": each.what, "severity": each.severity, "sentence": each.sentence} for each in item.changes],
    }


def _sent_line(item: AlertMessage) -> str:
    head = f"{item.created_at:%Y-%m-%d %H:%M} UTC  {item.email} by {item.destination or 'e-mail'}  {item.status}"
    return f"{head}  {item.answer}" + "".join(f"\n    {each.what}: {each.sentence}" for each in item.changes)


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="alerts")

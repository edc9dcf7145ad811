"""`share`: a link to one report note for somebody without an account; made, listed with its visits, and revoked."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from lib.domain.access.share_links import LONGEST_DAYS, USUAL_DAYS, ShareAnswer
from lib.entrypoints.cli.numbers import Client
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.pipeline.publishing.share_links import share_note
from lib.services.publishing import report_notes, share_links
from lib.services.publishing.share_links import ListedLink

_SAID = {
    ShareAnswer.SHOWN: "open",
    ShareAnswer.EXPIRED: "expired",
    ShareAnswer.REVOKED: "revoked",
    ShareAnswer.WITHDRAWN: "closed, as a number of it was taken back or said anew",
}

app = typer.Typer(
    help="Links to one report note for people without an account: they expire, can be revoked, and each visit is kept.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("add")
def add(
    client: Client,
    made_for: Annotated[str, typer.Option("--for", metavar="WHO", help="Who is given it; only the desk reads this.")],
    by: By,
    month: Annotated[str, typer.Option(metavar="MONTH", help="As 2026-10; the month before this one by default.")] = "",
    days: Annotated[int, typer.Option(metavar="N", help=f"How long it opens; at most {LONGEST_DAYS}.")] = USUAL_DAYS,
    is_json: Json = False,
) -> None:
    """Make a link to a client's note: the numbers published now, and nothing else. It is told this once."""
    with opened() as desk:
        of = report_notes.month_named(month, desk.clock())
        made, address = share_note(desk, acting(desk, by), client, of, made_for, days)
    link = made.link
    value = {"link": link.id, "address": address, "cards": made.cards, "expires_at": link.expires_at}
    near = "" if address.startswith("http") else " Only this machine reaches it until sign-in is configured."
    said = f"Link {link.id} opens until {link.expires_at:%Y-%m-%d %H:%M} UTC, and is told this once.{near}"
    answer(value, is_json=is_json, words=lambda: f"{address}\n{said}")


@app.command("list")
def listed(
    client: Annotated[str, typer.Argument(metavar="[CLIENT]", help="One client's; everybody's by default.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Links, newest first: for whom, until when, how often they were opened, and whether they still open."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), share_links.links, client)
    answer([_as_dict(item) for item in found], is_json=is_json, words=lambda: "\n".join(map(_line, found)) or "None.")


@app.command("revoke")
def revoke(
    link: Annotated[int, typer.Argument(metavar="LINK", help="Its number, as `share list` shows it.")],
    by: By,
    is_json: Json = False,
) -> None:
    """End a link at once."""
    with opened() as desk:
        ended = desk.do(acting(desk, by), share_links.revoke, link)
    words = f"Link {ended.id} for {ended.made_for} opens nothing any more."
    answer({"link": ended.id, "revoked_at": ended.revoked_at}, is_json=is_json, words=lambda: words)


def _as_dict(item: ListedLink) -> dict[str, Any]:
    link = item.link
    return {
        "link": link.id,
        "client": link.client_key,
        "month": link.month,
        "for": link.made_for,
        "by": link.made_by,
        "made_at": link.made_at,
        "expires_at": link.expires_at,
        "answers": item.answer,
        "visits": item.visits,
        "shown": item.shown,
        "last_visit": item.last,
    }


def _line(item: ListedLink) -> str:
    link = item.link
    last = f", last {item.last:%Y-%m-%d %H:%M} UTC" if item.last else ""
    opened_ = f"opened {item.visits} {'time' if item.visits == 1 else 'times'}{last}"
    until = f"until {link.expires_at:%Y-%m-%d}"
    return f"{link.id}  {link.client_key}  {link.month}  {until}  {_SAID[item.answer]}  {opened_}  for {link.made_for}"


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="share")

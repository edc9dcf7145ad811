"""`report-note CLIENT`: look at a client's monthly note before anybody gets it; ask for it, stop it, see what was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lib.domain.publishing.report_notes import SentNote
from lib.entrypoints.cli.numbers import Client
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.publishing.report_notes import note_asides
from lib.reporting.report_note import report_html, report_pdf
from lib.services.publishing import portal, report_notes

_SHOW = "show"


class _ShowsByDefault(TyperGroup):
    """`report-note harbor` is `report-note show harbor`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Whatever names no command of this group is a client."""
        if args and self.get_command(ctx, args[0]) is None:
            args = [_SHOW, *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_ShowsByDefault,
    help="The monthly report note of a client: its portal cards on one page.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(_SHOW)
def show(
    client: Client,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it: note.pdf or note.html.")],
    month: Annotated[str, typer.Option(metavar="MONTH", help="As 2026-10; the month before this one by default.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Write the note as a PDF or as the HTML of its e-mail; nothing is sent. The command's name may be left out."""
    if out.suffix not in (".pdf", ".html"):
        raise DeskError("unknown_format", f"{out.name} is neither .pdf nor .html.", "Name it note.pdf or note.html.")
    with opened() as desk:
        seen = desk.ask(acting(desk, by), portal.portal, client)
        if not seen.cards:
            raise DeskError(
                "nothing_published", f"Nothing of {client} is published.", "A note shows the cards of the portal."
            )
        of = report_notes.month_named(month, desk.clock())
        asides, today = note_asides(desk, seen, of), desk.clock().date()
    content = report_pdf(seen, today, asides) if out.suffix == ".pdf" else report_html(seen, today, asides).encode()
    try:
        out.write_bytes(content)
    except OSError as error:
        raise DeskError(
            "not_writable", f"{out} cannot be written: {error.strerror}.", "Choose another place with --out."
        ) from error
    value = {"client": client, "file": str(out), "cards": len(seen.cards), "missing": list(asides.missing)}
    lacks = "".join(f"\n{each}" for each in asides.missing)
    answer(value, is_json=is_json, words=lambda: f"{out}: {len(seen.cards)} of the portal's cards.{lacks}")


@app.command("subscribe")
def subscribe(client: Client, by: By, is_json: Json = False) -> None:
    """Ask for the notes of a client, in one's own name."""
    _set(client, by, is_on=True, is_json=is_json)


@app.command("unsubscribe")
def unsubscribe(client: Client, by: By, is_json: Json = False) -> None:
    """Stop the notes of a client."""
    _set(client, by, is_on=False, is_json=is_json)


@app.command("sent")
def sent(client: Client, by: MaybeBy = None, is_json: Json = False) -> None:
    """What was sent to whom, with the statements it showed and what the mail server said."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), report_notes.sent_notes, client)
    answer([_as_dict(item) for item in found], is_json=is_json, words=lambda: "\n".join(map(_line, found)) or "None.")


def _set(client: str, by: str, *, is_on: bool, is_json: bool) -> None:
    with opened() as desk:
        now = desk.do_own(acting(desk, by), report_notes.subscribe, client, is_on=is_on)
    words = f"{now.email} {'gets' if now.is_on else 'no longer gets'} the report notes of {now.client}."
    answer({"client": now.client, "email": now.email, "subscribed": now.is_on}, is_json=is_json, words=lambda: words)


def _as_dict(item: SentNote) -> dict[str, object]:
    return {
        "month": item.month,
        "email": item.email,
        "status": item.status,
        "statements": list(item.statement_ids),
        "message_id": item.message_id,
        "attempts": item.attempts,
        "answer": item.answer,
        "ended_at": item.ended_at,
    }


def _line(item: SentNote) -> str:
    when = "" if item.ended_at is None else f"  {item.ended_at:%Y-%m-%d %H:%M} UTC"
    return f"{item.month}  {item.email}  {item.status}{when}  {item.answer}"


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="report-note")

"""`audit`: who did what to which client's data, and whether the log of it is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from lib.domain.access.audit import AuditLine
from lib.domain.access.audit_chain import Anchor, anchors_in
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, notice
from lib.entrypoints.cli.session import First, Json, Last, MaybeBy, acting, day, opened
from lib.errors import DeskError
from lib.log import visible
from lib.pipeline.running.auditing import verify_log, write_log
from lib.services.running import audit_check, audit_lines
from lib.services.running.audit_lines import Filters

app = typer.Typer(
    help="Who did what to which client's data, from where; and whether the log of it is whole.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_Client = Annotated[str, typer.Option(help="Lines about this client, by its key.")]
_Person = Annotated[str, typer.Option(metavar="EMAIL", help="Lines of this person.")]
_Action = Annotated[str, typer.Option(help="Lines of this action, as `load committed`; `seen` for what was read.")]


@app.command("list")
def list_lines(
    client: _Client = "",
    person: _Person = "",
    action: _Action = "",
    first: First = None,
    last: Last = None,
    before: Annotated[int | None, typer.Option(help="Lines older than this position.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="As many lines at most.")] = 50,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """The newest lines, newest first; days are days of UTC."""
    with opened() as desk:
        asked = _filters(client, person, action, first, last)
        found = desk.ask(acting(desk, by), audit_lines.audit_page, asked, before=before, limit=limit)
    value = {"lines": [vars(line) for line in found.lines], "has_older": found.has_older}
    answer(
        value, is_json=is_json, words=lambda: "\n".join(map(_words, found.lines)) or "Nothing of the kind is logged."
    )
    if found.has_older and not is_json:
        notice(f"There are older lines: --before {found.lines[-1].position}.")


@app.command("export")
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The CSV to write; it must not be there yet.")],
    client: _Client = "",
    person: _Person = "",
    action: _Action = "",
    first: First = None,
    last: Last = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Write the lines to a CSV that a spreadsheet opens without running anything in it; this is logged too."""
    with opened() as desk:
        actor, asked = acting(desk, by), _filters(client, person, action, first, last)
        try:
            path.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            why = f"{path} cannot be written: {error.strerror}."
            raise DeskError("file_not_written", why, "Name a file that is not there yet.") from None
        try:
            count = write_log(desk, actor, path, asked)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    value = {"file": str(path), "lines": count}
    answer(value, is_json=is_json, words=lambda: f"{counted(count, 'line')} written to {path}.")


@app.command("verify")
def verify(
    anchor: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A file of what `audit head` printed; may be given several times."),
    ] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Walk the whole log: a changed, removed, inserted or moved line and a cut-off end are found; exits 1 then."""
    given = [found for path in anchor or () for found in _anchors(path)]
    with opened() as desk:
        verified = verify_log(desk, acting(desk, by), given)
    found = verified.found
    value: dict[str, Any] = {
        "ok": found.is_whole,
        "lines": found.lines,
        "anchored_to": found.anchored,
        "anchors_kept": verified.kept,
        "broken": {"code": found.broken.code, "position": found.broken.position} if found.broken else None,
        "said": verified.sentences,
    }
    answer(value, is_json=is_json, words=lambda: "\n".join(verified.sentences))
    if not found.is_whole:
        raise typer.Exit(1)


@app.command("head")
def head(by: MaybeBy = None, is_json: Json = False) -> None:
    """Print the position and the seal of the last line, to be kept where nobody of this desk can change it."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), audit_check.end_of_log)
    if found is None:
        answer(None, is_json=is_json, words=lambda: "The log is empty.")
        return
    answer({"position": found.position, "seal": found.seal}, is_json=is_json, words=lambda: str(found))
    if not is_json:
        notice("Keep this line elsewhere; `audit verify --anchor FILE` holds the log against it.")


def _anchors(path: Path) -> tuple[Anchor, ...]:
    try:
        found = anchors_in(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        why = f"{path} cannot be read: {error.strerror}."
        raise DeskError("file_not_read", why, "Name a file that holds what `audit head` printed.") from None
    if not found:
        raise DeskError(
            "no_anchor",
            f"{path} holds no anchor.",
            "An anchor is a position and a seal in one line, as `audit head` says.",
        )
    return found


def _filters(client: str, person: str, action: str, first: str | None, last: str | None) -> Filters:
    return Filters(client, person, action, day(first) if first else None, day(last) if last else None)


def _words(line: AuditLine) -> str:
    whence = " ".join(part for part in (line.door, line.address) if part) or "-"
    about = f"{line.subject_type} {line.subject_id}"
    told = ", ".join(f"{name} {value}" for name, value in line.detail.items())
    words = (f"{line.position}", f"{line.at:%Y-%m-%d %H:%M:%S}", line.person or "-", line.client or "-")
    # What a line tells of may be called anything, and must not look like a line of its own.
    return visible("  ".join([*words, line.action, about, whence, told]).rstrip())


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="audit")

"""`dead-letters`, `dead-letter show|discard|restore|snooze|wake`, `replay`: what was given up, and what becomes of it."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import typer

from lib.domain.running.dead_letters import DeadLetter, Group, LetterStatus, ReplayPreview
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, day, opened
from lib.errors import DeskError
from lib.pipeline.letters import dead_letters as queue
from lib.pipeline.letters.dead_letters import Replaying
from lib.pipeline.letters.letter_preview import preview_replay
from lib.services.running import dead_letters

app = typer.Typer(help="One failure, or all of one cause.", no_args_is_help=True, rich_markup_mode=None)

Which = Annotated[
    str, typer.Argument(metavar="WHICH", help="A line's number, or the first four letters of a fingerprint.")
]
_SHOWN = 8


def listed(
    account: Annotated[str, typer.Option(metavar="KEY", help="One account only.")] = "",
    client: Annotated[str, typer.Option(metavar="KEY", help="One client only.")] = "",
    is_all: Annotated[bool, typer.Option("--all", help="Those that are resolved or discarded, too.")] = False,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """List what was given up, by cause: since when, how many rows, what they are worth, whose it is and what to do."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), dead_letters.groups, account=account, client=client, is_open=not is_all)
    words = "\n".join(map(_group, found)) or "Nothing was given up."
    answer([_plain(item) for item in found], is_json=is_json, words=lambda: words)


@app.command("show")
def show(which: Which, by: MaybeBy = None, is_json: Json = False) -> None:
    """Show a cause with its lines, and what its rows would become through the current map."""
    with opened() as desk:
        actor = acting(desk, by)
        found = desk.ask(actor, dead_letters.group, which)
        told = preview_replay(desk, actor, said=which) if found.group.is_held_up else None
    lines = [_group(found.group), *(f"  {_line(item)}" for item in found.lines)]
    if found.more:
        lines.append(f"  and {counted(found.more, 'older line')}")
    if told is not None:
        lines.append(_preview(told))
    value = {
        "group": _plain(found.group),
        "lines": [dataclasses.asdict(item) for item in found.lines],
        "more": found.more,
        "preview": None if told is None else dataclasses.asdict(told),
    }
    answer(value, is_json=is_json, words=lambda: "\n".join(lines))


@app.command("discard")
def discard(
    which: Which,
    by: By,
    reason: Annotated[str, typer.Option(help="Why nobody will mend it.")],
    is_json: Json = False,
) -> None:
    """Give a line or a cause up for good, with a reason; it stays counted as discarded."""
    with opened() as desk:
        found = queue.discard(desk, acting(desk, by), which, reason)
    answer(_plain(found), is_json=is_json, words=lambda: _group(found))


@app.command("restore")
def restore(which: Which, by: By, is_json: Json = False) -> None:
    """Bring what was discarded back into the queue."""
    with opened() as desk:
        found = queue.bring_back(desk, acting(desk, by), which)
    answer(_plain(found), is_json=is_json, words=lambda: _group(found))


@app.command("snooze")
def snooze(
    which: Which,
    until: Annotated[str, typer.Option(metavar="DATE", help="Until that day begins, as 2026-01-31.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Let a cause wait until a day; what fails of it meanwhile waits with it."""
    with opened() as desk:
        found = queue.snooze(desk, acting(desk, by), which, day(until))
    answer(_plain(found), is_json=is_json, words=lambda: _group(found))


@app.command("wake")
def wake(which: Which, by: MaybeBy = None, is_json: Json = False) -> None:
    """End a snooze at once."""
    with opened() as desk:
        found = queue.snooze(desk, acting(desk, by), which, None)
    answer(_plain(found), is_json=is_json, words=lambda: _group(found))


def replay(
    letter: Annotated[int | None, typer.Argument(metavar="ID", help="A line's number.")] = None,
    group: Annotated[str, typer.Option(metavar="PREFIX", help="All of a cause: letters of its fingerprint.")] = "",
    account: Annotated[str, typer.Option(metavar="KEY", help="All of an account.")] = "",
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of the rows.")] = False,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Try what was given up again through the current map: each delivery is loaded anew, then reviewed and approved."""
    said = str(letter) if letter is not None else group
    if [letter is not None, bool(group), bool(account)].count(True) != 1:
        raise DeskError(
            "which_one", "Say what to replay.", "Give a line's number, or --group, or --account: one of them."
        )
    with opened() as desk:
        actor = acting(desk, by)
        if is_dry:
            told = preview_replay(desk, actor, said=said, account=account)
            answer(dataclasses.asdict(told), is_json=is_json, words=lambda: _preview(told))
            return
        if letter is not None:
            begun = queue.replay_one(desk, actor, letter)
        else:
            begun = queue.replay_all(desk, actor, cause=group, account=account)
    answer(dataclasses.asdict(begun), is_json=is_json, words=lambda: _begun(begun))


def add_to(typer_app: typer.Typer) -> None:
    """Put these commands on the command line."""
    typer_app.command("dead-letters")(listed)
    typer_app.command("replay")(replay)
    typer_app.add_typer(app, name="dead-letter")


def _plain(item: Group) -> dict[str, Any]:
    value = {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}
    told = {str(status): dataclasses.asdict(tally) for status, tally in item.told.items()}
    worth = None if item.worth is None else dataclasses.asdict(item.worth)
    return value | {"told": told, "worth": worth, "age": int(item.age.total_seconds())}


def _group(item: Group) -> str:
    where = f" ({item.field})" if item.field else ""
    status = str(item.status)
    if item.status is LetterStatus.SNOOZED and item.snoozed_until is not None:
        status += f" until {item.snoozed_until:%Y-%m-%d}"
    rows = f", {counted(item.rows, 'row')}" if item.rows else ""
    head = f"{item.fingerprint[:12]}  {item.account}  {item.object or '-'}  {item.step}  {item.code}{where}"
    worth = f", worth {item.what_it_is_worth}" if item.worth is not None else ""
    told = f"{status}: {counted(item.lines, 'line')}{rows}{worth}; since {item.first_seen:%Y-%m-%d %H:%M}, last seen "
    told += f"{item.last_seen:%Y-%m-%d %H:%M}; {item.owner}"
    why = f" Reason: {item.reason}" if item.reason and not item.is_held_up else ""
    return f"{head}\n    {told}\n    {item.sentence} {item.mend}{why}".rstrip()


def _line(item: DeadLetter) -> str:
    rows = f", {counted(item.rows, 'row')}" if item.rows else ""
    tries = f", tried {counted(item.tries, 'time')}"
    into = f", into load {item.replay_load_id}" if item.replay_load_id else ""
    why = f". {item.reason}" if item.reason else ""
    return f"{item.id}  {item.status}  {item.subject} {item.subject_id}{rows}{tries}{into}{why}"


def _preview(told: ReplayPreview) -> str:
    cells = [
        f"  line {item.line_no}: {item.source} {item.raw!r} → {item.mapped!r}: {item.why}" for item in told.samples
    ]
    return "\n".join([told.sentence, *cells[: 2 * _SHOWN]])


def _begun(begun: Replaying) -> str:
    parts = []
    if begun.deliveries:
        rows = f" with {counted(begun.rows, 'held-up row')}" if begun.rows else ""
        many = counted(begun.deliveries, "delivery", "deliveries")
        parts.append(
            f"Job {begun.job_id} loads {many}{rows} again; `jobs` shows it, `job cancel {begun.job_id}` stops it."
        )
        parts.append("Each load waits for its review; approving it closes its lines.")
    if begun.jobs:
        parts.append(f"{counted(len(begun.jobs), 'job')} queued again: {', '.join(map(str, begun.jobs))}.")
    parts += [f"Line {number} was left out: {why}" for number, why in begun.left_out]
    return "\n".join(parts)

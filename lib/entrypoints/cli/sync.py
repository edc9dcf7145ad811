"""`sync`, `source`: pull an account's records from its provider's API, and say how that API is asked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from lib.db.unit_of_work import Desk
from lib.domain.api.pulls import Pulled, SyncCursor
from lib.domain.imports import DateRange
from lib.domain.people import Actor
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, notice, progress_bar
from lib.entrypoints.cli.session import First, Json, Last, MaybeBy, acting, opened, span
from lib.errors import DeskError
from lib.mapping.yaml_text import dump_yaml, load_yaml
from lib.pipeline.intake.pulls import pull
from lib.services.arriving import pulls

app = typer.Typer(
    help="How an object's API is asked, where no template says it.", no_args_is_help=True, rich_markup_mode=None
)
Key = Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")]
Name = Annotated[str, typer.Argument(metavar="OBJECT", help="lead, job, call, …")]


def sync(
    key: Key,
    objects: Annotated[
        list[str] | None, typer.Argument(metavar="[OBJECT …]", help="Every one that can be pulled, unless named.")
    ] = None,
    first: First = None,
    last: Last = None,
    is_queued: Annotated[bool, typer.Option("--queue", help="Leave it to the worker.")] = False,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Pull what changed since the last time, or a range of days; it comes into review, and nothing is committed yet."""
    days = span(first, last)
    with opened() as desk:
        actor = acting(desk, by)
        names = tuple(objects or ()) or _every(desk, actor, key)
        if is_queued:
            _queue(desk, actor, key, names, days, is_json=is_json)
            return
        done = _pulled(desk, actor, key, names, days)
    values = [plain(item) for item in done]
    answer(values, is_json=is_json, words=lambda: "\n".join(map(_words, done)))


def cursors(key: Key, by: MaybeBy = None, is_json: Json = False) -> None:
    """Show how far the pulls of an account have come, with the limits and the clock its provider showed last."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), pulls.cursors, key)
    values = [{name: value for name, value in asdict(item).items() if name != "account_id"} for item in found]
    answer(values, is_json=is_json, words=lambda: "\n".join(map(_cursor_words, found)) or f"{key} was never pulled.")


@app.command("set")
def set_source(
    key: Key,
    object: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The description, as YAML.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Say how an object of an account is asked for. The file names secrets as {secret} and {app_key} and holds none."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise DeskError("no_such_file", f"The file {file} cannot be read.", "Check its path.") from None
    with opened() as desk:
        source = desk.do(acting(desk, by), pulls.set_source, key, object, _values(text))
    values = {"account": key, "object": object, "server": source.base_url}
    answer(values, is_json=is_json, words=lambda: f"{object} of {key} is asked for at {source.base_url}{source.path}.")


@app.command("show")
def show_source(key: Key, object: Name, by: MaybeBy = None, is_json: Json = False) -> None:
    """Show how an object is asked for, by the account's own file or its template, as a file to begin from."""
    with opened() as desk:
        values = desk.ask(acting(desk, by), pulls.show_source, key, object)
    answer(values, is_json=is_json, words=lambda: dump_yaml(values).rstrip())


@app.command("drop")
def drop_source(key: Key, object: Name, by: MaybeBy = None, is_json: Json = False) -> None:
    """Ask as the template says again."""
    with opened() as desk:
        desk.do(acting(desk, by), pulls.drop_source, key, object)
    answer({"account": key, "object": object}, is_json=is_json, words=lambda: f"{key} asks as its template says.")


def add_to(typer_app: typer.Typer) -> None:
    """Put these commands on the command line."""
    typer_app.command("sync")(sync)
    typer_app.command("cursors")(cursors)
    typer_app.add_typer(app, name="source")


def _values(text: str) -> Any:
    try:
        return load_yaml(text)
    except DeskError as trouble:
        raise DeskError("source_invalid", trouble.message.replace("The map", "The file"), trouble.hint) from None


def plain(item: Pulled) -> dict[str, Any]:
    """One pull as plain values."""
    return {**asdict(item), "days": None if item.days is None else item.days.as_dict()}


def _every(desk: Desk, actor: Actor, key: str) -> tuple[str, ...]:
    found = desk.ask(actor, pulls.objects, key)
    if not found:
        raise DeskError(
            "nothing_to_pull",
            f"No object of {key} has both a source and an approved map.",
            "Approve a map, and where the provider has no template `source set` says how its API is asked.",
        )
    return found


def _pulled(desk: Desk, actor: Actor, key: str, names: tuple[str, ...], days: DateRange | None) -> list[Pulled]:
    """Each object in turn; what one of them met is said, and the first trouble is raised after the last of them."""
    done: list[Pulled] = []
    met: DeskError | None = None
    with progress_bar() as progress:
        for name in names:
            try:
                done += pull(desk, actor, key, name, days=days, progress=progress)
            except DeskError as trouble:
                if len(names) > 1:
                    notice(f"{name}: {trouble.message} {trouble.hint}".strip())
                met = met or trouble
    if met is not None:
        for item in done:
            notice(_words(item))
        raise met
    return done


def _queue(
    desk: Desk, actor: Actor, key: str, names: tuple[str, ...], days: DateRange | None, *, is_json: bool
) -> None:
    jobs = [{"object": name, "job": desk.do(actor, pulls.enqueue_pull, key, name, days)} for name in names]
    answer(jobs, is_json=is_json, words=lambda: "\n".join(f"{job['object']}: job {job['job']}." for job in jobs))


def _words(item: Pulled) -> str:
    days = f", days {item.days.first} to {item.days.last}" if item.days else ", no whole day yet"
    since = f" since {_moment(item.since)}" if item.since else ""
    came = "nothing new" if not item.rows else counted(item.rows, "row")
    load = f", load {item.load_id}" if item.load_id else ""
    parts = [
        f"{item.object}: {came} in {counted(item.pages, 'page')}{load}{days}; "
        f"asked by {item.basis} date ({item.zone}){since}; cursor {item.cursor or 'not set'}.",
        "The same records had come before; nothing changed." if item.is_seen else "",
        f"{counted(item.repeated, 'record')} came twice and stand once." if item.repeated else "",
        _skew(item.clock_skew_seconds),
    ]
    return " ".join(part for part in parts if part)


def _skew(seconds: int) -> str:
    if abs(seconds) < 60:
        return ""
    return f"Its clock is {abs(seconds):,} seconds {'ahead of' if seconds > 0 else 'behind'} this desk's."


def _cursor_words(item: SyncCursor) -> str:
    left = "" if item.limit_left is None else f", {item.limit_left:,} of {item.limit_of or 0:,} calls left"
    until = "from the beginning" if item.high_water is None else f"up to {_moment(item.high_water)}"
    asked = "" if item.asked_at is None else f", last asked {_moment(item.asked_at)}"
    basis = f"by {item.date_basis} date ({item.zone})"
    return f"{item.object}: {until} {basis}{asked}{left}. {_skew(item.clock_skew_seconds)}".strip()


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"

"""`impact`, `dry-run`, `load-again`, `columns-ok`: what a change would do before it is made, and what follows it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from lib.domain.rows.impact import DEFAULT_DELIVERIES, Change, Impact
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.errors import DeskError
from lib.pipeline.loading.impact import work_out
from lib.pipeline.loading.replay import queue_replay
from lib.services.arriving import drift, replay
from lib.services.reviewing.impact import in_words

Account = Annotated[str, typer.Option(metavar="KEY", help="The account's key.")]
Object = Annotated[str, typer.Option("--object", metavar="OBJECT", help="lead, job, call, booking, …")]
Last = Annotated[int, typer.Option("--last", min=1, max=50, help="How many of the newest deliveries are looked at.")]


def map_impact(
    account: Account,
    object: Object,
    version: Annotated[int, typer.Option(help="The version's number.")],
    last: Last = DEFAULT_DELIVERIES,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """What a version of a map would change: past deliveries run through it and through the one in use; nothing is written."""
    _tried(account, Change(object, version, most=last), by, is_json=is_json)


def dry_run(
    account: Account,
    setting: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE", help="As `account set` takes it: policy.missing_date=hold.")
    ],
    last: Last = DEFAULT_DELIVERIES,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """What other policies would have done to past deliveries, before they are switched on."""
    settings = {name: text for name, _, text in (item.partition("=") for item in setting)}
    _tried(account, Change(settings=settings, most=last), by, is_json=is_json)


def load_again(
    account: Account,
    object: Object,
    deliveries: Annotated[
        list[int] | None, typer.Argument(metavar="DELIVERY…", help="Their numbers; none lists them.")
    ] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Load past deliveries again through the map in use: the worker does it, and each load is reviewed and approved."""
    with opened() as desk:
        actor = acting(desk, by)
        if deliveries:
            queued = queue_replay(desk, actor, account, object, deliveries)
            answer({"jobs": queued}, is_json=is_json, words=lambda: f"Queued as {len(queued)} jobs; `jobs` shows them.")
            return
        found = desk.ask(actor, replay.replayable, account, object)
    lines = [
        f"{item.delivery_id}  {item.file_name}  {item.rows:,} rows  map {item.map_version}  {item.status}"
        + (f"  ({item.why_not})" if item.why_not else "")
        for item in found
    ]
    words = "\n".join([*lines, replay.WHAT_HAPPENS]) if lines else "Nothing came in yet."
    answer([dataclasses.asdict(item) for item in found], is_json=is_json, words=lambda: words)


def columns_ok(
    load: Annotated[int, typer.Argument(metavar="LOAD", help="The load's number.")],
    reason: Annotated[str, typer.Option(help="Why it is right as it is.")],
    by: By,
    is_json: Json = False,
) -> None:
    """Confirm that a load may have other columns than its map reads."""
    with opened() as desk:
        desk.do(acting(desk, by), drift.confirm_drift, load, reason)
    answer(
        {"load": load, "confirmed": True}, is_json=is_json, words=lambda: f"The columns of load {load} are confirmed."
    )


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("impact")(map_impact)
    app.command("dry-run")(dry_run)
    app.command("load-again")(load_again)
    app.command("columns-ok")(columns_ok)


def _tried(account: str, change: Change, by: str | None, *, is_json: bool) -> None:
    if not change.is_of_map and not all(change.settings.values()):
        raise DeskError("bad_setting", "A setting is written as NAME=VALUE.", "Like policy.missing_date=hold.")
    with opened() as desk, progress_bar() as progress:
        parts = work_out(desk, acting(desk, by), account, change, progress)
    answer([part.as_dict() for part in parts], is_json=is_json, words=lambda: "\n".join(map(_words, parts)))


def _words(part: Impact) -> str:
    looked = (
        f"{part.object}: {part.rows:,} rows of {len(part.looked_at)} deliveries looked at, {part.changed:,} change."
    )
    rows = [in_words(item) for item in part.changes]
    return "\n  ".join([looked, *(item.sentence for item in part.numbers), *part.stops, *rows, *part.missed])

"""`schedule` and `breaker`: when an account's work comes round by itself, and providers that are left alone for a while."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

import typer

from lib.clock import zone
from lib.domain.jobs import PULL
from lib.domain.running.schedules import Schedule
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, opened
from lib.pipeline.running.turns import close_breaker
from lib.services.running import breaker, schedules

app = typer.Typer(help="When work comes round by itself.", no_args_is_help=True, rich_markup_mode=None)
breakers = typer.Typer(help="Providers that are left alone for a while.", no_args_is_help=True, rich_markup_mode=None)
Key = Annotated[str, typer.Argument(metavar="KEY", help="The account's key.")]
Number = Annotated[int, typer.Argument(metavar="SCHEDULE", help="The schedule's number, as `schedule list` has it.")]


@app.command("add")
def add(
    key: Key,
    name: Annotated[str, typer.Argument(metavar="OBJECT", help="The object, such as lead.")],
    by: By,
    cron: Annotated[
        str, typer.Option(metavar="CRON", help="Minute, hour, day of month, month, day of week: '15 6 * * *'.")
    ],
    kind: Annotated[str, typer.Option(metavar="KIND", help="pull, from its API, or drop, from its folder.")] = PULL,
    timezone: Annotated[
        str, typer.Option("--zone", metavar="ZONE", help="Whose clocks: an IANA name; the account's by default.")
    ] = "",
    is_json: Json = False,
) -> None:
    """Set when an account's work comes round; the same account, object and kind again changes it.

    At the change of clocks a time of day that is skipped comes when the clocks go on, one that is repeated comes once.
    """
    with opened() as desk:
        put = desk.do(acting(desk, by), schedules.put, key, name, cron, kind, timezone)
    answer(_told(put), is_json=is_json, words=lambda: _words(put))


@app.command("list")
def list_schedules(
    account: Annotated[str, typer.Option(metavar="KEY", help="Those of one account.")] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """List what comes round, when next, and what was skipped."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), schedules.listed, account)
    words = "\n".join(map(_words, found)) or "Nothing comes round by itself."
    answer([_told(item) for item in found], is_json=is_json, words=lambda: words)


@app.command("on")
def switch_on(schedule: Number, by: By, is_json: Json = False) -> None:
    """Switch a schedule on, from now."""
    _switch(schedule, by, is_json=is_json, is_on=True)


@app.command("off")
def switch_off(schedule: Number, by: By, is_json: Json = False) -> None:
    """Switch a schedule off; what it has queued stays queued."""
    _switch(schedule, by, is_json=is_json, is_on=False)


@breakers.command("list")
def list_breakers(by: MaybeBy = None, is_json: Json = False) -> None:
    """List the accounts whose provider is left alone, since when, until when and why."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), breaker.held_up)
    values = [{"account": key, **dataclasses.asdict(state)} for key, state in found.items()]
    words = [
        f"{key} is left alone since {state.opened_at:%Y-%m-%d %H:%M} UTC, "
        f"and tried again at {state.try_at:%Y-%m-%d %H:%M:%S} UTC. {state.sentence}"
        for key, state in found.items()
    ]
    answer(values, is_json=is_json, words=lambda: "\n".join(words) or "No provider is left alone.")


@breakers.command("close")
def close(
    key: Key,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What was mended.")],
    is_json: Json = False,
) -> None:
    """Have a provider asked again before its time, and let go on what waited for it."""
    with opened() as desk:
        actor = acting(desk, by)
        account = close_breaker(desk, actor, key, reason)
        state = desk.ask(actor, breaker.state_of, account)
    answer(
        {"account": key, **dataclasses.asdict(state)}, is_json=is_json, words=lambda: f"{key} is asked again from now."
    )


def add_to(typer_app: typer.Typer) -> None:
    """Put these commands on the command line."""
    typer_app.add_typer(app, name="schedule")
    typer_app.add_typer(breakers, name="breaker")


def _switch(schedule: int, by: str, *, is_json: bool, is_on: bool) -> None:
    with opened() as desk:
        moved = desk.do(acting(desk, by), schedules.switch, schedule, is_on=is_on)
    answer(_told(moved), is_json=is_json, words=lambda: _words(moved))


def _told(item: Schedule) -> dict[str, Any]:
    return dataclasses.asdict(item)


def _words(item: Schedule) -> str:
    what = f"Schedule {item.id}, {item.kind} of {item.object} for {item.account}, {item.cron} in {item.zone}"
    if item.next_run_at is None:
        return f"{what}: off"
    here = item.next_run_at.astimezone(zone(item.zone))
    said = f"{what}: next at {here:%Y-%m-%d %H:%M:%S} there"
    return f"{said}. {item.note}" if item.note else said

"""`desk set`, `desk show`: what an admin says for the whole desk."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.entrypoints.cli.output import answer, notice
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened, pairs
from lib.services.setup import desk_settings

app = typer.Typer(help="What holds for the whole desk.", no_args_is_help=True, rich_markup_mode=None)


@app.command("show")
def show(by: MaybeBy = None, is_json: Json = False) -> None:
    """The desk's settings, and who said each."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), desk_settings.show_desk)
    answer([item.as_dict() for item in found], is_json=is_json, words=lambda: "\n".join(map(_line, found)))


@app.command("set")
def change(
    settings: Annotated[list[str], typer.Argument(metavar="NAME=VALUE …", help="What to change.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Change settings of the desk: min_retention_days (the legal minimum), test_days (how long a test stays good)."""
    with opened() as desk:
        actor = acting(desk, by)
        below = desk.do(actor, desk_settings.set_desk, pairs(settings))
        found = desk.ask(actor, desk_settings.show_desk)
    if below:
        notice(f"These accounts keep payloads shorter than the law allows now: {', '.join(below)}.")
    value = {"settings": [item.as_dict() for item in found], "below_minimum": list(below)}
    answer(value, is_json=is_json, words=lambda: "\n".join(map(_line, found)))


def _line(item: desk_settings.SaidSetting) -> str:
    said = f"said by {item.said_by}, {item.said_at:%Y-%m-%d}" if item.said_at else "as it comes"
    return f"{item.name}: {item.value} ({said})"


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.add_typer(app, name="desk")

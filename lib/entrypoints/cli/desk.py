"""`migrate`, `doctor`, `grants`, `demo`: the desk itself."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.demo_loading import load_demo
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, notice, progress_bar, say
from lib.entrypoints.cli.session import Json, opened
from lib.pipeline.migrating import migrate
from lib.services.people.people import local_admin
from lib.services.running import doctor
from lib.settings import load_settings


def migrate_databases() -> None:
    """Bring both databases to head, as the migrating user."""
    done: list[str] = []
    settings = load_settings()
    migrate(settings, done.append)
    taken = f"; {counted(len(done), 'step')} taken" if done else " already"
    say(f"Both databases are at head{taken}.")
    if done and not settings.app_url.startswith("sqlite"):
        notice("Rights are given table by table: print them again with `python -m lib grants`, and have them run.")


def find_trouble(is_json: Json = False) -> None:
    """Everything wrong with this desk, one line each, with the mend."""
    settings = load_settings()
    found = doctor.examine_databases(settings)
    if not any(item.severity == doctor.WRONG for item in found):
        with opened() as desk:
            found.extend(doctor.examine_desk(desk, local_admin(desk)))
    value = {"ok": not found, "findings": [vars(item) for item in found]}
    lines = [f"{item.severity}: {item.sentence} {item.mend}" for item in found]
    answer(value, is_json=is_json, words=lambda: "\n".join(lines) or "Nothing is wrong with this desk.")
    if any(item.severity == doctor.WRONG for item in found):
        raise typer.Exit(1)


Account = Annotated[
    str | None, typer.Option(metavar="ACCOUNT", help="Such as \"'desk'@'%'\"; default: as the settings say.")
]


def print_grants(
    migrate: Account = None,
    run: Account = None,
    portal: Account = None,
    host: Annotated[str, typer.Option(help="Where users sign in from who are not made yet.")] = "%",
) -> None:
    """The statements that give the desk's three database users what they need, and take back what is too much."""
    given = {"migrate": migrate, "run": run, "portal": portal}
    say("\n".join(doctor.grants(load_settings(), {part: name for part, name in given.items() if name}, host)).rstrip())


def demo() -> None:
    """Load the demo workspace: a labelled client with a year of invented deliveries, through the real road."""
    with opened() as desk, progress_bar() as progress:
        made = load_demo(desk, local_admin(desk), progress)
    loaded = f"{counted(made['loads'], 'load')}, {counted(made['rows'], 'row')}"
    say(f"{made['client']} is loaded: {loaded}. See `metrics {made['key']}`.")


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("migrate")(migrate_databases)
    app.command("doctor")(find_trouble)
    app.command("grants")(print_grants)
    app.command("demo")(demo)

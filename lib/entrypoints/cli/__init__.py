"""The command line: every step of the road, for people at a terminal and for machines with `--json`."""

from __future__ import annotations

import functools
import sys
from typing import Any

import typer

from lib.entrypoints.cli import (
    account_rules,
    accounts,
    alerts,
    audit,
    by_hand,
    clients,
    dead_letters,
    desk,
    desk_settings,
    drops,
    fixing,
    foresight,
    handover,
    imports,
    intervals,
    ladder,
    leaving,
    lineage,
    map_versions,
    maps,
    metric_catalog,
    numbers,
    people,
    privacy,
    providers,
    publishing,
    reading,
    report_note,
    retention,
    schedules,
    setup_checks,
    share,
    suggestions,
    sync,
    tasks,
    transforms,
    work,
)
from lib.entrypoints.cli.output import door
from lib.log import set_up_logging

app = typer.Typer(
    name="python -m lib",
    help="Connector Desk: the room a service business's numbers pass through before anybody sees them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
desk.add_to(app)
reading.add_to(app)
transforms.add_to(app)
app.command("providers")(providers.providers)
imports.add_to(app)
by_hand.add_to(app)
drops.add_to(app)
fixing.add_to(app)
foresight.add_to(app)
leaving.add_to(app)
handover.add_to(app)
app.command("match")(account_rules.match)
numbers.add_to(app)
publishing.add_to(app)
app.command("intervals")(intervals.intervals)
lineage.add_to(app)
retention.add_to(app)
work.add_to(app)
dead_letters.add_to(app)
tasks.add_to(app)
sync.add_to(app)
schedules.add_to(app)
app.add_typer(people.app, name="user")
app.add_typer(privacy.app, name="person")
app.add_typer(clients.app, name="client")
accounts.app.add_typer(account_rules.rules, name="rule")
accounts.app.command("match")(account_rules.match_rules)
setup_checks.add_to(accounts.app)
ladder.add_to(accounts.app)
app.add_typer(accounts.app, name="account")
map_versions.add_to(maps.app)
suggestions.add_to(app, maps.app)
app.add_typer(maps.app, name="map")
app.add_typer(desk_settings.app, name="desk")
app.add_typer(metric_catalog.app, name="metric")
app.add_typer(metric_catalog.rolling, name="roll-up")
app.add_typer(numbers.baselines, name="baseline")
app.add_typer(report_note.app, name="report-note")
app.add_typer(share.app, name="share")
app.add_typer(alerts.app, name="alerts")
app.add_typer(audit.app, name="audit")


def main() -> None:
    """Run one command; known trouble ends with exit code 1 and one sentence, wrong usage with 2."""
    set_up_logging()
    with door(is_json="--json" in sys.argv):
        _command()()


@functools.cache
def _command() -> Any:
    """All commands as one; putting them together takes longer than most of them do, so a process does it once."""
    return typer.main.get_command(app)

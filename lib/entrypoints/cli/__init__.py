"""The command line: every step of the road, for people at a terminal and for machines with `--json`."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from lib.entrypoints.cli.output import door
from lib.log import set_up_logging

# What stands on the first level, in the order in which it is listed, and the module that holds it. A command loads its
# own module and no other: all of them together take longer to load than most commands take to run.
COMMANDS = {
    "migrate": "desk",
    "doctor": "desk",
    "grants": "desk",
    "demo": "desk",
    "desk": "desk_settings",
    "user": "people",
    "client": "clients",
    "account": "accounts",
    "providers": "providers",
    "handover": "handover",
    "handover-read": "handover",
    "map": "maps",
    "read": "reading",
    "transforms": "transforms",
    "suggestions": "suggestions",
    "source": "sync",
    "sync": "sync",
    "cursors": "sync",
    "drops": "drops",
    "take-dropped": "drops",
    "schedule": "schedules",
    "breaker": "schedules",
    "import": "imports",
    "drop": "imports",
    "enter": "by_hand",
    "review": "imports",
    "fix": "fixing",
    "hold": "fixing",
    "release": "fixing",
    "ignore": "fixing",
    "reclass": "fixing",
    "match": "account_rules",
    "columns-ok": "foresight",
    "errors": "leaving",
    "errors-back": "leaving",
    "effect": "leaving",
    "impact": "foresight",
    "dry-run": "foresight",
    "load-again": "foresight",
    "approve": "imports",
    "reject": "imports",
    "undo": "imports",
    "find": "lineage",
    "trace": "lineage",
    "numbers-on": "lineage",
    "metric": "metric_catalog",
    "roll-up": "metric_catalog",
    "metrics": "numbers",
    "baseline": "numbers",
    "compare": "numbers",
    "intervals": "intervals",
    "statement": "publishing",
    "change-note": "publishing",
    "card": "publishing",
    "portal": "publishing",
    "corrections": "publishing",
    "report-note": "report_note",
    "share": "share",
    "tasks": "tasks",
    "task": "tasks",
    "dead-letters": "dead_letters",
    "dead-letter": "dead_letters",
    "replay": "dead_letters",
    "worker": "work",
    "jobs": "work",
    "job": "work",
    "scores": "leaving",
    "alerts": "alerts",
    "audit": "audit",
    "person": "privacy",
    "purge": "retention",
}


class _Commands(TyperGroup):
    """The first level of the command line, whose commands are loaded when they are asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Whoever types a name that is none is told the nearest of these.
        self.commands: Any = dict.fromkeys(COMMANDS)

    def list_commands(self, _ctx: Any) -> list[str]:
        """Every command's name."""
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """The command of this name; None where there is none."""
        return commands_of(COMMANDS[cmd_name])[cmd_name] if cmd_name in COMMANDS else None


app = typer.Typer(
    cls=_Commands,
    name="python -m lib",
    help="Connector Desk: the room a service business's numbers pass through before anybody sees them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def _first_level() -> None:
    """Typer makes a group of an application that has a callback, whether or not it has commands yet."""


@functools.cache
def commands_of(module: str) -> dict[str, Any]:
    """What a module puts on the first level, by name."""
    part = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    importlib.import_module(f"{__name__}.{module}").add_to(part)
    return dict(typer.main.get_group(part).commands)


def main() -> None:
    """Run one command; known trouble ends with exit code 1 and one sentence, wrong usage with 2."""
    set_up_logging()
    with door(is_json="--json" in sys.argv):
        typer.main.get_command(app)()

"""`worker`: does the long work that pages queue."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.entrypoints.cli.output import say
from lib.entrypoints.cli.session import opened
from lib.entrypoints.worker import end_with_parent, work


def run_worker(
    once: Annotated[bool, typer.Option("--once", help="Do one job, wait for it if there is none, then end.")] = False,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is due.")] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="End when standard input ends, as the server starts it.")
    ] = False,
) -> None:
    """Do the jobs that pages queue: imports of large files. Several workers may run at once."""
    if with_parent:
        end_with_parent()
    with opened() as desk:
        done = work(desk, is_once=once, is_until_idle=until_idle)
    say(f"{done} {'job' if done == 1 else 'jobs'} done.")


def add_to(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command("worker")(run_worker)

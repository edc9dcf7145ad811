"""`worker`, `jobs`, `job cancel`: the long work that pages queue, how far it is, and an end to it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from lib.domain.jobs import IMPACT, PURGE, JobLine
from lib.entrypoints.cli.output import answer, say
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.entrypoints.worker import end_with_parent, work
from lib.services import jobs

app = typer.Typer(help="One piece of long work.", no_args_is_help=True, rich_markup_mode=None)


def run_worker(
    once: Annotated[bool, typer.Option("--once", help="Do one job, wait for it if there is none, then end.")] = False,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is due.")] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="End when standard input ends, as the server starts it.")
    ] = False,
) -> None:
    """Do the jobs that pages queue: importing, approving and undoing what is large. Several workers may run at once."""
    if with_parent:
        end_with_parent()
    with opened() as desk:
        done = work(desk, is_once=once, is_until_idle=until_idle)
    say(f"{done} {'job' if done == 1 else 'jobs'} done.")


def under_way(by: MaybeBy = None, is_json: Json = False) -> None:
    """List the jobs that wait or run: stage, rows, rate and time left."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), jobs.under_way)
    values = [dataclasses.asdict(item) for item in found]
    answer(values, is_json=is_json, words=lambda: "\n".join(map(_words, found)) or "No job waits or runs.")


@app.command("cancel")
def cancel(
    job: Annotated[int, typer.Argument(metavar="JOB", help="The job's number, as `jobs` lists it.")],
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Stop a job: a decision leaves everything as it was, an import can go on later."""
    with opened() as desk:
        stopped = desk.do(acting(desk, by), jobs.cancel, job)
    answer(dataclasses.asdict(stopped), is_json=is_json, words=lambda: f"Job {job} is {stopped.status}.")


def add_to(typer_app: typer.Typer) -> None:
    """Put these commands on the command line."""
    typer_app.command("worker")(run_worker)
    typer_app.command("jobs")(under_way)
    typer_app.add_typer(app, name="job")


def _words(item: JobLine) -> str:
    nothing = "a change" if item.kind == IMPACT else "payloads"
    what = (item.file_name or nothing) if item.load_id is None else f"load {item.load_id} ({item.file_name})"
    parts = [f"Job {item.id}, {item.kind.replace('_', ' ')} of {what} for {item.account}: {item.status}"]
    if item.status == jobs.RUNNING:
        noun = "deliveries" if item.kind == PURGE else "rows"
        rows = f" {item.done:,} of {item.total:,} {noun}" if item.total else ""
        parts.append(f"{item.stage}{rows}")
    if item.rate:
        parts.append(f"{item.rate:,.0f} rows a second")
    if item.seconds_left is not None:
        parts.append(f"about {item.seconds_left:,.0f} s left")
    return ", ".join(parts)

"""`worker`, `jobs`, `job cancel`, `job retry`: long work, how far it is, what became of it, and an end to it."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from lib.domain.jobs import IMPACT, PURGE, SCHEDULED, JobLine
from lib.entrypoints.cli.output import answer, say
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.entrypoints.stopping import end_with_parent, stopped_by_signals
from lib.entrypoints.worker import Worker
from lib.services.running import job_list, jobs

app = typer.Typer(help="One piece of long work.", no_args_is_help=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="JOB", help="The job's number, as `jobs` lists it.")]


def run_worker(
    once: Annotated[bool, typer.Option("--once", help="Do one job, wait for it if there is none, then end.")] = False,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is due.")] = False,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="End when standard input ends, as the server starts it.")
    ] = False,
) -> None:
    """Do what is queued and what comes round by a schedule. Several workers may run, on several machines.

    The first SIGTERM or SIGINT has it put its job back at the next safe step; the second ends it at once.
    """
    with opened() as desk:
        worker = Worker(desk)
        if with_parent:
            end_with_parent(worker.stop)
        with stopped_by_signals(worker.stop):
            done = worker.run(is_once=once, is_until_idle=until_idle)
    say(f"{done} {'job' if done == 1 else 'jobs'} done.")


def listed(
    is_all: Annotated[bool, typer.Option("--all", help="Those that are over too, newest first.")] = False,
    account: Annotated[str, typer.Option(metavar="KEY", help="Those of one account.")] = "",
    state: Annotated[
        str, typer.Option(metavar="STATE", help="Those that are queued, running, done, failed or cancelled.")
    ] = "",
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """List the jobs that wait or run: stage, rows, rate, time left, tries and trouble; or those that are over."""
    with opened() as desk:
        found = desk.ask(acting(desk, by), job_list.listed, account=account, state=state, is_all=is_all)
    values = [dataclasses.asdict(item) for item in found]
    none = "There is no such job." if is_all or state else "No job waits or runs."
    answer(values, is_json=is_json, words=lambda: "\n".join(map(_words, found)) or none)


@app.command("cancel")
def cancel(job: Number, by: MaybeBy = None, is_json: Json = False) -> None:
    """Stop a job: a decision leaves everything as it was, an import can go on later."""
    with opened() as desk:
        stopped = desk.do(acting(desk, by), jobs.cancel, job)
    answer(dataclasses.asdict(stopped), is_json=is_json, words=lambda: f"Job {job} is {stopped.status}.")


@app.command("retry")
def retry(job: Number, by: MaybeBy = None, is_json: Json = False) -> None:
    """Have a job that failed tried again, ahead of what nobody waits for."""
    with opened() as desk:
        again = desk.do(acting(desk, by), jobs.retry, job)
    answer(dataclasses.asdict(again), is_json=is_json, words=lambda: f"Job {job} is {again.status} again.")


def add_to(typer_app: typer.Typer) -> None:
    """Put these commands on the command line."""
    typer_app.command("worker")(run_worker)
    typer_app.command("jobs")(listed)
    typer_app.add_typer(app, name="job")


def _words(item: JobLine) -> str:
    parts = [f"Job {item.id}, {item.kind.replace('_', ' ')} of {_of(item)} for {item.account}: {item.status}"]
    if item.status == jobs.RUNNING:
        noun = "deliveries" if item.kind == PURGE else "rows"
        rows = f" {item.done:,} of {item.total:,} {noun}" if item.total else ""
        parts.append(f"{item.stage}{rows}")
    if item.rate:
        parts.append(f"{item.rate:,.0f} rows a second")
    if item.seconds_left is not None:
        parts.append(f"about {item.seconds_left:,.0f} s left")
    if item.attempts and (item.trouble or item.attempts > 1):
        parts.append(f"{item.attempts} {'try' if item.attempts == 1 else 'tries'}")
    if item.trouble and item.next_try is not None:
        parts.append(f"again at {item.next_try:%Y-%m-%d %H:%M:%S} UTC")
    said = ", ".join(parts)
    return f"{said}. {item.error_class.replace('_', ' ').capitalize()}: {item.trouble}" if item.trouble else said


def _of(item: JobLine) -> str:
    if item.kind in SCHEDULED:
        return item.object
    nothing = "a change" if item.kind == IMPACT else "payloads"
    return (item.file_name or nothing) if item.load_id is None else f"load {item.load_id} ({item.file_name})"

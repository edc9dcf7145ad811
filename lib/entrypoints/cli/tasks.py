"""`tasks`, `task resolve`, `reopen`, `assign`, `due`: the one list of what waits for people, and what is said of it."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated, Any

import typer

from lib.db.unit_of_work import Desk
from lib.domain.tasks import KINDS, OPEN
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, MaybeBy, acting, day, opened
from lib.pipeline.running.task_rules import keep_tasks
from lib.pipeline.setup.watching import watch_freshness, watch_ladder
from lib.services.people.people import local_admin
from lib.services.running import tasks
from lib.services.running.tasks import Task

Number = Annotated[int, typer.Argument(metavar="TASK", help="The task's number, as `tasks` lists it.")]

app = typer.Typer(
    help="One task: resolve it with a reason, open it again, hand it over, say by when.", no_args_is_help=True
)


def all_tasks(
    account: Annotated[str, typer.Option(metavar="KEY", help="One account only.")] = "",
    client: Annotated[str, typer.Option(metavar="KEY", help="One client only.")] = "",
    owner: Annotated[str, typer.Option(metavar="EMAIL", help="What waits for this person.")] = "",
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"One kind: {', '.join(KINDS)}.")] = "",
    is_overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been done by now.")] = False,
    is_all: Annotated[bool, typer.Option("--all", help="Those that are done, too.")] = False,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """List everything that waits for a person, what matters most first."""
    with opened() as desk:
        actor = acting(desk, by)
        boss = local_admin(desk)
        # The worker does so all the time; on a desk without one the list is to be true all the same.
        for looks in (watch_freshness, watch_ladder, keep_tasks):
            looks(desk, boss)
        asked: dict[str, Any] = {"account": account, "client": client, "owner": owner, "kind": kind}
        found = desk.ask(actor, tasks.listed, **asked, is_overdue=is_overdue, is_open=not is_all)
        now = desk.clock()
    answer(
        [_as_dict(item, now) for item in found],
        is_json=is_json,
        words=lambda: "\n".join(_line(item, now) for item in found) or "Nothing waits.",
    )


@app.command("resolve")
def resolve(
    task: Number,
    reason: Annotated[str, typer.Option(help="What was done, or why it may stay.")],
    by: By,
    is_json: Json = False,
) -> None:
    """Close a task by hand; it opens again when its cause comes back."""
    with opened() as desk:
        found = desk.do(acting(desk, by), tasks.resolve, task, reason)
        _answer(desk, found, f"Task {task} is resolved: {found.closed_because}", is_json=is_json)


@app.command("reopen")
def reopen(task: Number, by: By, is_json: Json = False) -> None:
    """Open a task again that was resolved too early."""
    with opened() as desk:
        found = desk.do(acting(desk, by), tasks.reopen, task)
        _answer(desk, found, f"Task {task} is open again, and {found.owner}'s.", is_json=is_json)


@app.command("assign")
def assign(
    task: Number,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Who is to do it.")],
    by: By,
    is_json: Json = False,
) -> None:
    """Hand a task to somebody who may do it; no rule gives it to anybody else then."""
    with opened() as desk:
        found = desk.do(acting(desk, by), tasks.assign, task, email)
        _answer(desk, found, f"Task {task} is {found.owner}'s now.", is_json=is_json)


@app.command("due")
def due(
    task: Number,
    date: Annotated[str, typer.Argument(metavar="DATE", help="The last day for it, as 2026-01-31.")],
    by: By,
    is_json: Json = False,
) -> None:
    """Say by which day a task is to be done."""
    with opened() as desk:
        found = desk.do(acting(desk, by), tasks.due, task, day(date))
        _answer(desk, found, f"Task {task} is due on {found.due_on}.", is_json=is_json)


def add_to(root: typer.Typer) -> None:
    """Put these commands on the command line."""
    root.command("tasks")(all_tasks)
    root.add_typer(app, name="task")


def _answer(desk: Desk, task: Task, words: str, *, is_json: bool) -> None:
    answer(_as_dict(task, desk.clock()), is_json=is_json, words=lambda: words)


def _as_dict(task: Task, now: datetime) -> dict[str, Any]:
    told = dataclasses.asdict(task)
    hours = int(task.age(now).total_seconds() // 3600)
    return {**told, "severity": task.severity, "age_hours": hours, "overdue": task.is_overdue(now)}


def _line(task: Task, now: datetime) -> str:
    if task.status != OPEN:
        by = f", {task.closed_by}" if task.closed_by else ""
        return f"{task.id}  {task.status}{by}  {task.sentence}  Done: {task.closed_because}"
    days = task.age(now).days
    age = f", {counted(days, 'day')} old" if days else ""
    late = ", overdue" if task.is_overdue(now) else ""
    return f"{task.id}  {task.severity}  {task.owner}, due {task.due_on}{late}{age}  {task.sentence}"

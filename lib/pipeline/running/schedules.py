"""Work that comes round: each schedule whose moment has come is moved on and its run queued, once, by whoever is first."""

from __future__ import annotations

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Actor
from lib.domain.states import AccountStatus
from lib.services.running import queue_work, schedules
from lib.services.running.schedules import Schedule


def queue_due(desk: Desk, worker: Actor) -> list[int]:
    """Queue a job for every run that is due; their ids. Cheap where nothing is due: one question.

    Runs that were missed are one. A paused account's run is skipped, and so is one whose predecessor is not over yet;
    the schedule says so.
    """
    due = desk.ask(worker, schedules.due)
    return [job for job in (desk.do(worker, _queue, schedule) for schedule in due) if job is not None]


def _queue(tx: UnitOfWork, schedule: Schedule) -> int | None:
    run = schedules.take(tx, schedule)
    if run is None:
        return None
    account = tx.accounts.by_id(schedule.account_id)
    if account.status is AccountStatus.PAUSED:
        schedules.skipped(tx, schedule.id, run, f"{account.key} is paused.")
        return None
    if queue_work.is_run_under_way(tx, schedule.id):
        schedules.skipped(tx, schedule.id, run, "the run before it was not over.")
        return None
    told = schedule.kind, schedule.object, schedule.id, run.due_at, run.runs
    job = queue_work.enqueue_run(tx, account, *told)
    schedules.queued(tx, schedule.id, job)
    return job

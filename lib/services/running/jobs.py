"""Jobs: look at one, stop one, have one tried again; and what a worker says of the one it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.jobs import (
    BREAKER_OPEN,
    CANCELLED,
    DONE,
    FAILED,
    JOB_LOST,
    KEPT,
    QUEUED,
    RIGHTS,
    RUNNING,
    WAYS_OUT,
    WORKER_STOPPING,
    Job,
    JobLine,
    line_of,
)
from lib.domain.people import Actor, Right
from lib.domain.running.retrying import class_of
from lib.errors import DeskError, NotAllowed

__all__ = ["CANCELLED", "DONE", "FAILED", "QUEUED", "RUNNING", "Job", "JobLine"]

# Longer than a worker is ever silent; a job whose worker was killed is taken over after it.
LEASE_SECONDS = 60
# A job that ended its worker this often is not tried again.
MOST_CRASHES = 3
_FORGOTTEN_AT_ONCE = 500


def job(tx: UnitOfWork, job_id: int) -> JobLine:
    """How far a job is; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    return line_of(tx.jobs.by_id(job_id))


def of_load(tx: UnitOfWork, load_id: int) -> JobLine | None:
    """The job that is at work on a load now, or waits to be; None where there is none."""
    tx.actor.require(Right.SEE_DETAIL)
    found = [item for item in tx.jobs.about_loads([load_id], 5) if item.status in (QUEUED, RUNNING)]
    return line_of(found[-1]) if found else None


def cancel(tx: UnitOfWork, job_id: int) -> JobLine:
    """Stop a job. What a decision had begun to write is not written; what an import has written stays out of sight.

    One that is over already stays as it is.
    """
    tx.actor.require(Right.SEE_DETAIL)
    asked = tx.jobs.by_id(job_id)
    tx.actor.require(RIGHTS[asked.kind])
    if tx.jobs.cancel(job_id):
        tx.audit.note("job cancelled", "job", job_id, asked.client_id, kind=asked.kind)
    return line_of(tx.jobs.by_id(job_id))


def cancel_of(tx: UnitOfWork, load_id: int) -> None:
    """Stop every job that is at work on a load."""
    tx.actor.require(Right.IMPORT)
    tx.jobs.cancel_about(load_id)


def retry(tx: UnitOfWork, job_id: int) -> JobLine:
    """Queue a failed job once more, ahead of what nobody waits for, in the name of whoever asks.

    DeskError `not_failed` where it stands anywhere else: it waits, runs, is done or was given up on purpose.
    """
    tx.actor.require(Right.SEE_DETAIL)
    asked = tx.jobs.by_id(job_id)
    tx.actor.require(RIGHTS[asked.kind])
    if not tx.jobs.retry(asked):
        raise DeskError("not_failed", f"Job {job_id} is {asked.status}.", "Only one that failed is tried again.")
    tx.audit.note("job retried", "job", job_id, asked.client_id, kind=asked.kind)
    return line_of(tx.jobs.by_id(job_id))


def claim(
    tx: UnitOfWork, holder: str, give_up: Callable[[UnitOfWork, Job, DeskError], None] | None = None
) -> Job | None:
    """The next job for this worker; one that ended its worker again and again is failed and left alone.

    `give_up` is told of such a one in the transaction that fails it.
    """
    while (found := tx.jobs.claim(holder, LEASE_SECONDS)) is not None:
        if found.crashes < MOST_CRASHES:
            return found
        way_out = WAYS_OUT.get(found.kind, "Nothing of it was written.")
        said = f"Its worker ended {MOST_CRASHES} times while doing it."
        trouble = DeskError("worker_ended", said, way_out)
        if end_failed(tx, found, trouble) and give_up is not None:
            give_up(tx, found, trouble)
    return None


def person_of(tx: UnitOfWork, claimed: Job) -> Actor:
    """Whoever asked for the job, with the role they have now; NotAllowed when they are no longer of this desk."""
    found = tx.people.by_id(int(claimed.arguments["by"]))
    if found is None:
        raise NotAllowed("Whoever asked for this is no longer a person of this desk, so it was not done.")
    return found


def heartbeat(tx: UnitOfWork, claimed: Job, progress: dict[str, Any]) -> bool:
    """Say that the worker is alive and how far it is; False once the job was cancelled or taken over."""
    return tx.jobs.keep(claimed, progress, LEASE_SECONDS)


def begin(tx: UnitOfWork, claimed: Job, load_id: int) -> None:
    """Say which load an import writes. Called in the transaction that opens it, so that a cancelled job opens none."""
    if not tx.jobs.attach(claimed, load_id):
        raise job_lost(claimed)


def finish(
    tx: UnitOfWork, claimed: Job, load_id: int | None, row_count: int, result: dict[str, int] | None = None
) -> None:
    """The job is done. Called in the transaction that does its work, so that a cancelled job changes nothing."""
    if not _end(tx, claimed, load_id, row_count, result):
        raise job_lost(claimed)


def settle(tx: UnitOfWork, claimed: Job, row_count: int, result: dict[str, int] | None = None) -> None:
    """What the job asks for had been done before: it is done as well, unless it was ended by whoever did it."""
    _end(tx, claimed, claimed.load_id, row_count, result)


def try_later(tx: UnitOfWork, claimed: Job, trouble: DeskError, moment: datetime) -> bool:
    """Have a job that met trouble tried again at that moment; False where it is no longer this worker's."""
    said = f"{trouble.message} {trouble.hint}".strip()
    return tx.jobs.put_back(claimed, moment, error=said, code=trouble.code, error_class=class_of(trouble))


def wait_for_provider(tx: UnitOfWork, claimed: Job, moment: datetime, sentence: str, error_class: str) -> bool:
    """Have a job wait until its provider may be asked again; this was no try. False where it is not this worker's."""
    return tx.jobs.put_back(claimed, moment, error=sentence, code=BREAKER_OPEN, error_class=error_class, counts=False)


def end_failed(tx: UnitOfWork, claimed: Job, trouble: DeskError) -> bool:
    """The job failed for good, with the sentence; False where it is no longer this worker's."""
    said = f"{trouble.message} {trouble.hint}".strip()
    return tx.jobs.end(claimed, FAILED, error=said, code=trouble.code, error_class=class_of(trouble))


def hand_back(tx: UnitOfWork, claimed: Job) -> None:
    """The worker stops: its job waits for the next one, at once, and this was no try. A lost one only frees its lane."""
    met = {"error": claimed.error, "code": claimed.error_code, "error_class": claimed.error_class}
    tx.jobs.put_back(claimed, tx.now, **met, counts=False)


def wake(tx: UnitOfWork, account_id: int) -> int:
    """What waited for the account's provider need not wait any longer; how many jobs."""
    return tx.jobs.wake(account_id)


def forget_finished(tx: UnitOfWork, kept: timedelta = KEPT) -> int:
    """Let jobs go from the list that were over long ago, some at a time; how many."""
    tx.actor.require(Right.MANAGE_DESK)
    return tx.jobs.forget(tx.now - kept, _FORGOTTEN_AT_ONCE)


def job_lost(claimed: Job) -> DeskError:
    """The trouble of a worker whose job was cancelled or taken over."""
    return DeskError(JOB_LOST, f"Job {claimed.id} was cancelled or taken over, so it was not finished here.")


def worker_stopping(claimed: Job) -> DeskError:
    """The trouble of a job whose worker was asked to stop, at the next step where that is safe."""
    return DeskError(WORKER_STOPPING, f"The worker stops, and job {claimed.id} waits for the next one.")


def _end(tx: UnitOfWork, claimed: Job, load_id: int | None, rows: int, result: dict[str, int] | None) -> bool:
    progress = {"stage": "done", "done": rows, "total": rows, "result": result or {}}
    return tx.jobs.end(claimed, DONE, progress=progress, load_id=load_id)

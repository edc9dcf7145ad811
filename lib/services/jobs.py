"""Long work: queue an import for the worker, see how far it is, stop it; and what a worker asks to do it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from lib.db.repositories.jobs import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Job
from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Actor, Right
from lib.errors import DeskError, NotAllowed

__all__ = ["CANCELLED", "DONE", "FAILED", "QUEUED", "RUNNING", "Job", "JobLine"]

IMPORT = "import"
# Longer than a worker is ever silent; a job whose worker was killed is taken over after it.
LEASE_SECONDS = 60
# A job that ended its worker this often is not tried again.
_TRIES = 3
_FIRST_PAUSE = 5.0


@dataclass(frozen=True)
class JobLine:
    """How far a job is. `rate` is rows a second; `total`, `rate` and `seconds_left` are None until they are known."""

    id: int
    status: str
    stage: str
    done: int
    total: int | None
    rate: float | None
    seconds_left: float | None
    error: str
    load_id: int | None
    delivery_id: int

    @property
    def is_over(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.status not in (QUEUED, RUNNING)


def enqueue_import(
    tx: UnitOfWork,
    delivery_id: int,
    object: str,  # noqa: A002 - the word of the field
    is_test: bool = False,
) -> int:
    """Queue the staging of a delivery already received, in the name of whoever asks; the id of the job.

    The same again, while the first is not over, is the job it already is. DeskError `payload_not_kept` where the
    account keeps no payloads: its files can only be imported in one go.
    """
    tx.actor.require(Right.IMPORT)
    delivery = tx.deliveries.by_id(delivery_id)
    account = tx.accounts.by_id(delivery.account_id)
    if not tx.payloads.has_file(delivery_id):
        raise DeskError(
            "payload_not_kept",
            f"{account.key} keeps no payloads, so delivery {delivery_id} cannot be read later.",
            "Import the file again in one go.",
        )
    for job_ in tx.jobs.unfinished(account.id, IMPORT):
        same = (job_.object, job_.arguments["delivery"], job_.arguments["test"])
        if same == (object, delivery_id, is_test):
            return job_.id
    arguments = {"delivery": delivery_id, "test": is_test, "by": tx.actor.person_id}
    return tx.jobs.add_job(account, IMPORT, object, arguments)


def job(tx: UnitOfWork, job_id: int) -> JobLine:
    """How far a job is; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    return _line(tx.jobs.by_id(job_id))


def jobs_of(tx: UnitOfWork, account: str) -> list[JobLine]:
    """Imports of an account (its key) that are queued or running, oldest first."""
    tx.actor.require(Right.SEE_DETAIL)
    return [_line(item) for item in tx.jobs.unfinished(tx.accounts.by_key(account).id, IMPORT)]


def cancel(tx: UnitOfWork, job_id: int) -> JobLine:
    """Stop a job; what it had begun to write is not written. One that is over already stays as it is."""
    tx.actor.require(Right.IMPORT)
    if tx.jobs.cancel(job_id):
        stopped = tx.jobs.by_id(job_id)
        tx.audit.note("job cancelled", "job", job_id, stopped.client_id, kind=stopped.kind)
    return _line(tx.jobs.by_id(job_id))


def claim(tx: UnitOfWork, holder: str) -> Job | None:
    """The next job for this worker; one that ended its worker again and again is failed and left alone."""
    while (found := tx.jobs.claim(holder, LEASE_SECONDS)) is not None:
        if found.attempts <= _TRIES:
            return found
        tx.jobs.end(found, FAILED, error=f"Its worker ended {_TRIES} times while doing it. Import the file again.")
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


def finish(tx: UnitOfWork, claimed: Job, load_id: int, row_count: int) -> None:
    """The job is done. Called in the transaction that writes the load, so that a cancelled job leaves none."""
    progress = {"stage": "done", "done": row_count, "total": row_count, "load": load_id}
    if not tx.jobs.end(claimed, DONE, progress=progress):
        raise job_lost(claimed)


def fail(tx: UnitOfWork, claimed: Job, sentence: str, *, is_retryable: bool = False) -> None:
    """The job met trouble: tried again after a growing pause where that may help, else failed with the sentence."""
    if is_retryable and claimed.attempts < _TRIES:
        tx.jobs.put_back(claimed, sentence, _FIRST_PAUSE * 2 ** (claimed.attempts - 1))
    else:
        tx.jobs.end(claimed, FAILED, error=sentence)


def job_lost(claimed: Job) -> DeskError:
    """The trouble of a worker whose job was cancelled or taken over."""
    return DeskError("job_lost", f"Job {claimed.id} was cancelled or taken over, so nothing of it was written.")


def _line(item: Job) -> JobLine:
    seen = item.progress
    total, rate = seen.get("total") or None, seen.get("rate") or None
    left = (total - seen.get("done", 0)) / rate if total and rate and item.status == RUNNING else None
    return JobLine(
        id=item.id,
        status=item.status,
        stage=str(seen.get("stage", "")) if item.status != QUEUED else "waiting for the worker",
        done=int(seen.get("done", 0)),
        total=total,
        rate=rate,
        seconds_left=None if left is None else float(math.ceil(max(left, 0))),
        error=item.error if item.status == FAILED else "",
        load_id=seen.get("load"),
        delivery_id=int(item.arguments.get("delivery", 0)),
    )

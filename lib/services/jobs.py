"""Long work: queue it for the worker, see how far it is, stop it; and what a worker asks to do it."""

from __future__ import annotations

import math
from typing import Any

from lib.db.repositories.jobs import Job
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.impact import Change
from lib.domain.imports import Delivery, Load
from lib.domain.jobs import (
    APPROVE,
    CANCELLED,
    DONE,
    FAILED,
    IMPACT,
    IMPORT,
    PURGE,
    QUEUED,
    RUNNING,
    UNDO,
    UNDO_PREVIEW,
    JobLine,
)
from lib.domain.people import Actor, Right
from lib.errors import DeskError, NotAllowed

__all__ = ["CANCELLED", "DONE", "FAILED", "QUEUED", "RUNNING", "Job", "JobLine"]

# Longer than a worker is ever silent; a job whose worker was killed is taken over after it.
LEASE_SECONDS = 60
# A job that ended its worker this often is not tried again.
_TRIES = 3
_FIRST_PAUSE = 5.0
_MOST = 500
_RIGHTS = {
    IMPORT: Right.IMPORT,
    APPROVE: Right.APPROVE_LOADS,
    UNDO: Right.APPROVE_LOADS,
    UNDO_PREVIEW: Right.SEE_DETAIL,
    PURGE: Right.MANAGE_ACCOUNTS,
    IMPACT: Right.EDIT_MAPS,
}
_AFTER_ALL = {
    IMPORT: "Go on with it, start clean, or drop it.",
    UNDO_PREVIEW: "Ask for it again.",
    IMPACT: "Ask for it again, with fewer deliveries.",
}


def enqueue_import(
    tx: UnitOfWork,
    delivery_id: int,
    object: str,  # noqa: A002 - the word of the field
    is_test: bool = False,
    read_options: dict[str, Any] | None = None,
    load_id: int | None = None,
    *,
    is_clean: bool = False,
) -> int:
    """Queue the staging of a delivery already received, in the name of whoever asks; the id of the job.

    `load_id` is the load it goes on with, where one was stopped, or drops first (`is_clean`). The same again, while the
    first is not over, is the job it already is. DeskError `payload_not_kept` where the account keeps no payloads: its
    files can only be imported in one go.
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
    told = {"delivery": delivery_id, "test": is_test, "read": read_options or {}, "clean": load_id if is_clean else 0}
    arguments = {**told, "by": tx.actor.person_id}
    for job_ in tx.jobs.unfinished(_MOST, account.id, IMPORT):
        if job_.object == object and {**job_.arguments, "by": tx.actor.person_id} == arguments:
            return job_.id
    return tx.jobs.add_job(account, IMPORT, object, arguments, load_id)


def enqueue_decision(tx: UnitOfWork, kind: str, load: Load, **arguments: Any) -> int:
    """Queue the approval, the undo or the preview of an undo of a load, in the name of whoever asks; the job's id.

    The same again, while the first is not over, is the job it already is. Whether it may be done is asked when it is
    done, whatever was asked before.
    """
    tx.actor.require(_RIGHTS[kind])
    for job_ in tx.jobs.about_loads([load.id], _MOST):
        if job_.kind == kind and job_.status in (QUEUED, RUNNING):
            return job_.id
    account = tx.accounts.by_id(load.account_id)
    told = {"delivery": load.delivery_id, **arguments, "by": tx.actor.person_id}
    return tx.jobs.add_job(account, kind, load.object, told, load.id)


def enqueue_purge(tx: UnitOfWork, account: Account) -> int:
    """Queue the purge of an account's payloads whose time is over; one that is not over yet is that job."""
    tx.actor.require(_RIGHTS[PURGE])
    for job_ in tx.jobs.unfinished(1, account.id, PURGE):
        return job_.id
    return tx.jobs.add_job(account, PURGE, "", {"delivery": 0, "by": tx.actor.person_id})


def enqueue_impact(tx: UnitOfWork, account: Account, change: Change) -> int:
    """Queue the working out of what a change would do; the same again, while the first is not over, is that job."""
    tx.actor.require(_RIGHTS[IMPACT])
    under_way = impact_under_way(tx, account.key, change.subject)
    if under_way is not None:
        return under_way.id
    told = {"delivery": 0, "change": change.as_dict(), "by": tx.actor.person_id}
    return tx.jobs.add_job(account, IMPACT, change.object, told)


def impact_under_way(tx: UnitOfWork, key: str, subject: str) -> JobLine | None:
    """The job that works a subject's impact out now, or waits to; None where there is none."""
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    for item in tx.jobs.unfinished(_MOST, account.id, IMPACT):
        if Change.of_dict(item.arguments["change"]).subject == subject:
            return _line(item)
    return None


def job(tx: UnitOfWork, job_id: int) -> JobLine:
    """How far a job is; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    return _line(tx.jobs.by_id(job_id))


def under_way(tx: UnitOfWork) -> list[JobLine]:
    """Every job in the person's scope that is queued or running, oldest first, with its account and its file."""
    tx.actor.require(Right.SEE_DETAIL)
    found = tx.jobs.unfinished(_MOST)
    keys = {account.id: account.key for account in tx.accounts.every(None)}
    files = tx.deliveries.with_ids([int(item.arguments["delivery"]) for item in found])
    return [_line(item, keys[item.account_id], files.get(int(item.arguments["delivery"]))) for item in found]


def of_load(tx: UnitOfWork, load_id: int) -> JobLine | None:
    """The job that is at work on a load now, or waits to be; None where there is none."""
    tx.actor.require(Right.SEE_DETAIL)
    found = [item for item in tx.jobs.about_loads([load_id], 5) if item.status in (QUEUED, RUNNING)]
    return _line(found[-1]) if found else None


def undo_previewed(tx: UnitOfWork, load: Load) -> dict[str, int] | None:
    """What the worker found that an undo would do; None where nobody asked, or something was committed since."""
    tx.actor.require(Right.SEE_DETAIL)
    epoch = tx.accounts.epoch(load.account_id, load.object)
    for item in tx.jobs.about_loads([load.id], _MOST):
        if (item.kind, item.status, item.arguments.get("epoch")) == (UNDO_PREVIEW, DONE, epoch):
            return dict(item.progress["result"])
    return None


def cancel(tx: UnitOfWork, job_id: int) -> JobLine:
    """Stop a job. What a decision had begun to write is not written; what an import has written stays out of sight.

    One that is over already stays as it is.
    """
    tx.actor.require(Right.SEE_DETAIL)
    asked = tx.jobs.by_id(job_id)
    tx.actor.require(_RIGHTS[asked.kind])
    if tx.jobs.cancel(job_id):
        tx.audit.note("job cancelled", "job", job_id, asked.client_id, kind=asked.kind)
    return _line(tx.jobs.by_id(job_id))


def cancel_of(tx: UnitOfWork, load_id: int) -> None:
    """Stop every job that is at work on a load."""
    tx.actor.require(Right.IMPORT)
    tx.jobs.cancel_about(load_id)


def claim(tx: UnitOfWork, holder: str) -> Job | None:
    """The next job for this worker; one that ended its worker again and again is failed and left alone."""
    while (found := tx.jobs.claim(holder, LEASE_SECONDS)) is not None:
        if found.attempts <= _TRIES:
            return found
        way_out = _AFTER_ALL.get(found.kind, "Nothing of it was written.")
        tx.jobs.end(found, FAILED, error=f"Its worker ended {_TRIES} times while doing it. {way_out}")
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


def fail(tx: UnitOfWork, claimed: Job, sentence: str, *, is_retryable: bool = False) -> None:
    """The job met trouble: tried again after a growing pause where that may help, else failed with the sentence."""
    if is_retryable and claimed.attempts < _TRIES:
        tx.jobs.put_back(claimed, sentence, _FIRST_PAUSE * 2 ** (claimed.attempts - 1))
    else:
        tx.jobs.end(claimed, FAILED, error=sentence)


def job_lost(claimed: Job) -> DeskError:
    """The trouble of a worker whose job was cancelled or taken over."""
    return DeskError("job_lost", f"Job {claimed.id} was cancelled or taken over, so it was not finished here.")


def _end(tx: UnitOfWork, claimed: Job, load_id: int | None, rows: int, result: dict[str, int] | None) -> bool:
    progress = {"stage": "done", "done": rows, "total": rows, "result": result or {}}
    return tx.jobs.end(claimed, DONE, progress=progress, load_id=load_id)


def _line(item: Job, account: str = "", delivery: Delivery | None = None) -> JobLine:
    seen = item.progress
    total, rate = seen.get("total") or None, seen.get("rate") or None
    left = (total - seen.get("done", 0)) / rate if total and rate and item.status == RUNNING else None
    return JobLine(
        id=item.id,
        status=item.status,
        stage="waiting for the worker" if item.status == QUEUED else str(seen.get("stage", "beginning")),
        done=int(seen.get("done", 0)),
        total=total,
        rate=rate,
        seconds_left=None if left is None else float(math.ceil(max(left, 0))),
        error=item.error if item.status == FAILED else "",
        load_id=item.load_id,
        delivery_id=int(item.arguments.get("delivery", 0)),
        kind=item.kind,
        account=account,
        object=item.object,
        file_name="" if delivery is None else delivery.file_name,
        result=dict(seen.get("result", {})),
    )

"""Queue long work for the worker, in the name of whoever asks; the same again, while the first is not over, is that job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.jobs import IMPACT, IMPORT, PURGE, QUEUED, RIGHTS, ROUTINE, RUNNING, URGENT
from lib.domain.people import Right
from lib.domain.rows.impact import Change
from lib.errors import DeskError

_MOST = 500


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
    for job in tx.jobs.unfinished(_MOST, account.id, IMPORT):
        if job.object == object and {**job.arguments, "by": tx.actor.person_id} == arguments:
            return job.id
    return tx.jobs.add_job(account, IMPORT, object, arguments, load_id)


def enqueue_decision(tx: UnitOfWork, kind: str, load: Load, **arguments: Any) -> int:
    """Queue the approval, the undo or the preview of an undo of a load, as one a person waits for; the job's id.

    Whether it may be done is asked when it is done, whatever was asked before.
    """
    tx.actor.require(RIGHTS[kind])
    for job in tx.jobs.about_loads([load.id], _MOST):
        if job.kind == kind and job.status in (QUEUED, RUNNING):
            return job.id
    account = tx.accounts.by_id(load.account_id)
    told = {"delivery": load.delivery_id, **arguments, "by": tx.actor.person_id}
    return tx.jobs.add_job(account, kind, load.object, told, load.id, URGENT)


def enqueue_purge(tx: UnitOfWork, account: Account) -> int:
    """Queue the purge of an account's payloads whose time is over; one that is not over yet is that job."""
    tx.actor.require(RIGHTS[PURGE])
    for job in tx.jobs.unfinished(1, account.id, PURGE):
        return job.id
    return tx.jobs.add_job(account, PURGE, "", {"delivery": 0, "by": tx.actor.person_id}, priority=ROUTINE)


def enqueue_impact(tx: UnitOfWork, account: Account, change: Change) -> int:
    """Queue the working out of what a change would do; the same again, while the first is not over, is that job."""
    tx.actor.require(RIGHTS[IMPACT])
    for job in tx.jobs.unfinished(_MOST, account.id, IMPACT):
        if Change.of_dict(job.arguments["change"]).subject == change.subject:
            return job.id
    told = {"delivery": 0, "change": change.as_dict(), "by": tx.actor.person_id}
    return tx.jobs.add_job(account, IMPACT, change.object, told, priority=URGENT)


def enqueue_run(
    tx: UnitOfWork, account: Account, kind: str, name: str, schedule_id: int, due_at: datetime, runs: int
) -> int:
    """Queue one run of a schedule, in the name of the account's owner; the job's id.

    `runs` is how many due moments it stands for: more than one where some were missed.
    """
    tx.actor.require(RIGHTS[kind])
    told = {"delivery": 0, "by": account.owner_id, "runs": runs}
    return tx.jobs.add_job(account, kind, name, told, priority=ROUTINE, schedule_id=schedule_id, due_at=due_at)


def is_run_under_way(tx: UnitOfWork, schedule_id: int) -> bool:
    """Whether an earlier run of a schedule still waits or runs."""
    return tx.jobs.has_unfinished_run(schedule_id)

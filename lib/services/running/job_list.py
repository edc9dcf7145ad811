"""List jobs: what waits and runs, what is over, and what became of the work about one load or one change."""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.jobs import (
    CANCELLED,
    DONE,
    FAILED,
    IMPACT,
    QUEUED,
    RUNNING,
    UNDO_PREVIEW,
    Job,
    JobLine,
    line_of,
)
from lib.domain.people import Right
from lib.domain.rows.impact import Change
from lib.errors import DeskError

UNDER_WAY = (QUEUED, RUNNING)
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)
_MOST = 500


def under_way(tx: UnitOfWork) -> list[JobLine]:
    """Every job in the person's scope that is queued or running, oldest first, with its account and its file."""
    tx.actor.require(Right.SEE_DETAIL)
    return _told(tx, tx.jobs.unfinished(_MOST))


def listed(tx: UnitOfWork, *, account: str = "", state: str = "", is_all: bool = False) -> list[JobLine]:
    """Jobs in the person's scope, newest first: of one account, in one place, or all there are (at most 500).

    Without a place and without `is_all`, those that wait or run. DeskError `unknown_state`.
    """
    tx.actor.require(Right.SEE_DETAIL)
    if state and state not in STATES:
        raise DeskError("unknown_state", f"No job is ever {state!r}.", f"Jobs are {', '.join(STATES)}.")
    states = [state] if state else list(STATES if is_all else UNDER_WAY)
    account_id = tx.accounts.by_key(account).id if account else None
    return _told(tx, tx.jobs.listed(states, _MOST, account_id))


def impact_under_way(tx: UnitOfWork, key: str, subject: str) -> JobLine | None:
    """The job that works a subject's impact out now, or waits to; None where there is none."""
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    for job in tx.jobs.unfinished(_MOST, account.id, IMPACT):
        if Change.of_dict(job.arguments["change"]).subject == subject:
            return line_of(job)
    return None


def undo_previewed(tx: UnitOfWork, load: Load) -> dict[str, int] | None:
    """What the worker found that an undo would do; None where nobody asked, or something was committed since."""
    tx.actor.require(Right.SEE_DETAIL)
    epoch = tx.accounts.epoch(load.account_id, load.object)
    for job in tx.jobs.about_loads([load.id], _MOST):
        if (job.kind, job.status, job.arguments.get("epoch")) == (UNDO_PREVIEW, DONE, epoch):
            return dict(job.progress["result"])
    return None


def _told(tx: UnitOfWork, found: list[Job]) -> list[JobLine]:
    keys = {account.id: account.key for account in tx.accounts.every(None)}
    files = tx.deliveries.with_ids(sorted({job.delivery_id for job in found} - {0}))
    named = {number: delivery.file_name for number, delivery in files.items()}
    return [line_of(job, keys[job.account_id], named.get(job.delivery_id, "")) for job in found]

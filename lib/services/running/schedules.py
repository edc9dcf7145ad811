"""Schedules: when an account's work comes round by itself; set one, switch it, list them, take what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.jobs import PULL, SCHEDULED
from lib.domain.people import Right
from lib.domain.running.schedules import Schedule, next_run, require_cron, runs_between
from lib.errors import DeskError

__all__ = ["DueRun", "Schedule"]

_AT_ONCE = 50


@dataclass(frozen=True)
class DueRun:
    """A run that is this worker's to queue: the moment it was due, and how many due moments it stands for."""

    due_at: datetime
    runs: int


def put(
    tx: UnitOfWork,
    key: str,
    object: str,  # noqa: A002 - the word of the field
    cron: str,
    kind: str = PULL,
    timezone: str = "",
) -> Schedule:
    """Set when an account's work of a kind comes round for an object, and switch it on; one that was set is changed.

    `timezone` is an IANA name, '' for the account's own. DeskError `unknown_kind`, `unknown_object`, `not_a_cron`,
    `unknown_timezone`.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    if kind not in SCHEDULED:
        raise DeskError("unknown_kind", f"{kind!r} does not come round.", f"What does: {', '.join(SCHEDULED)}.")
    if object not in account.signals:
        known = ", ".join(sorted(account.signals))
        raise DeskError("unknown_object", f"{key} sends no {object!r}.", f"It sends {known}.")
    text = require_cron(cron)
    first = next_run(text, timezone or account.timezone or account.client_timezone, key, tx.now)
    found = tx.schedules.of(account, kind, object)
    if found is None:
        number = tx.schedules.add_schedule(account, kind, object, text, timezone, first)
    else:
        number = found.id
        told = {"cron": text, "timezone": timezone, "is_on": True, "next_run_at": first, "note": ""}
        _changed(tx.schedules.change(found, **told), found)
    tx.audit.note("schedule set", "account", account.id, account.client_id, kind=kind, object=object, cron=text)
    return tx.schedules.by_id(number)


def switch(tx: UnitOfWork, schedule_id: int, *, is_on: bool) -> Schedule:
    """Switch a schedule on, from now, or off. What it has queued already stays queued."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    found = tx.schedules.by_id(schedule_id)
    if found.is_on is is_on:
        return found
    first = next_run(found.cron, found.zone, found.account, tx.now) if is_on else None
    _changed(tx.schedules.change(found, is_on=is_on, next_run_at=first, note=""), found)
    what = f"schedule {'on' if is_on else 'off'}"
    tx.audit.note(what, "account", found.account_id, found.client_id, kind=found.kind, object=found.object)
    return tx.schedules.by_id(schedule_id)


def listed(tx: UnitOfWork, account: str = "") -> list[Schedule]:
    """Every schedule in the person's scope, or those of one account."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.schedules.listed(tx.accounts.by_key(account).id if account else None)


def due(tx: UnitOfWork) -> list[Schedule]:
    """Schedules whose moment has come, the longest overdue first; at most fifty at once."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.schedules.due(_AT_ONCE)


def take(tx: UnitOfWork, schedule: Schedule) -> DueRun | None:
    """Move a schedule on to its next moment after now; the run it stood for, or None where another was faster.

    Runs that were missed, because no worker ran, are that one run.
    """
    assert schedule.next_run_at is not None, "what is due has a moment"
    told = schedule.cron, schedule.zone, schedule.account
    moved = {"next_run_at": next_run(*told, tx.now), "last_due_at": schedule.next_run_at}
    if not tx.schedules.change(schedule, **moved):
        return None
    return DueRun(schedule.next_run_at, runs_between(*told, schedule.next_run_at, tx.now))


def queued(tx: UnitOfWork, schedule_id: int, job_id: int) -> None:
    """Say which job is the last run."""
    tx.schedules.change(tx.schedules.by_id(schedule_id), last_job_id=job_id, note="")


def skipped(tx: UnitOfWork, schedule_id: int, run: DueRun, why: str) -> None:
    """Say that a run that was due is not queued, and why."""
    now = tx.schedules.by_id(schedule_id)
    said = f"{run.due_at:%Y-%m-%d %H:%M} UTC was skipped: {why}"
    tx.schedules.change(now, skipped=now.skipped + run.runs, note=said[:300])


def _changed(was_moved: bool, schedule: Schedule) -> None:
    if not was_moved:
        raise DeskError(
            "changed_meanwhile",
            f"The schedule {schedule.id} of {schedule.account} was moved on a moment ago, so nothing was changed.",
            "Do it again.",
            is_retryable=True,
        )

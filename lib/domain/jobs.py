"""Jobs: the kinds of long work, who may ask for each, where one may stand, and how far it is told to be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lib.domain.people import Right

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
IMPORT, APPROVE, UNDO, UNDO_PREVIEW, PURGE = "import", "approve", "undo", "undo_preview", "purge"
IMPACT = "impact"
PULL, DROP, RECEIPTS, BULK_REPLAY = "pull", "drop", "receipts", "bulk_replay"
LET_IN = "let_in"
# What a person waits for, what was asked for, and what comes round by itself.
URGENT, ASKED, ROUTINE = 20, 10, 0
# Told how far long work is: the stage, how much of it is done, and how much there is (0: unknown).
Progress = Callable[[str, int, int], None]

# Who may ask for a kind of work, and stop it or have it tried again.
RIGHTS: dict[str, Right] = {
    IMPORT: Right.IMPORT,
    APPROVE: Right.APPROVE_LOADS,
    UNDO: Right.APPROVE_LOADS,
    UNDO_PREVIEW: Right.SEE_DETAIL,
    PURGE: Right.MANAGE_ACCOUNTS,
    IMPACT: Right.EDIT_MAPS,
    PULL: Right.IMPORT,
    DROP: Right.IMPORT,
    RECEIPTS: Right.IMPORT,
    BULK_REPLAY: Right.IMPORT,
    LET_IN: Right.APPROVE_LOADS,
}
# What is left to do about one that came to nothing.
WAYS_OUT: dict[str, str] = {
    IMPORT: "Go on with it, start clean, or drop it.",
    UNDO_PREVIEW: "Ask for it again.",
    IMPACT: "Ask for it again, with fewer deliveries.",
    PULL: "The cursor has not moved: the next pull fetches the same days.",
    LET_IN: "The load waits for a person.",
    RECEIPTS: "The webhooks are kept; approve a map that reads them, then have it tried again.",
    DROP: "The files lie where they lay, and are looked at again.",
    BULK_REPLAY: "What was loaded again stays; the rest is open in the queue again.",
}
# These write nothing of the account's data, so they need not wait for what does.
READS_ONLY = frozenset({UNDO_PREVIEW, IMPACT})
# These ask the provider, so they wait while its breaker is open.
NEEDS_PROVIDER = frozenset({PULL})
# These can come round by a schedule.
SCHEDULED = (PULL, DROP)
# Why one waits that did nothing wrong.
BREAKER_OPEN = "breaker_open"
# The trouble of a worker that is to let go of its job: the work itself met none.
JOB_LOST, WORKER_STOPPING = "job_lost", "worker_stopping"
LET_GO = frozenset({JOB_LOST, WORKER_STOPPING})
# Jobs that are over stay in the list for so long.
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Job:
    """One row of `integration_sync_jobs`. `progress` is what its cursor says: stage, done, total, rate, result.

    `attempts` are tries that met trouble, with the one under way; `crashes` tries whose worker ended in the middle.
    `due_at` is the moment its schedule named.
    """

    id: int
    account_id: int
    client_id: int
    load_id: int | None
    kind: str
    object: str
    status: str
    arguments: dict[str, Any]
    progress: dict[str, Any]
    attempts: int
    fence: int
    error: str
    crashes: int = 0
    priority: int = ASKED
    error_code: str = ""
    error_class: str = ""
    schedule_id: int | None = None
    due_at: datetime | None = None
    next_run_at: datetime | None = None
    created_at: datetime | None = None
    claimed_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def delivery_id(self) -> int:
        """The delivery it is about; 0 where it is about none."""
        return int(self.arguments.get("delivery", 0))


@dataclass(frozen=True)
class JobLine:
    """How far a job is. `rate` is rows a second; `total`, `rate` and `seconds_left` are None until they are known.

    `load_id` is the load it decides on, or the one its import writes; `result` is what a finished one came to. `error`
    says why it failed for good, `trouble` what it met last, also where it is tried again; `next_try` when it is due.
    """

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
    kind: str = IMPORT
    account: str = ""
    object: str = ""
    file_name: str = ""
    result: dict[str, int] = field(default_factory=dict)
    attempts: int = 0
    next_try: datetime | None = None
    trouble: str = ""
    error_code: str = ""
    error_class: str = ""
    priority: int = ASKED
    schedule_id: int | None = None
    due_at: datetime | None = None
    created_at: datetime | None = None
    claimed_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.status not in (QUEUED, RUNNING)


def line_of(job: Job, account: str = "", file_name: str = "") -> JobLine:
    """A job as it is told to people and machines."""
    seen = job.progress
    total, rate = seen.get("total") or None, seen.get("rate") or None
    left = (total - seen.get("done", 0)) / rate if total and rate and job.status == RUNNING else None
    return JobLine(
        id=job.id,
        status=job.status,
        stage="waiting for the worker" if job.status == QUEUED else str(seen.get("stage", "beginning")),
        done=int(seen.get("done", 0)),
        total=total,
        rate=rate,
        seconds_left=None if left is None else float(math.ceil(max(left, 0))),
        error=job.error if job.status == FAILED else "",
        load_id=job.load_id,
        delivery_id=job.delivery_id,
        kind=job.kind,
        account=account,
        object=job.object,
        file_name=file_name,
        result=dict(seen.get("result", {})),
        attempts=job.attempts,
        next_try=job.next_run_at if job.status == QUEUED else None,
        trouble=job.error,
        error_code=job.error_code,
        error_class=job.error_class,
        priority=job.priority,
        schedule_id=job.schedule_id,
        due_at=job.due_at,
        created_at=job.created_at,
        claimed_at=job.claimed_at,
        finished_at=job.finished_at,
    )

"""Where a dead letter stands, in SQL: by what is written of it, by the job that tries it again, and by the load of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, and_, case, func, or_

from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.jobs import integration_sync_jobs as jobs
from lib.db.tables.people import people
from lib.domain.jobs import DONE, QUEUED, RUNNING
from lib.domain.running.dead_letters import DeadLetter, LetterStatus
from lib.domain.running.failed_work import Step, Subject
from lib.domain.states import WAITING_LOADS


@dataclass(frozen=True)
class Standing:
    """The lines of one cause that stand in one place: how many, their rows and worth, and the newest of them."""

    fingerprint: str
    status: LetterStatus
    lines: int
    rows: int
    worths: int
    worth_micros: int
    worth_column: str
    first_seen: datetime
    last_seen: datetime
    tries: int
    snoozed_until: datetime | None
    newest: int


def with_replays() -> FromClause:
    """Lines with the job and the load that try them again, and whoever decided about them."""
    return (
        dead_letters.outerjoin(jobs, jobs.c.id == dead_letters.c.replay_job_id)
        .outerjoin(loads, loads.c.id == func.coalesce(dead_letters.c.replay_load_id, jobs.c.load_id))
        .outerjoin(people, people.c.id == dead_letters.c.decided_by)
    )


def stands_now() -> ColumnElement[str]:
    """Where a line stands: one that is replayed, by its job, and by what became of the load that the job has made."""
    is_made = or_(jobs.c.status == DONE, dead_letters.c.replay_load_id.is_not(None))
    waits = or_(
        and_(jobs.c.status.in_([QUEUED, RUNNING]), dead_letters.c.replay_load_id.is_(None)),
        and_(is_made, loads.c.status.in_(sorted(WAITING_LOADS))),
    )
    is_done = and_(dead_letters.c.subject_type == Subject.JOB, jobs.c.status == DONE)
    return case(
        (dead_letters.c.status != LetterStatus.REPLAYING, dead_letters.c.status),
        (is_done, LetterStatus.RESOLVED),
        (waits, LetterStatus.REPLAYING),
        else_=LetterStatus.OPEN,
    )


def standing_of(row: Row[Any]) -> Standing:
    """One row of the question for standings."""
    found = tuple(row)
    lines, held, worths, micros = (int(number) for number in found[2:6])
    return Standing(found[0], LetterStatus(found[1]), lines, held, worths, micros, *found[6:])


def letter_of(row: Row[Any]) -> DeadLetter:
    """A line as it was read with `stands` and the address of whoever decided."""
    return DeadLetter(
        id=row.id,
        fingerprint=row.fingerprint,
        account_id=row.account_id,
        client_id=row.client_id,
        object=row.object,
        step=Step(row.step),
        code=row.code,
        column=row.target_column,
        subject=Subject(row.subject_type),
        subject_id=row.subject_id,
        delivery_id=row.delivery_id,
        sentence=row.sentence,
        mend=row.mend,
        rows=row.row_count,
        worth_micros=row.worth_micros,
        worth_column=row.worth_column,
        first_seen=row.first_seen_at,
        last_seen=row.last_seen_at,
        tries=row.tries,
        status=LetterStatus(row.stands),
        snoozed_until=row.snoozed_until,
        reason=row.reason,
        decided_by=row.email or "",
        decided_at=row.decided_at,
        replay_job_id=row.replay_job_id,
        replay_load_id=row.replay_load_id,
    )

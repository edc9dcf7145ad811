"""Lines that close by themselves when their cause is gone, and open again when what closed them is taken back (F127)."""

from __future__ import annotations

from collections.abc import Mapping

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.jobs import Job
from lib.domain.running.dead_letters import HELD_UP, DeadLetter, LetterStatus
from lib.domain.running.failed_work import Subject
from lib.domain.states import LoadStatus
from lib.domain.wording import counted
from lib.errors import NotFound

_RESOLVED = LetterStatus.RESOLVED
_LOOKED_AT = 50


def delivery_read(tx: UnitOfWork, load: Load) -> set[str]:
    """A delivery came into review after all: it is refused no longer; the causes it closes."""
    mine = [item for item in tx.dead_letters.of_delivery(load.delivery_id) if item.subject is Subject.DELIVERY]
    closed = [item for item in mine if item.status in HELD_UP and item.object == load.object]
    for item in closed:
        tx.dead_letters.close(item, _RESOLVED, f"It was read as load {load.id}.", replay_load_id=load.id)
    return {item.fingerprint for item in closed}


def superseded(tx: UnitOfWork, load: Load, failing: Mapping[str, int]) -> list[DeadLetter]:
    """Close the lines of earlier loads of a delivery, whose rows were just committed anew; these lines as they were.

    `failing` is how many rows of this load fail for each cause: they lie in lines of this load. Discarded lines are
    among the answer and stay as they are.
    """
    found = [
        item
        for item in tx.dead_letters.of_delivery(load.delivery_id)
        if item.subject is Subject.LOAD and item.subject_id != load.id and item.object == load.object
    ]
    for item in found:
        if item.status in HELD_UP:
            mended = max(item.rows - failing.get(item.fingerprint, 0), 0)
            rows = f"{mended:,} of {counted(item.rows, 'row')} {'fails' if mended == 1 else 'fail'} for this no longer"
            told = f"Its delivery was loaded again as load {load.id}: {rows}."
            tx.dead_letters.close(item, _RESOLVED, told, replay_load_id=load.id)
    return found


def came_again(tx: UnitOfWork, line: DeadLetter, load: Load) -> None:
    """Close a line whose every row another delivery brought again: each went in, or lies in a line of that load now."""
    told = f"Load {load.id} brought its rows again: what still fails lies in lines of that load."
    tx.dead_letters.close(line, _RESOLVED, told, replay_load_id=load.id)


def undone(tx: UnitOfWork, load: Load) -> set[str]:
    """A load was taken back: its own lines are closed, and those that it had closed are open again; their causes."""
    touched = set()
    for item in tx.dead_letters.about(Subject.LOAD, [load.id]):
        if item.status in HELD_UP:
            tx.dead_letters.close(item, _RESOLVED, f"Load {load.id} was undone.")
            touched.add(item.fingerprint)
    for item in tx.dead_letters.closed_by(load.id):
        if item.subject is Subject.LOAD:
            _open_again(tx, item, load)
            touched.add(item.fingerprint)
    return touched


def _open_again(tx: UnitOfWork, item: DeadLetter, load: Load) -> None:
    assert item.delivery_id is not None, "rows of a load have a delivery"
    standing = [
        other.id
        for other in tx.loads.of_delivery(item.delivery_id)
        if other.status is LoadStatus.COMMITTED and other.object == load.object and other.id >= item.subject_id
    ]
    if item.subject_id not in standing:
        return
    if max(standing) == item.subject_id:
        tx.dead_letters.reopen(item, f"Load {load.id}, which had brought its rows in, was undone.")
    else:
        told = f"Its delivery was loaded again as load {max(standing)}."
        tx.dead_letters.close(item, _RESOLVED, told, replay_load_id=max(standing))


def job_done(tx: UnitOfWork, job_id: int) -> set[str]:
    """A job that had been given up went well: nothing is held up by it; the causes it closes."""
    closed = [item for item in tx.dead_letters.about(Subject.JOB, [job_id]) if item.status in HELD_UP or _is_late(item)]
    for item in closed:
        tx.dead_letters.close(item, _RESOLVED, f"Job {job_id} was tried again and went well.")
    return {item.fingerprint for item in closed}


def run_done(tx: UnitOfWork, done: Job) -> set[str]:
    """A run of a schedule went well: earlier runs of it that were given up wanted the same; the causes it closes.

    What a failed pull was to fetch, the next one fetches, since its cursor has not moved.
    """
    closed = []
    for item in tx.dead_letters.of_object(done.account_id, done.object, Subject.JOB, _LOOKED_AT):
        if item.status in HELD_UP and _schedule_of(tx, item.subject_id) == done.schedule_id is not None:
            tx.dead_letters.close(item, _RESOLVED, f"A later run of the same schedule, job {done.id}, went well.")
            closed.append(item)
    return {item.fingerprint for item in closed}


def _schedule_of(tx: UnitOfWork, job_id: int) -> int | None:
    try:
        return tx.jobs.by_id(job_id).schedule_id
    except NotFound:
        # Jobs that were over long ago are forgotten; their lines wait for a person.
        return None


def _is_late(item: DeadLetter) -> bool:
    """Told to be resolved by what its job came to, and not written down yet."""
    return item.status is _RESOLVED and item.decided_at is None

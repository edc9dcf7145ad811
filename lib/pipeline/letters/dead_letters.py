"""The queue of dead letters worked off: lines replayed through the current map, one or many, discarded, snoozed.

A delivery that is replayed becomes an ordinary load, reviewed and approved like any other; its commit closes the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Actor, Right
from lib.domain.running.dead_letters import DeadLetter, Group, LetterStatus
from lib.domain.running.failed_work import Subject
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.pipeline.letters.bulk_replay import by_delivery, newest_load
from lib.services.loading import stage
from lib.services.running import bulk_replay, dead_letters, jobs, letter_decisions, queue_work

_MOST = letter_decisions.MOST


@dataclass(frozen=True)
class Replaying:
    """What was set going: the job (None where only jobs are tried again), its deliveries and rows, and jobs tried again.

    `left_out` are (line, why) of those that cannot be replayed.
    """

    job_id: int | None
    lines: int
    deliveries: int
    rows: int
    jobs: tuple[int, ...] = ()
    left_out: tuple[tuple[int, str], ...] = ()


def replay_one(desk: Desk, actor: Actor, letter_id: int) -> Replaying:
    """Try one line again: its delivery through the current map, with every line of that delivery, or its job.

    DeskError `not_open` where it is tried again, resolved or discarded already, `not_replayable` where it cannot be.
    """

    def work(tx: UnitOfWork) -> Replaying:
        tx.actor.require(Right.IMPORT)
        line = dead_letters.letter(tx, letter_id)
        _require_open(line)
        if line.subject is Subject.JOB:
            return Replaying(_job_again(tx, line), 1, 0, line.rows, (line.subject_id,))
        mine = _of_delivery(tx, line)
        job_id = _queued(tx, line)
        for item in mine:
            tx.dead_letters.replay(item, job_id)
        return Replaying(job_id, len(mine), 1, sum(item.rows for item in mine))

    return desk.do(actor, work)


def replay_all(desk: Desk, actor: Actor, *, cause: str = "", account: str = "") -> Replaying:
    """Try every open line of a cause, or of an account, again: deliveries one after another by one job, jobs at once.

    DeskError `bulk_replay_under_way` while another of the client runs, `nothing_to_replay` where no line is open.
    """

    def work(tx: UnitOfWork) -> Replaying:
        tx.actor.require(Right.IMPORT)
        owner, lines = _asked(tx, cause, account)
        found = [item for item in lines if item.status is LetterStatus.OPEN]
        left_out = [(item.id, _NO_REPLAY) for item in found if item.subject is Subject.RECEIPT]
        as_before = _through_current_map(tx, owner, found)
        left_out += [(item.id, _MEND_FIRST) for item in found if item.id in as_before]
        found = [item for item in found if item.id not in as_before]
        again, refused = _jobs_again(tx, [item for item in found if item.subject is Subject.JOB])
        mine = {
            each.id: each
            for item in found
            if item.subject in (Subject.LOAD, Subject.DELIVERY)
            for each in _of_delivery(tx, item)
        }
        if not mine and not again:
            raise DeskError(
                "nothing_to_replay",
                "Nothing of it can be tried again now: " + (left_out[0][1] if left_out else "no line is open."),
                "`dead-letters` says where each stands.",
            )
        job_id = None
        if mine:
            names = {item.object for item in mine.values()}
            cause_ = lines[0].fingerprint if cause else ""
            job_id = bulk_replay.enqueue(tx, owner, names.pop() if len(names) == 1 else "", cause_)
            for item in mine.values():
                tx.dead_letters.replay(item, job_id)
        rows, deliveries = sum(item.rows for item in mine.values()), len(by_delivery(mine.values()))
        told = {"lines": len(mine), "deliveries": deliveries, "jobs": len(again), "job": job_id}
        tx.audit.note("dead letters replayed", "account", owner.id, owner.client_id, **told)
        return Replaying(job_id, len(mine) + len(again), deliveries, rows, tuple(again), (*left_out, *refused))

    return desk.do(actor, work)


def discard(desk: Desk, actor: Actor, said: str, reason: str) -> Group:
    """Give up a line (its number) or a cause (the first letters of its fingerprint) for good; the cause as it stands."""
    actor.require(Right.APPROVE_LOADS)

    def work(tx: UnitOfWork, lines: list[DeadLetter], account: Account) -> None:
        letter_decisions.discard(tx, lines, reason)
        because = f"{tx.actor.called} discarded it: {' '.join(reason.split())}"
        dead_letters.keep_tasks(tx, account, [lines[0].fingerprint], because)

    return _decided(desk, actor, said, work)


def bring_back(desk: Desk, actor: Actor, said: str) -> Group:
    """Put what was discarded of a line or a cause back into the queue; the cause as it stands."""
    actor.require(Right.APPROVE_LOADS)

    def work(tx: UnitOfWork, lines: list[DeadLetter], account: Account) -> None:
        letter_decisions.bring_back(tx, lines)
        dead_letters.keep_tasks(tx, account, [lines[0].fingerprint])

    return _decided(desk, actor, said, work)


def snooze(desk: Desk, actor: Actor, said: str, until: date | None) -> Group:
    """Let a cause wait until that day at the client's, or no longer; the cause as it stands."""
    actor.require(Right.IMPORT)

    def work(tx: UnitOfWork, lines: list[DeadLetter], account: Account) -> None:
        letter_decisions.snooze(tx, account, lines, until)
        dead_letters.keep_tasks(tx, account, [lines[0].fingerprint])

    return _decided(desk, actor, said, work)


def wake(desk: Desk, actor: Actor) -> int:
    """Open the tasks of causes whose snooze is over; how many. One question where there is none."""
    if not desk.ask(actor, lambda tx: tx.dead_letters.woken()):
        return 0
    return desk.do(actor, dead_letters.wake)


_NO_REPLAY = "a webhook that could not be read is looked at by hand: what it was is kept with its receipt."
_MEND_FIRST = "its rows were read through the current map: approve a mended one first."


def _decided(desk: Desk, actor: Actor, said: str, work: Any) -> Group:
    def decide(tx: UnitOfWork) -> Group:
        lines = dead_letters.lines_of(tx, said, _MOST)
        work(tx, lines, tx.accounts.by_id(lines[0].account_id))
        return dead_letters.group(tx, lines[0].fingerprint).group

    return desk.do(actor, decide)


def _require_open(line: DeadLetter) -> None:
    if line.status is LetterStatus.OPEN:
        return
    if line.status is LetterStatus.REPLAYING:
        how = f"is being tried again by job {line.replay_job_id} already"
        raise DeskError("not_open", f"Dead letter {line.id} {how}.", "Look at its load, or wait for the job.")
    hint = "Bring it back first." if line.status is LetterStatus.DISCARDED else "Nothing needs doing."
    raise DeskError("not_open", f"Dead letter {line.id} is {line.status} already.", hint)


def _asked(tx: UnitOfWork, cause: str, account: str) -> tuple[Account, list[DeadLetter]]:
    if cause:
        lines = dead_letters.lines_of(tx, cause, _MOST)
        return tx.accounts.by_id(lines[0].account_id), lines
    owner = tx.accounts.by_key(account)
    return owner, tx.dead_letters.lines(_MOST, account_id=owner.id, is_held_up=True)


def _through_current_map(tx: UnitOfWork, owner: Account, lines: Sequence[DeadLetter]) -> set[int]:
    """The lines whose rows would be read just as they were."""
    mine = [item for item in lines if item.subject is Subject.LOAD]
    loads = tx.loads.with_ids(item.subject_id for item in mine)
    used = {name: tx.maps.approved(owner, name) for name in {item.object for item in mine}}
    current = {version.id for version in used.values() if version is not None}
    return {item.id for item in mine if loads[item.subject_id].map_version_id in current}


def _of_delivery(tx: UnitOfWork, line: DeadLetter) -> list[DeadLetter]:
    """Every open line that loading the line's delivery again decides about."""
    assert line.delivery_id is not None, "rows and refused files have a delivery"
    return [
        item
        for item in tx.dead_letters.of_delivery(line.delivery_id)
        if item.status is LetterStatus.OPEN and item.object == line.object and item.subject is not Subject.JOB
    ]


def _queued(tx: UnitOfWork, line: DeadLetter) -> int:
    """The job that loads a line's delivery again."""
    if line.subject is Subject.RECEIPT or line.delivery_id is None:
        raise DeskError("not_replayable", f"Dead letter {line.id} cannot be replayed: {_NO_REPLAY}", line.mend)
    if line.subject is Subject.DELIVERY:
        return queue_work.enqueue_import(tx, line.delivery_id, line.object)
    load = newest_load(tx, line.account_id, line.object, line.delivery_id)
    if load.status is LoadStatus.IN_REVIEW:
        stage.give_way(tx, load, "Loaded again for what had failed in it.")
    tx.audit.note("load again", "delivery", load.delivery_id, load.client_id, object=load.object)
    return queue_work.enqueue_import(tx, load.delivery_id, load.object, False, load.read_options)


def _job_again(tx: UnitOfWork, line: DeadLetter) -> int:
    jobs.retry(tx, line.subject_id)
    tx.dead_letters.replay(line, line.subject_id)
    return line.subject_id


def _jobs_again(tx: UnitOfWork, lines: Iterable[DeadLetter]) -> tuple[list[int], list[tuple[int, str]]]:
    again, left_out = [], []
    for line in lines:
        try:
            again.append(_job_again(tx, line))
        except DeskError as trouble:
            if trouble.is_retryable:
                raise
            left_out.append((line.id, trouble.message))
    return again, left_out

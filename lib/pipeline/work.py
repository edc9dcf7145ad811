"""Work for the worker: what is queued for it, what it does with each kind of job, and imports that were stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.impact import Change
from lib.domain.imports import Load
from lib.domain.jobs import APPROVE, IMPACT, IMPORT, PURGE, UNDO, UNDO_PREVIEW, Progress
from lib.domain.people import Actor
from lib.domain.states import LoadStatus, require_load_move
from lib.errors import DeskError
from lib.pipeline.decisions import approve, undo_load
from lib.pipeline.files import delivered_file
from lib.pipeline.impact import work_out
from lib.pipeline.inward import Delivered, stage_received
from lib.pipeline.retention import purge_payloads
from lib.services import commit, jobs, maps, receive, review, stage, undo
from lib.services.jobs import Job
from lib.services.read import ReadOptions

Result = TypeVar("Result")
# How often a load is looked at again that a worker still writes, although it was told to stop.
_LOOKS = 5


def queue_approval(desk: Desk, actor: Actor, load_id: int, seen: dict[str, int] | None) -> int:
    """Leave an approval to the worker, with the counts that were decided on; the job's id.

    What would refuse it now is refused at once, and asked again when it is done.
    """

    def work(tx: UnitOfWork) -> int:
        load = tx.loads.by_id(load_id)
        commit.require_may_approve(tx, tx.accounts.by_id(load.account_id), load)
        require_load_move(load.id, load.status, LoadStatus.APPROVED)
        review.require_unblocked(tx, load, tx.accounts.by_id(load.account_id))
        return jobs.enqueue_decision(tx, APPROVE, load, seen=seen)

    return desk.do(actor, work)


def queue_undo(desk: Desk, actor: Actor, load_id: int, reason: str) -> int:
    """Leave an undo to the worker; the job's id. What would refuse it now is refused at once."""

    def work(tx: UnitOfWork) -> int:
        load = tx.loads.by_id(load_id)
        undo.require_may_undo(tx, load, reason)
        return jobs.enqueue_decision(tx, UNDO, load, reason=reason)

    return desk.do(actor, work)


def queue_undo_preview(desk: Desk, actor: Actor, load_id: int) -> int:
    """Leave to the worker what an undo would do; the job's id. The answer holds until something is committed."""

    def work(tx: UnitOfWork) -> int:
        load = tx.loads.by_id(load_id)
        require_load_move(load.id, load.status, LoadStatus.UNDONE)
        return jobs.enqueue_decision(tx, UNDO_PREVIEW, load, epoch=tx.accounts.epoch(load.account_id, load.object))

    return desk.do(actor, work)


def stopped_import(desk: Desk, actor: Actor, delivered: Delivered) -> Load | None:
    """The load that an earlier import of this very file began and did not finish; None where there is none.

    DeskError `under_way` while a worker writes it.
    """
    with delivered_file(delivered.content, delivered.file_name) as path:
        arrived = receive.Arrived.at(path, delivered.file_name)

    def look(tx: UnitOfWork) -> Load | None:
        account, version = maps.approved_map(tx, delivered.account, delivered.object)
        delivery = tx.deliveries.with_hash(account, arrived.content_hash)
        if delivery is None:
            return None
        options = delivered.options.as_dict()
        found = stage.earlier_load(tx, delivery, delivered.object, version, options, is_test=delivered.is_test)
        if found is None or found.status is not LoadStatus.MAPPED:
            return None
        job = jobs.of_load(tx, found.id)
        if job is not None:
            raise DeskError(
                "under_way",
                f"Job {job.id} is importing this very file; it is at row {found.row_count:,} of {found.arriving:,}.",
                f"`jobs` shows how far it is, and `job cancel {job.id}` stops it.",
            )
        return found

    return desk.ask(actor, look)


def go_on(desk: Desk, actor: Actor, load_id: int, *, is_clean: bool = False) -> int:
    """Queue a load that was stopped: it goes on where it stopped, or is dropped and begun anew. The job's id.

    DeskError `not_stopped` where all of its rows are there, `map_changed` where it cannot go on since another map was
    approved meanwhile.
    """

    def work(tx: UnitOfWork) -> int:
        load = stage.require_stopped(tx, load_id)
        account, version = maps.approved_map(tx, tx.accounts.by_id(load.account_id).key, load.object)
        if version.id != load.map_version_id and not is_clean:
            raise DeskError(
                "map_changed",
                f"Load {load_id} was begun through map {load.map_version} of {account.key}, and map {version.version} "
                "is approved now.",
                "Start clean, so that all of its rows are read through one map.",
            )
        if is_clean:
            jobs.cancel_of(tx, load_id)
        told = load.delivery_id, load.object, load.is_test, load.read_options, load_id
        return jobs.enqueue_import(tx, *told, is_clean=is_clean)

    return desk.do(actor, work)


def drop_load(desk: Desk, actor: Actor, load_id: int) -> Load:
    """Give up a load that was stopped before all of its rows were there, and every job that still writes it."""

    def work(tx: UnitOfWork) -> Load:
        jobs.cancel_of(tx, load_id)
        return stage.drop_load(tx, load_id)

    return _after_the_last_batch(lambda: desk.do(actor, work))


def perform(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    """Do what a job asks for, in the name of whoever asked; the job is ended in the transaction that does the work.

    DeskError `job_lost` when it was cancelled or taken over: then nothing of a decision was written, and what an
    import has written stays out of sight.
    """
    _DOES[claimed.kind](desk, person, claimed, progress)


def _import(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    told = claimed.arguments
    if told.get("clean"):
        _drop_first(desk, person, int(told["clean"]))
    stage_received(
        desk,
        person,
        int(told["delivery"]),
        claimed.object,
        options=ReadOptions.from_dict(told["read"]),
        is_test=bool(told["test"]),
        progress=progress,
        begun=lambda tx, load: jobs.begin(tx, claimed, load.id),
        written=lambda tx, load: jobs.finish(tx, claimed, load.id, load.row_count),
    )


def _drop_first(desk: Desk, person: Actor, load_id: int) -> None:
    """Drop the load that is begun anew, unless an earlier try has."""

    def work(tx: UnitOfWork) -> None:
        if tx.loads.by_id(load_id).status is LoadStatus.MAPPED:
            stage.drop_load(tx, load_id)

    _after_the_last_batch(lambda: desk.do(person, work))


def _approve(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    load_id = _load_of(claimed)

    def settled(tx: UnitOfWork, _result: dict[str, Any]) -> None:
        jobs.finish(tx, claimed, load_id, tx.loads.by_id(load_id).row_count)

    done = approve(desk, person, load_id, claimed.arguments["seen"], progress, settled)
    desk.do(person, jobs.settle, claimed, int(done["rows"]))


def _undo(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    load_id = _load_of(claimed)

    def settled(tx: UnitOfWork, result: dict[str, Any]) -> None:
        jobs.finish(tx, claimed, load_id, sum(result.values()), result)

    done = undo_load(desk, person, load_id, str(claimed.arguments["reason"]), progress, settled)
    counts = {name: int(done[name]) for name in ("reversed", "kept", "could_not")}
    desk.do(person, jobs.settle, claimed, sum(counts.values()), counts)


def _preview_undo(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    counts = desk.ask(person, undo.preview_of, _load_of(claimed), progress)
    desk.do(person, jobs.finish, claimed, _load_of(claimed), sum(counts.values()), counts)


def _purge(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    done = purge_payloads(desk, person, claimed.account_id, progress)
    desk.do(person, jobs.settle, claimed, done.chunks, done.counts)


def _foretell(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    account = desk.ask(person, lambda tx: tx.accounts.by_id(claimed.account_id))
    work_out(desk, person, account.key, Change.of_dict(claimed.arguments["change"]), progress, claimed)


def _load_of(claimed: Job) -> int:
    assert claimed.load_id is not None, "every decision is about a load"
    return claimed.load_id


def _after_the_last_batch(work: Callable[[], Result]) -> Result:
    """Do it although a worker that was told to stop may write one more batch meanwhile: then look again."""
    for look in range(1, _LOOKS + 1):
        try:
            return work()
        except DeskError as trouble:
            if trouble.code != "load_taken_over" or look == _LOOKS:
                raise
    raise AssertionError("unreachable")


_DOES: dict[str, Callable[[Desk, Actor, Job, Progress], None]] = {
    IMPORT: _import,
    APPROVE: _approve,
    UNDO: _undo,
    UNDO_PREVIEW: _preview_undo,
    PURGE: _purge,
    IMPACT: _foretell,
}

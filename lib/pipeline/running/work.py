"""Work for the worker: what it does with each kind of job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange
from lib.domain.jobs import (
    APPROVE,
    BULK_REPLAY,
    DROP,
    IMPACT,
    IMPORT,
    LET_IN,
    PULL,
    PURGE,
    RECEIPTS,
    UNDO,
    UNDO_PREVIEW,
    Progress,
)
from lib.domain.people import Actor
from lib.domain.rows.impact import Change
from lib.pipeline.intake.drops import take_dropped
from lib.pipeline.intake.pulls import pull
from lib.pipeline.intake.receipts import stage_receipts
from lib.pipeline.letters.bulk_replay import perform_bulk_replay
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.impact import work_out
from lib.pipeline.loading.inward import stage_received
from lib.pipeline.loading.stopped_imports import drop_first
from lib.pipeline.loading.unattended import let_in
from lib.pipeline.running.retention import purge_payloads
from lib.services.arriving.read import ReadOptions
from lib.services.loading import undo
from lib.services.running import jobs
from lib.services.running.jobs import Job


def perform(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    """Do what a job asks for, in the name of whoever asked; the job is ended in the transaction that does the work.

    DeskError `job_lost` when it was cancelled or taken over: then nothing of a decision was written, and what an
    import has written stays out of sight.
    """
    _DOES[claimed.kind](desk, person, claimed, progress)


def _import(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    told = claimed.arguments
    if told.get("clean"):
        drop_first(desk, person, int(told["clean"]))
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


def _approve(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    load_id = _load_of(claimed)

    def settled(tx: UnitOfWork, _result: dict[str, Any]) -> None:
        jobs.finish(tx, claimed, load_id, tx.loads.by_id(load_id).row_count)

    done = approve(desk, person, load_id, claimed.arguments["seen"], progress, settled)
    desk.do(person, jobs.settle, claimed, int(done["rows"]))


def _let_in(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    load_id = _load_of(claimed)

    def settled(tx: UnitOfWork, is_in: bool) -> None:
        jobs.finish(tx, claimed, load_id, tx.loads.by_id(load_id).row_count, {"let_in": int(is_in)})

    let_in(desk, person, load_id, progress, settled)
    desk.do(person, jobs.settle, claimed, 0)


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


def _drop(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    account = desk.ask(person, lambda tx: tx.accounts.by_id(claimed.account_id))
    done = take_dropped(desk, person, account.key, progress)
    desk.do(person, jobs.settle, claimed, len(done.files), done.counts)


def _pull(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    account = desk.ask(person, lambda tx: tx.accounts.by_id(claimed.account_id))
    days = DateRange.of_dict(claimed.arguments.get("days"))
    pull(desk, person, account.key, claimed.object, days=days, progress=progress, claimed=claimed)


def _foretell(desk: Desk, person: Actor, claimed: Job, progress: Progress) -> None:
    account = desk.ask(person, lambda tx: tx.accounts.by_id(claimed.account_id))
    work_out(desk, person, account.key, Change.of_dict(claimed.arguments["change"]), progress, claimed)


def _load_of(claimed: Job) -> int:
    assert claimed.load_id is not None, "every decision is about a load"
    return claimed.load_id


_DOES: dict[str, Callable[[Desk, Actor, Job, Progress], None]] = {
    IMPORT: _import,
    APPROVE: _approve,
    LET_IN: _let_in,
    UNDO: _undo,
    UNDO_PREVIEW: _preview_undo,
    PURGE: _purge,
    IMPACT: _foretell,
    DROP: _drop,
    PULL: _pull,
    RECEIPTS: stage_receipts,
    BULK_REPLAY: perform_bulk_replay,
}

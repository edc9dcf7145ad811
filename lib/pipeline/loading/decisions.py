"""Decisions: review → commit → roll up → protect what is published, and the road backwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange, Load
from lib.domain.jobs import Progress
from lib.domain.people import Actor, Right
from lib.domain.publishing.statement_states import CorrectionCause
from lib.domain.states import LoadStatus, require_load_move
from lib.errors import DeskError
from lib.failpoints import reached
from lib.mapping.checked import Earlier
from lib.pipeline.loading.burying import bury_failed_rows, close_undone
from lib.pipeline.loading.matching import settle_matches
from lib.pipeline.loading.protecting import protect_from_load
from lib.services.counting import roll_up
from lib.services.loading import classify, commit, recheck, undo
from lib.services.reviewing import review
from lib.services.running import purge

Settled = Callable[[UnitOfWork, dict[str, Any]], None]
_APPROVALS = 8
_OVERTAKEN = "overtaken"


def approve(
    desk: Desk,
    actor: Actor,
    load_id: int,
    seen: dict[str, int] | None = None,
    progress: Progress = lambda *_: None,
    settled: Settled = lambda _tx, _result: None,
) -> dict[str, Any]:
    """Commit a load and roll its metrics up, in one transaction and exactly once.

    `seen` are the verdict counts that the person decided on; when a commit in between has changed them, the load is
    counted anew and the approval refused. Without `seen` the new counts are committed and returned. `settled` is the
    last to run in that transaction: what it raises leaves everything as it was.
    """
    for attempt in range(1, _APPROVALS + 1):
        counts = desk.do(actor, _recheck, load_id, progress)
        reached("load-counted")
        if counts is not None and seen is not None and counts != seen:
            raise DeskError(
                "review_changed",
                f"Another load was committed since load {load_id} was reviewed, and its counts changed.",
                f"Look at it again with `review {load_id}`, then approve.",
            )
        try:
            desk.do(actor, _approve, load_id, counts, progress, settled)
            reached("load-committed")
            break
        except DeskError as trouble:
            # Somebody committed the same object between the count and the commit: count anew.
            if trouble.code != _OVERTAKEN or attempt == _APPROVALS:
                raise
    return desk.ask(actor, review.review_load, load_id)


def undo_load(
    desk: Desk,
    actor: Actor,
    load_id: int,
    reason: str,
    progress: Progress = lambda *_: None,
    settled: Settled = lambda _tx, _result: None,
) -> dict[str, Any]:
    """Undo a committed load and replace the slices it had moved, in one transaction and exactly once.

    `settled` is the last to run in that transaction: what it raises leaves everything as it was.
    """
    counts = desk.do(actor, _undo, load_id, reason, progress, settled)
    reached("load-undone")
    desk.ask(actor, lambda tx: undo.erase_traffic(tx, tx.loads.by_id(load_id)))
    return {"load": load_id, "status": str(LoadStatus.UNDONE), **counts}


def _recheck(tx: UnitOfWork, load_id: int, progress: Progress) -> dict[str, int] | None:
    """The verdict counts of a load under review, counted anew when something was committed since it was staged.

    None for one that is not under review: whoever asks a second time is answered by what became of the first.
    """
    tx.actor.require(Right.APPROVE_LOADS)
    load = tx.loads.by_id(load_id)
    epoch = tx.accounts.epoch(load.account_id, load.object)
    if load.status is not LoadStatus.IN_REVIEW:
        return None
    if load.staged_epoch != epoch:
        load = _counted_anew(tx, load, epoch, progress)
    return _counts(load)


def _counts(load: Load) -> dict[str, int]:
    return {str(verdict): count for verdict, count in load.verdicts.items()}


def _counted_anew(tx: UnitOfWork, load: Load, epoch: int, progress: Progress) -> Load:
    account, earlier = tx.accounts.by_id(load.account_id), Earlier()
    was, now = [], []
    for first, mapped in tx.payloads.tables(load.delivery_id, load.id, "mapped"):
        progress("counting anew", first, load.row_count)
        rows = tx.rows.columns(load.id, first, first + mapped.num_rows - 1)
        again = recheck.rows_again(rows, mapped)
        judged = classify.judge_rows(tx, account, load.object, again, earlier)
        old, new = recheck.corrected(rows, again, classify.with_new_ids(tx, judged))
        if new.num_rows:
            tx.rows.correct(load.id, new)
            was.append(old)
            now.append(new)
    return settle_matches(tx, recheck.recount(tx, load, was, now, epoch))


def _approve(
    tx: UnitOfWork, load_id: int, counts: dict[str, int] | None, progress: Progress, settled: Settled
) -> dict[str, Any]:
    done = tx.once(f"approve:{load_id}", lambda: _commit(tx, load_id, counts, progress, settled))
    load = tx.loads.by_id(load_id)
    if str(load.status) != done["status"]:
        require_load_move(load.id, load.status, LoadStatus.APPROVED)
    return done


def _commit(
    tx: UnitOfWork, load_id: int, counts: dict[str, int] | None, progress: Progress, settled: Settled
) -> dict[str, Any]:
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    commit.require_may_approve(tx, account, load)
    # Whoever commits this object next waits here until we are done.
    epoch = tx.accounts.advance_epoch(account.id, load.object)
    # A commit, or a hand on its rows, came between the count and here.
    if load.staged_epoch != epoch - 1 or (counts is not None and counts != _counts(load)):
        raise DeskError(
            _OVERTAKEN,
            f"Load {load_id} changed, or another of {account.key} was committed, at the same moment, so it was not.",
            "Approve it again; it is counted anew first.",
            is_retryable=True,
        )
    reached("approval-begun")
    review.require_unblocked(tx, load, tx.accounts.by_id(load.account_id))
    committed, touched = commit.commit_load(tx, account, load, epoch, progress)
    if touched is not None:
        progress("rolling up", 0, 0)
        roll_up.roll_up(tx, account, load.object, touched.days, _span(load))
        protect_from_load(tx, account, load, CorrectionCause.COMMITTED)
        bury_failed_rows(tx, account, committed)
    purge.let_go(tx, account, committed)
    reached("records-written")
    done = {"status": str(committed.status)}
    settled(tx, done)
    return done


def _undo(tx: UnitOfWork, load_id: int, reason: str, progress: Progress, settled: Settled) -> dict[str, int]:
    # Asked before the key is looked up: what an earlier undo came to is not for everybody either.
    tx.actor.require(Right.APPROVE_LOADS)
    return tx.once(f"undo:{load_id}", lambda: _reverse(tx, load_id, reason, progress, settled))


def _reverse(tx: UnitOfWork, load_id: int, reason: str, progress: Progress, settled: Settled) -> dict[str, Any]:
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    tx.accounts.advance_epoch(account.id, load.object)
    reached("undo-begun")
    undone = undo.undo_load(tx, account, load, reason, progress)
    progress("rolling up", 0, 0)
    roll_up.roll_up(tx, account, load.object, undone.touched.days, _span(load))
    protect_from_load(tx, account, load, CorrectionCause.UNDONE, reason)
    close_undone(tx, account, load)
    reached("records-reversed")
    settled(tx, undone.counts)
    return dict(undone.counts)


def _span(load: Load) -> DateRange | None:
    return DateRange(load.range_from, load.range_to) if load.range_from and load.range_to else None

"""Decisions left to the worker: what would refuse one now is refused at once, and asked again when it is done."""

from __future__ import annotations

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.jobs import APPROVE, UNDO, UNDO_PREVIEW
from lib.domain.people import Actor, Right
from lib.domain.states import LoadStatus, require_load_move
from lib.services.loading import commit, undo
from lib.services.reviewing import review
from lib.services.running import queue_work


def queue_approval(desk: Desk, actor: Actor, load_id: int, seen: dict[str, int] | None) -> int:
    """Leave an approval to the worker, with the counts that were decided on; the job's id.

    What would refuse it now is refused at once, and asked again when it is done.
    """
    actor.require(Right.APPROVE_LOADS)

    def work(tx: UnitOfWork) -> int:
        load = tx.loads.by_id(load_id)
        commit.require_may_approve(tx, tx.accounts.by_id(load.account_id), load)
        require_load_move(load.id, load.status, LoadStatus.APPROVED)
        review.require_unblocked(tx, load, tx.accounts.by_id(load.account_id))
        return queue_work.enqueue_decision(tx, APPROVE, load, seen=seen)

    return desk.do(actor, work)


def queue_undo(desk: Desk, actor: Actor, load_id: int, reason: str) -> int:
    """Leave an undo to the worker; the job's id. What would refuse it now is refused at once."""
    actor.require(Right.APPROVE_LOADS)

    def work(tx: UnitOfWork) -> int:
        load = tx.loads.by_id(load_id)
        undo.require_may_undo(tx, load, reason)
        return queue_work.enqueue_decision(tx, UNDO, load, reason=reason)

    return desk.do(actor, work)


def queue_undo_preview(desk: Desk, actor: Actor, load_id: int) -> int:
    """Leave to the worker what an undo would do; the job's id. The answer holds until something is committed."""

    def work(tx: UnitOfWork) -> int:
        tx.actor.require(Right.SEE_DETAIL)
        load = tx.loads.by_id(load_id)
        require_load_move(load.id, load.status, LoadStatus.UNDONE)
        return queue_work.enqueue_decision(
            tx, UNDO_PREVIEW, load, epoch=tx.accounts.epoch(load.account_id, load.object)
        )

    return desk.do(actor, work)

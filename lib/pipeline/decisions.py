"""Decisions: review → commit → roll up, and the road backwards."""

from __future__ import annotations

from typing import Any

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import DateRange, Load
from lib.domain.people import Actor, Right
from lib.domain.states import LoadStatus, require_load_move
from lib.errors import DeskError
from lib.services import (
    classify,
    commit,
    recheck,
    review,
    roll_up,
    stage,
    undo,
)

_APPROVALS = 8
_OVERTAKEN = "overtaken"


def approve(desk: Desk, actor: Actor, load_id: int, seen: dict[str, int] | None = None) -> dict[str, Any]:
    """Commit a load and roll its metrics up, in one transaction and exactly once.

    `seen` are the verdict counts that the person decided on; when a commit in between has changed them, the load is
    counted anew and the approval refused. Without `seen` the new counts are committed and returned.
    """
    for attempt in range(1, _APPROVALS + 1):
        recounted = desk.do(actor, _recheck, load_id)
        if recounted is not None and seen is not None and recounted != seen:
            raise DeskError(
                "review_changed",
                f"Another load was committed since load {load_id} was reviewed, and its counts changed.",
                f"Look at it again with `review {load_id}`, then approve.",
            )
        try:
            desk.do(actor, _approve, load_id)
            break
        except DeskError as trouble:
            # Somebody committed the same object between the count and the commit: count anew.
            if trouble.code != _OVERTAKEN or attempt == _APPROVALS:
                raise
    return desk.ask(actor, review.review_load, load_id)


def undo_load(desk: Desk, actor: Actor, load_id: int, reason: str) -> dict[str, Any]:
    """Undo a committed load and replace the slices it had moved, in one transaction and exactly once."""
    counts = desk.do(actor, _undo, load_id, reason)
    desk.ask(actor, lambda tx: undo.erase_traffic(tx, tx.loads.by_id(load_id)))
    return {"load": load_id, "status": str(LoadStatus.UNDONE), **counts}


def _recheck(tx: UnitOfWork, load_id: int) -> dict[str, int] | None:
    """Count a load anew when something was committed since it was staged; None when nothing was."""
    tx.actor.require(Right.APPROVE_LOADS)
    load = tx.loads.by_id(load_id)
    epoch = tx.accounts.epoch(load.account_id, load.object)
    if load.status is not LoadStatus.IN_REVIEW or load.staged_epoch == epoch:
        return None
    account = tx.accounts.by_id(load.account_id)
    classified = classify.classify_rows(tx, account, load.object, recheck.load_rows(tx, load))
    recheck.correct_rows(tx, load, classified)
    recounted = tx.loads.recount(load, stage.counts_of(classified), epoch)
    return {str(verdict): count for verdict, count in recounted.verdicts.items()}


def _approve(tx: UnitOfWork, load_id: int) -> dict[str, Any]:
    done = tx.once(f"approve:{load_id}", lambda: _commit(tx, load_id))
    load = tx.loads.by_id(load_id)
    if str(load.status) != done["status"]:
        require_load_move(load.id, load.status, LoadStatus.APPROVED)
    return done


def _commit(tx: UnitOfWork, load_id: int) -> dict[str, Any]:
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    commit.require_may_approve(tx, account, load)
    # Whoever commits this object next waits here until we are done.
    epoch = tx.accounts.advance_epoch(account.id, load.object)
    if load.staged_epoch != epoch - 1:
        raise DeskError(
            _OVERTAKEN,
            f"Another load of {account.key} was committed at the same moment, so load {load_id} was not.",
            "Approve it again; it is counted anew first.",
            is_retryable=True,
        )
    review.require_unblocked(load, tx.deliveries.by_id(load.delivery_id))
    committed, touched = commit.commit_load(tx, account, load, epoch)
    if touched is not None:
        roll_up.roll_up(tx, account, load.object, touched.days, _span(load))
    return {"status": str(committed.status)}


def _undo(tx: UnitOfWork, load_id: int, reason: str) -> dict[str, int]:
    # Asked before the key is looked up: what an earlier undo came to is not for everybody either.
    tx.actor.require(Right.APPROVE_LOADS)
    return tx.once(f"undo:{load_id}", lambda: _reverse(tx, load_id, reason))


def _reverse(tx: UnitOfWork, load_id: int, reason: str) -> dict[str, Any]:
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    tx.accounts.advance_epoch(account.id, load.object)
    undone = undo.undo_load(tx, account, load, reason)
    roll_up.roll_up(tx, account, load.object, undone.touched.days, _span(load))
    return dict(undone.counts)


def _span(load: Load) -> DateRange | None:
    return DateRange(load.range_from, load.range_to) if load.range_from and load.range_to else None

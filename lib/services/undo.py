"""Undo a committed load: the road backwards, with nothing left unsaid."""

from __future__ import annotations

from lib.db.record_undoer import Undone, undo_records
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import Destination, object_type
from lib.domain.people import Right
from lib.domain.states import LoadStatus, require_load_move
from lib.errors import DeskError


def preview_undo(tx: UnitOfWork, account: Account, load: Load) -> dict[str, int]:
    """What an undo would do now, without doing it."""
    tx.actor.require(Right.SEE_DETAIL)
    return undo_records(tx, account, load, is_preview=True).counts


def preview_of(tx: UnitOfWork, load_id: int) -> dict[str, int]:
    """What an undo of this load would do now: reversed, kept and could_not; it costs about what the undo does."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    require_load_move(load.id, load.status, LoadStatus.UNDONE)
    return preview_undo(tx, tx.accounts.by_id(load.account_id), load)


def erase_traffic(tx: UnitOfWork, load: Load) -> None:
    """Remove the traffic rows of an undone load; they are invisible already, so this may happen late or twice."""
    if load.status is LoadStatus.UNDONE and object_type(load.object).destination is Destination.TRAFFIC:
        tx.traffic.erase([load.id])


def undo_load(tx: UnitOfWork, account: Account, load: Load, reason: str) -> Undone:
    """Reverse what the load wrote, except what was changed since; the three counts add up to created + updated."""
    tx.actor.require(Right.APPROVE_LOADS)
    if not reason.strip():
        raise DeskError("reason_missing", "An undo needs a reason.", "Give one with --reason.")
    require_load_move(load.id, load.status, LoadStatus.UNDONE)
    undone = undo_records(tx, account, load)
    tx.loads.move(
        load, LoadStatus.UNDONE, undone_by=tx.actor.person_id, undone_at=tx.now, undo_reason=reason.strip()[:500]
    )
    tx.audit.note("load undone", "load", load.id, load.client_id, reason=reason.strip()[:300], **undone.counts)
    return undone

"""Undo a committed load: the road backwards, with nothing left unsaid."""

from __future__ import annotations

from lib.db.shared_steps.record_undoer import Undone, undo_records
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.objects import Destination, object_type
from lib.domain.people import Right
from lib.domain.states import LoadStatus, require_load_move
from lib.errors import DeskError


def standing(tx: UnitOfWork, load_id: int) -> tuple[int, int]:
    """What a preview hangs on: the load's version, and how often its object was committed or undone."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    return load.version, tx.accounts.epoch(load.account_id, load.object)


def preview_of(tx: UnitOfWork, load_id: int, progress: Progress = lambda *_: None) -> dict[str, int]:
    """What an undo of this load would do now: reversed, kept and could_not; it costs about what the undo does."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    require_load_move(load.id, load.status, LoadStatus.UNDONE)
    account = tx.accounts.by_id(load.account_id)
    return undo_records(tx, account, load, is_preview=True, progress=progress).counts


def erase_traffic(tx: UnitOfWork, load: Load) -> None:
    """Remove the traffic rows of an undone load; they are invisible already, so this may happen late or twice."""
    if load.status is LoadStatus.UNDONE and object_type(load.object).destination is Destination.TRAFFIC:
        tx.traffic.erase([load.id])


def require_may_undo(tx: UnitOfWork, load: Load, reason: str) -> None:
    """The right, a reason, and a load that stands where it can be undone."""
    tx.actor.require(Right.APPROVE_LOADS)
    if not reason.strip():
        raise DeskError("reason_missing", "An undo needs a reason.", "Give one with --reason.")
    refuse_secrets([("the reason", reason)])
    require_load_move(load.id, load.status, LoadStatus.UNDONE)


def undo_load(
    tx: UnitOfWork, account: Account, load: Load, reason: str, progress: Progress = lambda *_: None
) -> Undone:
    """Reverse what the load wrote, except what was changed since; the three counts add up to created + updated."""
    require_may_undo(tx, load, reason)
    undone = undo_records(tx, account, load, progress=progress)
    tx.loads.move(
        load, LoadStatus.UNDONE, undone_by=tx.actor.person_id, undone_at=tx.now, undo_reason=reason.strip()[:500]
    )
    tx.audit.note("load undone", "load", load.id, load.client_id, reason=reason.strip()[:300], **undone.counts)
    return undone

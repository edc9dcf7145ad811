"""Which published numbers stand on a load: what its undo would take back from a client's portal."""

from __future__ import annotations

from lib.db.shared_steps.published_standing import PublishedOnLoad, published_on
from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right

__all__ = ["PublishedOnLoad", "published_on_load"]


def published_on_load(tx: UnitOfWork, load_id: int) -> tuple[PublishedOnLoad, ...]:
    """The published numbers that stand on a load, by statement; one that would not move stays when the load goes back."""
    tx.actor.require(Right.SEE_DETAIL)
    return published_on(tx, tx.loads.by_id(load_id))

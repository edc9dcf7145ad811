"""Hold the audit log against its own seals and against the anchors that were kept of it."""

from __future__ import annotations

from collections.abc import Iterable

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.audit_chain import Anchor, Examined, chain_key, examine
from lib.domain.people import Right


def examine_log(tx: UnitOfWork, hash_key: bytes, anchors: Iterable[Anchor]) -> Examined:
    """Walk every line; `anchors` were read before, so whatever they name is committed. Nothing is changed."""
    tx.actor.require(Right.MANAGE_DESK)
    # Asked first: lines that are added during the walk lie behind it.
    head = tx.audit.head()
    return examine(chain_key(hash_key), tx.audit.chain(), anchors, head)


def end_of_log(tx: UnitOfWork) -> Anchor | None:
    """The last line's position and seal, to be kept elsewhere; None before the first line."""
    tx.actor.require(Right.MANAGE_DESK)
    return tx.audit.end()

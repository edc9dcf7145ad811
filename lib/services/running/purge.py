"""Let go of payloads that an account's policy keeps no longer, and keep the record of them (R11).

One delivery at a time, in transactions of a few dozen chunks; whoever is stopped in the middle begins again and goes on
with what is left. `lib.domain.settings.retention` says what goes when.
"""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.people import Right
from lib.domain.settings.retention import in_words, is_kept, kept_since, waited_since, without_cells
from lib.domain.states import WAITING_LOADS, LoadStatus

_CHUNKS = 64
_NOTHING_LEFT = "Import the file again to look at it."


@dataclass(frozen=True)
class Purged:
    """What was let go: chunks of payload, texts typed over cells, and loads that had waited for a decision too long."""

    chunks: int = 0
    edits: int = 0
    loads: int = 0

    def __add__(self, other: Purged) -> Purged:
        return Purged(self.chunks + other.chunks, self.edits + other.edits, self.loads + other.loads)

    @property
    def counts(self) -> dict[str, int]:
        """The same for machines."""
        return {"chunks": self.chunks, "edits": self.edits, "loads": self.loads}


@dataclass(frozen=True)
class _Over:
    """What has had its time in a delivery: loads that waited too long, and chunks; `waiting` are loads that may wait on."""

    late: list[Load]
    waiting: list[Load]
    chunks: list[int]


def accounts_due(tx: UnitOfWork, key: str = "") -> list[Account]:
    """The accounts in scope (or the one called `key`) of which any payload is to go now."""
    return [account for account in ([tx.accounts.by_key(key)] if key else tx.accounts.every()) if due(tx, account)]


def due(tx: UnitOfWork, account: Account) -> list[int]:
    """The deliveries of an account of which anything is to go now, oldest first."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    before = kept_since(account.retention_days, tx.now)
    lapsed = [] if before is None else tx.payloads.lapsed(account.id, before)
    found = [(delivery_id, _over(tx, account, delivery_id)) for delivery_id in lapsed]
    return [delivery_id for delivery_id, over in found if over.late or over.chunks]


def purge_some(tx: UnitOfWork, account_id: int, delivery_id: int) -> Purged | None:
    """Let some of a delivery's payload go; None once nothing of it is left to go.

    A load that has waited too long fails first, so that nobody decides on rows that are not there.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account, delivery = tx.accounts.by_id(account_id), tx.deliveries.by_id(delivery_id)
    over = _over(tx, account, delivery_id)
    if not over.chunks and not over.late:
        return None
    for load in over.late:
        why = f"Nobody decided on it while its rows were kept (policy: {in_words(account.retention_days)})."
        tx.loads.move(load, LoadStatus.FAILED, error_note=f"{why} {_NOTHING_LEFT}")
        tx.audit.note("load failed", "load", load.id, load.client_id, why="waited longer than its rows are kept")
    edits = _forget(tx, delivery, over.waiting)
    if over.chunks:
        tx.payloads.drop_chunks(over.chunks)
        # What was foretold from these rows holds samples of them.
        tx.impacts.forget(account)
    done = Purged(len(over.chunks), edits, len(over.late))
    tx.audit.note("payloads purged", "delivery", delivery_id, delivery.client_id, **done.counts)
    return done


def let_go(tx: UnitOfWork, account: Account, load: Load) -> None:
    """A load was decided on: where its account keeps no payloads, its rows go in the same transaction."""
    if is_kept(account.retention_days):
        return
    chunks = tx.payloads.drop(load.delivery_id, load.id, ("raw", "mapped", "before"))
    tx.impacts.forget(account)
    delivery = tx.deliveries.by_id(load.delivery_id)
    waiting = [other for other in tx.loads.of_delivery(delivery.id) if other.status in WAITING_LOADS]
    done = Purged(chunks, _forget(tx, delivery, waiting))
    tx.audit.note("payloads purged", "delivery", delivery.id, delivery.client_id, **done.counts)


def _over(tx: UnitOfWork, account: Account, delivery_id: int) -> _Over:
    before, since = kept_since(account.retention_days, tx.now), waited_since(tx.now)
    if before is None:
        return _Over([], [], [])
    has_lapsed = tx.payloads.has_lapsed(delivery_id, before)
    undecided = [load for load in tx.loads.of_delivery(delivery_id) if load.status in WAITING_LOADS]
    late = [load for load in undecided if has_lapsed and (load.advanced_at or load.created_at) < since]
    waiting = [load for load in undecided if load not in late]
    staying = [load.id for load in waiting]
    if any(load.status is LoadStatus.MAPPED for load in waiting):
        # A load that was stopped in the middle is read on from its file.
        staying.append(0)
    return _Over(late, waiting, tx.payloads.overdue(delivery_id, before, staying, _CHUNKS, is_whole=has_lapsed))


def _forget(tx: UnitOfWork, delivery: Delivery, waiting: list[Load]) -> int:
    """Take away the cells that edits and the reading's notes repeat; how many edits there were."""
    bare = without_cells(delivery.facts)
    if not waiting and bare != delivery.facts:
        tx.deliveries.mark_facts(delivery, bare)
    return tx.edits.forget(delivery.id, [load.id for load in waiting])

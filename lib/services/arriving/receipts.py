"""Keep what webhooks brought, once each, and say what of it waits; the delivery that takes it in is made elsewhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.hooks import Receipt, Refusal, Stored
from lib.domain.people import Right


@dataclass(frozen=True)
class Tally:
    """Receipts of one status, refusal and class: how many there are, and how often they came in all."""

    status: str
    refusal: str
    row_class: str
    receipts: int
    times: int


def store_receipts(
    tx: UnitOfWork,
    receipts: Sequence[Receipt],
    refusals: Mapping[Refusal, int] | None = None,
    *,
    is_drained: bool = False,
) -> list[Stored]:
    """Write receipts down, all in this transaction; what became of each, in their order.

    One whose key is known is counted, not kept again; where the key belongs to one message and the content is another,
    it is a conflict. Of those that come back from the spool (`is_drained`) none is counted twice.
    """
    tx.actor.require(Right.IMPORT)
    outcomes: dict[tuple[int, str], list[int]] = defaultdict(list)
    for place, item in enumerate(receipts):
        outcomes[item.account_id, item.key].append(place)
    known = {
        (account, key): found
        for account, keys in _keys_by_account(receipts).items()
        for key, found in tx.receipts.known(account, keys).items()
    }
    stored = [Stored.NEW] * len(receipts)
    new: dict[Receipt, int] = {}
    for mark, places in outcomes.items():
        found, first = known.get(mark), receipts[places[0]]
        content = first.content_hash if found is None else found.content_hash
        later = places if found is not None else places[1:]
        clashing = [at for at in later if receipts[at].is_message_id and receipts[at].content_hash != content]
        for at in later:
            stored[at] = Stored.CONFLICT if at in clashing else Stored.KNOWN
        again = [receipts[at].received_at for at in later if at not in clashing]
        if found is None:
            new[first] = 1 + len(again)
            continue
        counted = [moment for moment in again if not is_drained or moment > found.last_seen_at]
        if counted:
            tx.receipts.seen_again(found.id, len(counted), max(*counted, found.last_seen_at))
    if new:
        tx.receipts.add_receipts(new)
    for refusal, count in (refusals or {}).items():
        _note_refusal(tx, refusal, count)
    return stored


def tally(tx: UnitOfWork, key: str) -> list[Tally]:
    """How many webhooks of an account came in, by status, why they were refused, and the class their load gave them."""
    tx.actor.require(Right.SEE_DETAIL)
    return [Tally(*line) for line in tx.receipts.tally(tx.accounts.by_key(key))]


def class_of_rows(tx: UnitOfWork, delivery_id: int, load_id: int) -> Counter[str]:
    """Write the classes that a load gave the receipts of its delivery into their log; how many there are of each.

    The n-th receipt of a delivery is its n-th line. A load of other rows than these changes nothing.
    """
    ids = [receipt_id for receipt_id, _ in tx.receipts.keys_of(delivery_id)]
    classes = tx.rows.columns(load_id, 0, len(ids))["row_class"].to_pylist() if ids else []
    if len(classes) != len(ids):
        return Counter()
    by_class: dict[str, list[int]] = defaultdict(list)
    for receipt_id, row_class in zip(ids, classes, strict=True):
        by_class[row_class].append(receipt_id)
    for row_class, some in by_class.items():
        tx.receipts.set_class(some, row_class)
    return Counter(classes)


def let_bodies_go(tx: UnitOfWork, account_id: int, delivery_id: int) -> None:
    """The bodies of a delivery's receipts are needed no longer."""
    tx.receipts.drop_bodies(account_id, [key for _, key in tx.receipts.keys_of(delivery_id)])


def _keys_by_account(receipts: Sequence[Receipt]) -> dict[int, list[str]]:
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for item in receipts:
        found[item.account_id][item.key] = None
    return {account: list(keys) for account, keys in found.items()}


def _note_refusal(tx: UnitOfWork, refusal: Refusal, count: int) -> None:
    now: datetime = tx.now
    found = tx.receipts.known(refusal.account_id, [refusal.key]).get(refusal.key)
    if found is None:
        tx.receipts.add_refusal(refusal, count, now)
    else:
        tx.receipts.seen_again(found.id, count, now)

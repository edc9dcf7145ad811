"""What was seen where an account's files are put down: noted at each look, and what became of each file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.db.repositories.drops import DroppedFile
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.drops import DropState, Sight, is_complete
from lib.domain.imports import Delivery
from lib.domain.people import Right
from lib.domain.states import AccountStatus, DeliveryStatus
from lib.errors import DeskError

_LISTED = 500


@dataclass(frozen=True)
class DropLine:
    """One file of an account's drop folder as a list shows it."""

    account: str
    file: DroppedFile


def watched(tx: UnitOfWork, key: str) -> Account:
    """The account whose files are looked for; DeskError `no_drop_folder`, `account_paused`."""
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    if not account.intake.drop.is_on:
        raise DeskError(
            "no_drop_folder",
            f"{key} has no folder where files are put down for it.",
            f"Name it and what its files hold: `account set {key} drop.url=/srv/in/{key} drop.object=lead`.",
        )
    if account.status is AccountStatus.PAUSED:
        raise DeskError(
            "account_paused",
            f"{key} is paused, so its files stay where they lie.",
            f"Run `account resume {key}`, or resume it on its setup page.",
        )
    return account


def noted(tx: UnitOfWork, account: Account, sights: Sequence[Sight]) -> list[Sight]:
    """Write down what one look has found; the files that are complete and not taken yet, in their order."""
    tx.actor.require(Right.IMPORT)
    url, complete = account.intake.drop.url, []
    for sight in sights:
        known = tx.drops.named(account, url, sight.name)
        if known is None:
            known = tx.drops.add_seen(account, url, sight)
        elif sight.looks_like(known.size, known.modified, known.etag):
            tx.drops.looked(known)
        else:
            tx.drops.changed(known, sight)
            known = tx.drops.named(account, url, sight.name) or known
        if known.state is DropState.WAITING and is_complete(sight, known.same_since, tx.now):
            complete.append(sight)
    return complete


def still_written(tx: UnitOfWork, account: Account, sight: Sight) -> None:
    """A file changed while it was fetched: it waits anew, from now on."""
    known = tx.drops.named(account, account.intake.drop.url, sight.name)
    if known is not None:
        tx.drops.changed(known, sight)


def ended(tx: UnitOfWork, account: Account, sight: Sight, delivery: Delivery | None, note: str = "") -> None:
    """What became of a file: the delivery it is, or why it could not be read."""
    known = tx.drops.named(account, account.intake.drop.url, sight.name)
    if known is not None:
        state = DropState.FAILED if note else DropState.TAKEN
        tx.drops.ended(known, state, None if delivery is None else delivery.id, note)


def delivery_of(tx: UnitOfWork, account: Account, content_hash: str) -> Delivery | None:
    """The delivery that a file became, also where it was refused as one."""
    tx.actor.require(Right.IMPORT)
    return tx.deliveries.with_hash(account, content_hash)


def is_refused(delivery: Delivery) -> bool:
    """Whether a delivery could not be read."""
    return delivery.status is DeliveryStatus.REFUSED


def listed(tx: UnitOfWork, key: str = "") -> tuple[DropLine, ...]:
    """The files seen for an account, or for every account in scope, those seen last first."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts = [tx.accounts.by_key(key)] if key else tx.accounts.every()
    return tuple(DropLine(account.key, item) for account in accounts for item in tx.drops.of_account(account, _LISTED))

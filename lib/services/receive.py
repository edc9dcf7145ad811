"""Keep what arrived, once, and answer at once."""

from __future__ import annotations

import hashlib

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange, Delivery
from lib.domain.people import Right
from lib.domain.states import AccountStatus, DeliveryStatus
from lib.errors import DeskError


def receive_file(
    tx: UnitOfWork,
    key: str,
    file_name: str,
    content: bytes,
    *,
    days: DateRange | None = None,
    is_partial: bool = False,
    expected_rows: int | None = None,
) -> Delivery:
    """Write a delivery down with its bytes; the same bytes again are the delivery they already are (R5, R8)."""
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    if account.status is AccountStatus.PAUSED:
        raise DeskError(
            "account_paused", f"{key} is paused, so nothing was imported.", f"Run `account set {key} status=setup`."
        )
    content_hash = hashlib.sha256(content).hexdigest()
    known = tx.deliveries.with_hash(account, content_hash)
    if known is not None:
        return known
    delivery = tx.deliveries.add_delivery(
        account,
        kind="file",
        file_name=file_name,
        content_hash=content_hash,
        byte_count=len(content),
        days=days,
        is_partial=is_partial,
        expected_rows=expected_rows,
    )
    if account.retention_days > 0:
        tx.payloads.keep_file(delivery, content)
    tx.audit.note("delivery received", "delivery", delivery.id, account.client_id, name=file_name, bytes=len(content))
    return delivery


def refuse(tx: UnitOfWork, delivery_id: int, note: str) -> None:
    """Write down that a delivery could not be read, and why; nothing of it is loaded.

    One that was read before, for another object, stays read: what it is does not change.
    """
    delivery = tx.deliveries.by_id(delivery_id)
    if delivery.status is not DeliveryStatus.READ:
        tx.deliveries.mark_refused(delivery, note)
    tx.audit.note("delivery refused", "delivery", delivery.id, delivery.client_id, why=note[:300])

"""Keep what arrived, once, and answer at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import DateRange, Delivery
from lib.domain.people import Right
from lib.domain.states import AccountStatus, DeliveryStatus
from lib.errors import DeskError

_PIECE = 1 << 20


@dataclass(frozen=True)
class Arrived:
    """A file as it arrived: its name, the SHA-256 of its bytes, and how many they are."""

    file_name: str
    content_hash: str
    byte_count: int


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
    pieces = (content[start : start + _PIECE] for start in range(0, len(content), _PIECE))
    arrived = Arrived(file_name, hashlib.sha256(content).hexdigest(), len(content))
    return _receive(tx, key, arrived, pieces, days, is_partial, expected_rows)


def receive_upload(
    tx: UnitOfWork,
    key: str,
    file_name: str,
    path: Path,
    *,
    days: DateRange | None = None,
    is_partial: bool = False,
    expected_rows: int | None = None,
) -> Delivery:
    """The same for a file that was streamed to `path` because it is too large to lie in memory.

    DeskError `payload_not_kept` where the account keeps no payloads: nothing could read the file later.
    """
    account = tx.accounts.by_key(key)
    if account.retention_days == 0:
        raise DeskError(
            "payload_not_kept",
            f"{key} keeps no payloads, so a file of this size cannot wait for the worker.",
            "Import it on the command line: `import FILE`.",
        )
    with path.open("rb") as file:
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
    arrived = Arrived(file_name, content_hash, path.stat().st_size)
    return _receive(tx, key, arrived, _pieces(path), days, is_partial, expected_rows)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _receive(
    tx: UnitOfWork,
    key: str,
    arrived: Arrived,
    pieces: Iterator[bytes],
    days: DateRange | None,
    is_partial: bool,
    expected_rows: int | None,
) -> Delivery:
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    if account.status is AccountStatus.PAUSED:
        raise DeskError(
            "account_paused", f"{key} is paused, so nothing was imported.", f"Run `account set {key} status=setup`."
        )
    known = tx.deliveries.with_hash(account, arrived.content_hash)
    if known is not None:
        return known
    delivery = tx.deliveries.add_delivery(
        account,
        kind="file",
        file_name=arrived.file_name,
        content_hash=arrived.content_hash,
        byte_count=arrived.byte_count,
        days=days,
        is_partial=is_partial,
        expected_rows=expected_rows,
    )
    if account.retention_days > 0:
        tx.payloads.keep_pieces(delivery, pieces)
    tx.audit.note(
        "delivery received",
        "delivery",
        delivery.id,
        account.client_id,
        name=arrived.file_name,
        bytes=arrived.byte_count,
    )
    return delivery


def refuse(tx: UnitOfWork, delivery_id: int, note: str) -> None:
    """Write down that a delivery could not be read, and why; nothing of it is loaded.

    One that was read before, for another object, stays read: what it is does not change.
    """
    delivery = tx.deliveries.by_id(delivery_id)
    if delivery.status is not DeliveryStatus.READ:
        tx.deliveries.mark_refused(delivery, note)
    tx.audit.note("delivery refused", "delivery", delivery.id, delivery.client_id, why=note[:300])

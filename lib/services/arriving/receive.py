"""Keep what arrived, once, and answer at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lib.db.unit_of_work import UnitOfWork
from lib.domain.arriving.by_hand import is_by_hand, require_reason
from lib.domain.imports import DateRange, Delivery, DeliveryKind
from lib.domain.people import Right
from lib.domain.settings.retention import is_kept
from lib.domain.states import AccountStatus, DeliveryStatus
from lib.errors import DeskError

_PIECE = 1 << 20


@dataclass(frozen=True)
class Arrived:
    """A file as it arrived: its name, the SHA-256 of its bytes, how many they are, and where they lie."""

    file_name: str
    content_hash: str
    byte_count: int
    path: Path

    @classmethod
    def at(cls, path: Path, file_name: str = "") -> Arrived:
        """The file at a path, read once and not held in memory; DeskError `no_such_file`."""
        try:
            with path.open("rb") as file:
                content_hash = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            raise DeskError("no_such_file", f"The file {path} cannot be read: {reason}.", "Check its path.") from error
        return cls(file_name or path.name, content_hash, path.stat().st_size, path)

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, a megabyte at a time."""
        with self.path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def is_known(tx: UnitOfWork, key: str, arrived: Arrived) -> bool:
    """Whether the account has received these very bytes before."""
    tx.actor.require(Right.IMPORT)
    return tx.deliveries.with_hash(tx.accounts.by_key(key), arrived.content_hash) is not None


def receive_file(
    tx: UnitOfWork,
    key: str,
    arrived: Arrived,
    *,
    days: DateRange | None = None,
    is_partial: bool = False,
    expected_rows: int | None = None,
    control_totals: Mapping[str, str] | None = None,
    must_be_kept: bool = False,
    kind: DeliveryKind = DeliveryKind.FILE,
    by_hand_reason: str = "",
) -> Delivery:
    """Write a delivery down with its bytes; the same bytes again are the delivery they already are (R5, R8).

    What is expected of them (rows, and what money columns come to) may be said again with them: then that counts.

    DeskError `payload_not_kept` where the bytes must be kept for later and the account keeps no payloads;
    `reason_missing` where something is entered by hand and nobody says why (R16).
    """
    tx.actor.require(Right.IMPORT)
    reason = require_reason(by_hand_reason) if is_by_hand(kind) else ""
    account = tx.accounts.by_key(key)
    if account.status is AccountStatus.PAUSED:
        raise DeskError(
            "account_paused",
            f"{key} is paused, so nothing was imported.",
            f"Run `account resume {key}`, or resume it on its setup page.",
        )
    if must_be_kept and not is_kept(account.retention_days):
        raise DeskError(
            "payload_not_kept",
            f"{key} keeps no payloads, so a file cannot wait for the worker.",
            "Import it on the command line: `import FILE`.",
        )
    known = tx.deliveries.with_hash(account, arrived.content_hash)
    if known is not None:
        if is_kept(account.retention_days) and not tx.payloads.has_file(known.id):
            # Brought again after retention had taken them: they are kept anew.
            tx.payloads.keep_pieces(known, arrived.pieces())
        return _expected_anew(tx, known, expected_rows, control_totals)
    delivery = tx.deliveries.add_delivery(
        account,
        kind=kind,
        file_name=arrived.file_name,
        content_hash=arrived.content_hash,
        byte_count=arrived.byte_count,
        days=days,
        is_partial=is_partial,
        expected_rows=expected_rows,
        control_totals=dict(control_totals or {}),
        by_hand_reason=reason,
    )
    if is_kept(account.retention_days):
        tx.payloads.keep_pieces(delivery, arrived.pieces())
    tx.audit.note(
        "delivery received",
        "delivery",
        delivery.id,
        account.client_id,
        name=delivery.file_name,
        bytes=arrived.byte_count,
        **({"reason": reason} if reason else {}),
    )
    return delivery


def _expected_anew(
    tx: UnitOfWork, known: Delivery, expected_rows: int | None, control_totals: Mapping[str, str] | None
) -> Delivery:
    rows = known.expected_rows if expected_rows is None else expected_rows
    totals = dict(control_totals) if control_totals else known.control_totals
    if (rows, totals) == (known.expected_rows, known.control_totals):
        return known
    tx.audit.note("expected anew", "delivery", known.id, known.client_id, rows=rows, totals=totals)
    return tx.deliveries.expect(known, rows, totals)


def refuse(tx: UnitOfWork, delivery_id: int, note: str) -> None:
    """Write down that a delivery could not be read, and why; nothing of it is loaded.

    One that was read before, for another object, stays read: what it is does not change.
    """
    delivery = tx.deliveries.by_id(delivery_id)
    if delivery.status is not DeliveryStatus.READ:
        tx.deliveries.mark_refused(delivery, note)
    tx.audit.note("delivery refused", "delivery", delivery.id, delivery.client_id, why=note[:300])

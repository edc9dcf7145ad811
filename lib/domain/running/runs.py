"""A run: one delivery with the loads it was read into, and the sums of many of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lib.domain.states import DeliveryStatus, LoadStatus


@dataclass(frozen=True)
class Run:
    """One delivery as it came in; `row_count` is None where it could not be read, or was not yet.

    `by_hand_reason` is why a person entered it in the provider's place, '' where nobody did.
    """

    id: int
    account_id: int
    kind: str
    file_name: str
    received_at: datetime
    received_by: str
    range_from: date | None
    range_to: date | None
    is_partial: bool
    status: DeliveryStatus
    row_count: int | None
    error_note: str
    by_hand_reason: str


@dataclass(frozen=True)
class RunLoad:
    """What a delivery was read into: the newest load of one object."""

    id: int
    delivery_id: int
    account_id: int
    object: str
    status: LoadStatus
    is_test: bool
    row_count: int
    failed: int
    written: int
    held: int
    error_note: str


@dataclass(frozen=True)
class DeliverySums:
    """How many deliveries stand at a status, and the rows that are known of them."""

    status: DeliveryStatus
    deliveries: int
    rows: int


@dataclass(frozen=True)
class LoadSums:
    """How many loads stand at a status, and their rows by what becomes of them; `arriving` rows were read for them."""

    status: LoadStatus
    loads: int
    arriving: int
    rows: int
    failed: int
    written: int
    duplicate: int
    ignored: int
    held: int

"""A delivery and a load: what arrived, and what one version of a map makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lib.domain.findings import Finding
from lib.domain.hooks import ROW_RECEIVED_AT
from lib.domain.states import DeliveryStatus, LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.errors import DeskError


class DeliveryKind(StrEnum):
    """How a delivery came in; `manual` is what a person typed or handed in for want of the provider's own word (R16)."""

    FILE = "file"
    WEBHOOK = "webhook"
    API = "api"
    DROP = "drop"
    MANUAL = "manual"


@dataclass(frozen=True)
class DateRange:
    """A span of days, both ends included, in the client's time zone."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise DeskError(
                "dates_out_of_order",
                f"The range ends on {self.last} before it begins on {self.first}.",
                "Swap the two dates; both ends are included.",
            )

    @property
    def days(self) -> int:
        """How many days the range holds."""
        return (self.last - self.first).days + 1

    def as_dict(self) -> dict[str, str]:
        """`{"from", "to"}` as ISO dates."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @classmethod
    def of_dict(cls, stored: Mapping[str, str] | None) -> DateRange | None:
        """The range that `as_dict` wrote; None for none."""
        return cls(date.fromisoformat(stored["from"]), date.fromisoformat(stored["to"])) if stored else None


@dataclass(frozen=True)
class Delivery:
    """One row of `integration_import_batches`."""

    id: int
    account_id: int
    client_id: int
    kind: str
    file_name: str
    content_hash: str
    byte_count: int
    status: DeliveryStatus
    received_at: datetime
    received_by: int
    range_from: date | None
    range_to: date | None
    is_range_given: bool
    is_partial: bool
    expected_rows: int | None
    row_count: int | None
    error_note: str
    facts: dict[str, Any] = field(default_factory=dict)
    # What each money column must come to, in currency units written as text.
    control_totals: dict[str, str] = field(default_factory=dict)
    # Why a person entered it in the provider's place; '' where the provider sent it.
    by_hand_reason: str = ""

    @property
    def added(self) -> frozenset[str]:
        """The columns that the desk itself adds to what came: no map has to answer for them."""
        return frozenset({ROW_RECEIVED_AT} if self.kind == DeliveryKind.WEBHOOK else ())


@dataclass(frozen=True)
class Load:
    """One row of `data_import_batches`. The counts are kept as counters, so that nobody has to scan the rows for them.

    `going_in` are the created and updated rows by class; `failing` the failed ones by each of their reasons (`code` or
    `code:column`), and by `code:` for all that give a code, whichever the column. `looks` is what the first rows of each
    mapped column looked like when they arrived, by source column.
    """

    id: int
    delivery_id: int
    account_id: int
    client_id: int
    object: str
    map_version_id: int
    map_version: int
    status: LoadStatus
    is_test: bool
    row_count: int
    verdicts: dict[Verdict, int]
    classes: dict[RowClass, int]
    reasons: dict[str, int]
    going_in: dict[str, int]
    failing: dict[str, int]
    warnings: tuple[str, ...]
    range_from: date | None
    range_to: date | None
    staged_epoch: int
    created_at: datetime
    created_by: int
    approved_by: int | None
    committed_at: datetime | None
    error_note: str
    version: int
    read_options: dict[str, Any] = field(default_factory=dict)
    held: int = 0
    findings: tuple[Finding, ...] = ()
    # How many rows the reader found, and when the last of those that are there were written.
    arriving: int = 0
    advanced_at: datetime | None = None
    looks: dict[str, str] = field(default_factory=dict)

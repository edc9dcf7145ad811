"""Committed loads of an object: in which order they came in, the days they cover, and what usually arrives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import integration_import_batches as deliveries
from lib.domain.imports import DateRange, DeliveryKind
from lib.domain.states import LoadStatus
from lib.reporting.periods import last_whole_day


@dataclass(frozen=True)
class Coverage:
    """A committed, whole delivery's span of days, and when it arrived."""

    load_id: int
    first: date
    last: date
    received_at: datetime

    def whole_days(self, timezone: str) -> DateRange | None:
        """The local days of the span that were over when the delivery arrived: no later one can be complete."""
        last = min(self.last, last_whole_day(self.received_at, timezone))
        return DateRange(self.first, last) if last >= self.first else None


@dataclass(frozen=True)
class PastArrival:
    """What arrived with a committed load: rows, those that failed, and the figures kept of them."""

    rows: int
    failed: int
    arrival: dict[str, Any]


class CommittedLoadRepository(Repository):
    """Loads whose records stand; tests of an import write none and are left out."""

    def ids(self, account_id: int, name: str) -> list[int]:
        """The committed loads of an object, in the order of their commits."""
        found = select(loads.c.id).where(*self._of(account_id, name)).order_by(loads.c.committed_epoch)
        return list(self.connection.execute(found).scalars())

    def by_hand(self, account_id: int) -> frozenset[int]:
        """The loads of an account, undone since or not, whose rows a person entered in the provider's place.

        A sealed number goes on standing on a load that was undone.
        """
        found = (
            select(loads.c.id)
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .where(
                deliveries.c.account_id == account_id,
                deliveries.c.kind == DeliveryKind.MANUAL,
                loads.c.status.in_([LoadStatus.COMMITTED, LoadStatus.UNDONE]),
                loads.c.is_test.is_(False),
                self.tx.visible(loads),
            )
        )
        return frozenset(self.connection.execute(found).scalars())

    def coverage(self, account_id: int, name: str) -> list[Coverage]:
        """The spans of the committed deliveries that are whole: only they make a day complete."""
        found = self.all(
            select(loads.c.id, deliveries.c.range_from, deliveries.c.range_to, deliveries.c.received_at)
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .where(
                *self._of(account_id, name),
                deliveries.c.is_partial.is_(False),
                deliveries.c.range_from.is_not(None),
            )
        )
        return [Coverage(row.id, row.range_from, row.range_to, row.received_at) for row in found]

    def coverage_within(self, account_ids: Sequence[int], span: DateRange) -> dict[tuple[int, str], list[Coverage]]:
        """The same for all objects of these accounts at once, of spans that touch some days: {(account, object): spans}."""
        found: dict[tuple[int, str], list[Coverage]] = defaultdict(list)
        statement = (
            select(
                loads.c.id, loads.c.account_id, loads.c.object,
                deliveries.c.range_from, deliveries.c.range_to, deliveries.c.received_at,
            )
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .where(
                loads.c.account_id.in_(account_ids),
                loads.c.status == LoadStatus.COMMITTED,
                loads.c.is_test.is_(False),
                deliveries.c.is_partial.is_(False),
                deliveries.c.range_from <= span.last,
                deliveries.c.range_to >= span.first,
                self.tx.visible(loads),
            )
        )  # fmt: skip
        for row in self.all(statement):
            spans = found[row.account_id, row.object]
            spans.append(Coverage(row.id, row.range_from, row.range_to, row.received_at))
        return found

    def past_arrivals(self, account_id: int, name: str, limit: int) -> list[PastArrival]:
        """The arrivals of the newest committed loads of an object, newest first, less those that were entered by hand:
        what a person types says nothing of what the provider usually sends.
        """
        found = self.all(
            select(loads.c.row_count, loads.c.failed_count, loads.c.arrival)
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .where(*self._of(account_id, name), deliveries.c.kind != DeliveryKind.MANUAL)
            .order_by(loads.c.committed_epoch.desc())
            .limit(limit)
        )
        return [PastArrival(row.row_count, row.failed_count, row.arrival) for row in found]

    def _of(self, account_id: int, name: str) -> tuple[ColumnElement[bool], ...]:
        return (
            loads.c.account_id == account_id,
            loads.c.object == name,
            loads.c.status == LoadStatus.COMMITTED,
            loads.c.is_test.is_(False),
            self.tx.visible(loads),
        )

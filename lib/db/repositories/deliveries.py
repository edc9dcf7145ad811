"""Deliveries: what arrived from a provider, once each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update

from lib.db.repositories.base import Repository
from lib.db.scoped import Scoped
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import integration_import_batches as deliveries
from lib.domain.accounts import Account
from lib.domain.arriving.by_hand import delivery_name
from lib.domain.imports import DateRange, Delivery
from lib.domain.states import DELIVERY_MOVES, DeliveryStatus
from lib.errors import DeskError, NotFound

_BY_ID = Scoped(select(deliveries).where(deliveries.c.id == bindparam("delivery_id")), deliveries)


class DeliveryRepository(Repository):
    """The bytes, name and hash of a delivery never change; status, counts and range are filled in as it is read."""

    def by_id(self, delivery_id: int) -> Delivery:
        """The delivery with this id; NotFound outside the scope."""
        row = _BY_ID.one(self.tx, delivery_id=delivery_id)
        if row is None:
            raise NotFound("delivery", delivery_id)
        return _delivery(row)

    def lock(self, delivery_id: int) -> None:
        """Wait for whoever else opens a load of this delivery; held until the transaction ends."""
        self.run(select(deliveries.c.id).where(deliveries.c.id == delivery_id).with_for_update())

    def with_hash(self, account: Account, content_hash: str) -> Delivery | None:
        """The delivery of this account with the same bytes, or None."""
        row = self.one(
            select(deliveries).where(
                deliveries.c.account_id == account.id,
                deliveries.c.content_hash == content_hash,
                self.tx.visible(deliveries),
            )
        )
        return None if row is None else _delivery(row)

    def recent(self, limit: int) -> list[Delivery]:
        """The newest deliveries in scope."""
        statement = select(deliveries).where(self.tx.visible(deliveries)).order_by(deliveries.c.id.desc()).limit(limit)
        return [_delivery(row) for row in self.all(statement)]

    def with_ids(self, ids: Iterable[int]) -> dict[int, Delivery]:
        """These deliveries by id, as far as they are in scope."""
        statement = select(deliveries).where(deliveries.c.id.in_(sorted(set(ids))), self.tx.visible(deliveries))
        return {row.id: _delivery(row) for row in self.all(statement)}

    def refused(self, limit: int) -> list[Delivery]:
        """The newest deliveries in scope that could not be read."""
        statement = (
            select(deliveries)
            .where(deliveries.c.status == DeliveryStatus.REFUSED, self.tx.visible(deliveries))
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        return [_delivery(row) for row in self.all(statement)]

    def newest_of(self, account: Account, name: str, limit: int) -> list[Delivery]:
        """The newest deliveries of one account that were read for an object, or for none yet."""
        read = select(loads.c.id).where(loads.c.delivery_id == deliveries.c.id)
        is_fit = or_(read.where(loads.c.object == name).exists(), ~read.exists())
        statement = (
            select(deliveries)
            .where(deliveries.c.account_id == account.id, is_fit, self.tx.visible(deliveries))
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        return [_delivery(row) for row in self.all(statement)]

    def add_delivery(
        self,
        account: Account,
        *,
        kind: str,
        file_name: str,
        content_hash: str,
        byte_count: int,
        days: DateRange | None,
        is_partial: bool,
        expected_rows: int | None,
        control_totals: dict[str, str],
        by_hand_reason: str = "",
    ) -> Delivery:
        """Write down that something arrived."""
        delivery_id = self.add(
            deliveries,
            account_id=account.id,
            client_id=account.client_id,
            provider=account.provider,
            kind=kind,
            file_name=file_name[:255],
            content_hash=content_hash,
            byte_count=byte_count,
            status=DeliveryStatus.RECEIVED,
            range_from=days.first if days else None,
            range_to=days.last if days else None,
            is_range_given=days is not None,
            is_partial=is_partial,
            expected_rows=expected_rows,
            control_totals=control_totals,
            error_note="",
            received_at=self.tx.now,
            received_by=self.tx.actor.person_id,
            by_hand_reason=by_hand_reason,
        )
        return self.by_id(delivery_id)

    def mark_read(
        self, delivery: Delivery, row_count: int, facts: dict[str, Any], first: date | None, last: date | None
    ) -> None:
        """It was read: how many rows arrived, what the reader found, and the days it spans."""
        self._move(
            delivery,
            DeliveryStatus.READ,
            row_count=row_count,
            facts=facts,
            range_from=first,
            range_to=last,
            error_note="",
        )

    def expect(self, delivery: Delivery, expected_rows: int | None, control_totals: dict[str, str]) -> Delivery:
        """A person says anew how many rows and which sums the file must hold."""
        said = {"expected_rows": expected_rows, "control_totals": control_totals}
        self.run(update(deliveries).where(deliveries.c.id == delivery.id).values(**said))
        return self.by_id(delivery.id)

    def mark_days(self, delivery: Delivery, first: date | None, last: date | None) -> None:
        """The days it spans turned out to be others, because a person mended the rows they were taken from."""
        self.run(update(deliveries).where(deliveries.c.id == delivery.id).values(range_from=first, range_to=last))

    def mark_facts(self, delivery: Delivery, facts: dict[str, Any]) -> None:
        """Write the facts of its reading anew: cells that its notes quoted have had their time."""
        self.run(update(deliveries).where(deliveries.c.id == delivery.id).values(facts=facts))

    def mark_refused(self, delivery: Delivery, note: str) -> None:
        """It could not be read, and why."""
        self._move(delivery, DeliveryStatus.REFUSED, error_note=note[:1000])

    def _move(self, delivery: Delivery, then: DeliveryStatus, **values: Any) -> None:
        if delivery.status is then:
            return
        if then not in DELIVERY_MOVES[delivery.status]:
            raise DeskError("illegal_move", f"Delivery {delivery.id} is {delivery.status}, so it cannot become {then}.")
        moved = self.run(
            update(deliveries)
            .where(deliveries.c.id == delivery.id, deliveries.c.status == delivery.status)
            .values(status=then, **values)
        )
        if moved.rowcount == 0:
            raise DeskError(
                "changed_meanwhile",
                f"Somebody else read delivery {delivery.id} a moment ago, so nothing was changed.",
                "Import the file again: it is the delivery it already is.",
                is_retryable=True,
            )


def _delivery(row: Row[Any]) -> Delivery:
    values = {key: value for key, value in row._mapping.items() if key not in ("provider", "facts", "status")}
    values["file_name"] = delivery_name(row.kind, row.file_name)
    return Delivery(**values, status=DeliveryStatus(row.status), facts=row.facts or {})

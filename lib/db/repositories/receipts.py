"""Webhooks as they were logged when they came in, and the bodies of those that lie in no delivery yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from lib.db.bulk import batches, insert_many
from lib.db.failures import Failure, failure_of
from lib.db.repositories.base import Repository
from lib.db.tables.receipts import incoming_lead_bodies as bodies
from lib.db.tables.receipts import incoming_lead_logs as logs
from lib.domain.accounts import Account
from lib.domain.hooks import Receipt, ReceiptStatus, Refusal
from lib.errors import DeskError


@dataclass(frozen=True)
class LoggedWebhook:
    """One webhook whose payload lies in a delivery; `refusal` says why it was refused, '' where it was taken."""

    id: int
    delivery_id: int
    status: str
    refusal: str
    received_at: datetime


@dataclass(frozen=True)
class KnownReceipt:
    """A receipt that is in the log already."""

    id: int
    content_hash: str
    last_seen_at: datetime


@dataclass(frozen=True)
class Waiting:
    """Receipts of an account and one event that lie in no delivery yet: how many, and since when the oldest waits."""

    account_id: int
    event: str
    is_test: bool
    number: int
    since: datetime


@dataclass(frozen=True)
class WaitingReceipt:
    """One of them."""

    id: int
    key: str
    received_at: datetime
    body: bytes


class ReceiptRepository(Repository):
    """The log of incoming webhooks. A key is an account's own; the database decides who was first with it."""

    def known(self, account_id: int, keys: Sequence[str]) -> dict[str, KnownReceipt]:
        """Those of an account's keys that are in the log."""
        found: dict[str, KnownReceipt] = {}
        for some in batches(keys):
            statement = select(logs.c.id, logs.c.idempotency_key, logs.c.content_hash, logs.c.last_seen_at).where(
                logs.c.account_id == account_id, logs.c.idempotency_key.in_(some), self.tx.visible(logs)
            )
            found |= {
                row.idempotency_key: KnownReceipt(row.id, row.content_hash, row.last_seen_at)
                for row in self.all(statement)
            }
        return found

    def add_receipts(self, receipts: Mapping[Receipt, int]) -> None:
        """Write receipts down with their bodies, each with how often it came; `changed_meanwhile` when one is known by now."""
        self._insert([_line(item, count) for item, count in receipts.items()])
        kept = [
            {"account_id": item.account_id, "idempotency_key": item.key, "client_id": item.client_id, "body": item.body}
            for item in receipts
        ]
        insert_many(self.connection, bodies, kept)

    def add_refusal(self, refusal: Refusal, count: int, at: datetime) -> None:
        """Write down that webhooks were refused, where nothing was within this hour."""
        told = {"idempotency_key": refusal.key, "event": "", "status": ReceiptStatus.REFUSED, "refusal": refusal.code}
        own = {"account_id": refusal.account_id, "client_id": refusal.client_id, "received_at": at, "last_seen_at": at}
        self._insert([told | own | {"row_class": "", "is_test": False, "content_hash": "", "times_seen": count}])

    def seen_again(self, receipt_id: int, times: int, at: datetime) -> None:
        """Count further sightings of a receipt."""
        self.run(
            update(logs)
            .where(logs.c.id == receipt_id, self.tx.visible(logs))
            .values(times_seen=logs.c.times_seen + times, last_seen_at=at)
        )

    def waiting(self) -> list[Waiting]:
        """What waits to be grouped in scope, by account, event and whether it came to the test address."""
        kinds = (logs.c.account_id, logs.c.event, logs.c.is_test)
        statement = (
            select(*kinds, func.count().label("number"), func.min(logs.c.received_at).label("since"))
            .where(logs.c.status == ReceiptStatus.RECEIVED, self.tx.visible(logs))
            .group_by(*kinds)
            .order_by(*kinds)
        )
        return [Waiting(row.account_id, row.event, row.is_test, row.number, row.since) for row in self.all(statement)]

    def waiting_of(
        self, account: Account, events: Sequence[str], limit: int, *, is_test: bool = False
    ) -> list[WaitingReceipt]:
        """The oldest receipts of an account that wait, of these events, with their bodies, in the order of their ids."""
        statement = (
            select(logs.c.id, logs.c.idempotency_key, logs.c.received_at, bodies.c.body)
            .join(bodies, _own_body())
            .where(
                logs.c.account_id == account.id,
                logs.c.status == ReceiptStatus.RECEIVED,
                logs.c.event.in_(events),
                logs.c.is_test == is_test,
                self.tx.visible(logs),
            )
            .order_by(logs.c.id)
            .limit(limit)
        )
        return [
            WaitingReceipt(row.id, row.idempotency_key, row.received_at, bytes(row.body)) for row in self.all(statement)
        ]

    def newest_waiting(self, account: Account, limit: int) -> list[WaitingReceipt]:
        """The newest receipts of an account that wait, with their bodies, newest first."""
        statement = (
            select(logs.c.id, logs.c.idempotency_key, logs.c.received_at, bodies.c.body)
            .join(bodies, _own_body())
            .where(logs.c.account_id == account.id, logs.c.status == ReceiptStatus.RECEIVED, self.tx.visible(logs))
            .order_by(logs.c.id.desc())
            .limit(limit)
        )
        return [
            WaitingReceipt(row.id, row.idempotency_key, row.received_at, bytes(row.body)) for row in self.all(statement)
        ]

    def holders(self) -> list[int]:
        """The accounts in scope that hold any body."""
        statement = select(bodies.c.account_id).distinct().where(self.tx.visible(bodies)).order_by(bodies.c.account_id)
        return list(self.connection.execute(statement).scalars())

    def overdue(self, account: Account, before: datetime, limit: int) -> list[tuple[int, str]]:
        """The ids and keys of receipts whose body has been kept since before this moment."""
        statement = (
            select(logs.c.id, logs.c.idempotency_key)
            .join(bodies, _own_body())
            .where(logs.c.account_id == account.id, logs.c.received_at < before, self.tx.visible(logs))
            .order_by(logs.c.id)
            .limit(limit)
        )
        return [(row.id, row.idempotency_key) for row in self.all(statement)]

    def mark_grouped(self, ids: Sequence[int], delivery_id: int) -> None:
        """These receipts lie in a delivery now; DeskError `changed_meanwhile` when somebody else has grouped any of them."""
        moved = 0
        for some in batches(ids):
            statement = (
                update(logs)
                .where(logs.c.id.in_(some), logs.c.status == ReceiptStatus.RECEIVED, self.tx.visible(logs))
                .values(status=ReceiptStatus.GROUPED, delivery_id=delivery_id)
            )
            moved += self.run(statement).rowcount
        if moved != len(ids):
            raise _changed()

    def bodies_of(self, delivery_id: int) -> list[bytes]:
        """The bodies of a delivery's receipts that are still kept, in the order of its lines."""
        statement = (
            select(bodies.c.body)
            .join(logs, _own_body())
            .where(logs.c.delivery_id == delivery_id, self.tx.visible(logs))
            .order_by(logs.c.id)
        )
        return [bytes(row.body) for row in self.all(statement)]

    def drop_bodies(self, account_id: int, keys: Sequence[str]) -> None:
        """Let bodies go."""
        for some in batches(keys):
            self.run(
                delete(bodies).where(
                    bodies.c.account_id == account_id, bodies.c.idempotency_key.in_(some), self.tx.visible(bodies)
                )
            )

    def keys_of(self, delivery_id: int) -> list[tuple[int, str]]:
        """The ids and keys of a delivery's receipts, in the order of its lines."""
        statement = (
            select(logs.c.id, logs.c.idempotency_key)
            .where(logs.c.delivery_id == delivery_id, self.tx.visible(logs))
            .order_by(logs.c.id)
        )
        return [(row.id, row.idempotency_key) for row in self.all(statement)]

    def set_class(self, ids: Iterable[int], row_class: str) -> None:
        """Write down which class a load gave these receipts."""
        for some in batches(ids):
            self.run(update(logs).where(logs.c.id.in_(some), self.tx.visible(logs)).values(row_class=row_class))

    def refuse(self, ids: Iterable[int], why: str) -> None:
        """Receipts that waited too long are refused after all; those that lie in a delivery stay there."""
        for some in batches(ids):
            told = {"status": ReceiptStatus.REFUSED, "refusal": why[:190]}
            mine = logs.c.id.in_(some), logs.c.status == ReceiptStatus.RECEIVED, self.tx.visible(logs)
            self.run(update(logs).where(*mine).values(**told))

    def kept_of(self, account: Account, limit: int) -> list[LoggedWebhook]:
        """The newest webhooks of an account whose payload became a delivery."""
        statement = (
            select(logs)
            .where(logs.c.account_id == account.id, logs.c.delivery_id.is_not(None), self.tx.visible(logs))
            .order_by(logs.c.received_at.desc(), logs.c.id.desc())
            .limit(limit)
        )
        return [
            LoggedWebhook(row.id, row.delivery_id, row.status, row.refusal, row.received_at)
            for row in self.all(statement)
        ]

    def tally(self, account: Account) -> list[tuple[str, str, str, int, int]]:
        """Status, refusal, class, how many receipts, and how often they came in all."""
        kinds = (logs.c.status, logs.c.refusal, logs.c.row_class)
        statement = (
            select(*kinds, func.count().label("receipts"), func.sum(logs.c.times_seen).label("times"))
            .where(logs.c.account_id == account.id, self.tx.visible(logs))
            .group_by(*kinds)
            .order_by(*kinds)
        )
        return [
            (row.status, row.refusal, row.row_class, int(row.receipts), int(row.times)) for row in self.all(statement)
        ]

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        try:
            for some in batches(rows):
                self.connection.execute(insert(logs), some)
        except DBAPIError as error:
            if failure_of(error) is not Failure.DUPLICATE:
                raise
            raise _changed() from error


def _own_body() -> Any:
    return and_(bodies.c.account_id == logs.c.account_id, bodies.c.idempotency_key == logs.c.idempotency_key)


def _line(item: Receipt, times: int) -> dict[str, Any]:
    return {
        "account_id": item.account_id,
        "client_id": item.client_id,
        "idempotency_key": item.key,
        "event": item.event,
        "status": ReceiptStatus.RECEIVED,
        "refusal": "",
        "row_class": "",
        "is_test": item.is_test,
        "content_hash": item.content_hash,
        "times_seen": times,
        "received_at": item.received_at,
        "last_seen_at": item.received_at,
    }


def _changed() -> DeskError:
    return DeskError(
        "changed_meanwhile",
        "Somebody else wrote the same webhook a moment ago, so nothing was changed.",
        "It is tried again by itself.",
        is_retryable=True,
    )

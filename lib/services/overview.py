"""What the home page lists: accounts, deliveries and loads, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange, Delivery, Load
from lib.domain.people import Right
from lib.domain.states import AccountStatus, DeliveryStatus, LoadStatus
from lib.domain.verdicts import RowClass, Verdict


@dataclass(frozen=True)
class AccountLine:
    """One account, as a list shows it."""

    key: str
    source_label: str
    client_name: str
    status: AccountStatus
    owner_email: str


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery; `days` is None until its range is known, `row_count` until it is read."""

    id: int
    source_label: str
    file_name: str
    received_at: datetime
    days: DateRange | None
    row_count: int | None
    status: DeliveryStatus
    error_note: str


@dataclass(frozen=True)
class LoadLine:
    """One load with its counters."""

    id: int
    source_label: str
    object: str
    map_version: int
    row_count: int
    verdicts: dict[Verdict, int]
    classes: dict[RowClass, int]
    status: LoadStatus
    is_test: bool


@dataclass(frozen=True)
class Overview:
    """Everything in scope."""

    accounts: tuple[AccountLine, ...]
    deliveries: tuple[DeliveryLine, ...]
    loads: tuple[LoadLine, ...]


def overview(tx: UnitOfWork, limit: int = 20) -> Overview:
    """Accounts, and the newest deliveries and loads, of the clients this person may see."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts = {account.id: account for account in tx.accounts.every()}
    return Overview(
        tuple(_account_line(account) for account in accounts.values()),
        tuple(_delivery_line(item, accounts[item.account_id]) for item in tx.deliveries.recent(limit)),
        tuple(_load_line(item, accounts[item.account_id]) for item in tx.loads.recent(limit)),
    )


def _account_line(account: Account) -> AccountLine:
    return AccountLine(account.key, account.source_label, account.client_name, account.status, account.owner_email)


def _delivery_line(item: Delivery, account: Account) -> DeliveryLine:
    days = DateRange(item.range_from, item.range_to) if item.range_from and item.range_to else None
    return DeliveryLine(
        item.id,
        account.source_label,
        item.file_name,
        item.received_at,
        days,
        item.row_count,
        item.status,
        item.error_note,
    )


def _load_line(item: Load, account: Account) -> LoadLine:
    return LoadLine(
        item.id,
        account.source_label,
        item.object,
        item.map_version,
        item.row_count,
        item.verdicts,
        item.classes,
        item.status,
        item.is_test,
    )

"""What home begins with: each connector with four answers kept apart, and the decisions that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.ladder.connectors import Connector, SignIn, connector
from lib.domain.ladder.ladder import ladder
from lib.domain.ladder.standing import Standing
from lib.domain.people import Right
from lib.domain.verdicts import Verdict

__all__ = ["Connector", "Overview", "SignIn", "WaitingLoad", "WaitingMap", "overview"]

_MOST = 50


@dataclass(frozen=True)
class WaitingLoad:
    """A load in review; `row_count` is what arrived, `in_count` what would be created or updated."""

    id: int
    account_key: str
    source_label: str
    object: str
    is_test: bool
    row_count: int
    in_count: int
    left_out: int
    since: datetime


@dataclass(frozen=True)
class WaitingMap:
    """A version of a map that waits for an approval."""

    account_key: str
    source_label: str
    object: str
    version: int
    submitted_by: str
    since: datetime


@dataclass(frozen=True)
class Overview:
    """Everything in scope; `now` is the moment it was asked."""

    now: datetime
    accounts: tuple[Connector, ...]
    loads: tuple[WaitingLoad, ...]
    maps: tuple[WaitingMap, ...]


def overview(tx: UnitOfWork, client: str = "") -> Overview:
    """The connectors of the clients this person may see, or of one, and the decisions that wait, oldest first."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts = tx.accounts.every(tx.clients.by_key(client).id if client else None)
    known = {account.id: account for account in accounts}
    standings = tx.standings.of(accounts)
    return Overview(
        tx.now,
        tuple(_connector(account, standings[account.id], tx.now) for account in accounts),
        tuple(_load(item, known[item.account_id]) for item in tx.loads.in_review(_MOST) if item.account_id in known),
        tuple(
            WaitingMap(
                known[item.account_id].key,
                known[item.account_id].source_label,
                item.object,
                item.version,
                item.submitted_by,
                item.submitted_at,
            )
            for item in tx.standings.submitted_maps(_MOST)
            if item.account_id in known
        ),
    )


def _connector(account: Account, standing: Standing, now: datetime) -> Connector:
    return connector(account, standing, ladder(account, standing, now), now)


def _load(item: Load, account: Account) -> WaitingLoad:
    coming_in = item.verdicts[Verdict.CREATED] + item.verdicts[Verdict.UPDATED]
    return WaitingLoad(
        item.id,
        account.key,
        account.source_label,
        item.object,
        item.is_test,
        item.row_count,
        coming_in,
        item.row_count - coming_in,
        item.created_at,
    )

"""What home shows: each connector with four answers kept apart, and everything that waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.ladder import LoadSeen, Standing, height, ladder
from lib.domain.people import Right
from lib.domain.signals import ObjectSignal
from lib.domain.states import AccountStatus, LoadStatus
from lib.domain.verdicts import Verdict

_MOST = 50
_HOUR = 3600


class SignIn(StrEnum):
    """How the desk signs in to a provider."""

    REFERENCE_SET = "reference set"
    NOT_NEEDED = "not needed"
    MISSING = "missing"


@dataclass(frozen=True)
class Connector:
    """One account: setup (status and rung), sign-in, last run and freshness are four questions with four answers.

    `age_hours` is None until something was committed; `freshness_hours` is how old the newest delivery may be.
    """

    key: str
    source_label: str
    client_name: str
    signals: tuple[ObjectSignal, ...]
    status: AccountStatus
    rung: int
    sign_in: SignIn
    last_load: LoadSeen | None
    age_hours: int | None
    freshness_hours: int
    owner_email: str
    has_approved_map: bool

    @property
    def is_stale(self) -> bool:
        """Whether the newest committed delivery is older than the account allows."""
        return self.age_hours is not None and self.age_hours > self.freshness_hours

    @property
    def needs_attention(self) -> bool:
        """Whether one of the four answers asks somebody to look; a paused account asks for nothing."""
        if self.status is AccountStatus.PAUSED:
            return False
        troubled = (LoadStatus.FAILED, LoadStatus.IN_REVIEW)
        return (
            self.status is AccountStatus.NEEDS_REVIEW
            or self.sign_in is SignIn.MISSING
            or (self.last_load is not None and self.last_load.status in troubled)
            or self.is_stale
        )


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
class RefusedDelivery:
    """A delivery that could not be read, and why."""

    id: int
    account_key: str
    source_label: str
    file_name: str
    why: str
    since: datetime


@dataclass(frozen=True)
class Overview:
    """Everything in scope; `now` is the moment it was asked."""

    now: datetime
    accounts: tuple[Connector, ...]
    loads: tuple[WaitingLoad, ...]
    maps: tuple[WaitingMap, ...]
    deliveries: tuple[RefusedDelivery, ...]


def overview(tx: UnitOfWork, client: str = "") -> Overview:
    """The connectors of the clients this person may see, or of one, and what waits there for somebody, oldest first."""
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
        tuple(
            _delivery(item, known[item.account_id])
            for item in reversed(tx.deliveries.refused(_MOST))
            if item.account_id in known
        ),
    )


def _connector(account: Account, standing: Standing, now: datetime) -> Connector:
    signals = dict.fromkeys(item.signal for item in standing.used or standing.objects)
    age = standing.last_delivery_at
    return Connector(
        key=account.key,
        source_label=account.source_label,
        client_name=account.client_name,
        signals=tuple(signals),
        status=account.status,
        rung=height(ladder(account, standing)),
        sign_in=_sign_in(account, standing),
        last_load=standing.last_load,
        age_hours=None if age is None else int((now - age).total_seconds() // _HOUR),
        freshness_hours=account.freshness_hours,
        owner_email=account.owner_email,
        has_approved_map=any(item.approved_version is not None for item in standing.objects),
    )


def _sign_in(account: Account, standing: Standing) -> SignIn:
    if account.credential_ref or account.webhook_secret_ref:
        return SignIn.REFERENCE_SET
    return SignIn.NOT_NEEDED if standing.needs_no_credential else SignIn.MISSING


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


def _delivery(item: Delivery, account: Account) -> RefusedDelivery:
    return RefusedDelivery(
        item.id, account.key, account.source_label, item.file_name, item.error_note, item.received_at
    )

"""List what a file can be brought to, and what was brought lately: accounts with their objects, loads, refused files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.signals import ObjectSignal
from lib.domain.states import AccountStatus, LoadStatus
from lib.domain.verdicts import Verdict

_LISTED = 30
_REFUSED = 5


@dataclass(frozen=True)
class ObjectLine:
    """One object that an account sends; `map_version` is the approved one, None where there is none yet."""

    name: str
    signal: ObjectSignal
    map_version: int | None


@dataclass(frozen=True)
class Target:
    """One account that a file can be brought to."""

    key: str
    client_name: str
    source_label: str
    is_paused: bool
    objects: tuple[ObjectLine, ...]


@dataclass(frozen=True)
class LoadLine:
    """One load in a list."""

    id: int
    client_name: str
    source_label: str
    object: str
    file_name: str
    received_at: datetime
    row_count: int
    verdicts: dict[Verdict, int]
    status: LoadStatus
    is_test: bool


@dataclass(frozen=True)
class RefusedLine:
    """One file that could not be read, and why."""

    id: int
    source_label: str
    file_name: str
    received_at: datetime
    why: str


@dataclass(frozen=True)
class Brought:
    """The newest loads (of some statuses), how many there are of each status, and the newest refused files."""

    loads: tuple[LoadLine, ...]
    by_status: dict[LoadStatus, int]
    refused: tuple[RefusedLine, ...]


def targets(tx: UnitOfWork, client: str = "") -> tuple[Target, ...]:
    """Accounts in scope (or of one client) with the objects they send into their own database, by key."""
    tx.actor.require(Right.SEE_DETAIL)
    approved = tx.maps.approved_numbers()
    return tuple(
        Target(
            account.key,
            account.client_name,
            account.source_label,
            account.status is AccountStatus.PAUSED,
            tuple(
                ObjectLine(name, signal, approved.get((account.id, name)))
                for name, signal in account.signals.items()
                if object_type(name).destination is account.destination
            ),
        )
        for account in tx.accounts.every(_client_id(tx, client))
    )


def brought(tx: UnitOfWork, client: str = "", statuses: Sequence[LoadStatus] = ()) -> Brought:
    """What was brought lately, newest first, of the clients this person may see, or of one of them."""
    tx.actor.require(Right.SEE_DETAIL)
    client_id = _client_id(tx, client)
    accounts = {account.id: account for account in tx.accounts.every(client_id)}
    loads = tx.loads.listed(statuses, _LISTED, client_id)
    deliveries = tx.deliveries.with_ids([load.delivery_id for load in loads])
    lines = [
        LoadLine(
            load.id,
            accounts[load.account_id].client_name,
            accounts[load.account_id].source_label,
            load.object,
            deliveries[load.delivery_id].file_name,
            deliveries[load.delivery_id].received_at,
            load.row_count,
            load.verdicts,
            load.status,
            load.is_test,
        )
        for load in loads
    ]
    refused = [
        RefusedLine(item.id, accounts[item.account_id].source_label, item.file_name, item.received_at, item.error_note)
        for item in tx.deliveries.refused(_LISTED)
        if item.account_id in accounts
    ]
    return Brought(tuple(lines), tx.loads.count_by_status(client_id), tuple(refused[:_REFUSED]))


def _client_id(tx: UnitOfWork, key: str) -> int | None:
    """The client called `key`, or None for every client where there is no such one in scope."""
    found = tx.clients.find(key) if key else None
    return None if found is None else found.id

"""List what a file can be brought to, and what was brought lately: accounts with their objects, loads, refused files,
and imports that were stopped before all of their rows were there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Delivery, Load
from lib.domain.jobs import QUEUED, RUNNING
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.signals import ObjectSignal
from lib.domain.states import AccountStatus, LoadStatus
from lib.domain.verdicts import Verdict

_LISTED = 30
_REFUSED = 5
# A load that nobody's job writes and that has not grown for so long was stopped.
_QUIET = timedelta(seconds=60)
_WHOLE = tuple(status for status in LoadStatus if status is not LoadStatus.MAPPED)


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
class StoppedLine:
    """One import that was stopped at `rows` of `arriving`. `why_not` says why it cannot go on, '' where it can.

    `account` and `object` are where the file would be brought again.
    """

    load_id: int
    account: str
    source_label: str
    object: str
    file_name: str
    received_at: datetime
    rows: int
    arriving: int
    why_not: str


@dataclass(frozen=True)
class Brought:
    """The newest loads (of some statuses) that are whole, how many there are of each status, the newest refused files,
    and imports that were stopped.
    """

    loads: tuple[LoadLine, ...]
    by_status: dict[LoadStatus, int]
    refused: tuple[RefusedLine, ...]
    stopped: tuple[StoppedLine, ...] = ()


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
    loads = tx.loads.listed(statuses or _WHOLE, _LISTED, client_id)
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
    by_status = tx.loads.count_by_status(client_id)
    stopped = _stopped(tx, client_id) if by_status.pop(LoadStatus.MAPPED, 0) else ()
    return Brought(tuple(lines), by_status, tuple(refused[:_REFUSED]), stopped)


def stopped(tx: UnitOfWork, load_id: int) -> StoppedLine | None:
    """The import that this load is of, when it was stopped; None where it is whole, or somebody writes it now."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    return next(iter(_stopped_of(tx, [load])), None) if load.status is LoadStatus.MAPPED else None


def _stopped(tx: UnitOfWork, client_id: int | None) -> tuple[StoppedLine, ...]:
    return tuple(_stopped_of(tx, tx.loads.listed((LoadStatus.MAPPED,), _LISTED, client_id)))


def _stopped_of(tx: UnitOfWork, loads: Sequence[Load]) -> list[StoppedLine]:
    newest: dict[int, str] = {}
    for job in tx.jobs.about_loads([load.id for load in loads], 10 * _LISTED):
        newest.setdefault(int(job.load_id or 0), job.status)
    deliveries, approved = tx.deliveries.with_ids([load.delivery_id for load in loads]), tx.maps.approved_numbers()
    found = []
    for load in loads:
        # One without any job is written by hand, on a terminal or while a page waits.
        is_quiet = load.advanced_at is None or tx.now - load.advanced_at > _QUIET
        if newest.get(load.id) not in (QUEUED, RUNNING) and (load.id in newest or is_quiet):
            number = approved.get((load.account_id, load.object))
            found.append(_stopped_line(tx, load, deliveries[load.delivery_id], number))
    return found


def _stopped_line(tx: UnitOfWork, load: Load, delivery: Delivery, map_version: int | None) -> StoppedLine:
    account, why_not = tx.accounts.by_id(load.account_id), ""
    if not tx.payloads.has_file(delivery.id):
        why_not = "Its file is not kept. Bring the same file again, and it goes on."
    elif map_version != load.map_version:
        why_not = f"It was begun through map {load.map_version}, which is no longer the approved one."
    return StoppedLine(
        load.id,
        account.key,
        account.source_label,
        load.object,
        delivery.file_name,
        delivery.received_at,
        load.row_count,
        load.arriving,
        why_not,
    )


def _client_id(tx: UnitOfWork, key: str) -> int | None:
    """The client called `key`, or None for every client where there is no such one in scope."""
    found = tx.clients.find(key) if key else None
    return None if found is None else found.id

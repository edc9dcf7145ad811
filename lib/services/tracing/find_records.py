"""Find a lead by its id, phone or e-mail across all loads, and leaf through what is committed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.by_hand import record_source
from lib.domain.imports import Load
from lib.domain.objects import Destination, object_type
from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.mapping.keys import keyed_hash
from lib.mapping.shown import shown
from lib.mapping.transforms.contact import read_email, read_phone

PAGE_RECORDS = 25
_MOST_ROWS = 200
_NAMES = {"id_hash": "id", "email_hash": "e-mail", "phone_hash": "phone"}
_SUMMARY = ("status", "outcome", "event_type", "service", "category", "campaign", "source")


@dataclass(frozen=True)
class RecordLine:
    """One committed record as a list shows it: no personal data, only what it is, whose, and when."""

    table: str
    id: int
    account_key: str
    source_label: str
    client_name: str
    object: str
    external_id: str
    row_class: RowClass
    when: str
    summary: str


@dataclass(frozen=True)
class RowHit:
    """A row that is no record (yet): failed, ignored, still in review, or undone."""

    load_id: int
    row_no: int
    line_no: int
    source_label: str
    object: str
    verdict: Verdict
    row_class: RowClass
    reasons: str
    load_status: LoadStatus


@dataclass(frozen=True)
class Found:
    """What a search came to; `looked_for` says as what the text was understood, `is_personal` that it names a person."""

    looked_for: tuple[str, ...]
    records: tuple[RecordLine, ...]
    rows: tuple[RowHit, ...]
    is_personal: bool = False


@dataclass(frozen=True)
class RecordPage:
    """A page of records, and the record after which the next one begins, or None."""

    records: tuple[RecordLine, ...]
    after: int | None


@dataclass(frozen=True)
class Shelf:
    """One object of one account whose records can be leafed through."""

    account_key: str
    source_label: str
    client_name: str
    object: str


def find(tx: UnitOfWork, text: str, hash_key: bytes) -> Found:
    """Everything known under an id, a phone or an e-mail address, whichever the text may be.

    A phone is read as an import reads it, in the region of each account; rows are found by keyed hashes, so nobody can
    list what is there. Records come first, then rows that are no record.
    """
    tx.actor.require(Right.SEE_DETAIL)
    wanted = text.strip()
    if not wanted:
        return Found((), (), ())
    accounts = {account.id: account for account in tx.accounts.every()}
    hashes = _hashes(wanted, {account.phone_region for account in accounts.values()}, hash_key)
    rows = [row for _, column, value in hashes for row in tx.rows.with_hash(column, value, _MOST_ROWS)]
    loads = tx.loads.with_ids(row.load_id for row in rows)
    wanted_ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.record_id is not None:
            wanted_ids[loads[row.load_id].object].add(row.record_id)
    for name, record_id in tx.external_objects.called(accounts, wanted):
        wanted_ids[name].add(record_id)
    records = _records(tx, wanted_ids, accounts)
    accounts_by_key = {account.key: account for account in accounts.values()}
    there = {line.id for line in records}
    left = {(row.load_id, row.row_no): row for row in rows if row.record_id not in there}
    hits = [_hit(row, loads[row.load_id], accounts) for _, row in sorted(left.items(), reverse=True)]
    by = [_NAMES[column] for column in dict.fromkeys(column for _, column, _ in hashes)]
    clients = Counter(accounts_by_key[line.account_key].client_id for line in records)
    clients.update(loads[load_id].client_id for load_id, _ in left)
    for client_id, count in sorted(clients.items()):
        tx.audit.saw("client", client_id, client_id, what="search for a person or an id", by=by, found=count)
    looked_for = tuple(f"{_NAMES[column]} {value}" for value, column, _ in hashes)
    return Found(looked_for, records, tuple(hits), is_personal=len(hashes) > 1)


def shelves(tx: UnitOfWork, client: str = "") -> tuple[Shelf, ...]:
    """The objects with anything committed that are kept as records, account by account."""
    tx.actor.require(Right.SEE_DETAIL)
    accounts = tx.accounts.every(tx.clients.by_key(client).id if client else None)
    objects = tx.standings.objects(accounts)
    return tuple(
        Shelf(account.key, account.source_label, account.client_name, item.object)
        for account in accounts
        if account.destination is Destination.APP
        for item in objects[account.id]
        if item.proof is not None
    )


def browse(tx: UnitOfWork, key: str, name: str, *, row_class: str = "", after: int | None = None) -> RecordPage:
    """A page of the committed records of an object, newest first; `after` is where the page before it ended."""
    tx.actor.require(Right.SEE_DETAIL)
    account, kind = tx.accounts.by_key(key), object_type(name)
    found = tx.records.page(account, kind, row_class=row_class, after=after, limit=PAGE_RECORDS + 1)
    by_hand = tx.committed_loads.by_hand(account.id)
    lines = tuple(_line(row, account, is_by_hand=row.load_id in by_hand) for row in found[:PAGE_RECORDS])
    return RecordPage(lines, lines[-1].id if len(found) > PAGE_RECORDS else None)


def _hashes(text: str, regions: set[str], hash_key: bytes) -> list[tuple[str, str, int]]:
    """(what it was read as, column, keyed hash) for each way the text can be read."""
    readings = [("id_hash", text)]
    if email := read_email(text):
        readings.append(("email_hash", email))
    phones = {phone for region in sorted(regions) if (phone := read_phone(text, region))}
    readings += [("phone_hash", phone) for phone in sorted(phones)]
    keyed = keyed_hash([value for _, value in readings], hash_key).to_pylist()
    return [(value, column, digest) for (column, value), digest in zip(readings, keyed, strict=True)]


def _records(tx: UnitOfWork, wanted: dict[str, set[int]], accounts: dict[int, Account]) -> tuple[RecordLine, ...]:
    lines: list[RecordLine] = []
    for name, ids in wanted.items():
        kind = object_type(name)
        if kind.destination is Destination.APP:
            rows = list(tx.records.by_ids(kind, sorted(ids)).values())
            by_hand = {load for key in {row.account_id for row in rows} for load in tx.committed_loads.by_hand(key)}
            lines += [_line(row, accounts[row.account_id], is_by_hand=row.load_id in by_hand) for row in rows]
    return tuple(sorted(lines, key=lambda line: line.id, reverse=True))


def _line(row: Any, account: Account, *, is_by_hand: bool) -> RecordLine:
    kind = object_type(row.object)
    values = row._mapping
    said = [str(values[name]) for name in _SUMMARY if name in kind.column_names and values[name]]
    return RecordLine(
        table=kind.table,
        id=row.id,
        account_key=account.key,
        source_label=record_source(account.source_label, is_by_hand=is_by_hand),
        client_name=account.client_name,
        object=row.object,
        external_id=shown(row.external_id, kind.column("external_id").kind, account.client_timezone),
        row_class=RowClass(row.row_class),
        when=_when(values[kind.date_column], kind.name, account),
        summary=", ".join(said[:3]),
    )


def _when(value: date | datetime | None, name: str, account: Account) -> str:
    kind = object_type(name)
    return shown(value, kind.column(kind.date_column).kind, account.client_timezone)


def _hit(row: Any, load: Load, accounts: dict[int, Account]) -> RowHit:
    return RowHit(
        row.load_id,
        row.row_no,
        row.line_no,
        accounts[load.account_id].source_label,
        load.object,
        Verdict(row.verdict),
        RowClass(row.row_class),
        row.reasons,
        load.status,
    )

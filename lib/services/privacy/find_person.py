"""Find everything about a person: in texts of every table, in payloads, in webhooks that wait, and what hangs on it.

Each function is one read; whoever asks puts them together, so that no transaction is long however much there is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from lib.db.repositories.traces import ChunkPlace, Line
from lib.db.shared_steps.forgotten_rows import going_of
from lib.db.tables.records import RECORD_TABLES
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.privacy import Sighting, Sought, Traces, require_somebody
from lib.domain.objects import Destination, object_type
from lib.domain.people import Actor, Right
from lib.intake.plain_texts import plain_texts
from lib.mapping.forgetting import OWN_PEOPLE, Going, rows_about
from lib.mapping.keys import keyed_hash
from lib.mapping.mentions import Mentions, sought
from lib.mapping.packing import unpack

_CHUNKS = 16
_LISTED = 1000
# What hangs on what hangs on a record: a customer's job's invoice.
_STEPS = 5


def within(tx: UnitOfWork, client: str = "") -> Actor:
    """Who asks, narrowed to one client where one is named: what they find and change is that client's alone."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return dataclasses.replace(tx.actor, client_ids=frozenset({tx.clients.by_key(client).id})) if client else tx.actor


def asked_for(tx: UnitOfWork, phones: Sequence[str], emails: Sequence[str], names: Sequence[str]) -> Sought:
    """Who is meant; a phone is read as an import reads it, in the region of each account."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    found = sought(phones, emails, names, {account.phone_region for account in tx.accounts.every()})
    require_somebody(found)
    return found


def note_search(tx: UnitOfWork, marks: list[list[Any]], counts: dict[str, int]) -> None:
    """Write down that somebody was looked for: the keyed hashes of what they are known by, and how much there was."""
    client_id = next(iter(tx.actor.client_ids)) if tx.actor.client_ids and len(tx.actor.client_ids) == 1 else None
    tx.audit.saw("person", 0, client_id, marks=marks, **counts)


def erased_before(tx: UnitOfWork, marks: list[list[Any]]) -> bool:
    """Whether somebody known by any of these keyed hashes was erased in what the person may see."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return any(mark in marks for row in tx.erasures.listed(_LISTED) for mark in row.marks)


def tables_with_texts(tx: UnitOfWork) -> tuple[list[str], int]:
    """The tables whose texts may speak of somebody, and the number of the last chunk of payload: what is to be read."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return tx.traces.tables(), tx.traces.last_chunk()


def in_texts(tx: UnitOfWork, who: Mentions, table: str) -> Traces:
    """What the texts of a table say of them."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    traces = Traces()
    for line in tx.traces.speaking(table, who.patterns()):
        _note(tx, traces, line, who)
    return traces


def by_hash(tx: UnitOfWork, who: Sought, hash_key: bytes) -> Traces:
    """The rows that bear their phone or address, also where the payload is no longer kept."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    traces = Traces()
    for kind in ("phone", "email"):
        values = [value for found, value in who.values if found == kind]
        hashes = keyed_hash(values, hash_key).to_pylist() if values else []
        for load_id, row_no, _ in tx.traces.rows_with_hash(f"{kind}_hash", hashes):
            traces.add_rows(load_id, {row_no})
    return traces


def in_payloads(tx: UnitOfWork, who: Mentions, after: int) -> tuple[Traces, list[int], int] | None:
    """The next few chunks: what they hold of them, the deliveries of which a file is kept, and the last number looked at.

    None behind the last chunk.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    places = tx.traces.chunks(after, _CHUNKS)
    if not places:
        return None
    traces, files = Traces(), [place.delivery_id for place in places if place.kind == "file"]
    rows = [place for place in places if place.kind != "file"]
    loads = tx.loads.with_ids(place.load_id for place in rows)
    bodies = tx.traces.bodies([place.id for place in rows]) if rows else {}
    going = {load.id: going_of(tx, load) for load in loads.values()}
    for place in rows:
        if place.id in bodies and place.load_id in going:
            _look_into(traces, place, going[place.load_id], bodies[place.id], who)
    return traces, files, places[-1].id


def is_in_file(tx: UnitOfWork, who: Mentions, delivery_id: int) -> bool:
    """Whether the kept file of a delivery speaks of them, whether or not its rows were read."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return any(who.is_in(text) for text in plain_texts(tx.payloads.pieces(delivery_id)))


def in_parked(tx: UnitOfWork, who: Mentions) -> set[int]:
    """The webhooks that wait and speak of them."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return {item.id for item in tx.traces.parked() if who.redacted_value(said := _json(item.body)) != said}


def hanging_on(tx: UnitOfWork, traces: Traces) -> Traces:
    """The same with all that hangs on it: the records of these rows, every row of those records, and what names them."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    for _ in range(_STEPS):
        before = traces.counts
        loads = tx.loads.with_ids(traces.rows)
        for load_id, places in traces.rows.items():
            if load_id in loads and object_type(loads[load_id].object).destination is Destination.APP:
                traces.add_records(loads[load_id].object, tx.traces.records_of_rows(load_id, places))
        for name, ids in list(traces.records.items()):
            for other, found in tx.traces.following(object_type(name), ids).items():
                traces.add_records(other, found)
        for load_id, row_no, _ in tx.traces.rows_of_records(set().union(*traces.records.values())):
            traces.add_rows(load_id, {row_no})
        if traces.counts == before:
            break
    # A row under review has the number that its record will bear.
    there = {name: tx.records.standing(object_type(name), ids)["id"].tolist() for name, ids in traces.records.items()}
    traces.records = {name: set(ids) for name, ids in there.items() if ids}
    traces.chunks = traces.speaking | {place.id for place in tx.traces.chunks_of(traces.rows) if place.kind != "file"}
    traces.files |= {load.delivery_id for load in tx.loads.with_ids(traces.rows).values()} & _with_file(tx, traces)
    return traces


def _with_file(tx: UnitOfWork, traces: Traces) -> set[int]:
    deliveries = {load.delivery_id for load in tx.loads.with_ids(traces.rows).values()}
    return {number for number in deliveries if tx.payloads.has_file(number)}


def _note(tx: UnitOfWork, traces: Traces, line: Line, who: Mentions) -> None:
    spoken = tuple(column for column, text in line.texts.items() if _is_spoken(tx, line, column, text, who))
    if not spoken:
        return
    if line.table in RECORD_TABLES:
        own = [text for column, text in line.texts.items() if column not in OWN_PEOPLE]
        if any(who.is_all_of(text) for text in own) or who.is_across(own):
            traces.add_records(line.texts["object"], {int(line.key["id"])})
    stays = {column: tx.traces.why_staying(line.table, column) for column in spoken}
    for why in sorted(set(stays.values())):
        columns = tuple(column for column in spoken if stays[column] == why)
        traces.sightings.append(Sighting(line.table, line.key, columns, why))


def _is_spoken(tx: UnitOfWork, line: Line, column: str, text: str, who: Mentions) -> bool:
    if not who.is_in(text):
        # First and last name stand apart in a record.
        return column == "first_name" and who.is_across([text, line.texts.get("last_name", "")])
    if tx.traces.is_json(line.table, column):
        return bool(who.redacted_value(said := orjson.loads(text)) != said)
    return True


def _look_into(traces: Traces, place: ChunkPlace, going: Going, body: bytes, who: Mentions) -> None:
    table = unpack(body)
    about, is_spoken_of = rows_about(table, who, going.aside)
    if not is_spoken_of:
        return
    traces.speaking.add(place.id)
    if place.kind == "before":
        numbers = table["row_no"].to_pylist()
        traces.add_rows(place.load_id, {number for number, is_about in zip(numbers, about, strict=True) if is_about})
    else:
        traces.add_rows(place.load_id, {place.first_row + int(offset) for offset in about.nonzero()[0]})


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")


def merged(parts: Iterable[Traces]) -> Traces:
    """What several reads found, as one."""
    whole = Traces()
    for part in parts:
        for load_id, places in part.rows.items():
            whole.add_rows(load_id, places)
        for name, ids in part.records.items():
            whole.add_records(name, ids)
        whole.files |= part.files
        whole.speaking |= part.speaking
        whole.receipts |= part.receipts
        whole.sightings += part.sightings
    return whole

"""Where texts and payloads speak of a person: every table with a text in it, found by looking at the tables themselves.

A table that is new is looked through without being named here. Rows of loads hold codes and keyed hashes only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    String,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    true,
    type_coerce,
    update,
)

from lib.db.append_only import APPEND_ONLY
from lib.db.bulk import among, batches
from lib.db.repositories.base import Repository
from lib.db.tables import app_metadata, traffic_metadata
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import data_import_rows as rows
from lib.db.tables.payloads import payload_chunks
from lib.db.tables.receipts import incoming_lead_bodies as bodies
from lib.db.tables.receipts import incoming_lead_logs as logs
from lib.db.tables.records import RECORD_TABLES
from lib.db.transactions import transact
from lib.db.types import JsonText
from lib.domain.objects import ObjectType

# Codes, numbers and keyed hashes; payloads and bodies are read apart.
_NO_TEXTS = frozenset(
    {
        "data_import_rows", "data_import_row_reasons", "erased_people", "id_blocks", "incoming_lead_bodies",
        "payload_chunks",
    }
)  # fmt: skip
# What people set and others rely on: a person in it is taken out where it is set.
_SETTINGS = frozenset(
    {
        "account_objects", "api_sources", "clients", "integration_provider_accounts", "learned_mappings",
        "metric_definitions", "person_clients", "portal_cards", "provider_synonyms", "sync_schedules",
    }
)  # fmt: skip
_AT_ONCE = 1000
_chunks = payload_chunks.c
# A table that is told by texts of its own key: those move with the records that they were counted from.
_MOVING_KEYS = {("report_metrics", "dimension_value")}


@dataclass(frozen=True)
class Line:
    """A line of a table with its texts, JSON as the text it is kept as; `key` finds it again."""

    table: str
    key: dict[str, Any]
    texts: dict[str, str]


@dataclass(frozen=True)
class ChunkPlace:
    """A chunk of payload without its body."""

    id: int
    delivery_id: int
    load_id: int
    kind: str
    first_row: int


@dataclass(frozen=True)
class Parked:
    """The body of a webhook that lies in no delivery yet."""

    id: int
    account_id: int
    event: str
    key: str
    body: bytes


class TraceRepository(Repository):
    """Everything is read in scope; what belongs to no client is seen by whoever sees every client."""

    def tables(self) -> list[str]:
        """The tables with texts that the person may look through, of both databases."""
        found = [*app_metadata.sorted_tables, *traffic_metadata.sorted_tables]
        return [item.name for item in found if item.name not in _NO_TEXTS and self._may_see(item) and _texts(item)]

    def speaking(self, name: str, patterns: Sequence[str]) -> Iterator[Line]:
        """The lines of a table of whose texts any meets a pattern; the answer is read as it comes."""
        table = _table(name)
        texts = {column.name: type_coerce(column, Text()) for column in _texts(table)}
        like = or_(*(func.lower(text).like(pattern, escape="/") for text in texts.values() for pattern in patterns))
        keys = [column for column in table.primary_key.columns if column.name not in texts]
        wanted = [*keys, *(text.label(column) for column, text in texts.items())]
        statement = select(*wanted).where(like, self._scope(table))

        def read(connection: Connection) -> Iterator[Line]:
            for row in connection.execute(statement, execution_options={"yield_per": _AT_ONCE}):
                said = row._mapping
                key = {column.name: said[column.name] for column in table.primary_key.columns}
                yield Line(name, key, {column: said[column] for column in texts if said[column]})

        if name in traffic_metadata.tables:
            return iter(transact(self.tx.traffic_engine, lambda connection: list(read(connection)), is_writing=False))
        return read(self.connection)

    def why_staying(self, name: str, column: str) -> str:
        """Why a text of this column cannot be changed; '' where it can."""
        table = _table(name)
        if name == "people":
            return "is a person of this desk; `user remove` is for them"
        if name in APPEND_ONLY and column not in APPEND_ONLY[name]:
            return "is never changed once written"
        if name in _SETTINGS:
            return "is a setting; change it where it is set"
        if table.c[column].primary_key and (name, column) not in _MOVING_KEYS:
            return "is what the line is found by"
        return ""

    def is_json(self, name: str, column: str) -> bool:
        """Whether a column holds JSON."""
        return isinstance(_table(name).c[column].type, JsonText)

    def fits(self, name: str, column: str, text: str) -> str:
        """The text, cut to what the column holds."""
        length = getattr(_table(name).c[column].type, "length", None)
        return text[:length] if length else text

    def rewrite(self, name: str, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Write other texts into one line."""
        table = _table(name)
        here = and_(*(table.c[column] == value for column, value in key.items()), self._scope(table))
        statement = update(table).where(here).values(**values)
        if name in traffic_metadata.tables:
            transact(self.tx.traffic_engine, lambda connection: connection.execute(statement))
        else:
            self.run(statement)

    def chunks(self, after: int, limit: int) -> list[ChunkPlace]:
        """The next chunks of payload in scope by their numbers."""
        columns = (_chunks.id, _chunks.delivery_id, _chunks.load_id, _chunks.kind, _chunks.first_row)
        statement = select(*columns).where(_chunks.id > after, self.tx.visible(payload_chunks)).order_by(_chunks.id)
        return [_place(row) for row in self.all(statement.limit(limit))]

    def last_chunk(self) -> int:
        """The number of the last chunk of payload in scope; 0 where there is none."""
        statement = select(func.max(_chunks.id)).where(self.tx.visible(payload_chunks))
        row = self.one(statement)
        return int((row and row[0]) or 0)

    def chunks_of(self, load_ids: Iterable[int]) -> list[ChunkPlace]:
        """Every chunk of rows of these loads."""
        columns = (_chunks.id, _chunks.delivery_id, _chunks.load_id, _chunks.kind, _chunks.first_row)
        found: list[ChunkPlace] = []
        for some in batches(load_ids):
            statement = select(*columns).where(_chunks.load_id.in_(some), self.tx.visible(payload_chunks))
            found += [_place(row) for row in self.all(statement.order_by(_chunks.id))]
        return found

    def chunk(self, chunk_id: int) -> tuple[ChunkPlace, bytes] | None:
        """One chunk with its body, held until the transaction ends; None where it is gone."""
        columns = (_chunks.id, _chunks.delivery_id, _chunks.load_id, _chunks.kind, _chunks.first_row, _chunks.body)
        statement = select(*columns).where(_chunks.id == chunk_id, self.tx.visible(payload_chunks)).with_for_update()
        row = self.one(statement)
        return None if row is None else (_place(row), bytes(row.body))

    def bodies(self, chunk_ids: Sequence[int]) -> dict[int, bytes]:
        """The bodies of chunks."""
        statement = select(_chunks.id, _chunks.body).where(_chunks.id.in_(chunk_ids), self.tx.visible(payload_chunks))
        return {row.id: bytes(row.body) for row in self.all(statement)}

    def rewrite_chunk(self, chunk_id: int, body: bytes) -> None:
        """Put another body into a chunk."""
        mine = _chunks.id == chunk_id, self.tx.visible(payload_chunks)
        self.run(update(payload_chunks).where(*mine).values(body=body))

    def parked(self) -> list[Parked]:
        """The bodies of webhooks that lie in no delivery yet."""
        own = and_(bodies.c.account_id == logs.c.account_id, bodies.c.idempotency_key == logs.c.idempotency_key)
        statement = select(logs.c.id, logs.c.account_id, logs.c.event, logs.c.idempotency_key, bodies.c.body)
        found = self.all(statement.join(bodies, own).where(self.tx.visible(logs)).order_by(logs.c.id))
        return [Parked(row.id, row.account_id, row.event, row.idempotency_key, bytes(row.body)) for row in found]

    def rewrite_parked(self, item: Parked, body: bytes) -> None:
        """Put another body into a webhook that waits."""
        mine = bodies.c.account_id == item.account_id, bodies.c.idempotency_key == item.key, self.tx.visible(bodies)
        self.run(update(bodies).where(*mine).values(body=body))

    def rows_with_hash(self, column: str, values: Sequence[int], load_id: int = 0) -> list[tuple[int, int, int | None]]:
        """(load, row, record) of every row (of one load) that bears one of these keyed hashes in `column`."""
        mine = rows.c.load_id == load_id if load_id else true()
        return [row for some in batches(values) for row in self._rows(rows.c[column].in_(some) & mine)]

    def rows_of_records(self, ids: Iterable[int]) -> list[tuple[int, int, int | None]]:
        """(load, row, record) of every row that became one of these records or met it."""
        return [row for some in among(rows.c.record_id, ids) for row in self._rows(some)]

    def records_of_rows(self, load_id: int, places: Iterable[int]) -> set[int]:
        """The records that these rows of a load became or met."""
        found: set[int] = set()
        for some in among(rows.c.row_no, places):
            found |= {record for _, _, record in self._rows((rows.c.load_id == load_id) & some) if record is not None}
        return found

    def empty_records(self, kind: ObjectType, ids: Iterable[int], columns: Iterable[str]) -> int:
        """Take the values of columns out of records; who wrote them last, and how often, stays. How many there are."""
        table, blank = RECORD_TABLES[kind.table], dict.fromkeys(columns)
        there = 0
        for some in among(table.c.id, ids):
            mine = some, table.c.object == kind.name, self.tx.visible(table)
            there += len(self.all(select(table.c.id).where(*mine)))
            if blank:
                self.run(update(table).where(*mine).values(**blank))
        return there

    def following(self, kind: ObjectType, ids: Iterable[int]) -> dict[str, set[int]]:
        """The records that name these as their lead or customer, by object: an invoice of a job, a job of a customer."""
        mine, found = RECORD_TABLES[kind.table], dict[str, set[int]]()
        column = {"crm_leads": "lead_id", "crm_customers": "customer_id"}.get(kind.table)
        others = [item for item in RECORD_TABLES.values() if column and column in item.c]
        for other in others:
            for some in among(mine.c.id, ids):
                named = (other.c.account_id == mine.c.account_id) & (other.c[str(column)] == mine.c.external_id)
                statement = select(other.c.object, other.c.id).join(mine, named)
                for row in self.all(statement.where(some, mine.c.object == kind.name, self.tx.visible(other))):
                    found.setdefault(row.object, set()).add(row.id)
        return found

    def _rows(self, such: ColumnElement[bool]) -> list[tuple[int, int, int | None]]:
        statement = select(rows.c.load_id, rows.c.row_no, rows.c.record_id).join(loads, loads.c.id == rows.c.load_id)
        found = self.all(statement.where(such, self.tx.visible(loads)))
        return [(row.load_id, row.row_no, row.record_id) for row in found]

    def _scope(self, table: Table) -> ColumnElement[bool]:
        return self.tx.visible(table) if _has_scope(table) else true()

    def _may_see(self, table: Table) -> bool:
        return _has_scope(table) or self.tx.actor.client_ids is None


def _place(row: Row[Any]) -> ChunkPlace:
    return ChunkPlace(row.id, row.delivery_id, row.load_id, row.kind, row.first_row)


def _has_scope(table: Table) -> bool:
    return table.name == "clients" or "client_id" in table.c


def _table(name: str) -> Table:
    return app_metadata.tables[name] if name in app_metadata.tables else traffic_metadata.tables[name]


def _texts(table: Table) -> list[Any]:
    return [column for column in table.columns if isinstance(column.type, String | JsonText)]

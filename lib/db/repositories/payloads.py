"""Payload chunks: compressed rows, or the bytes of a file as they came."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import zstandard
from sqlalchemy import ColumnElement, delete, func, or_, select, update

from lib.db.bulk import batches, insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.imports import integration_import_batches as deliveries
from lib.db.tables.payloads import payload_chunks
from lib.domain.imports import Delivery
from lib.mapping.packing import Chunk, compress, joined, pack, rows_of, unpack

_AT_ONCE = 16
_chunks = payload_chunks.c


class PayloadRepository(Repository):
    """`kind` is file (of a delivery: load 0), or raw, mapped or before, each of a load."""

    def keep_pieces(self, delivery: Delivery, pieces: Iterable[bytes]) -> None:
        """Keep the bytes of a file as they came, in the pieces given, about a megabyte each."""
        self.keep(delivery, 0, "file", (Chunk(0, 0, compress(piece)) for piece in pieces))

    def pieces(self, delivery_id: int) -> Iterator[bytes]:
        """The bytes of a file again, piece by piece."""
        for chunk_id, _ in self._places(delivery_id, 0, "file"):
            yield zstandard.decompress(self._body(chunk_id))

    def write_file(self, delivery_id: int, path: Path) -> None:
        """Write the bytes as they came to a file."""
        with path.open("wb") as out:
            for piece in self.pieces(delivery_id):
                out.write(piece)

    def has_file(self, delivery_id: int) -> bool:
        """Whether retention still keeps the bytes."""
        count = select(func.count()).select_from(payload_chunks).where(*self._of(delivery_id, 0, "file"))
        return bool(self.connection.execute(count).scalar_one())

    def keep(self, delivery: Delivery, load_id: int, kind: str, chunks: Iterable[Chunk], seq: int = 0) -> int:
        """Write chunks in order, the first as number `seq`; the number after the last comes back."""
        rows = (
            {
                "client_id": delivery.client_id,
                "delivery_id": delivery.id,
                "load_id": load_id,
                "kind": kind,
                "seq": number,
                "first_row": chunk.first_row,
                "row_count": chunk.row_count,
                "body": chunk.body,
                "created_at": self.tx.now,
            }
            for number, chunk in enumerate(chunks, start=seq)
        )
        # A few at a time: the pieces of a large file must not all lie in memory.
        for batch in batches(rows, _AT_ONCE):
            insert_many(self.connection, payload_chunks, batch)
            seq += len(batch)
        return seq

    def count(self, delivery_id: int, load_id: int, kind: str) -> int:
        """How many chunks of a kind there are: the number that the next one takes."""
        count = select(func.count()).select_from(payload_chunks).where(*self._of(delivery_id, load_id, kind))
        return int(self.connection.execute(count).scalar_one())

    def covered(self, delivery_id: int, load_id: int, kind: str) -> int:
        """The ordinal behind the last row that the chunks of a kind hold; 0 where there are none."""
        end = select(func.max(_chunks.first_row + _chunks.row_count)).where(*self._of(delivery_id, load_id, kind))
        return int(self.connection.execute(end).scalar_one() or 0)

    def tables(self, delivery_id: int, load_id: int, kind: str) -> Iterator[tuple[int, pa.Table]]:
        """Chunk by chunk: the ordinal of its first row, and its rows."""
        for chunk_id, first in self._places(delivery_id, load_id, kind):
            yield first, unpack(self._body(chunk_id))

    def tables_at(
        self, delivery_id: int, load_id: int, kind: str, row_nos: Iterable[int]
    ) -> tuple[list[int], pa.Table | None]:
        """The rows with these ordinals, in order, from the few chunks that hold them; one no longer kept is left out.

        The ordinals that were found, and their rows as one table (None where there are none).
        """
        wanted = sorted(set(row_nos))
        found: list[int] = []
        parts: list[pa.Table] = []
        for first, row_count, body in self._holding(delivery_id, load_id, kind, wanted):
            here = wanted[bisect_left(wanted, first) : bisect_left(wanted, first + row_count)]
            parts.append(unpack(body).take([place - first for place in here]))
            found.extend(here)
        return found, joined(parts) if parts else None

    def rows_at(self, delivery_id: int, load_id: int, kind: str, row_nos: Iterable[int]) -> dict[int, dict[str, Any]]:
        """The same as one dict of filled cells a row, by ordinal."""
        found, table = self.tables_at(delivery_id, load_id, kind, row_nos)
        return dict(zip(found, rows_of(table), strict=True)) if table is not None else {}

    def images_at(self, delivery_id: int, load_id: int, row_nos: Iterable[int]) -> pa.Table | None:
        """What the rows with these ordinals replaced, in no order; each row of the table says which in `row_no`."""
        wanted = sorted(set(row_nos))
        parts = []
        for _, _, body in self._holding(delivery_id, load_id, "before", wanted):
            table = unpack(body)
            parts.append(table.filter(pc.is_in(table["row_no"], pa.array(wanted, pa.int64()))))
        return joined(parts) if parts else None

    def replace_rows(self, delivery: Delivery, load_id: int, kind: str, rows: dict[int, int], table: pa.Table) -> None:
        """Put other rows into the chunks that hold them: `rows` says for an ordinal which row of `table` it becomes."""
        wanted = sorted(rows)
        for first, row_count, body in self._holding(delivery.id, load_id, kind, wanted):
            here = wanted[bisect_left(wanted, first) : bisect_left(wanted, first + row_count)]
            both = joined([unpack(body), table])
            order = list(range(row_count))
            for place in here:
                order[place - first] = row_count + rows[place]
            chunk = pack(first, both.take(order))
            self.run(
                update(payload_chunks)
                .where(*self._of(delivery.id, load_id, kind), _chunks.first_row == first)
                .values(body=chunk.body)
            )

    def drop(self, delivery_id: int, load_id: int, kinds: Sequence[str]) -> int:
        """Delete the chunks of some kinds; how many there were."""
        found = self.run(
            delete(payload_chunks).where(
                _chunks.delivery_id == delivery_id,
                _chunks.load_id == load_id,
                _chunks.kind.in_(kinds),
                self.tx.visible(payload_chunks),
            )
        )
        return int(found.rowcount)

    def lapsed(self, account_id: int, before: datetime) -> list[int]:
        """The deliveries of an account of which anything was kept before this moment, oldest first."""
        statement = (
            select(_chunks.delivery_id)
            .distinct()
            .join(deliveries, deliveries.c.id == _chunks.delivery_id)
            .where(_chunks.created_at < before, deliveries.c.account_id == account_id, self.tx.visible(payload_chunks))
            .order_by(_chunks.delivery_id)
        )
        return list(self.connection.execute(statement).scalars())

    def has_lapsed(self, delivery_id: int, before: datetime) -> bool:
        """Whether any of what arrived with a delivery was kept before this moment: then the time of all of it is over."""
        arrived = select(_chunks.id).where(
            _chunks.delivery_id == delivery_id,
            _chunks.kind != "before",
            _chunks.created_at < before,
            self.tx.visible(payload_chunks),
        )
        return self.one(arrived.limit(1)) is not None

    def overdue(
        self, delivery_id: int, before: datetime, staying: Sequence[int], limit: int, *, is_whole: bool
    ) -> list[int]:
        """The ids of at most `limit` chunks of a delivery whose time is over; those of the loads `staying` are not.

        Of what arrived all (`is_whole`) or nothing; what an update replaced counts from itself.
        """
        is_old = (_chunks.kind == "before") & (_chunks.created_at < before)
        statement = (
            select(_chunks.id)
            .where(
                _chunks.delivery_id == delivery_id,
                or_(_chunks.kind != "before", is_old) if is_whole else is_old,
                _chunks.load_id.not_in(staying),
                self.tx.visible(payload_chunks),
            )
            .order_by(_chunks.id)
            .limit(limit)
        )
        return list(self.connection.execute(statement).scalars())

    def drop_chunks(self, ids: Sequence[int]) -> None:
        """Delete chunks by their ids."""
        self.run(delete(payload_chunks).where(_chunks.id.in_(ids), self.tx.visible(payload_chunks)))

    def _holding(
        self, delivery_id: int, load_id: int, kind: str, wanted: Sequence[int]
    ) -> Iterator[tuple[int, int, bytes]]:
        """The chunks that hold any of these ordinals: first row, row count, body."""
        if not wanted:
            return
        places = self.all(
            select(_chunks.id, _chunks.first_row, _chunks.row_count)
            .where(*self._of(delivery_id, load_id, kind), _chunks.first_row <= wanted[-1])
            .order_by(_chunks.first_row)
        )
        holding = [
            chunk
            for chunk in places
            if bisect_left(wanted, chunk.first_row) < bisect_left(wanted, chunk.first_row + chunk.row_count)
        ]
        for some in batches(holding, _AT_ONCE):
            bodies = self._bodies([chunk.id for chunk in some])
            for chunk in some:
                yield chunk.first_row, chunk.row_count, bodies[chunk.id]

    def _places(self, delivery_id: int, load_id: int, kind: str) -> list[tuple[int, int]]:
        statement = (
            select(_chunks.id, _chunks.first_row).where(*self._of(delivery_id, load_id, kind)).order_by(_chunks.seq)
        )
        return [(row.id, row.first_row) for row in self.all(statement)]

    def _body(self, chunk_id: int) -> bytes:
        statement = select(_chunks.body).where(_chunks.id == chunk_id, self.tx.visible(payload_chunks))
        return bytes(self.connection.execute(statement).scalar_one())

    def _bodies(self, chunk_ids: Sequence[int]) -> dict[int, bytes]:
        statement = select(_chunks.id, _chunks.body).where(_chunks.id.in_(chunk_ids), self.tx.visible(payload_chunks))
        return {row.id: bytes(row.body) for row in self.all(statement)}

    def _of(self, delivery_id: int, load_id: int, kind: str) -> tuple[ColumnElement[bool], ...]:
        return (
            _chunks.delivery_id == delivery_id,
            _chunks.load_id == load_id,
            _chunks.kind == kind,
            self.tx.visible(payload_chunks),
        )

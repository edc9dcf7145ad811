"""Payload chunks: zstd over lines of JSON (or over the bytes as they came), about a thousand rows each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import zstandard
from sqlalchemy import func, select

from lib.db.bulk import batches, insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.payloads import payload_chunks
from lib.domain.imports import Delivery

_LEVEL = 3
_SLICE = 1 << 20
_AT_ONCE = 16


@dataclass(frozen=True)
class Chunk:
    """A compressed run of rows: `first_row` is the ordinal of its first."""

    first_row: int
    row_count: int
    body: bytes


def pack(first_row: int, lines: list[bytes]) -> Chunk:
    """Compress rows, one JSON line each."""
    return Chunk(first_row, len(lines), zstandard.compress(b"\n".join(lines), _LEVEL))


def unpack(body: bytes) -> list[bytes]:
    """The rows of a chunk again."""
    lines = zstandard.decompress(body)
    return lines.split(b"\n") if lines else []


class PayloadRepository(Repository):
    """`kind` is file, raw, mapped or before; what belongs to a delivery itself has load 0."""

    def keep_file(self, delivery: Delivery, content: bytes) -> None:
        """Keep the bytes as they came, in slices."""
        self.keep_pieces(delivery, (content[start : start + _SLICE] for start in range(0, len(content), _SLICE)))

    def keep_pieces(self, delivery: Delivery, pieces: Iterable[bytes]) -> None:
        """Keep the bytes as they came, in the pieces given, about a megabyte each."""
        self.keep(delivery, 0, "file", (Chunk(0, 0, zstandard.compress(piece, _LEVEL)) for piece in pieces))

    def file(self, delivery_id: int) -> bytes:
        """The bytes as they came."""
        return b"".join(zstandard.decompress(body) for body in self._bodies(delivery_id, 0, "file"))

    def has_file(self, delivery_id: int) -> bool:
        """Whether retention still keeps the bytes."""
        count = (
            select(func.count())
            .select_from(payload_chunks)
            .where(
                payload_chunks.c.delivery_id == delivery_id,
                payload_chunks.c.kind == "file",
                self.tx.visible(payload_chunks),
            )
        )
        return bool(self.connection.execute(count).scalar_one())

    def keep(self, delivery: Delivery, load_id: int, kind: str, chunks: Iterable[Chunk]) -> None:
        """Write chunks in order."""
        rows = (
            {
                "client_id": delivery.client_id,
                "delivery_id": delivery.id,
                "load_id": load_id,
                "kind": kind,
                "seq": seq,
                "first_row": chunk.first_row,
                "row_count": chunk.row_count,
                "body": chunk.body,
                "created_at": self.tx.now,
            }
            for seq, chunk in enumerate(chunks)
        )
        # A few at a time: the pieces of a large file must not all lie in memory.
        for batch in batches(rows, _AT_ONCE):
            insert_many(self.connection, payload_chunks, batch)

    def rows(self, delivery_id: int, load_id: int, kind: str) -> Iterator[tuple[int, list[bytes]]]:
        """Chunk by chunk: the ordinal of its first row, and its rows as JSON lines."""
        statement = (
            select(payload_chunks.c.id, payload_chunks.c.first_row)
            .where(
                payload_chunks.c.delivery_id == delivery_id,
                payload_chunks.c.load_id == load_id,
                payload_chunks.c.kind == kind,
                self.tx.visible(payload_chunks),
            )
            .order_by(payload_chunks.c.seq)
        )
        for found in self.all(statement):
            body = self.connection.execute(
                select(payload_chunks.c.body).where(payload_chunks.c.id == found.id)
            ).scalar_one()
            yield found.first_row, unpack(body)

    def lines_at(self, delivery_id: int, load_id: int, kind: str, row_nos: Iterable[int]) -> dict[int, bytes]:
        """The JSON lines with these ordinals, from the few chunks that hold them; one no longer kept is left out."""
        wanted = sorted(set(row_nos))
        if not wanted:
            return {}
        inside = (
            payload_chunks.c.delivery_id == delivery_id,
            payload_chunks.c.load_id == load_id,
            payload_chunks.c.kind == kind,
            self.tx.visible(payload_chunks),
        )
        chunks = self.all(
            select(payload_chunks.c.id, payload_chunks.c.first_row, payload_chunks.c.row_count)
            .where(*inside, payload_chunks.c.first_row <= wanted[-1])
            .order_by(payload_chunks.c.first_row)
        )
        holding: dict[int, tuple[int, list[int]]] = {}
        for chunk in chunks:
            found = wanted[
                bisect_left(wanted, chunk.first_row) : bisect_left(wanted, chunk.first_row + chunk.row_count)
            ]
            if found:
                holding[chunk.id] = (chunk.first_row, found)
        bodies = self.all(
            select(payload_chunks.c.id, payload_chunks.c.body).where(payload_chunks.c.id.in_(holding), *inside)
        )
        lines: dict[int, bytes] = {}
        for row in bodies:
            first, found = holding[row.id]
            unpacked = unpack(row.body)
            lines.update({place: unpacked[place - first] for place in found})
        return lines

    def _bodies(self, delivery_id: int, load_id: int, kind: str) -> Iterator[bytes]:
        statement = (
            select(payload_chunks.c.body)
            .where(
                payload_chunks.c.delivery_id == delivery_id,
                payload_chunks.c.load_id == load_id,
                payload_chunks.c.kind == kind,
                self.tx.visible(payload_chunks),
            )
            .order_by(payload_chunks.c.seq)
        )
        for row in self.all(statement):
            yield row.body

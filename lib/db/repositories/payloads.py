"""Payload chunks: zstd over lines of JSON (or over the bytes as they came), about a thousand rows each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import zstandard
from sqlalchemy import func, select

from lib.db.bulk import insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.payloads import payload_chunks
from lib.domain.imports import Delivery

_LEVEL = 3
_SLICE = 1 << 20


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
        slices = (content[start : start + _SLICE] for start in range(0, len(content), _SLICE))
        self.keep(delivery, 0, "file", (Chunk(0, 0, zstandard.compress(piece, _LEVEL)) for piece in slices))

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
        insert_many(
            self.connection,
            payload_chunks,
            [
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
            ],
        )

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

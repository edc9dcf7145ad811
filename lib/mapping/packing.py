"""Rows as compressed chunks: Arrow tables under zstd, a thousand rows or more each.

Columnar, so that what a commit writes comes out of a chunk without a Python object per cell. Nothing here asks for
pandas (`lib.mapping.frames` does), which takes a third of the time in which a command begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import zstandard

CHUNK_ROWS = 2500
_LEVEL = 3


@dataclass(frozen=True)
class Chunk:
    """A compressed run of rows (or of bytes): `first_row` is the ordinal of its first."""

    first_row: int
    row_count: int
    body: bytes


def compress(body: bytes) -> bytes:
    """Bytes under zstd."""
    return zstandard.compress(body, _LEVEL)


def pack(first_row: int, table: pa.Table) -> Chunk:
    """One chunk out of a table."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return Chunk(first_row, table.num_rows, compress(sink.getvalue()))


def packed(first_row: int, table: pa.Table, size: int = CHUNK_ROWS) -> list[Chunk]:
    """A table in chunks of at most `size` rows; none where there are no rows."""
    return [pack(first_row + start, table.slice(start, size)) for start in range(0, table.num_rows, size)]


def unpack(body: bytes) -> pa.Table:
    """The table of a chunk."""
    with pa.ipc.open_stream(zstandard.decompress(body)) as reader:
        return reader.read_all()


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables that follow each other as one; a column that one of them lacks is null there."""
    return pa.concat_tables(tables, promote_options="default")


def rows_of(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Each row as a dict of the cells that are there."""
    for row in table.to_pylist():
        yield {name: value for name, value in row.items() if value is not None}

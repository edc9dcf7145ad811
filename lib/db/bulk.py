"""Many rows at once, in statements small enough for every server's packet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, insert

# FACTS: an oversize packet shows as "server has gone away"; a thousand rows stay far below the smallest default.
BATCH = 1000


def batches(items: Iterable[Any], size: int = BATCH) -> Iterable[list[Any]]:
    """Lists of at most `size` items."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def insert_many(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same keys."""
    for batch in batches(rows):
        connection.execute(insert(table), batch)

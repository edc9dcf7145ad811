"""Many rows at once, in statements small enough for every server's packet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Table, insert

# FACTS: an oversize packet shows as "server has gone away"; a thousand rows stay far below the smallest default.
BATCH = 1000
_WIDE_GAP, _LONG_RUN = 1000, 25_000


def batches(items: Iterable[Any], size: int = BATCH) -> Iterable[list[Any]]:
    """Lists of at most `size` items."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def among(column: ColumnElement[int], ids: Iterable[int]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together find rows by their ids.

    Ids are reserved in blocks, so those of a load lie close together: a range and the few that do not belong are one
    condition where a list would be dozens.
    """
    wanted = np.unique(np.fromiter(ids, dtype=np.int64))
    scattered: list[int] = []
    for stretch in np.split(wanted, np.flatnonzero(np.diff(wanted) > _WIDE_GAP) + 1):
        for start in range(0, len(stretch), _LONG_RUN):
            part = stretch[start : start + _LONG_RUN]
            strangers = np.setdiff1d(np.arange(part[0], part[-1] + 1), part, assume_unique=True)
            if len(strangers) > min(len(part) // 4, BATCH):
                scattered.extend(part.tolist())
                continue
            within = column.between(int(part[0]), int(part[-1]))
            yield within & column.not_in(strangers.tolist()) if len(strangers) else within
    for batch in batches(scattered):
        yield column.in_(batch)


def insert_many(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same keys."""
    for batch in batches(rows):
        connection.execute(insert(table), batch)

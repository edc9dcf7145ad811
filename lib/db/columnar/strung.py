"""Rows out of a server with each column strung together: a driver written in Python takes apart one value a column.

Cell by cell it spends several times as long as the server takes to find them. A text may itself hold one of our two
marks, and a server may cut a long value short; the counts then do not agree, and nothing is taken for what it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Boolean, ColumnElement, Connection, Double, FromClause, Integer, func, literal_column, select

from lib.db.types import Money, UtcDateTime

# Between two cells, and in the place of one that is missing: characters that no provider has been seen to send.
_BETWEEN, _MISSING = "\x1e", "\x1f"


def strung_columns(
    connection: Connection,
    columns: Mapping[str, ColumnElement[Any]],
    source: FromClause,
    *conditions: ColumnElement[bool],
) -> pa.Table | None:
    """The rows of `source` that meet the conditions, in no order; None where they cannot be had in this way.

    Money in micros, moments in UTC, days as ISO text. Ask for some ten thousand rows at once, no more.
    """
    missing: ColumnElement[str] = literal_column(f"'{_MISSING}'")
    asked: list[ColumnElement[Any]] = [func.count()]
    for column in columns.values():
        asked += [func.count(column), func.aggregate_strings(func.coalesce(column, missing), _BETWEEN)]
    total, *found = connection.execute(select(*asked).select_from(source).where(*conditions)).one()
    parsed: dict[str, pa.Array] = {}
    for (name, column), there, text in zip(columns.items(), found[::2], found[1::2], strict=True):
        cells = _cells(text, total, there)
        if cells is None:
            return None
        parsed[name] = _read(cells, column.type)
    return pa.table(parsed)


def _cells(text: str | bytes | None, total: int, there: int) -> pa.Array | None:
    """The cells of one column as text; None unless there are just as many, filled and missing, as the server counted."""
    whole = text.decode() if isinstance(text, bytes) else text
    if not total or whole is None:
        return None if total else pa.array([], pa.large_string())
    cells = pa.array(whole.split(_BETWEEN), pa.large_string())
    is_missing = pc.equal(cells, _MISSING)
    if len(cells) != total or pc.sum(is_missing).as_py() != total - there:
        return None
    return pc.if_else(is_missing, None, cells) if there < total else cells


def _read(cells: pa.Array, kind: Any) -> pa.Array:
    if isinstance(kind, UtcDateTime):
        return pc.assume_timezone(cells.cast(pa.timestamp("us")), "UTC")
    if isinstance(kind, Money):
        # Always six digits behind the point, so without the point they are micros.
        return pc.replace_substring(cells, ".", "").cast(pa.int64())
    if isinstance(kind, Boolean):
        return cells.cast(pa.int64()).cast(pa.bool_())
    if isinstance(kind, Double):
        return cells.cast(pa.float64())
    return cells.cast(pa.int64()) if isinstance(kind, Integer) else cells

"""Arrow columns of the mapped kinds as the columns of a table store them: what the types of a single value do, for many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Boolean, Dialect, Table

from lib.db.types import Money, UtcDateTime

_MONEY = pa.decimal128(20, 6)


def storable(columns: pa.Table, table: Table, dialect: Dialect) -> pa.Table:
    """The columns as text and numbers that mean the same to the database: the types of `table` decide.

    Money comes as whole micros, a moment as a timestamp with its zone; anything else as it is stored.
    """
    return pa.table(
        [_stored(columns[name], table.c[name].type, dialect) for name in columns.column_names],
        names=columns.column_names,
    )


def _stored(column: pa.ChunkedArray, kind: Any, dialect: Dialect) -> pa.ChunkedArray:
    if isinstance(kind, UtcDateTime):
        if pa.types.is_timestamp(column.type) and column.type.tz is None:
            raise ValueError("a timestamp without a time zone is no moment")
        return column.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us")).cast(pa.string())
    if isinstance(kind, Money) and dialect.name != "sqlite":
        return pa.chunked_array([_decimal(part) for part in column.chunks], _MONEY).cast(pa.string())
    if isinstance(kind, Boolean):
        return column.cast(pa.int8())
    return column


def _decimal(micros: pa.Array) -> pa.Array:
    """Whole micros as decimals, by their bytes: 128 bits in two's complement, of which the upper half is the sign."""
    values = np.asarray(pc.fill_null(micros, 0), dtype=np.int64)
    halves = np.column_stack([values, values >> 63])
    validity = micros.is_valid().cast(pa.bool_()).buffers()[1]
    return pa.Array.from_buffers(_MONEY, len(micros), [validity, pa.py_buffer(np.ascontiguousarray(halves).tobytes())])


def stored_constants(constants: Mapping[str, Any]) -> dict[str, Any]:
    """Values that all rows share, as a driver takes them: a moment as text in UTC."""
    return {name: _moment(value) if isinstance(value, datetime) else value for name, value in constants.items()}


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone, so it is no moment")
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

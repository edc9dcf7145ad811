"""Rows of a table as Arrow columns of the mapped kinds: the way back of what is written column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Date,
    Double,
    FromClause,
    Integer,
    Table,
    func,
    select,
)

from lib.db.bulk import among, batches
from lib.db.columnar.strung import strung_columns
from lib.db.types import Money, UtcDateTime
from lib.domain.objects import MICROS

# A record has fifty columns, and what a server answers must stay some megabytes.
_AT_ONCE = 5_000
# What a value of each type becomes as it stands; any other is text.
_ARROW: tuple[tuple[Any, pa.DataType], ...] = (
    (UtcDateTime, pa.timestamp("us", "UTC")),
    (Boolean, pa.bool_()),
    (Double, pa.float64()),
    (Integer, pa.int64()),
)


def fetch_columns(
    connection: Connection, table: Table, names: Sequence[str], ids: Iterable[int], *conditions: ColumnElement[bool]
) -> pa.Table:
    """The columns `names` of the rows with these ids that meet the conditions: money in micros, moments in UTC."""
    parts = [
        select_columns(connection, table, names, found, *conditions)
        for some in batches(sorted(ids), _AT_ONCE)
        for found in among(table.c.id, some)
    ]
    return pa.concat_tables(parts or [_table({name: table.c[name] for name in names}, [])])


def select_columns(
    connection: Connection, table: Table, names: Sequence[str], *conditions: ColumnElement[bool]
) -> pa.Table:
    """The columns `names` of the rows that meet the conditions, in no order."""
    return select_joined(connection, {name: table.c[name] for name in names}, table, *conditions)


def select_joined(
    connection: Connection,
    columns: Mapping[str, ColumnElement[Any]],
    source: FromClause,
    *conditions: ColumnElement[bool],
) -> pa.Table:
    """The same of a join: `columns` by the names they get."""
    if connection.dialect.name != "sqlite":
        strung = strung_columns(connection, columns, source, *conditions)
        if strung is not None:
            return strung
    found = connection.execute(select(*columns.values()).select_from(source).where(*conditions))
    return _table(columns, list(found))


def fetch_numbers(
    connection: Connection, columns: Mapping[str, ColumnElement[Any]], *conditions: ColumnElement[bool]
) -> dict[str, npt.NDArray[np.int64]]:
    """Whole numbers of the rows that meet the conditions, in the order of the first column; NULL comes as 0.

    The database strings each column together, so that a driver written in Python takes apart one value a column instead
    of one a cell: a tenth of the time. Ask for some ten thousand rows at once, no more.
    """
    strung = [func.group_concat(func.coalesce(column, 0)) for column in columns.values()]
    found = connection.execute(select(func.count(), *strung).where(*conditions)).one()
    numbers = [np.fromstring(text or "", dtype=np.int64, sep=",") for text in found[1:]]
    if any(len(column) != found[0] for column in numbers):
        raise RuntimeError("the server cut a column short; its group_concat_max_len was lowered for this session")
    order = np.argsort(numbers[0], kind="stable")
    return {name: column[order] for name, column in zip(columns, numbers, strict=True)}


def fetch_numbers_of(
    connection: Connection,
    columns: Mapping[str, ColumnElement[Any]],
    key: ColumnElement[int],
    ids: Iterable[int],
    *conditions: ColumnElement[bool],
) -> dict[str, npt.NDArray[np.int64]]:
    """The same of the rows with these ids."""
    parts = [fetch_numbers(connection, columns, found, *conditions) for found in among(key, ids)]
    empty = [np.empty(0, dtype=np.int64)]
    return {name: np.concatenate([part[name] for part in parts] or empty) for name in columns}


def _table(columns: Mapping[str, ColumnElement[Any]], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    kinds = (column.type for column in columns.values())
    return pa.table({name: _array(values, kind) for name, values, kind in zip(columns, cells, kinds, strict=True)})


def _array(values: Sequence[Any], kind: Any) -> pa.Array:
    if isinstance(kind, Money):
        return pa.array([None if value is None else int(value * MICROS) for value in values], pa.int64())
    if isinstance(kind, Date):
        return pa.array([None if value is None else value.isoformat() for value in values], pa.large_string())
    types = (type_ for known, type_ in _ARROW if isinstance(kind, known))
    return pa.array(values, next(types, pa.large_string()))

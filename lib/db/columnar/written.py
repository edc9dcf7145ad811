"""Insert or overwrite many rows of a table, given as columns, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Table

from lib.db.columnar import embedded, literals, load_data
from lib.db.columnar.storable import storable, stored_constants


def insert_columns(connection: Connection, table: Table, columns: pa.Table, constants: Mapping[str, Any]) -> None:
    """Insert the rows of `columns` (named as the table's, of the mapped kinds); `constants` are the same for each row."""
    _write(connection, table, columns, constants, is_overwriting=False)


def overwrite_columns(connection: Connection, table: Table, columns: pa.Table, constants: Mapping[str, Any]) -> None:
    """Overwrite rows that are there already, found by the primary key; together they name every column of the table."""
    missing = {column.name for column in table.columns} - {*columns.column_names, *constants}
    if missing:
        raise ValueError(f"overwriting {table.name} would empty {sorted(missing)}")
    _write(connection, table, columns, constants, is_overwriting=True)


def _write(
    connection: Connection, table: Table, columns: pa.Table, constants: Mapping[str, Any], *, is_overwriting: bool
) -> None:
    if not columns.num_rows:
        return
    stored, shared = storable(columns, table, connection.dialect), stored_constants(constants)
    if connection.dialect.name == "sqlite":
        embedded.write(connection, table, stored, shared, is_overwriting=is_overwriting)
    elif not load_data.write(connection, table, stored, shared, is_overwriting=is_overwriting):
        literals.write(connection, table, stored, shared, is_overwriting=is_overwriting)

"""Many rows into an embedded SQLite: one prepared statement, run over tuples inside the process."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Table


def write(
    connection: Connection, table: Table, columns: pa.Table, constants: Mapping[str, Any], *, is_overwriting: bool
) -> None:
    """Insert the rows, or overwrite those with the same primary key by UPDATE (an upsert would slip past the guard)."""
    values = {name: columns[name].to_pylist() for name in columns.column_names}
    values |= {name: repeat(value, columns.num_rows) for name, value in constants.items()}
    keys = [column.name for column in table.primary_key.columns] if is_overwriting else []
    names = [name for name in values if name not in keys]
    if is_overwriting:
        sets, found = ", ".join(f"{name} = ?" for name in names), " AND ".join(f"{name} = ?" for name in keys)
        statement = f"UPDATE {table.name} SET {sets} WHERE {found}"  # noqa: S608 - names of our own tables
    else:
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - as above
    connection.exec_driver_sql(statement, list(zip(*(values[name] for name in [*names, *keys]), strict=True)))

"""Many rows into a server that does not allow LOAD DATA LOCAL: INSERT with many rows, their text made column by column.

The driver's own executemany quotes value by value in Python, which takes several times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Table

from lib.db.bulk import BATCH

# Below the smallest default of a server's packet, 16 MiB on all that are supported (FACTS: at most 4 MiB).
_MOST_BYTES = 4 << 20


def write(
    connection: Connection, table: Table, columns: pa.Table, constants: Mapping[str, Any], *, is_overwriting: bool
) -> None:
    """Insert the rows, or put them over those of the same key; whatever is wrong with them comes out as the server's error."""
    verb = "REPLACE" if is_overwriting else "INSERT"
    shared = [pa.scalar(_literal(value), pa.large_string()) for value in constants.values()]
    names = [*columns.column_names, *constants]
    texts = [_quoted(columns[name]) for name in columns.column_names]
    rows = pc.binary_join_element_wise(
        *texts, *shared, pa.scalar(",", pa.large_string()), null_handling="replace", null_replacement="NULL"
    )
    head = f"{verb} INTO {table.name} ({', '.join(names)}) VALUES "
    for batch in _sized(rows.to_pylist()):
        # Without parameters the driver takes the text as it is, per cent signs and all.
        connection.exec_driver_sql(f"{head}({'),('.join(batch)})", execution_options={"no_parameters": True})


def _sized(rows: list[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for row in rows:
        # A character takes at most four bytes.
        if batch and (len(batch) == BATCH or size + 4 * len(row) > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += 4 * len(row)
    yield batch


def _quoted(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each value as a literal; null where it is missing. The session's sql_mode lets a backslash escape."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column.cast(pa.large_string())
    text = column.cast(pa.large_string())
    for mark in ("\\", "'"):
        text = pc.replace_substring(text, mark, "\\" + mark)
    quote, nothing = pa.scalar("'", pa.large_string()), pa.scalar("", pa.large_string())
    return pc.binary_join_element_wise(quote, text, quote, nothing)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(int(value))
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"

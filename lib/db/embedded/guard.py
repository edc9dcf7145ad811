"""What the running app may not do on the embedded database (R19, settled question 7).

A server enforces this with grants. SQLite has none, so an authorizer hook refuses DDL altogether and UPDATE and DELETE on
append-only tables. It is asked once a statement is prepared, which costs nothing measurable.
"""

from __future__ import annotations

import sqlite3

from lib.db.append_only import APPEND_ONLY

_DDL = frozenset(
    {
        sqlite3.SQLITE_CREATE_INDEX,
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_TEMP_INDEX,
        sqlite3.SQLITE_CREATE_TEMP_TABLE,
        sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite3.SQLITE_CREATE_TEMP_VIEW,
        sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_VIEW,
        sqlite3.SQLITE_CREATE_VTABLE,
        sqlite3.SQLITE_DROP_INDEX,
        sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TRIGGER,
        sqlite3.SQLITE_DROP_VIEW,
        sqlite3.SQLITE_DROP_VTABLE,
        sqlite3.SQLITE_ALTER_TABLE,
        sqlite3.SQLITE_ATTACH,
    }
)
# Where a database stands is written by migrations alone.
_VERSIONS = frozenset({"desk_app_version", "desk_traffic_version"})
_CHANGES = frozenset({sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE})


def authorize(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    """SQLite's authorizer: `first` is the table (or pragma), `second` the column (or the pragma's value)."""
    if action in _DDL:
        return sqlite3.SQLITE_DENY
    # A pragma is named as it was typed, in any case.
    if action == sqlite3.SQLITE_PRAGMA and first and first.lower() == "writable_schema":
        return sqlite3.SQLITE_DENY
    if first in _VERSIONS and action in _CHANGES:
        return sqlite3.SQLITE_DENY
    if first in APPEND_ONLY:
        if action == sqlite3.SQLITE_DELETE:
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_UPDATE and second not in APPEND_ONLY[first]:
            return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def guard(connection: sqlite3.Connection) -> None:
    """Put the authorizer on a connection of the running app."""
    connection.set_authorizer(authorize)

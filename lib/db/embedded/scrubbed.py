"""Let nothing of what was deleted lie in an embedded database's file: SQLite only marks the place as free."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import Engine


def scrub(engine: Engine) -> str:
    """Write the file of an embedded database anew, without what was deleted from it; why it could not be, '' where it was.

    A server keeps what was deleted in places of its own (undo logs, binary logs, backups), which no client of it reaches.
    The running app's connection may not do this, so it is done on one of its own, which changes no table.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite":
        return "the database server's own logs and backups keep what was deleted for as long as they are set to"
    if not path or path == ":memory:":
        return ""
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        is_busy = 1
    return "somebody was reading, so the database file still holds deleted pages; run it once more" if is_busy else ""

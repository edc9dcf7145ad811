"""Engines for both databases, set up so that SQLite, MySQL and MariaDB behave alike."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DBAPIError

from lib.db.embedded.guard import guard
from lib.db.embedded.portal_guard import guard_portal
from lib.db.failures import LOST_SESSION, error_number
from lib.db.worded import WORDED

# Zero dates and silent truncation off, on every server whatever its own setting; times in UTC.
_SERVER_SESSION = (
    "SET SESSION sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION', time_zone='+00:00', group_concat_max_len=16777216"
)
WRITES = "desk_writes"
# A page holds a connection for some milliseconds, so these serve a crowd; one opened beyond them is closed after each
# use, and opening one costs as much as a page.
_KEPT_OPEN, _BEYOND = 20, 10
# Putting a statement into SQL takes ten times as long as asking it, so all engines do it together.
_SAYING = {"compiled_cache": WORDED}


def open_engine(url: str, *, is_migrating: bool = False) -> Engine:
    """An engine for `url`. Unless it migrates, an embedded one refuses DDL and changes to append-only tables."""
    if is_embedded(url):
        return _open_embedded(url, is_migrating=is_migrating)
    return _open_server(url)


def open_portal_engine(url: str) -> Engine:
    """An engine that reads the portal's views and nothing else: by the rights of its user, or by a guard of its own."""
    engine = open_engine(url)
    if is_embedded(url):
        guard_portal(engine)
    return engine


def is_embedded(url: str) -> bool:
    """Whether the database is a file of this machine, which has no users of its own."""
    return make_url(url).get_backend_name() == "sqlite"


def _open_embedded(url: str, *, is_migrating: bool) -> Engine:
    if is_migrating:
        _keep_private(make_url(url).database)
    engine = create_engine(url, connect_args={"timeout": 30, "isolation_level": None}, execution_options=_SAYING)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The write-ahead log is a property of the file, set when it is migrated: a file of somebody else stays as it is.
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if not is_migrating:
            guard(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer that starts as a reader fails with "database is locked" once somebody else has written.
        is_writer = connection.get_execution_options().get(WRITES, True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")

    return engine


def _keep_private(path: str | None) -> None:
    """A new database file is its owner's alone: it will hold people's names and phone numbers."""
    if path and path != ":memory:":
        with contextlib.suppress(OSError):  # connecting says what is wrong with the path
            Path(path).touch(mode=0o600)


def _open_server(url: str) -> Engine:
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=_KEPT_OPEN,
        max_overflow=_BEYOND,
        pool_recycle=1800,
        execution_options=_SAYING,
        # The client side of LOAD DATA LOCAL; the server has to allow it too.
        connect_args={
            "charset": "utf8mb4",
            "init_command": _SERVER_SESSION,
            "connect_timeout": 5,
            "local_infile": True,
        },
    )

    @event.listens_for(engine, "handle_error")
    def lost(context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if isinstance(error, DBAPIError) and error_number(error) in LOST_SESSION:
            context.is_disconnect = True

    return engine

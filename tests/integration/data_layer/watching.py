"""Looking at a database from beside the desk: its whole schema, its statements as they run, its users."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DBAPIError

from lib.db.engine import open_engine
from lib.db.failures import error_number, sqlite_name
from tests.servers import ServerAddress

Schema = dict[str, list[str]]
_READING = ("SELECT", "SHOW", "DESCRIBE", "PRAGMA", "SET", "BEGIN")


def schema_of(url: str) -> Schema:
    """Everything the database says of its tables and views, name by name; the order of indexes does not count."""
    engine = open_engine(url, is_migrating=True)
    try:
        return _embedded_schema(engine) if engine.dialect.name == "sqlite" else _server_schema(engine)
    finally:
        engine.dispose()


def _embedded_schema(engine: Engine) -> Schema:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    schema: Schema = {}
    for name, sql in found:
        schema.setdefault(name, []).extend(_lines(sql))
    return {name: sorted(lines) for name, lines in schema.items()}


def _server_schema(engine: Engine) -> Schema:
    inspector = inspect(engine)
    names = inspector.get_table_names() + inspector.get_view_names()
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"SHOW CREATE TABLE `{name}`")).one()[1] for name in names}
    return {name: sorted(_lines(sql)) for name, sql in found.items()}


def _lines(sql: str) -> list[str]:
    counter = re.compile(r" AUTO_INCREMENT=\d+")
    return [counter.sub("", line.strip().rstrip(",")) for line in sql.splitlines() if line.strip()]


@contextmanager
def written_by(engine: Engine) -> Iterator[list[str]]:
    """Every statement that is more than a look, as it runs."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_READING):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def errors_of(engine: Engine) -> Iterator[list[int | str | None]]:
    """The numbers (on SQLite the names) of the errors that the database answers with, as they come."""
    seen: list[int | str | None] = []

    def note(context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if isinstance(error, DBAPIError):
            seen.append(sqlite_name(error) or error_number(error))

    event.listen(engine, "handle_error", note)
    try:
        yield seen
    finally:
        event.remove(engine, "handle_error", note)


def on_server(server: ServerAddress, *statements: str) -> None:
    """Run statements as the one who may do everything."""
    connection = server.connect()
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


@contextmanager
def a_user(server: ServerAddress) -> Iterator[ServerAddress]:
    """A user of the server with no rights at all, gone at the end."""
    user = ServerAddress(server.host, server.port, f"u_{secrets.token_hex(4)}", secrets.token_hex(8))
    on_server(server, f"CREATE USER {user.user}@'%' IDENTIFIED BY '{user.password}'")
    try:
        yield user
    finally:
        on_server(server, f"DROP USER {user.user}@'%'")

"""What the portal may read on the embedded database: its views, and nothing around them (R12).

On a server the portal's own user is granted the views alone. Here an authorizer stands for those grants: a column of a
table is read only while SQLite resolves one of the portal's views, and everything that is not reading is refused.
"""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from sqlalchemy import Engine, event

from lib.db.tables.portal_views import PORTAL_VIEWS
from lib.errors import DeskError

_VIEWS = frozenset(view.name for view in PORTAL_VIEWS)
_READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_TRANSACTION})
# A name given by WITH counts as the view that it is called after while its own SELECT is resolved, which no authorizer
# can tell from the view. Values are bound, so the word stands in no statement of ours.
_WITH = re.compile(r"\bwith\b", re.IGNORECASE)


def authorize(action: int, first: str | None, second: str | None, _database: str | None, within: str | None) -> int:
    """SQLite's authorizer: `first` is the table or view that is read, `within` the view that reads it."""
    if action in _READING:
        # `load_extension` and the like are functions by name.
        return (
            sqlite3.SQLITE_DENY
            if action == sqlite3.SQLITE_FUNCTION and second == "load_extension"
            else sqlite3.SQLITE_OK
        )
    is_view = action == sqlite3.SQLITE_READ and (first in _VIEWS or within in _VIEWS)
    # What SQLAlchemy asks of each new connection.
    is_hello = action == sqlite3.SQLITE_PRAGMA and first == "read_uncommitted" and second is None
    return sqlite3.SQLITE_OK if is_view or is_hello else sqlite3.SQLITE_DENY


def guard_portal(engine: Engine) -> None:
    """Have every connection of this engine read the portal's views only."""

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.set_authorizer(authorize)

    @event.listens_for(engine, "before_cursor_execute")
    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if _WITH.search(statement):
            raise DeskError(
                "not_granted",
                "What the portal reads, it reads from its views as they are.",
                "Ask a view, without WITH.",
            )

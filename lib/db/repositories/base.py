"""What every repository stands on: the transaction, and through it the person who asks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Row, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import Table

from lib.db.failures import Failure, failure_of
from lib.db.session import Session
from lib.errors import DeskError


class Repository:
    """A repository inside one unit of work."""

    def __init__(self, tx: Session) -> None:
        self.tx = tx

    @property
    def connection(self) -> Connection:
        """The transaction's connection."""
        return self.tx.connection

    def run(self, statement: Executable, rows: list[dict[str, Any]] | None = None) -> CursorResult[Any]:
        """Execute a statement, once or for many rows."""
        return self.connection.execute(statement, rows) if rows else self.connection.execute(statement)

    def one(self, statement: Executable) -> Row[Any] | None:
        """The only row, or None."""
        return self.connection.execute(statement).one_or_none()

    def all(self, statement: Executable) -> list[Row[Any]]:
        """Every row."""
        return list(self.connection.execute(statement).all())

    def add(self, table: Table, **values: Any) -> int:
        """Insert one row and return the id that the database gave it.

        Callers have looked that there is none of this key; DeskError `changed_meanwhile` when somebody else was faster.
        """
        try:
            key = self.connection.execute(insert(table).values(**values)).inserted_primary_key
        except DBAPIError as error:
            if failure_of(error) is not Failure.DUPLICATE:
                raise
            raise DeskError(
                "changed_meanwhile",
                "Somebody else wrote the same thing a moment ago, so nothing was changed.",
                "Look at what is there now, and repeat it if it is still needed.",
                is_retryable=True,
            ) from error
        assert key is not None
        return int(key[0])

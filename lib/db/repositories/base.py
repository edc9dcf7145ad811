"""What every repository stands on: the transaction, and through it the person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, CursorResult, Executable, Row, insert
from sqlalchemy.schema import Table

if TYPE_CHECKING:
    from lib.db.unit_of_work import UnitOfWork


class Repository:
    """A repository inside one unit of work."""

    def __init__(self, tx: UnitOfWork) -> None:
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
        """Insert one row and return the id that the database gave it."""
        key = self.connection.execute(insert(table).values(**values)).inserted_primary_key
        assert key is not None
        return int(key[0])

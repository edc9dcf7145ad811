"""The rows of a load: verdict, class, reasons, what each became. No payload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from lib.db.bulk import insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches, data_import_rows
from lib.domain.verdicts import Verdict


class RowRepository(Repository):
    """Rows belong to a load, and are in scope when it is."""

    def add_rows(self, load_id: int, rows: Sequence[dict[str, Any]]) -> None:
        """Write the rows of a load; each has every column but the load's id."""
        insert_many(self.connection, data_import_rows, [{"load_id": load_id, **row} for row in rows])

    def of(self, load_id: int, verdicts: Sequence[Verdict] = ()) -> list[Row[Any]]:
        """The rows of a load in order, all of them or those of some verdicts."""
        statement = select(data_import_rows).where(self._of_load(load_id))
        if verdicts:
            statement = statement.where(data_import_rows.c.verdict.in_(verdicts))
        return self.all(statement.order_by(data_import_rows.c.row_no))

    def between(self, load_id: int, first: int, last: int) -> Iterator[Row[Any]]:
        """The rows with these ordinals, both ends included."""
        statement = (
            select(data_import_rows)
            .where(self._of_load(load_id), data_import_rows.c.row_no.between(first, last))
            .order_by(data_import_rows.c.row_no)
        )
        yield from self.all(statement)

    def change(self, load_id: int, row_no: int, **values: Any) -> None:
        """Correct one row after a second check."""
        self.run(
            update(data_import_rows)
            .where(data_import_rows.c.load_id == load_id, data_import_rows.c.row_no == row_no)
            .values(**values)
        )

    def with_hash(self, column: str, value: str, limit: int) -> list[Row[Any]]:
        """Rows of loads in scope whose `id_hash`, `phone_hash` or `email_hash` is this one, newest first."""
        statement = (
            select(data_import_rows)
            .join(data_import_batches, data_import_batches.c.id == data_import_rows.c.load_id)
            .where(data_import_rows.c[column] == value, self.tx.visible(data_import_batches))
            .order_by(data_import_rows.c.load_id.desc())
            .limit(limit)
        )
        return self.all(statement)

    def _of_load(self, load_id: int) -> ColumnElement[bool]:
        """The condition for the rows of a load, if that is in scope; it is looked up once, by its key."""
        found = select(data_import_batches.c.id).where(
            data_import_batches.c.id == load_id, self.tx.visible(data_import_batches)
        )
        return data_import_rows.c.load_id == found.scalar_subquery()

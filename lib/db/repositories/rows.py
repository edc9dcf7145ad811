"""The rows of a load: verdict, class, reasons, what each became. No payload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal, select, update

from lib.db.bulk import insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches, data_import_rows
from lib.domain.verdicts import RowClass, Verdict


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

    def page(
        self,
        load_id: int,
        *,
        start: int,
        limit: int,
        verdicts: Sequence[Verdict] = (),
        row_class: str = "",
        reason: str = "",
        is_backwards: bool = False,
    ) -> list[Row[Any]]:
        """At most `limit` rows from the ordinal `start` on, in order; backwards, the last ones before it.

        `reason` is one word of a row's reasons, `code` or `code:column`. One walk along an index a verdict, so that a page
        deep in a load costs what the first one does; a class or reason that is rare costs a walk along the load.
        """
        place = data_import_rows.c.row_no
        statement = select(data_import_rows).where(
            self._of_load(load_id), place < start if is_backwards else place >= start
        )
        if row_class:
            statement = statement.where(data_import_rows.c.row_class == row_class)
        if reason:
            statement = statement.where(_gives(reason))
        ordered = statement.order_by(place.desc() if is_backwards else place).limit(limit)
        found = [
            row
            for verdict in verdicts or (None,)
            for row in self.all(ordered if verdict is None else ordered.where(data_import_rows.c.verdict == verdict))
        ]
        found.sort(key=lambda row: row.row_no, reverse=is_backwards)
        return sorted(found[:limit], key=lambda row: row.row_no)

    def failing_reasons(self, load_id: int) -> list[tuple[str, int]]:
        """Each text of reasons that failed rows of the load give, and how many rows give exactly that."""
        statement = (
            select(data_import_rows.c.reasons, func.count().label("rows"))
            .where(self._of_load(load_id), data_import_rows.c.verdict == Verdict.FAILED)
            .group_by(data_import_rows.c.reasons)
        )
        return [(row.reasons, int(row.rows)) for row in self.all(statement)]

    def set_apart(self, load_id: int, verdicts: Sequence[Verdict]) -> dict[str, int]:
        """How many rows of these verdicts there are of each class but the genuine one."""
        statement = (
            select(data_import_rows.c.row_class, func.count().label("rows"))
            .where(
                self._of_load(load_id),
                data_import_rows.c.verdict.in_(verdicts),
                data_import_rows.c.row_class != RowClass.GENUINE,
            )
            .group_by(data_import_rows.c.row_class)
        )
        return {row.row_class: int(row.rows) for row in self.all(statement)}

    def places_of(self, load_id: int, verdict: Verdict, first: int, last: int) -> tuple[int, list[int]]:
        """How many rows of a verdict come before the ordinal `first`, and the ordinals of those from there to `last`."""
        place, of_verdict = data_import_rows.c.row_no, data_import_rows.c.verdict == verdict
        before = select(func.count()).where(self._of_load(load_id), of_verdict, place < first)
        between = select(place).where(self._of_load(load_id), of_verdict, place.between(first, last)).order_by(place)
        return int(self.connection.execute(before).scalar_one()), list(self.connection.execute(between).scalars())

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

    def of_record(self, record_id: int, limit: int) -> list[Row[Any]]:
        """Rows of loads in scope that became this record or met it, newest load first."""
        statement = (
            select(data_import_rows)
            .join(data_import_batches, data_import_batches.c.id == data_import_rows.c.load_id)
            .where(data_import_rows.c.record_id == record_id, self.tx.visible(data_import_batches))
            .order_by(data_import_rows.c.load_id.desc(), data_import_rows.c.row_no)
            .limit(limit)
        )
        return self.all(statement)

    def _of_load(self, load_id: int) -> ColumnElement[bool]:
        """The condition for the rows of a load, if that is in scope; it is looked up once, by its key."""
        found = select(data_import_batches.c.id).where(
            data_import_batches.c.id == load_id, self.tx.visible(data_import_batches)
        )
        return data_import_rows.c.load_id == found.scalar_subquery()


def _gives(reason: str) -> ColumnElement[bool]:
    """The condition for rows that give a reason; a code alone stands for itself with every column."""
    words = literal(" ") + data_import_rows.c.reasons + literal(" ")
    exactly = func.instr(words, f" {reason} ") > 0
    return exactly if ":" in reason else exactly | (func.instr(words, f" {reason}:") > 0)

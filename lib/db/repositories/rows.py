"""The rows of a load: verdict, class, reasons, what each became. No payload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, case, delete, func, select, update

from lib.db.bulk import among, batches
from lib.db.columnar import fetch_numbers, insert_columns, overwrite_columns, select_columns
from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches, data_import_row_reasons, data_import_rows
from lib.domain.verdicts import RowClass, Verdict

# What follows from a verdict is not written down again for each of its rows: a file of a million may be unchanged.
SAID_BY_THE_VERDICT = {"unchanged": Verdict.IGNORED, "in_file": Verdict.DUPLICATE}
_ON_A_PAGE = [
    data_import_rows.c[name]
    for name in ("load_id", "row_no", "line_no", "verdict", "row_class", "reasons", "is_held", "record_id")
]
_COLUMNS = tuple(column.name for column in data_import_rows.columns if column.name != "load_id")


class RowRepository(Repository):
    """Rows belong to a load, and are in scope when it is."""

    def add_rows(self, load_id: int, rows: pa.Table) -> None:
        """Write rows of a load, with the columns row_no to record_id of their table, and once more each of their reasons."""
        insert_columns(self.connection, data_import_rows, rows, {"load_id": load_id, "is_held": False})
        self._add_reasons(load_id, rows)

    def _add_reasons(self, load_id: int, rows: pa.Table) -> None:
        # Of most rows of a changed file nothing is said but its verdict, so those are left out before any Python.
        silent = pa.array(["", *SAID_BY_THE_VERDICT], rows["reasons"].type)
        rows = rows.filter(pc.invert(pc.is_in(rows["reasons"], silent)))
        found = dict.fromkeys(
            (word.partition(":")[0], row_no, word.partition(":")[2])
            for row_no, text in zip(rows["row_no"].to_pylist(), rows["reasons"].to_pylist(), strict=True)
            for word in text.split()
            if word not in SAID_BY_THE_VERDICT
        )
        if found:
            columns = dict(zip(("code", "row_no", "column_name"), zip(*found, strict=True), strict=True))
            insert_columns(self.connection, data_import_row_reasons, pa.table(columns), {"load_id": load_id})

    def mark_duplicates(self, load_id: int, row_nos: Sequence[int]) -> list[tuple[str, str, int]]:
        """Rows that lose to another row of the file become duplicates; how many there were by former verdict and class."""
        was: Counter[tuple[str, str]] = Counter()
        place = data_import_rows.c.row_no
        for batch in batches(row_nos):
            these = (data_import_rows.c.load_id == load_id, place.in_(batch))
            groups = select(data_import_rows.c.verdict, data_import_rows.c.row_class, func.count().label("rows")).where(
                *these
            )
            for row in self.all(groups.group_by(data_import_rows.c.verdict, data_import_rows.c.row_class)):
                was[row.verdict, row.row_class] += row.rows
            reasons = func.replace(func.trim(data_import_rows.c.reasons + " in_file"), "unchanged in_file", "in_file")
            self.run(
                update(data_import_rows)
                .where(*these)
                .values(verdict=Verdict.DUPLICATE, reasons=reasons, record_id=None)
            )
        return [(verdict, row_class, rows) for (verdict, row_class), rows in was.items()]

    def drop(self, load_id: int) -> None:
        """Delete the rows of a load that never came to review."""
        for table in (data_import_row_reasons, data_import_rows):
            self.run(delete(table).where(table.c.load_id == load_id))

    def columns(self, load_id: int, first: int, last: int) -> pa.Table:
        """The rows with these ordinals (both ends included) as columns, in order."""
        place = data_import_rows.c.row_no
        conditions = (self._of_load(load_id), place.between(first, last))
        return select_columns(self.connection, data_import_rows, _COLUMNS, *conditions).sort_by("row_no")

    def outlook(self, load_id: int, first: int, last: int) -> dict[str, npt.NDArray[Any]]:
        """What a commit or an undo asks of the rows with these ordinals (both ends included), in order.

        Arrays: `row_no`, `record_id` (0: none), `verdict` and `row_class` as text, `is_held`.
        """
        table = data_import_rows.c
        columns = {
            "row_no": table.row_no,
            "record_id": table.record_id,
            "verdict": case({str(verdict): place for place, verdict in enumerate(Verdict)}, value=table.verdict),
            "row_class": case({str(kind): place for place, kind in enumerate(RowClass)}, value=table.row_class),
            "is_held": case((table.is_held, 1), else_=0),
        }
        found = fetch_numbers(
            self.connection, columns, self._of_load(load_id), data_import_rows.c.row_no.between(first, last)
        )
        return {
            **found,
            "verdict": np.array([str(verdict) for verdict in Verdict], dtype=object)[found["verdict"]],
            "row_class": np.array([str(kind) for kind in RowClass], dtype=object)[found["row_class"]],
            "is_held": found["is_held"].astype(bool),
        }

    def outlook_at(self, load_id: int, row_nos: Sequence[int]) -> dict[str, npt.NDArray[Any]]:
        """The same of the rows with these ordinals, in order."""
        rows = self.at(load_id, row_nos)
        texts = {name: np.array(rows[name].to_pylist(), dtype=object) for name in ("verdict", "row_class")}
        return {
            "row_no": np.asarray(rows["row_no"], dtype=np.int64),
            "record_id": np.asarray(rows["record_id"].fill_null(0), dtype=np.int64),
            **texts,
            "is_held": np.array(rows["is_held"].to_pylist(), dtype=bool),
        }

    def at(self, load_id: int, row_nos: Sequence[int]) -> pa.Table:
        """The rows with these ordinals as columns, in order."""
        place, of_load = data_import_rows.c.row_no, self._of_load(load_id)
        parts = [
            select_columns(self.connection, data_import_rows, _COLUMNS, of_load, found)
            for found in among(place, row_nos)
        ]
        return pa.concat_tables(parts).sort_by("row_no") if parts else self.columns(load_id, 0, -1)

    def places(
        self,
        load_id: int,
        *,
        limit: int,
        verdicts: Sequence[Verdict] = (),
        row_class: str = "",
        reason: str = "",
        is_held: bool | None = None,
        lines: tuple[int, int] | None = None,
    ) -> list[int]:
        """The ordinals of at most `limit` rows that are so, in order; `reason` is `code` or `code:column`.

        `lines` are the first and the last line of the file to look at.
        """
        place = data_import_rows.c.row_no
        such = [self._of_load(load_id)]
        if verdicts:
            such.append(data_import_rows.c.verdict.in_(verdicts))
        if row_class:
            such.append(data_import_rows.c.row_class == row_class)
        if is_held is not None:
            such.append(data_import_rows.c.is_held.is_(is_held))
        if lines is not None:
            such.append(data_import_rows.c.line_no.between(*lines))
        statement = self._giving(load_id, reason, such) if reason else select(place).where(*such)
        return list(self.connection.execute(statement.order_by(statement.selected_columns[0]).limit(limit)).scalars())

    def columns_giving(self, load_id: int, code: str) -> list[tuple[str, int]]:
        """The columns that rows give a reason about, and how many rows each, most first."""
        told = data_import_row_reasons.c
        found = select(data_import_batches.c.id).where(
            data_import_batches.c.id == load_id, self.tx.visible(data_import_batches)
        )
        statement = (
            select(told.column_name, func.count().label("rows"))
            .where(told.load_id == found.scalar_subquery(), told.code == code)
            .group_by(told.column_name)
        )
        return sorted(((row.column_name, int(row.rows)) for row in self.all(statement)), key=lambda item: -item[1])

    def sharing_ids(self, load_id: int, id_hashes: Sequence[int]) -> list[int]:
        """The ordinals of the rows of a load that have one of these hashes of an id."""
        place = data_import_rows.c.row_no
        found: list[int] = []
        for batch in batches(id_hashes):
            statement = select(place).where(self._of_load(load_id), data_import_rows.c.id_hash.in_(batch))
            found.extend(self.connection.execute(statement).scalars())
        return sorted(found)

    def standing_for(self, load_id: int, record_ids: Iterable[int]) -> list[int]:
        """The ordinals of the rows of a load that stand for one of these records."""
        place, found = data_import_rows.c.row_no, list[int]()
        for some in among(data_import_rows.c.record_id, record_ids):
            statement = select(place).where(self._of_load(load_id), some)
            found.extend(self.connection.execute(statement).scalars())
        return sorted(found)

    def told_by(self, load_id: int, codes: Sequence[str]) -> list[tuple[str, str, int]]:
        """(code, column, rows) of these reasons in a load."""
        told = data_import_row_reasons.c
        statement = (
            select(told.code, told.column_name, func.count().label("rows"))
            .where(told.load_id == self._in_scope(load_id), told.code.in_(codes))
            .group_by(told.code, told.column_name)
        )
        return [(row.code, row.column_name, int(row.rows)) for row in self.all(statement)]

    def correct(self, load_id: int, rows: pa.Table) -> None:
        """Write rows over those with the same ordinals, their reasons with them; `rows` is as `columns` gave it."""
        overwrite_columns(self.connection, data_import_rows, rows, {"load_id": load_id})
        said = data_import_row_reasons.c
        for found in among(said.row_no, rows["row_no"].to_pylist()):
            self.run(delete(data_import_row_reasons).where(said.load_id == load_id, found))
        self._add_reasons(load_id, rows)

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
        beyond = place < start if is_backwards else place >= start
        found = [
            row
            for verdict in verdicts or (None,)
            for row in self._along(load_id, verdict, row_class, reason, beyond, limit, is_backwards=is_backwards)
        ]
        found.sort(key=lambda row: row.row_no, reverse=is_backwards)
        return sorted(found[:limit], key=lambda row: row.row_no)

    def _along(
        self,
        load_id: int,
        verdict: Verdict | None,
        row_class: str,
        reason: str,
        beyond: ColumnElement[bool],
        limit: int,
        *,
        is_backwards: bool,
    ) -> list[Row[Any]]:
        """The first rows that are so, along one index."""
        place = data_import_rows.c.row_no
        such = [self._of_load(load_id), beyond]
        if verdict is not None:
            such.append(data_import_rows.c.verdict == verdict)
        if row_class:
            such.append(data_import_rows.c.row_class == row_class)
        if not reason:
            ordered = select(*_ON_A_PAGE).where(*such).order_by(place.desc() if is_backwards else place)
            return self.all(ordered.limit(limit))
        giving = self._giving(load_id, reason, such)
        places = giving.order_by(giving.selected_columns[0].desc() if is_backwards else giving.selected_columns[0])
        few = places.limit(limit).subquery()
        return self.all(select(*_ON_A_PAGE).join(few, few.c.row_no == place).where(self._of_load(load_id)))

    def _giving(self, load_id: int, reason: str, such: Sequence[ColumnElement[bool]]) -> Select[Any]:
        """The ordinals of the rows that give a reason and are such; a code alone stands for itself with every column.

        What a verdict says is asked of the rows, everything else of the reasons: their key has a load's rows by reason
        in order, and a semijoin would gather all of them first.
        """
        code, _, column = reason.partition(":")
        place, told = data_import_rows.c.row_no, data_import_row_reasons.c
        if code in SAID_BY_THE_VERDICT:
            said = func.instr(data_import_rows.c.reasons, code) > 0
            return select(place).where(data_import_rows.c.verdict == SAID_BY_THE_VERDICT[code], said, *such)
        joined = select(told.row_no).join(
            data_import_rows, (data_import_rows.c.load_id == told.load_id) & (place == told.row_no)
        )
        giving = joined.where(told.load_id == load_id, told.code == code, *such)
        return giving.where(told.column_name == column) if column else giving.group_by(told.row_no)

    def with_hash(self, column: str, value: int, limit: int) -> list[Row[Any]]:
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
        return data_import_rows.c.load_id == self._in_scope(load_id)

    def _in_scope(self, load_id: int) -> ScalarSelect[int]:
        found = select(data_import_batches.c.id).where(
            data_import_batches.c.id == load_id, self.tx.visible(data_import_batches)
        )
        return found.scalar_subquery()

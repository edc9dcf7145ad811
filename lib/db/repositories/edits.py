"""A person's hand on rows: edits of single cells and decisions on whole rows, both written once and never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from lib.db.bulk import among, insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches, row_decisions, row_edits
from lib.domain.imports import Load
from lib.domain.rows.fixes import (
    CellEdit,
    CellHistory,
    DecisionKind,
    FixStep,
    Place,
    RowDecision,
    rows_of_runs,
    runs_of,
)

_edits = row_edits.c


class EditRepository(Repository):
    """Of several edits of one cell the newest counts."""

    def add_step(self, load: Load, step: int, edits: Sequence[CellEdit], reason: str, *, turns: int = 0) -> None:
        """Write down what one press of a button does to cells of a load."""
        common = {
            "delivery_id": load.delivery_id,
            "load_id": load.id,
            "client_id": load.client_id,
            "step": step,
            "turns": turns,
            "reason": reason,
            "edited_by": self.tx.actor.person_id,
            "edited_at": self.tx.now,
        }
        cells = [{"row_no": edit.row_no, "source": edit.source, "value": edit.value} for edit in edits]
        insert_many(self.connection, row_edits, [common | cell for cell in cells])

    def carry_over(self, earlier_load: int, load: Load) -> list[int]:
        """Give a load the cells that stand in an earlier one of its delivery, as a step 0; the rows they are in.

        Who, when and why stay as they were.
        """
        newest = {(row.row_no, row.source): row for row in self._lines(earlier_load)}
        kept = [dict(row._mapping) for row in newest.values() if row.value is not None]
        for line in kept:
            line.pop("id")
            line.update(load_id=load.id, step=0, turns=0)
        insert_many(self.connection, row_edits, kept)
        return sorted({line["row_no"] for line in kept})

    def forget(self, delivery_id: int, but: Sequence[int] = ()) -> int:
        """Take the texts of edits away and leave who, when, where and why; how many there were.

        Those of some loads stay.
        """
        forgotten = update(row_edits).where(
            _edits.delivery_id == delivery_id,
            _edits.load_id.not_in(but),
            _edits.value.is_not(None),
            self.tx.visible(row_edits),
        )
        return int(self.run(forgotten.values(value=None)).rowcount)

    def forget_cells(self, load_id: int, row_nos: Sequence[int], but: Collection[str]) -> int:
        """Take the texts of edits of these rows away, those in some columns aside; how many there were."""
        done = 0
        for some in among(_edits.row_no, row_nos):
            mine = _edits.load_id == load_id, _edits.value.is_not(None), self.tx.visible(row_edits)
            forgotten = update(row_edits).where(*mine, some, _edits.source.not_in(sorted(but)))
            done += int(self.run(forgotten.values(value=None)).rowcount)
        return done

    def overlay(self, load_id: int, row_nos: Sequence[int], up_to: int | None = None) -> dict[tuple[int, str], str]:
        """The newest text of each edited cell of these rows, by (row, column); one that is back as it came is left out.

        With `up_to`, as it was when that edit was the newest of the load.
        """
        lines = self._lines(load_id, row_nos)
        cells = {(row.row_no, row.source): row.value for row in lines if up_to is None or row.id <= up_to}
        return {place: value for place, value in cells.items() if value is not None}

    def last_edit(self, load_id: int) -> int:
        """The number of the newest edit of a load, 0 where there is none; a load's edits are numbered as they happen."""
        statement = select(func.max(_edits.id)).where(_edits.load_id == load_id, self.tx.visible(row_edits))
        return self.connection.execute(statement).scalar_one() or 0

    def authors(self, load_id: int, row_nos: Sequence[int]) -> dict[Place, tuple[int, datetime]]:
        """Who edited each edited cell of these rows last, and when."""
        return {(row.row_no, row.source): (row.edited_by, row.edited_at) for row in self._lines(load_id, row_nos)}

    def histories(self, load_id: int) -> dict[Place, CellHistory]:
        """Each edited cell of a load with all that was laid over it."""
        found: dict[Place, CellHistory] = {}
        for row in self._lines(load_id):
            found.setdefault((row.row_no, row.source), CellHistory()).note(row.step, row.turns, row.value)
        return found

    def steps(self, load_id: int) -> list[FixStep]:
        """What was done to cells of a load, in order."""
        columns = (_edits.step, _edits.turns, _edits.reason, _edits.edited_by)
        statement = (
            select(*columns, func.count(_edits.row_no.distinct()).label("rows"), func.max(_edits.edited_at).label("at"))
            .where(_edits.load_id == load_id, self.tx.visible(row_edits))
            .group_by(*columns)
            .order_by(_edits.step)
        )
        sources = self._sources(load_id)
        return [
            FixStep(row.step, row.turns, row.rows, sources.get(row.step, ()), row.reason, row.edited_by, row.at)
            for row in self.all(statement)
        ]

    def last_step(self, load_id: int) -> int:
        """The number of the last step of a load; 0 where there is none."""
        statement = select(func.max(_edits.step)).where(_edits.load_id == load_id, self.tx.visible(row_edits))
        return self.connection.execute(statement).scalar_one() or 0

    def newest_edited(self, load: Load) -> int | None:
        """The newest earlier load of the same rows (delivery and way of reading) in which cells were edited."""
        loads = data_import_batches.c
        statement = (
            select(loads.id, loads.read_options)
            .where(
                loads.delivery_id == load.delivery_id,
                loads.id < load.id,
                self.tx.visible(data_import_batches),
                loads.id.in_(select(_edits.load_id).where(_edits.delivery_id == load.delivery_id)),
            )
            .order_by(loads.id.desc())
        )
        return next((row.id for row in self.all(statement) if row.read_options == load.read_options), None)

    def _lines(self, load_id: int, row_nos: Sequence[int] | None = None) -> list[Any]:
        """The edits of a load (or of some of its rows), oldest first."""
        statement = select(row_edits).where(_edits.load_id == load_id, self.tx.visible(row_edits))
        if row_nos is None:
            return self.all(statement.order_by(_edits.id))
        found = [line for some in among(_edits.row_no, row_nos) for line in self.all(statement.where(some))]
        return sorted(found, key=lambda line: line.id)

    def _sources(self, load_id: int) -> dict[int, tuple[str, ...]]:
        statement = (
            select(_edits.step, _edits.source).where(_edits.load_id == load_id, self.tx.visible(row_edits)).distinct()
        )
        found: dict[int, tuple[str, ...]] = {}
        for row in self.all(statement):
            found[row.step] = (*found.get(row.step, ()), row.source)
        return found


class DecisionRepository(Repository):
    """Whether a decision still stands shows on the rows themselves; this is who, when and why."""

    def add_decision(
        self,
        load: Load,
        kind: DecisionKind,
        row_nos: Sequence[int],
        reason: str,
        *,
        value: str = "",
        takes_back: int | None = None,
    ) -> int:
        """Write a decision down; its number comes back."""
        return self.add(
            row_decisions,
            load_id=load.id,
            client_id=load.client_id,
            kind=str(kind),
            value=value,
            row_runs=runs_of(row_nos),
            row_count=len(set(row_nos)),
            takes_back=takes_back,
            reason=reason,
            decided_by=self.tx.actor.person_id,
            decided_at=self.tx.now,
        )

    def of(self, load_id: int) -> list[RowDecision]:
        """The decisions on rows of a load, in order."""
        statement = select(row_decisions).where(row_decisions.c.load_id == load_id, self.tx.visible(row_decisions))
        return [
            RowDecision(
                row.id,
                DecisionKind(row.kind),
                row.value,
                rows_of_runs(row.row_runs),
                row.takes_back,
                row.reason,
                row.decided_by,
                row.decided_at,
            )
            for row in self.all(statement.order_by(row_decisions.c.id))
        ]

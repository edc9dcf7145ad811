"""Who was erased, by keyed hashes, and the lines of every erasure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from lib.db.repositories.base import Repository
from lib.db.tables.people import people
from lib.db.tables.privacy import erased_people, erasures

Marks = list[list[Any]]


class ErasureRepository(Repository):
    """Lines are added and never changed; they hold no personal value."""

    def begin(self, client_id: int | None, marks: Marks, reason: str, detail: Mapping[str, Any]) -> int:
        """Write down what is to be erased; the number of the erasure."""
        return self._line("begun", 0, client_id, marks, reason, detail)

    def note(self, begun: Row[Any], step: str, detail: Mapping[str, Any]) -> None:
        """Write down what a batch has done, or that nothing is left to do."""
        self._line(step, begun.id, begun.client_id, begun.marks, "", detail)

    def unfinished(self, client_id: int | None, marks: Marks) -> Row[Any] | None:
        """The newest erasure of the same person that has not come to its end."""
        statement = select(erasures).where(erasures.c.step == "begun", self.tx.visible(erasures))
        for row in self.all(statement.order_by(erasures.c.id.desc())):
            if row.marks == marks and row.client_id == client_id:
                return None if any(line.step == "finished" for line in self.lines(row.id)) else row
        return None

    def by_id(self, begun_id: int) -> Row[Any]:
        """The line an erasure was begun with."""
        found = self.one(select(erasures).where(erasures.c.id == begun_id, self.tx.visible(erasures)))
        assert found is not None
        return found

    def lines(self, begun_id: int) -> list[Row[Any]]:
        """The further lines of an erasure, in order."""
        statement = select(erasures).where(erasures.c.begun_id == begun_id, self.tx.visible(erasures))
        return self.all(statement.order_by(erasures.c.id))

    def listed(self, limit: int) -> list[Row[Any]]:
        """The newest erasures, each with the address of who asked."""
        statement = (
            select(erasures, people.c.email)
            .join(people, people.c.id == erasures.c.person_id)
            .where(erasures.c.step == "begun", self.tx.visible(erasures))
        )
        return self.all(statement.order_by(erasures.c.id.desc()).limit(limit))

    def add_erased(self, client_id: int | None, marks: Marks, erasure_id: int) -> None:
        """Whoever bears one of these hashes is emptied again when they come once more."""
        own = client_id or 0
        statement = select(erased_people.c.kind, erased_people.c.mark).where(erased_people.c.client_id == own)
        known = {(row.kind, row.mark) for row in self.all(statement)}
        for kind, mark in marks:
            if kind != "name" and (kind, mark) not in known:
                line = {"client_id": own, "kind": kind, "mark": mark, "erasure_id": erasure_id}
                self.run(insert(erased_people).values(**line, erased_at=self.tx.now))

    def hashes(self, client_id: int) -> dict[str, list[int]]:
        """The keyed hashes of everybody erased for a client or for every client, by kind."""
        if not self.tx.actor.may_see(client_id):
            return {}
        statement = select(erased_people.c.kind, erased_people.c.mark).where(
            erased_people.c.client_id.in_([0, client_id])
        )
        found: dict[str, list[int]] = {}
        for row in self.all(statement):
            found.setdefault(row.kind, []).append(row.mark)
        return found

    def _line(
        self,
        step: str,
        begun_id: int,
        client_id: int | None,
        marks: Sequence[Any],
        reason: str,
        detail: Mapping[str, Any],
    ) -> int:
        return self.add(
            erasures,
            client_id=client_id,
            step=step,
            begun_id=begun_id,
            marks=list(marks),
            reason=reason,
            detail=dict(detail),
            person_id=self.tx.actor.person_id,
            at=self.tx.now,
        )

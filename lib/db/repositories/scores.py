"""How loads fared: what failed at first, what people had to touch, and how long an approval took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from lib.db.bulk import among
from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import data_import_rows as rows
from lib.db.tables.imports import row_decisions, row_edits
from lib.domain.rows.fixes import DecisionKind, rows_of_runs
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict

_SEEN = (LoadStatus.IN_REVIEW, LoadStatus.APPROVED, LoadStatus.COMMITTED, LoadStatus.UNDONE, LoadStatus.REJECTED)

_FACTS = (
    loads.c.id, loads.c.account_id, loads.c.object, loads.c.status, loads.c.created_at, loads.c.approved_at,
    loads.c.row_count, loads.c.failed_count, loads.c.reasons,
)  # fmt: skip
# So many conditions stand in one statement: SQLite takes a thousand.
_CONDITIONS = 100


@dataclass(frozen=True)
class LoadFacts:
    """One load: its rows, those that fail as it stands now, and its reasons; `approved_at` is None where nobody has."""

    load_id: int
    account_id: int
    object: str
    status: LoadStatus
    created_at: datetime
    approved_at: datetime | None
    row_count: int
    failed: int
    reasons: dict[str, int]


class ScoreRepository(Repository):
    """Read only. Test imports are left out: they are tried and not meant."""

    def newest(self, account_ids: Sequence[int], limit: int) -> list[LoadFacts]:
        """The newest `limit` loads of these accounts that came to review, oldest first."""
        statement = select(*_FACTS).where(*self._seen(account_ids)).order_by(loads.c.id.desc()).limit(limit)
        return [_facts(row) for row in reversed(self.all(statement))]

    def newest_of_each(self, account_ids: Sequence[int], limit: int) -> list[LoadFacts]:
        """The newest `limit` loads of each of these accounts that came to review, oldest first, in one query."""
        place = func.row_number().over(partition_by=loads.c.account_id, order_by=loads.c.id.desc()).label("place")
        ranked = select(loads.c.id, place).where(*self._seen(account_ids)).subquery()
        statement = (
            select(*_FACTS).join(ranked, ranked.c.id == loads.c.id).where(ranked.c.place <= limit).order_by(loads.c.id)
        )
        return [_facts(row) for row in self.all(statement)]

    def touched(self, load_ids: Sequence[int]) -> dict[int, set[int]]:
        """The rows of each load in which a person mended a cell, or about which one decided something that stands."""
        found: dict[int, set[int]] = {}
        edited = (
            select(row_edits.c.load_id, row_edits.c.row_no)
            .where(row_edits.c.load_id.in_(load_ids), self.tx.visible(row_edits))
            .distinct()
        )
        for row in self.all(edited):
            found.setdefault(row.load_id, set()).add(row.row_no)
        ended = select(row_decisions.c.takes_back).where(
            row_decisions.c.load_id.in_(load_ids), row_decisions.c.takes_back.is_not(None)
        )
        decided = select(row_decisions.c.load_id, row_decisions.c.row_runs).where(
            row_decisions.c.load_id.in_(load_ids),
            row_decisions.c.kind != DecisionKind.TAKE_BACK,
            row_decisions.c.id.not_in(ended),
            self.tx.visible(row_decisions),
        )
        for row in self.all(decided):
            found.setdefault(row.load_id, set()).update(rows_of_runs(row.row_runs))
        return found

    def failing(self, load_id: int, row_nos: Sequence[int]) -> int:
        """How many of these rows of a load fail as it stands now."""
        count = select(func.count()).where(
            rows.c.load_id == load_id,
            rows.c.verdict == Verdict.FAILED,
            rows.c.load_id.in_(select(loads.c.id).where(loads.c.id == load_id, self.tx.visible(loads))),
        )
        return sum(self.connection.execute(count.where(some)).scalar_one() for some in among(rows.c.row_no, row_nos))

    def failing_among(self, touched: Mapping[int, Collection[int]]) -> dict[int, int]:
        """How many of these rows, told by load, fail as they stand now; a statement for a hundred loads."""
        theirs = loads.c.id.in_(sorted(touched)) & self.tx.visible(loads)
        some = [(rows.c.load_id == load) & part for load, nos in touched.items() for part in among(rows.c.row_no, nos)]
        found: Counter[int] = Counter()
        for first in range(0, len(some), _CONDITIONS):
            statement = (
                select(rows.c.load_id, func.count().label("many"))
                .where(
                    or_(*some[first : first + _CONDITIONS]),
                    rows.c.verdict == Verdict.FAILED,
                    rows.c.load_id.in_(select(loads.c.id).where(theirs)),
                )
                .group_by(rows.c.load_id)
            )
            found.update({row.load_id: row.many for row in self.all(statement)})
        return dict(found)

    def _seen(self, account_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
        return (
            loads.c.account_id.in_(account_ids),
            loads.c.status.in_(_SEEN),
            loads.c.is_test.is_(False),
            loads.c.row_count > 0,
            self.tx.visible(loads),
        )


def _facts(row: Any) -> LoadFacts:
    return LoadFacts(row[0], row[1], row[2], LoadStatus(row[3]), *row[4:])

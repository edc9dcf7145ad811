"""How loads fared: what failed at first, what people had to touch, and how long an approval took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import data_import_rows as rows
from lib.db.tables.imports import row_decisions, row_edits
from lib.domain.fixes import DecisionKind
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict

_TOUCHES = (DecisionKind.HOLD, DecisionKind.IGNORE, DecisionKind.RECLASS)
_SEEN = (LoadStatus.IN_REVIEW, LoadStatus.APPROVED, LoadStatus.COMMITTED, LoadStatus.UNDONE, LoadStatus.REJECTED)


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
        statement = (
            select(
                loads.c.id, loads.c.account_id, loads.c.object, loads.c.status, loads.c.created_at, loads.c.approved_at,
                loads.c.row_count, loads.c.failed_count, loads.c.reasons,
            )
            .where(
                loads.c.account_id.in_(account_ids),
                loads.c.status.in_(_SEEN),
                loads.c.is_test.is_(False),
                loads.c.row_count > 0,
                self.tx.visible(loads),
            )
            .order_by(loads.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        return [
            LoadFacts(row[0], row[1], row[2], LoadStatus(row[3]), *row[4:]) for row in reversed(self.all(statement))
        ]

    def mended(self, load_ids: Sequence[int]) -> dict[int, int]:
        """How many rows with a mended cell each load has that do not fail any more."""
        edited = (
            select(row_edits.c.load_id, row_edits.c.row_no)
            .where(row_edits.c.load_id.in_(load_ids), self.tx.visible(row_edits))
            .distinct()
            .subquery("edited")
        )
        statement = (
            select(edited.c.load_id, func.count().label("rows"))
            .select_from(edited.join(rows, (rows.c.load_id == edited.c.load_id) & (rows.c.row_no == edited.c.row_no)))
            .where(rows.c.verdict != Verdict.FAILED)
            .group_by(edited.c.load_id)
        )
        return _counts(self.all(statement))

    def decided(self, load_ids: Sequence[int]) -> dict[int, int]:
        """How many rows of each load a person has held, ignored or given another class, each decision by itself."""
        statement = (
            select(row_decisions.c.load_id, func.sum(row_decisions.c.row_count).label("rows"))
            .where(
                row_decisions.c.load_id.in_(load_ids),
                row_decisions.c.kind.in_([str(kind) for kind in _TOUCHES]),
                row_decisions.c.id.not_in(
                    select(row_decisions.c.takes_back).where(
                        row_decisions.c.load_id.in_(load_ids), row_decisions.c.takes_back.is_not(None)
                    )
                ),
                self.tx.visible(row_decisions),
            )
            .group_by(row_decisions.c.load_id)
        )
        return _counts(self.all(statement))


def _counts(found: Sequence[Any]) -> dict[int, int]:
    return {row.load_id: int(row.rows) for row in found}

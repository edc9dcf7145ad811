"""How often each reason was given: the counters that loads keep, read for many loads at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.maps import integration_field_mappings as fields
from lib.db.tables.maps import map_versions


@dataclass(frozen=True)
class ReasonCounts:
    """The counters of one load: its rows, those that failed, and how many rows give each reason."""

    load_id: int
    account_id: int
    object: str
    map_version_id: int
    created_at: datetime
    row_count: int
    failed_count: int
    reasons: dict[str, int]


class ReasonCountRepository(Repository):
    """Read only; test imports are judged like any other, so they count."""

    def since(
        self, moment: datetime, limit: int, account_id: int | None = None, client_id: int | None = None
    ) -> list[ReasonCounts]:
        """The counters of the newest `limit` loads made since a moment, oldest first: in scope, of an account or client."""
        statement = (
            select(
                loads.c.id,
                loads.c.account_id,
                loads.c.object,
                loads.c.map_version_id,
                loads.c.created_at,
                loads.c.row_count,
                loads.c.failed_count,
                loads.c.reasons,
            )
            .where(loads.c.created_at >= moment, self.tx.visible(loads))
            .order_by(loads.c.id.desc())
            .limit(limit)
        )
        if account_id is not None:
            statement = statement.where(loads.c.account_id == account_id)
        if client_id is not None:
            statement = statement.where(loads.c.client_id == client_id)
        return [ReasonCounts(*row) for row in reversed(self.all(statement))]

    def mapped_columns(self, map_version_ids: Collection[int]) -> dict[int, frozenset[str]]:
        """The columns that each of these versions of maps fills."""
        found: dict[int, set[str]] = defaultdict(set)
        statement = (
            select(fields.c.map_version_id, fields.c.target_column)
            .join(map_versions, map_versions.c.id == fields.c.map_version_id)
            .where(map_versions.c.id.in_(sorted(map_version_ids)), self.tx.visible(map_versions))
        )
        for row in self.all(statement):
            if row.target_column:
                found[row.map_version_id].add(row.target_column)
        return {version: frozenset(columns) for version, columns in found.items()}

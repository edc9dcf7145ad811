"""What happened to an account's numbers on the way: loads committed and undone, maps approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import integration_import_batches as deliveries
from lib.db.tables.maps import map_versions
from lib.db.tables.people import people
from lib.domain.arriving.by_hand import delivery_name


@dataclass(frozen=True)
class LoadEvent:
    """A load that was committed, or undone, at a moment; `reason` is why it was undone."""

    at: datetime
    load_id: int
    object: str
    file_name: str
    row_count: int
    by: str
    reason: str


@dataclass(frozen=True)
class MapEvent:
    """A version of a map that was put in use."""

    at: datetime
    object: str
    version: int
    by: str


class EventRepository(Repository):
    """Each question is one query over a span of moments, both ends in UTC, the second left out."""

    def committed(self, account_id: int, start: datetime, end: datetime) -> list[LoadEvent]:
        """The loads of an account that were committed between two moments, undone since or not."""
        return self._loads(account_id, start, end, is_undone=False)

    def undone(self, account_id: int, start: datetime, end: datetime) -> list[LoadEvent]:
        """The loads of an account that were undone between two moments."""
        return self._loads(account_id, start, end, is_undone=True)

    def approved_maps(self, account_id: int, start: datetime, end: datetime) -> list[MapEvent]:
        """The maps put in use between two moments, but those that a change note tells of already."""
        found = self.all(
            select(map_versions.c.approved_at, map_versions.c.object, map_versions.c.version, people.c.name)
            .join(people, people.c.id == map_versions.c.approved_by)
            .where(
                map_versions.c.account_id == account_id,
                map_versions.c.approved_at >= start,
                map_versions.c.approved_at < end,
                map_versions.c.baseline_id.is_(None),
                self.tx.visible(map_versions),
            )
            .order_by(map_versions.c.id)
        )
        return [MapEvent(row.approved_at, row.object, row.version, row.name) for row in found]

    def _loads(self, account_id: int, start: datetime, end: datetime, *, is_undone: bool) -> list[LoadEvent]:
        at, by = (loads.c.undone_at, loads.c.undone_by) if is_undone else (loads.c.committed_at, loads.c.approved_by)
        found = self.all(
            select(
                at.label("at"), loads.c.id, loads.c.object, deliveries.c.file_name, deliveries.c.kind,
                loads.c.row_count, people.c.name, loads.c.undo_reason,
            )
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .join(people, people.c.id == by)
            .where(loads.c.account_id == account_id, at >= start, at < end, self.tx.visible(loads))
            .order_by(loads.c.id)
        )  # fmt: skip
        return [
            LoadEvent(
                row.at,
                row.id,
                row.object,
                delivery_name(row.kind, row.file_name),
                row.row_count,
                row.name,
                row.undo_reason,
            )
            for row in found
        ]

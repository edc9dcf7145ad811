"""Map versions, field by field; an approved version never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import URL, Row, bindparam, func, select, update

from lib.db.bulk import insert_many
from lib.db.map_rows import field_rows, rule_of
from lib.db.repositories.base import Repository
from lib.db.scoped import Scoped
from lib.db.tables.maps import integration_field_mappings, map_versions
from lib.db.tables.people import people
from lib.domain.accounts import Account
from lib.domain.maps import FieldMap, IgnoredField
from lib.domain.states import MAP_MOVES, MapStatus
from lib.errors import DeskError, NotFound

# Versions read lately, by their database and what makes them out in it.
_READ: dict[tuple[URL, int, str, datetime], FieldMap] = {}
_MOST_READ = 256
_BY_ID = Scoped(select(map_versions).where(map_versions.c.id == bindparam("map_version_id")), map_versions)
_APPROVED = Scoped(
    select(map_versions).where(
        map_versions.c.account_id == bindparam("account_id"),
        map_versions.c.object == bindparam("name"),
        map_versions.c.status == MapStatus.APPROVED,
    ),
    map_versions,
)


@dataclass(frozen=True)
class MapVersion:
    """One version of a map, with who submitted and approved it."""

    id: int
    account_id: int
    object: str
    version: int
    status: MapStatus
    fingerprint: str
    submitted_by: int
    submitted_at: datetime
    approved_by: int | None
    field_map: FieldMap
    note: str = ""


@dataclass(frozen=True)
class VersionLine:
    """One version as a list shows it, without its fields; people by their addresses, '' where nobody did it.

    `closed_*` tell who sent it back or took it back, and why.
    """

    version: int
    status: MapStatus
    submitted_by: str
    submitted_at: datetime
    approved_by: str
    approved_at: datetime | None
    note: str = ""
    rollback_note: str = ""
    baseline_id: int | None = None
    closed_by: str = ""
    closed_at: datetime | None = None
    closed_reason: str = ""


class MapRepository(Repository):
    """Versions of (account, object), numbered from 1."""

    def approved(self, account: Account, name: str) -> MapVersion | None:
        """The approved version of this object, or None."""
        row = _APPROVED.one(self.tx, account_id=account.id, name=name)
        return None if row is None else self._version(row)

    def newest(self, account: Account, name: str) -> MapVersion | None:
        """The version of this object with the highest number, wherever it stands, or None."""
        row = self.connection.execute(
            select(map_versions)
            .where(
                map_versions.c.account_id == account.id,
                map_versions.c.object == name,
                self.tx.visible(map_versions),
            )
            .order_by(map_versions.c.version.desc())
            .limit(1)
        ).first()
        return None if row is None else self._version(row)

    def approved_numbers(self) -> dict[tuple[int, str], int]:
        """The number of the approved version of every (account id, object) in scope."""
        found = self.all(
            select(map_versions.c.account_id, map_versions.c.object, map_versions.c.version).where(
                map_versions.c.status == MapStatus.APPROVED, self.tx.visible(map_versions)
            )
        )
        return {(row.account_id, row.object): row.version for row in found}

    def numbered(self, account: Account, name: str, version: int) -> MapVersion:
        """One version by its number; NotFound otherwise."""
        row = self.one(
            select(map_versions).where(
                map_versions.c.account_id == account.id,
                map_versions.c.object == name,
                map_versions.c.version == version,
                self.tx.visible(map_versions),
            )
        )
        if row is None:
            raise NotFound(f"version of the {name} map of {account.key} numbered", version, "`map save` makes one.")
        return self._version(row)

    def by_id(self, map_version_id: int) -> MapVersion:
        """One version by its id."""
        row = _BY_ID.one(self.tx, map_version_id=map_version_id)
        if row is None:
            raise NotFound("map version", map_version_id)
        return self._version(row)

    def history(self, account: Account, name: str) -> list[VersionLine]:
        """Every version of this object's map, the newest first."""
        submitter, approver, closer = people.alias(), people.alias(), people.alias()
        emails = {"submitter": submitter, "approver": approver, "closer": closer}
        statement = (
            select(map_versions, *(table.c.email.label(name) for name, table in emails.items()))
            .join(submitter, submitter.c.id == map_versions.c.submitted_by)
            .outerjoin(approver, approver.c.id == map_versions.c.approved_by)
            .outerjoin(closer, closer.c.id == map_versions.c.closed_by)
            .where(
                map_versions.c.account_id == account.id,
                map_versions.c.object == name,
                self.tx.visible(map_versions),
            )
            .order_by(map_versions.c.version.desc())
        )
        return [_line(row) for row in self.all(statement)]

    def submit(self, account: Account, field_map: FieldMap, fingerprint: str, note: str = "") -> MapVersion:
        """Write a new version, submitted for approval, and a row for every field of it."""
        last = select(func.max(map_versions.c.version)).where(
            map_versions.c.account_id == account.id, map_versions.c.object == field_map.object
        )
        version = (self.connection.execute(last).scalar_one() or 0) + 1
        version_id = self.add(
            map_versions,
            account_id=account.id,
            client_id=account.client_id,
            object=field_map.object,
            version=version,
            status=MapStatus.SUBMITTED,
            fingerprint=fingerprint,
            submitted_by=self.tx.actor.person_id,
            submitted_at=self.tx.now,
            note=note,
            rollback_note="",
            closed_reason="",
        )
        insert_many(self.connection, integration_field_mappings, field_rows(version_id, field_map))
        return self.by_id(version_id)

    def approve(self, found: MapVersion, rollback_note: str = "", baseline_id: int | None = None) -> None:
        """Approve a submitted version, and retire the one it replaces and those that have waited longer."""
        self._require_waiting(found)
        others = (map_versions.c.account_id == found.account_id, map_versions.c.object == found.object)
        passed = (map_versions.c.status == MapStatus.SUBMITTED) & (map_versions.c.version < found.version)
        self.run(
            update(map_versions)
            .where(*others, (map_versions.c.status == MapStatus.APPROVED) | passed)
            .values(status=MapStatus.RETIRED)
        )
        self._decide(
            found,
            status=MapStatus.APPROVED,
            approved_by=self.tx.actor.person_id,
            approved_at=self.tx.now,
            rollback_note=rollback_note,
            baseline_id=baseline_id,
        )

    def close(self, found: MapVersion, status: MapStatus, reason: str) -> None:
        """Send a submitted version back, or take it back, and say why."""
        self._require_waiting(found)
        self._decide(
            found, status=status, closed_by=self.tx.actor.person_id, closed_at=self.tx.now, closed_reason=reason
        )

    def _require_waiting(self, found: MapVersion) -> None:
        if MapStatus.APPROVED not in MAP_MOVES[found.status]:
            raise DeskError(
                "map_not_submitted",
                f"Version {found.version} of the {found.object} map is {found.status}, not waiting for approval.",
                "Submit it anew with `map again`, or a new one with `map save`.",
            )

    def _decide(self, found: MapVersion, **values: Any) -> None:
        """Write a decision, unless somebody else decided since the version was read."""
        moved = self.run(
            update(map_versions)
            .where(map_versions.c.id == found.id, map_versions.c.status == found.status)
            .values(**values)
        )
        if moved.rowcount == 0:
            raise DeskError("changed_meanwhile", "Somebody else decided on this version a moment ago.", "Look again.")

    def _version(self, row: Row[Any]) -> MapVersion:
        return MapVersion(
            row.id,
            row.account_id,
            row.object,
            row.version,
            MapStatus(row.status),
            row.fingerprint,
            row.submitted_by,
            row.submitted_at,
            row.approved_by,
            self._field_map(row),
            row.note,
        )

    def _field_map(self, row: Row[Any]) -> FieldMap:
        """What a version says. It never changes, so it is read once a process.

        An id alone is no name for it: one that was rolled back may be given out again.
        """
        key = (self.connection.engine.url, row.id, row.fingerprint, row.submitted_at)
        known = _READ.get(key)
        if known is not None:
            return known
        fields = self.all(
            select(integration_field_mappings)
            .where(integration_field_mappings.c.map_version_id == row.id)
            .order_by(integration_field_mappings.c.position)
        )
        field_map = FieldMap(
            row.object,
            tuple(rule_of(item) for item in fields if item.target_column),
            tuple(IgnoredField(item.source, item.reason) for item in fields if not item.target_column),
        )
        # A version is written before its fields, and read in between only by whoever writes it.
        if fields:
            if len(_READ) >= _MOST_READ:
                _READ.clear()
            _READ[key] = field_map
        return field_map


def _line(row: Row[Any]) -> VersionLine:
    return VersionLine(
        version=row.version,
        status=MapStatus(row.status),
        submitted_by=row.submitter,
        submitted_at=row.submitted_at,
        approved_by=row.approver or "",
        approved_at=row.approved_at,
        note=row.note,
        rollback_note=row.rollback_note,
        baseline_id=row.baseline_id,
        closed_by=row.closer or "",
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
    )

"""Loads: one delivery read through one version of a map, with its counters and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update

from lib.db.repositories.base import Repository
from lib.db.scoped import Scoped
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.maps import map_versions
from lib.domain.findings import Finding
from lib.domain.imports import Delivery, Load
from lib.domain.states import LoadStatus, require_load_move
from lib.domain.verdicts import RowClass, Severity, Verdict
from lib.errors import DeskError, NotFound
from lib.mapping.row_counts import RowCounts

_EVERY = select(loads, map_versions.c.version.label("map_version")).join(
    map_versions, map_versions.c.id == loads.c.map_version_id
)
_BY_ID = Scoped(_EVERY.where(loads.c.id == bindparam("load_id")), loads)


@dataclass(frozen=True)
class Ending:
    """Who decided on a load, and who undid it: ids of people, moments, and the reason; None where nobody has."""

    approved_by: int | None
    approved_at: datetime | None
    undone_by: int | None
    undone_at: datetime | None
    undo_reason: str


class LoadRepository(Repository):
    """Every change of status is an UPDATE that compares the status it came from."""

    def by_id(self, load_id: int) -> Load:
        """The load with this id; NotFound outside the scope."""
        row = _BY_ID.one(self.tx, load_id=load_id)
        if row is None:
            raise NotFound("load", load_id, "`import` prints the number of the load it made.")
        return _load(row)

    def latest_of(self, delivery_id: int, name: str, map_version_id: int, *, is_test: bool) -> Load | None:
        """The newest load of this delivery through this map version, or None."""
        row = self.one(
            self._select()
            .where(
                loads.c.delivery_id == delivery_id,
                loads.c.object == name,
                loads.c.map_version_id == map_version_id,
                loads.c.is_test == is_test,
            )
            .order_by(loads.c.attempt.desc())
            .limit(1)
        )
        return None if row is None else _load(row)

    def of_delivery(self, delivery_id: int) -> list[Load]:
        """Every load of a delivery, oldest first."""
        return [
            _load(row)
            for row in self.all(self._select().where(loads.c.delivery_id == delivery_id).order_by(loads.c.id))
        ]

    def of_object(self, account_id: int, name: str) -> list[Load]:
        """The newest 500 loads of an object of an account, newest first; tests of an import are left out."""
        mine = self._select().where(
            loads.c.account_id == account_id, loads.c.object == name, loads.c.is_test.is_(False)
        )
        return [_load(row) for row in self.all(mine.order_by(loads.c.id.desc()).limit(500))]

    def with_ids(self, ids: Iterable[int]) -> dict[int, Load]:
        """These loads by id, as far as they are in scope."""
        return {row.id: _load(row) for row in self.all(self._select().where(loads.c.id.in_(sorted(set(ids)))))}

    def recent(self, limit: int) -> list[Load]:
        """The newest loads in scope."""
        return [_load(row) for row in self.all(self._select().order_by(loads.c.id.desc()).limit(limit))]

    def in_review(self, limit: int) -> list[Load]:
        """The loads in scope that wait for a decision, oldest first."""
        statement = self._select().where(loads.c.status == LoadStatus.IN_REVIEW)
        return [_load(row) for row in self.all(statement.order_by(loads.c.id).limit(limit))]

    def listed(self, statuses: Sequence[LoadStatus], limit: int, client_id: int | None = None) -> list[Load]:
        """The newest loads in scope (or of one client) that stand in one of these places, or in any where none is named."""
        statement = self._select().order_by(loads.c.id.desc()).limit(limit)
        if statuses:
            statement = statement.where(loads.c.status.in_(statuses))
        if client_id is not None:
            statement = statement.where(loads.c.client_id == client_id)
        return [_load(row) for row in self.all(statement)]

    def count_by_status(self, client_id: int | None = None) -> dict[LoadStatus, int]:
        """How many loads in scope (or of one client) stand in each place."""
        statement = select(loads.c.status, func.count().label("loads")).where(self.tx.visible(loads))
        if client_id is not None:
            statement = statement.where(loads.c.client_id == client_id)
        return {LoadStatus(row.status): int(row.loads) for row in self.all(statement.group_by(loads.c.status))}

    def ending(self, load_id: int) -> Ending:
        """Who decided on a load, and who undid it and why."""
        row = self.one(
            select(
                loads.c.approved_by, loads.c.approved_at, loads.c.undone_by, loads.c.undone_at, loads.c.undo_reason
            ).where(loads.c.id == load_id, self.tx.visible(loads))
        )
        if row is None:
            raise NotFound("load", load_id)
        return Ending(row.approved_by, row.approved_at, row.undone_by, row.undone_at, row.undo_reason)

    def every_id(self) -> list[int]:
        """The ids of all loads in scope."""
        return list(self.connection.execute(select(loads.c.id).where(self.tx.visible(loads))).scalars())

    def open_load(
        self,
        delivery: Delivery,
        *,
        name: str,
        map_version_id: int,
        is_test: bool,
        read_options: dict[str, Any],
        warnings: Sequence[str],
        arriving: int,
        epoch: int,
    ) -> Load:
        """Write a new load without any rows: it stands at `mapped` until all `arriving` of them are there."""
        attempt = select(func.max(loads.c.attempt)).where(
            loads.c.delivery_id == delivery.id,
            loads.c.object == name,
            loads.c.map_version_id == map_version_id,
            loads.c.is_test == is_test,
        )
        load_id = self.add(
            loads,
            delivery_id=delivery.id,
            account_id=delivery.account_id,
            client_id=delivery.client_id,
            object=name,
            map_version_id=map_version_id,
            is_test=is_test,
            read_options=read_options,
            attempt=(self.connection.execute(attempt).scalar_one() or 0) + 1,
            status=LoadStatus.MAPPED,
            arriving=arriving,
            **RowCounts().as_columns(),
            held_count=0,
            warnings=list(warnings),
            findings=[],
            arrival={},
            range_from=None,
            range_to=None,
            staged_epoch=epoch,
            error_note="",
            version=1,
            created_at=self.tx.now,
            advanced_at=self.tx.now,
            created_by=self.tx.actor.person_id,
            undo_reason="",
        )
        return self.by_id(load_id)

    def weighed(self, load: Load, findings: Sequence[Finding], arrival: dict[str, Any]) -> None:
        """Write down what is found about a load as a whole: what blocks it, and what to know."""
        kept = [
            {"code": item.code, "severity": str(item.severity), "sentence": item.sentence, "mend": item.mend}
            for item in findings
        ]
        remarks = [f"{item.sentence} {item.mend}".strip() for item in findings if item.severity is not Severity.BLOCK]
        self.run(
            update(loads)
            .where(loads.c.id == load.id)
            .values(findings=kept, arrival=arrival, warnings=[*load.warnings, *remarks])
        )

    def confirm(self, load: Load, code: str) -> Load:
        """Somebody has confirmed a finding: it is kept as a warning and holds the load no longer."""
        kept = [
            {
                "code": item.code,
                "severity": str(Severity.WARN if item.code == code else item.severity),
                "sentence": item.sentence,
                "mend": item.mend,
            }
            for item in load.findings
        ]
        self.run(update(loads).where(loads.c.id == load.id, self.tx.visible(loads)).values(findings=kept))
        return self.by_id(load.id)

    def advance(self, load: Load, counts: RowCounts, first: date | None, last: date | None) -> Load:
        """Write how far a load has come; DeskError `load_taken_over` when somebody else brought it further meanwhile."""
        trouble = DeskError(
            "load_taken_over",
            f"Load {load.id} is being written by somebody else, or was dropped, so this import stopped.",
            f"Look at it with `review {load.id}`.",
        )
        values = {**counts.as_columns(), "range_from": first, "range_to": last, "advanced_at": self.tx.now}
        return self._changed(load, trouble, **values)

    def recount(self, load: Load, counts: RowCounts, held: int, epoch: int) -> Load:
        """Write the counters of a load that was checked again."""
        values = {**counts.as_columns(), "held_count": held, "staged_epoch": epoch}
        self.run(update(loads).where(loads.c.id == load.id).values(**values))
        return self.by_id(load.id)

    def retouch(self, load: Load, counts: RowCounts, held: int, days: tuple[date | None, date | None]) -> Load:
        """Write the counters of a load whose rows a person has changed; `changed_meanwhile` when another was faster."""
        first, last = days
        trouble = DeskError(
            "changed_meanwhile",
            f"Somebody else changed load {load.id} a moment ago, so nothing of this was done.",
            "Look at the load again, and repeat it if it is still needed.",
            is_retryable=True,
        )
        values = {**counts.as_columns(), "held_count": held, "range_from": first, "range_to": last}
        return self._changed(load, trouble, **values)

    def move(self, load: Load, then: LoadStatus, **values: Any) -> Load:
        """Make a legal move, or refuse: `illegal_move` by the table, `changed_meanwhile` by the database."""
        require_load_move(load.id, load.status, then)
        trouble = DeskError(
            "changed_meanwhile",
            f"Somebody else decided on load {load.id} a moment ago, so nothing was changed.",
            "Look at it again with `review`.",
            is_retryable=True,
        )
        return self._changed(load, trouble, status=then, **values)

    def _changed(self, load: Load, trouble: DeskError, **values: Any) -> Load:
        """Write over the load as it was read, and give it a new version; `trouble` when it is no longer as it was."""
        changed = self.run(
            update(loads)
            .where(loads.c.id == load.id, loads.c.status == load.status, loads.c.version == load.version)
            .values(version=load.version + 1, **values)
        )
        if changed.rowcount == 0:
            raise trouble
        return self.by_id(load.id)

    def _select(self) -> Select[Any]:
        return _EVERY.where(self.tx.visible(loads))


def _load(row: Row[Any]) -> Load:
    return Load(
        id=row.id,
        delivery_id=row.delivery_id,
        account_id=row.account_id,
        client_id=row.client_id,
        object=row.object,
        map_version_id=row.map_version_id,
        map_version=row.map_version,
        status=LoadStatus(row.status),
        is_test=row.is_test,
        row_count=row.row_count,
        verdicts={verdict: row._mapping[f"{verdict}_count"] for verdict in Verdict},
        classes={row_class: row._mapping[f"{row_class}_count"] for row_class in RowClass},
        reasons=row.reasons,
        going_in=row.going_in,
        failing=row.failing,
        warnings=tuple(row.warnings),
        range_from=row.range_from,
        range_to=row.range_to,
        staged_epoch=row.staged_epoch,
        created_at=row.created_at,
        created_by=row.created_by,
        approved_by=row.approved_by,
        committed_at=row.committed_at,
        error_note=row.error_note,
        version=row.version,
        read_options=row.read_options,
        held=row.held_count,
        findings=tuple(
            Finding(item["code"], Severity(item["severity"]), item["sentence"], item["mend"]) for item in row.findings
        ),
        arriving=row.arriving,
        advanced_at=row.advanced_at,
        looks=row.arrival.get("looks", {}),
    )

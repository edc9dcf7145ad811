"""Runs: every delivery with what became of it, read for many accounts at once, and counted over a span of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches as loads
from lib.db.tables.imports import integration_import_batches as deliveries
from lib.db.tables.jobs import integration_sync_jobs as jobs
from lib.db.tables.people import people
from lib.domain.arriving.by_hand import delivery_name
from lib.domain.imports import DeliveryKind
from lib.domain.jobs import FAILED
from lib.domain.running.runs import DeliverySums, LoadSums, Run, RunLoad
from lib.domain.states import DeliveryStatus, LoadStatus

# `2026-11-21 07`: a moment cut off after its hour, on every database.
_TO_THE_HOUR = 13


class RunRepository(Repository):
    """Read only. `account_ids` are accounts that were read in scope; every statement is kept inside the scope as well."""

    def page(self, account_ids: Sequence[int], since: datetime, *, skipped: int, limit: int) -> list[Run]:
        """The runs of these accounts since a moment, newest first."""
        statement = (
            select(deliveries, people.c.email)
            .join(people, people.c.id == deliveries.c.received_by)
            .where(*self._mine(account_ids, since))
            .order_by(deliveries.c.received_at.desc(), deliveries.c.id.desc())
            .limit(limit)
            .offset(skipped)
        )
        return [_run(row) for row in self.all(statement)]

    def newest_loads(self, delivery_ids: Sequence[int]) -> list[RunLoad]:
        """The newest load of each object of these deliveries, tests among them, in the order they were made."""
        if not delivery_ids:
            return []
        newest = (
            select(func.max(loads.c.id))
            .where(loads.c.delivery_id.in_(delivery_ids), self.tx.visible(loads))
            .group_by(loads.c.delivery_id, loads.c.object)
        )
        found = self.all(select(loads).where(loads.c.id.in_(newest)).order_by(loads.c.id))
        return [_load(row) for row in found]

    def delivery_sums(self, account_ids: Sequence[int], since: datetime) -> list[DeliverySums]:
        """Deliveries of these accounts since a moment, by where they stand."""
        rows = func.coalesce(func.sum(deliveries.c.row_count), 0)
        statement = (
            select(deliveries.c.status, func.count().label("many"), rows.label("of_rows"))
            .where(*self._mine(account_ids, since))
            .group_by(deliveries.c.status)
        )
        return [
            DeliverySums(DeliveryStatus(row.status), int(row.many), int(row.of_rows)) for row in self.all(statement)
        ]

    def load_sums(self, account_ids: Sequence[int], since: datetime) -> list[LoadSums]:
        """The newest loads of those deliveries, one an object, by where they stand; tests are left out."""
        sums = [
            loads.c.arriving,
            loads.c.row_count,
            loads.c.failed_count,
            loads.c.created_count + loads.c.updated_count,
            loads.c.duplicate_count,
            loads.c.ignored_count,
            loads.c.held_count,
        ]
        statement = (
            select(loads.c.status, func.count(), *(func.coalesce(func.sum(column), 0) for column in sums))
            .where(loads.c.id.in_(self._newest(account_ids, since)))
            .group_by(loads.c.status)
        )
        return [
            LoadSums(LoadStatus(row.status), *(int(value) for value in tuple(row)[1:])) for row in self.all(statement)
        ]

    def not_loaded(self, account_ids: Sequence[int], since: datetime, limit: int) -> list[Run]:
        """Deliveries that were read and of which nothing but a test was ever loaded, newest first."""
        meant = select(loads.c.id).where(loads.c.delivery_id == deliveries.c.id, loads.c.is_test.is_(False)).exists()
        return self._some(account_ids, since, limit, deliveries.c.status != DeliveryStatus.REFUSED, ~meant)

    def refused(self, account_ids: Sequence[int], since: datetime, limit: int) -> list[Run]:
        """Deliveries that could not be read, newest first."""
        return self._some(account_ids, since, limit, deliveries.c.status == DeliveryStatus.REFUSED)

    def standing_at(
        self, account_ids: Sequence[int], since: datetime, statuses: Sequence[LoadStatus], limit: int
    ) -> list[RunLoad]:
        """The newest loads of those deliveries that stand at one of these places, newest first; tests are left out."""
        newest = self._newest(account_ids, since)
        statement = select(loads.c.delivery_id).where(loads.c.id.in_(newest), loads.c.status.in_(statuses))
        ids = [row.delivery_id for row in self.all(statement.order_by(loads.c.id.desc()).limit(limit))]
        found = [item for item in self.newest_loads(ids) if item.status in statuses and not item.is_test]
        return sorted(found, key=lambda item: -item.id)

    def failing(self, account_ids: Sequence[int], since: datetime, limit: int) -> list[tuple[RunLoad, dict[str, int]]]:
        """The newest loads of those deliveries that hold failed rows, newest first, each with its reasons and their rows."""
        newest = self._newest(account_ids, since)
        statement = (
            select(loads.c.id, loads.c.delivery_id, loads.c.failing)
            .where(loads.c.id.in_(newest), loads.c.failed_count > 0)
            .order_by(loads.c.id.desc())
            .limit(limit)
        )
        reasons = {row.id: (row.delivery_id, dict(row.failing or {})) for row in self.all(statement)}
        found = {item.id: item for item in self.newest_loads(sorted({each for each, _ in reasons.values()}))}
        return [(found[number], told) for number, (_, told) in reasons.items() if number in found]

    def arrivals(self, account_ids: Sequence[int], window: timedelta) -> dict[int, list[datetime]]:
        """When something came from each account's provider, in the window that ends with its last delivery.

        The first of each hour is told and the last of all. What a person entered in the provider's stead, and what
        came without a row, is nothing the provider sent.
        """
        sent = (
            deliveries.c.account_id.in_(account_ids),
            deliveries.c.kind != DeliveryKind.MANUAL,
            or_(deliveries.c.row_count.is_(None), deliveries.c.row_count > 0),
            self.tx.visible(deliveries),
        )
        newest = select(deliveries.c.account_id, func.max(deliveries.c.received_at).label("at")).where(*sent)
        last = {row.account_id: row.at for row in self.all(newest.group_by(deliveries.c.account_id))}
        if not last:
            return {}
        windows = or_(
            *(and_(deliveries.c.account_id == key, deliveries.c.received_at >= at - window) for key, at in last.items())
        )
        hour = func.substr(deliveries.c.received_at, 1, _TO_THE_HOUR)
        first = select(deliveries.c.account_id, func.min(deliveries.c.received_at).label("at")).where(*sent, windows)
        found: dict[int, list[datetime]] = defaultdict(list)
        for row in self.all(first.group_by(deliveries.c.account_id, hour)):
            found[row.account_id].append(row.at)
        return {key: [*found[key], at] for key, at in last.items()}

    def budgets(
        self, account_ids: Sequence[int], since: datetime, kinds: Sequence[str]
    ) -> Mapping[int, tuple[int, int]]:
        """Of each account since a moment: how many runs there were, and how many of them failed.

        A run is a delivery, or a job of one of these kinds that failed and so brought none. A delivery failed where it
        could not be read or its newest load stopped half way.
        """
        counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        many = func.count().label("many")
        runs = select(deliveries.c.account_id, deliveries.c.status, many).where(*self._mine(account_ids, since))
        for row in self.all(runs.group_by(deliveries.c.account_id, deliveries.c.status)):
            counts[row.account_id][0] += row.many
            counts[row.account_id][1] += row.many if row.status == DeliveryStatus.REFUSED else 0
        stopped = select(loads.c.account_id, func.count(loads.c.delivery_id.distinct()).label("many")).where(
            loads.c.id.in_(self._newest(account_ids, since)), loads.c.status == LoadStatus.FAILED
        )
        for row in self.all(stopped.group_by(loads.c.account_id)):
            counts[row.account_id][1] += row.many
        failed = select(jobs.c.account_id, many).where(
            jobs.c.account_id.in_(account_ids),
            jobs.c.status == FAILED,
            jobs.c.kind.in_(kinds),
            jobs.c.finished_at >= since,
            self.tx.visible(jobs),
        )
        for row in self.all(failed.group_by(jobs.c.account_id)):
            counts[row.account_id][0] += row.many
            counts[row.account_id][1] += row.many
        return {key: (both[0], both[1]) for key, both in counts.items()}

    def newest_of_each(self, account_ids: Sequence[int]) -> dict[int, Run]:
        """The newest run of each of these accounts, by the account's id."""
        newest = select(func.max(deliveries.c.id)).where(
            deliveries.c.account_id.in_(account_ids), self.tx.visible(deliveries)
        )
        statement = (
            select(deliveries, people.c.email)
            .join(people, people.c.id == deliveries.c.received_by)
            .where(deliveries.c.id.in_(newest.group_by(deliveries.c.account_id)))
        )
        return {row.account_id: _run(row) for row in self.all(statement)}

    def last_good(self, account_ids: Sequence[int]) -> dict[int, tuple[datetime, RunLoad]]:
        """Of each account: when the newest delivery came of which something was committed, and the load of it."""
        newest = (
            select(loads.c.account_id, func.max(deliveries.c.received_at).label("at"))
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .where(loads.c.account_id.in_(account_ids), loads.c.status == LoadStatus.COMMITTED, self.tx.visible(loads))
            .group_by(loads.c.account_id)
            .subquery()
        )
        statement = (
            select(loads, deliveries.c.received_at.label("came_at"))
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .join(newest, and_(newest.c.account_id == loads.c.account_id, newest.c.at == deliveries.c.received_at))
            .where(loads.c.status == LoadStatus.COMMITTED)
            .order_by(loads.c.id)
        )
        return {row.account_id: (row.came_at, _load(row)) for row in self.all(statement)}

    def _some(
        self, account_ids: Sequence[int], since: datetime, limit: int, *conditions: ColumnElement[bool]
    ) -> list[Run]:
        ids = (
            select(deliveries.c.id)
            .where(*self._mine(account_ids, since), *conditions)
            .order_by(deliveries.c.id.desc())
            .limit(limit)
        )
        wanted = [row.id for row in self.all(ids)]
        statement = (
            select(deliveries, people.c.email)
            .join(people, people.c.id == deliveries.c.received_by)
            .where(deliveries.c.id.in_(wanted), self.tx.visible(deliveries))
        )
        return [_run(row) for row in self.all(statement.order_by(deliveries.c.id.desc()))]

    def _mine(self, account_ids: Sequence[int], since: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            deliveries.c.account_id.in_(account_ids),
            deliveries.c.received_at >= since,
            self.tx.visible(deliveries),
        )

    def _newest(self, account_ids: Sequence[int], since: datetime) -> Select[Any]:
        return (
            select(func.max(loads.c.id))
            .join(deliveries, deliveries.c.id == loads.c.delivery_id)
            .where(*self._mine(account_ids, since), loads.c.is_test.is_(False), self.tx.visible(loads))
            .group_by(loads.c.delivery_id, loads.c.object)
        )


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        account_id=row.account_id,
        kind=row.kind,
        file_name=delivery_name(row.kind, row.file_name),
        received_at=row.received_at,
        received_by=row.email,
        range_from=row.range_from,
        range_to=row.range_to,
        is_partial=row.is_partial,
        status=DeliveryStatus(row.status),
        row_count=row.row_count,
        error_note=row.error_note,
        by_hand_reason=row.by_hand_reason,
    )


def _load(row: Row[Any]) -> RunLoad:
    return RunLoad(
        id=row.id,
        delivery_id=row.delivery_id,
        account_id=row.account_id,
        object=row.object,
        status=LoadStatus(row.status),
        is_test=row.is_test,
        row_count=row.row_count,
        failed=row.failed_count,
        written=row.created_count + row.updated_count,
        held=row.held_count,
        error_note=row.error_note,
    )

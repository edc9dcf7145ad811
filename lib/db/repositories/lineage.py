"""The thread between numbers and rows: what a slice is made of, and which slices stand on a load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, func, null, or_, select, type_coerce

from lib.db.repositories.base import Repository
from lib.db.tables.imports import data_import_batches, data_import_rows, integration_import_batches
from lib.db.tables.maps import map_versions
from lib.db.tables.people import people
from lib.db.tables.records import RECORD_TABLES
from lib.db.tables.reports import report_metrics
from lib.domain.arriving.by_hand import delivery_name
from lib.domain.imports import Load
from lib.domain.metrics import GIVEN, Metric
from lib.domain.objects import Kind, object_type
from lib.domain.verdicts import RowClass, Verdict

_slices = report_metrics.c


@dataclass(frozen=True)
class Behind:
    """A load with what stands behind it: its delivery, its map, and who approved each ('' nobody on this desk)."""

    load_id: int
    delivery_id: int
    file_name: str
    content_hash: str
    received_at: datetime
    map_version: int
    map_approved_by: str
    approved_by: str
    committed_at: datetime | None


@dataclass(frozen=True)
class OnLoad:
    """What one metric has that stands on a load: how many slices, over which days."""

    metric_id: int
    slices: int
    first: date
    last: date


class LineageRepository(Repository):
    """Every question is one query, however much there is."""

    def loads_behind(self, load_ids: Iterable[int]) -> dict[int, Behind]:
        """These loads with what stands behind them, by id, as far as they are in scope."""
        let_in, mapped = people.alias("let_in"), people.alias("mapped")
        batches, deliveries = data_import_batches, integration_import_batches
        statement = (
            select(
                batches.c.id,
                batches.c.delivery_id,
                deliveries.c.file_name,
                deliveries.c.kind,
                deliveries.c.content_hash,
                deliveries.c.received_at,
                map_versions.c.version,
                mapped.c.email.label("map_approved_by"),
                let_in.c.email.label("approved_by"),
                batches.c.committed_at,
            )
            .join(deliveries, deliveries.c.id == batches.c.delivery_id)
            .join(map_versions, map_versions.c.id == batches.c.map_version_id)
            .outerjoin(mapped, mapped.c.id == map_versions.c.approved_by)
            .outerjoin(let_in, let_in.c.id == batches.c.approved_by)
            .where(batches.c.id.in_(sorted(set(load_ids))), self.tx.visible(batches))
        )
        return {
            row.id: Behind(
                row.id,
                row.delivery_id,
                delivery_name(row.kind, row.file_name),
                row.content_hash,
                row.received_at,
                row.version,
                row.map_approved_by or "",
                row.approved_by or "",
                row.committed_at,
            )
            for row in self.all(statement)
        }

    def records_of(
        self,
        metric: Metric,
        day: tuple[date, datetime, datetime],
        dimension_value: str | None,
        *,
        after: int,
        limit: int,
    ) -> list[Row[Any]]:
        """At most `limit` records that a metric counts on a day (given with its bounds in UTC), by id, after one id."""
        table = RECORD_TABLES[object_type(metric.template.object).table]
        conditions = self._counted(metric, day, dimension_value)
        return self.all(select(table).where(*conditions, table.c.id > after).order_by(table.c.id).limit(limit))

    def sum_of(
        self, metric: Metric, day: tuple[date, datetime, datetime], dimension_value: str | None
    ) -> tuple[int, Any]:
        """How many records those are, and what the column that the metric sums comes to (None where it counts)."""
        table = RECORD_TABLES[object_type(metric.template.object).table]
        column = metric.template.column
        total = func.sum(table.c[column]) if column else null()
        row = self.one(
            select(func.count().label("records"), total.label("total")).where(
                *self._counted(metric, day, dimension_value)
            )
        )
        assert row is not None
        return int(row.records), row.total

    def writers(self, records: Sequence[tuple[int, int]]) -> dict[int, Row[Any]]:
        """The row that wrote each record last, by record id; records are given as (id, load that wrote it)."""
        rows = data_import_rows
        statement = (
            select(rows)
            .join(data_import_batches, data_import_batches.c.id == rows.c.load_id)
            .where(
                rows.c.record_id.in_([record_id for record_id, _ in records]),
                rows.c.load_id.in_(sorted({load_id for _, load_id in records})),
                rows.c.verdict.in_([Verdict.CREATED, Verdict.UPDATED]),
                self.tx.visible(data_import_batches),
            )
        )
        wanted = set(records)
        return {row.record_id: row for row in self.all(statement) if (row.record_id, row.load_id) in wanted}

    def metrics_on(self, load: Load) -> list[OnLoad]:
        """Each metric that has slices standing on a load, in the order of their definitions."""
        columns = (
            func.count().label("slices"),
            func.min(_slices.day).label("first"),
            func.max(_slices.day).label("last"),
        )
        statement = (
            select(_slices.metric_id, *columns)
            .where(*self._standing_on(load))
            .group_by(_slices.metric_id)
            .order_by(_slices.metric_id)
        )
        return [OnLoad(row.metric_id, row.slices, row.first, row.last) for row in self.all(statement)]

    def slices_on(self, load: Load, *, skipped: int, limit: int) -> list[Row[Any]]:
        """At most `limit` slices that stand on a load, newest day first, leaving out the first `skipped`."""
        statement = select(report_metrics).where(*self._standing_on(load))
        ordered = statement.order_by(_slices.day.desc(), _slices.metric_id, _slices.dimension_value)
        return self.all(ordered.offset(skipped).limit(limit))

    def _standing_on(self, load: Load) -> tuple[ColumnElement[bool], ...]:
        # The loads of a slice are a JSON list without blanks, so its text is looked into.
        text, number = type_coerce(_slices.loads, Text), load.id
        shapes = (f"[{number}]", f"[{number},%", f"%,{number},%", f"%,{number}]")
        return (
            _slices.account_id == load.account_id,
            or_(*(text.like(shape) for shape in shapes)),
            self.tx.visible(report_metrics),
        )

    def _counted(
        self, metric: Metric, day: tuple[date, datetime, datetime], dimension_value: str | None
    ) -> list[ColumnElement[bool]]:
        """The conditions under which a record is counted, as `roll_up` counts it."""
        template, kind = metric.template, object_type(metric.template.object)
        table = RECORD_TABLES[kind.table]
        basis, (local_day, start, end) = table.c[template.date_basis], day
        is_date = kind.column(template.date_basis).kind is Kind.DATE
        conditions = [
            table.c.account_id == metric.account_id,
            table.c.object == kind.name,
            self.tx.visible(table),
            *([basis == local_day] if is_date else [basis >= start, basis < end]),
            *(_accepted(table.c[name], accepted) for name, accepted in template.where),
        ]
        if not template.counts_every_class:
            conditions.append(table.c.row_class == RowClass.GENUINE)
        if template.dimension and dimension_value is not None:
            conditions.append(func.coalesce(table.c[template.dimension], "") == dimension_value)
        return conditions


def _accepted(column: ColumnElement[Any], accepted: tuple[str, ...]) -> ColumnElement[bool]:
    """The filter of a metric, as `lib.domain.metrics.accepts` has it."""
    text = func.coalesce(column, "")
    return text != "" if GIVEN in accepted else text.in_(accepted)

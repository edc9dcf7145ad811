"""Daily slices of metrics. A slice is replaced whole: an upsert alone would leave values behind that are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, select

from lib.db.bulk import batches, insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.reports import report_metrics
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric


@dataclass(frozen=True)
class Slice:
    """One day of one metric for one dimension value, and the loads it stands on."""

    day: date
    dimension_value: str
    value: Decimal
    row_count: int
    left_out: int
    is_complete: bool
    loads: tuple[int, ...]
    left_out_classes: Mapping[str, int] = field(default_factory=dict)


class SliceRepository(Repository):
    """`report_metrics`: only ever derived."""

    def days_with_rows(self, metric_ids: Sequence[int]) -> list[date]:
        """The days on which any of these metrics counts a record."""
        statement = (
            select(report_metrics.c.day)
            .distinct()
            .where(
                report_metrics.c.metric_id.in_(metric_ids),
                report_metrics.c.row_count > 0,
                self.tx.visible(report_metrics),
            )
        )
        return list(self.connection.execute(statement).scalars())

    def replace(self, metric: Metric, days: Sequence[date], slices: Sequence[Slice]) -> None:
        """Replace everything this metric says about these days."""
        for batch in batches(days):
            self.run(
                delete(report_metrics).where(report_metrics.c.metric_id == metric.id, report_metrics.c.day.in_(batch))
            )
        rows: list[dict[str, Any]] = [
            {
                "metric_id": metric.id,
                "day": item.day,
                "dimension_value": item.dimension_value,
                "client_id": metric.client_id,
                "account_id": metric.account_id,
                "value": item.value,
                "row_count": item.row_count,
                "left_out": item.left_out,
                "left_out_classes": dict(item.left_out_classes),
                "is_complete": item.is_complete,
                "loads": list(item.loads),
                "rolled_up_at": self.tx.now,
            }
            for item in slices
        ]
        if rows:
            insert_many(self.connection, report_metrics, rows)

    def clear(self, metric: Metric) -> None:
        """Forget everything that a definition says; it is rolled up again from records."""
        self.run(delete(report_metrics).where(report_metrics.c.metric_id == metric.id))

    def of(self, metric: Metric, days: DateRange | None = None) -> list[Slice]:
        """The slices of a metric, all or those of some days, in order."""
        statement = select(*(report_metrics.c[each.name] for each in fields(Slice))).where(
            report_metrics.c.metric_id == metric.id, self.tx.visible(report_metrics)
        )
        if days is not None:
            statement = statement.where(report_metrics.c.day.between(days.first, days.last))
        found = self.all(statement.order_by(report_metrics.c.day, report_metrics.c.dimension_value))
        return [
            Slice(
                row.day,
                row.dimension_value,
                row.value,
                row.row_count,
                row.left_out,
                row.is_complete,
                tuple(row.loads),
                row.left_out_classes,
            )
            for row in found
        ]

    def known_days(self, client_id: int) -> dict[int, DateRange]:
        """The first and last day on which each metric of a client has a slice, by the metric's id."""
        found = self.all(
            select(
                report_metrics.c.metric_id,
                func.min(report_metrics.c.day).label("first"),
                func.max(report_metrics.c.day).label("last"),
            )
            .where(report_metrics.c.client_id == client_id, self.tx.visible(report_metrics))
            .group_by(report_metrics.c.metric_id)
        )
        return {row.metric_id: DateRange(row.first, row.last) for row in found}

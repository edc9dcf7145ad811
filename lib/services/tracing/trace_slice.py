"""Where a number comes from: the records a metric counts on a day, the rows that wrote them, and who let those in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lib.db.repositories.lineage import Behind
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.people import Right
from lib.domain.verdicts import RowClass
from lib.errors import DeskError
from lib.mapping.shown import shown
from lib.reporting.periods import day_bounds

PAGE_RECORDS = 25


@dataclass(frozen=True)
class SliceRecord:
    """One record that a number counts, and the row that wrote it last (-1 where that row is not there)."""

    table: str
    id: int
    external_id: str
    row_class: RowClass
    load_id: int
    row_no: int
    line_no: int
    adds: str


@dataclass(frozen=True)
class SliceTrace:
    """One metric on one day, and what it stands on. `counted` records come to `comes_to`, which `adds_up` to the value.

    `loads` are those the number stands on, newest first; `records` is one page, `after` where the next one begins.
    `columns` are those of a record that decide whether it counts, and for how much.
    """

    metric: str
    label: str
    source_label: str
    unit: str
    day: date
    dimension_value: str | None
    value: Decimal
    is_complete: bool
    left_out: int
    counted: int
    comes_to: Decimal
    loads: tuple[Behind, ...]
    records: tuple[SliceRecord, ...]
    after: int | None
    columns: tuple[str, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the records come to the number as it is stored."""
        return self.comes_to == self.value


def trace_slice(tx: UnitOfWork, name: str, day: date, dimension_value: str | None = None, after: int = 0) -> SliceTrace:
    """The number that a metric (`account.metric`) has on a day, in all or for one dimension value, and what it counts.

    The number of queries does not grow with the records, nor with the loads. DeskError `ratio_has_parts` for a ratio,
    which is two numbers; `no_such_number` where nothing is counted on that day.
    """
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(name.partition(".")[0])
    metric = tx.metrics.named(account.client_id, name)
    kind, template = object_type(metric.template.object), metric.template
    if template.aggregation is Aggregation.RATIO:
        parts = f"{metric.account_key}.{template.numerator} and {metric.account_key}.{template.denominator}"
        raise DeskError("ratio_has_parts", f"{name} is a ratio of two numbers.", f"Trace {parts}.")
    slices = [
        item for item in tx.slices.of(metric, DateRange(day, day)) if dimension_value in (None, item.dimension_value)
    ]
    if not slices:
        raise DeskError("no_such_number", f"{name} counts nothing on {day}.", "Choose a day that `metrics` shows.")
    zone = account.client_timezone
    bounds = (day, *day_bounds(day, zone))
    if kind.destination is Destination.TRAFFIC:
        found, count, total = _of_traffic(tx, account, metric, day, dimension_value, after)
    else:
        found = tx.lineage.records_of(metric, bounds, dimension_value, after=after, limit=PAGE_RECORDS + 1)
        count, total = tx.lineage.sum_of(metric, bounds, dimension_value)
        if template.weight:
            every = tx.lineage.records_of(metric, bounds, dimension_value, after=0, limit=count)
            total = sum((template.adds(row._mapping) for row in every), Decimal(0))
    page = [_Counted(row) for row in found[:PAGE_RECORDS]]
    writers = tx.lineage.writers([(item.id, item.load_id) for item in page])
    loads = tx.lineage.loads_behind({load for item in slices for load in item.loads})
    return SliceTrace(
        metric=metric.name,
        label=template.label,
        source_label=metric.source_label,
        unit=template.unit,
        day=day,
        dimension_value=dimension_value,
        value=sum((item.value for item in slices), Decimal(0)),
        is_complete=all(item.is_complete for item in slices),
        left_out=sum(item.left_out for item in slices),
        counted=count,
        comes_to=Decimal(count) if not template.column else Decimal(str(total or 0)),
        loads=tuple(loads[load_id] for load_id in sorted(loads, reverse=True)),
        records=tuple(_record(metric, kind, zone, item.row, item.id, writers.get(item.id)) for item in page),
        after=page[-1].id if len(found) > PAGE_RECORDS else None,
        columns=tuple(
            dict.fromkeys(filter(None, [template.column, template.weight, *template.looked_at, template.date_basis]))
        ),
    )


class _Counted:
    """A record, or a row of the traffic database, which has its record's id under another name."""

    def __init__(self, row: Any) -> None:
        self.row = row
        self.id = int(row._mapping.get("record_id", row._mapping.get("id")))
        self.load_id = int(row.load_id)


def _of_traffic(
    tx: UnitOfWork, account: Account, metric: Metric, day: date, dimension_value: str | None, after: int
) -> tuple[list[Any], int, Any]:
    """The rows that the metric counts on a day as they stand, a page of them after one id; how many, and their sum.

    The traffic database is asked as the roll-up asks it: the newest committed version of each row, once.
    """
    template = metric.template
    loads = tx.committed_loads.ids(account.id, template.object)
    found = []
    for row in tx.traffic.visible_rows(account, template.object, loads, day, day):
        texts = {name: row._mapping[name] or "" for name in template.looked_at}
        is_asked = dimension_value is None or texts.get(template.dimension, "") == dimension_value
        if is_asked and template.takes(texts) and not template.leaves_out(row.row_class):
            found.append(row)
    total = sum((template.adds(row._mapping) for row in found), Decimal(0)) if template.column else None
    later = sorted((row for row in found if row.record_id > after), key=lambda row: row.record_id)
    return later[: PAGE_RECORDS + 1], len(found), total


def _record(metric: Metric, kind: ObjectType, zone: str, row: Any, record_id: int, writer: Any | None) -> SliceRecord:
    template = metric.template
    column = template.column
    adds = "1" if not column else shown(row._mapping[column], kind.column(column).kind, zone)
    if template.weight:
        adds = f"{template.adds(row._mapping).normalize():,f}"
    return SliceRecord(
        table=kind.table,
        id=record_id,
        external_id=shown(row.external_id, kind.column("external_id").kind, zone),
        row_class=RowClass(row.row_class),
        load_id=row.load_id,
        row_no=-1 if writer is None else writer.row_no,
        line_no=-1 if writer is None else writer.line_no,
        adds=adds,
    )

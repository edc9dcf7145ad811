"""Roll records up into daily slices: whole slices replaced, never added to, so that running it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lib.db.metric_series import coverage
from lib.db.repositories.slices import Slice
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.verdicts import RowClass
from lib.reporting.periods import day_bounds, days_of

_MICRO = Decimal("0.000001")


@dataclass
class _Sum:
    """What is gathered of one day and dimension value."""

    value: Decimal = Decimal(0)
    rows: int = 0
    left_out: int = 0
    loads: set[int] = field(default_factory=set)


def roll_up(
    tx: UnitOfWork, account: Account, name: str, touched: Mapping[str, Iterable[date]], span: DateRange | None
) -> int:
    """Replace the slices of the touched days of every metric of this object, and of the days of `span`.

    `touched` holds local days by date column; `span` is the delivery's range, whose days may have become complete.
    Returns how many slices were written. A metric without one clear sentence is not rolled up (R14).
    """
    covered = coverage(tx, account, name)
    written = 0
    for metric in tx.metrics.of_account(account):
        item = metric.template
        if item.object != name or item.aggregation is Aggregation.RATIO or metric.missing_for_a_sentence():
            continue
        days = sorted({*touched.get(item.date_basis, ()), *(days_of(span) if span else ())})
        slices = _slices(tx, account, metric, days, covered)
        tx.slices.replace(metric, days, slices)
        written += len(slices)
    return written


def _slices(
    tx: UnitOfWork, account: Account, metric: Metric, days: Sequence[date], covered: frozenset[date]
) -> list[Slice]:
    kind = object_type(metric.template.object)
    found = _traffic(tx, account, kind, metric, days) if _is_traffic(kind) else _app(tx, account, kind, metric, days)
    sums: dict[tuple[date, str], _Sum] = {}
    for day, dimension, row_class, load_id, records, amount in found:
        item = sums.setdefault((day, dimension), _Sum())
        if row_class != RowClass.GENUINE and not metric.template.counts_every_class:
            item.left_out += records
            continue
        item.rows += records
        item.value += amount if metric.template.aggregation is Aggregation.SUM else records
        item.loads.add(load_id)
    return [
        Slice(
            day,
            dimension,
            item.value.quantize(_MICRO),
            item.rows,
            item.left_out,
            day in covered,
            tuple(sorted(item.loads)),
        )
        for (day, dimension), item in sorted(sums.items())
    ]


_Found = Iterable[tuple[date, str, str, int, int, Decimal]]


def _app(tx: UnitOfWork, account: Account, kind: ObjectType, metric: Metric, days: Sequence[date]) -> _Found:
    bounds = [(day, *day_bounds(day, account.client_timezone)) for day in days]
    for row in tx.records.day_sums(account, kind, metric.template, bounds):
        yield row.day, row.dimension_value, row.row_class, row.load_id, row.records, _decimal(row.amount)


def _traffic(tx: UnitOfWork, account: Account, kind: ObjectType, metric: Metric, days: Sequence[date]) -> _Found:
    if not days:
        return
    item, wanted = metric.template, set(days)
    loads = tx.loads.committed(account.id, kind.name)
    for row in tx.traffic.visible_rows(account, kind.name, loads, days[0], days[-1]):
        values = row._mapping
        if row.day in wanted and all(values[column] in accepted for column, accepted in item.where):
            dimension = values[item.dimension] or "" if item.dimension else ""
            yield row.day, dimension, row.row_class, row.load_id, 1, _decimal(values[item.column] if item.column else 0)


def _is_traffic(kind: ObjectType) -> bool:
    return kind.destination is Destination.TRAFFIC


def _decimal(value: Any) -> Decimal:
    if value is None:
        return Decimal(0)
    return value if isinstance(value, Decimal) else Decimal(str(value))

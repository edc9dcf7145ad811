"""Roll records up into daily slices: whole slices replaced, never added to, so that running it twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lib.db.metric_series import coverage
from lib.db.repositories.records import DaySum
from lib.db.repositories.slices import Slice
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric, MetricTemplate
from lib.domain.objects import Destination, ObjectType, object_type
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
    for date_basis, metrics in _by_date_basis(tx, account, name).items():
        days = sorted({*touched.get(date_basis, ()), *(days_of(span) if span else ())})
        for metric, slices in _slices(tx, account, metrics, days, covered):
            tx.slices.replace(metric, days, slices)
            written += len(slices)
    return written


def _by_date_basis(tx: UnitOfWork, account: Account, name: str) -> dict[str, list[Metric]]:
    """The metrics of an object that are rolled up, by the date they count by: those are summed in one walk."""
    found: dict[str, list[Metric]] = {}
    for metric in tx.metrics.of_account(account):
        item = metric.template
        if item.object == name and item.aggregation is not Aggregation.RATIO and not metric.missing_for_a_sentence():
            found.setdefault(item.date_basis, []).append(metric)
    return found


def _slices(
    tx: UnitOfWork, account: Account, metrics: Sequence[Metric], days: Sequence[date], covered: frozenset[date]
) -> Iterator[tuple[Metric, list[Slice]]]:
    kind = object_type(metrics[0].template.object)
    sums: dict[int, dict[tuple[date, str], _Sum]] = {metric.id: {} for metric in metrics}
    for found in (
        _traffic(tx, account, kind, metrics, days) if _is_traffic(kind) else _app(tx, account, kind, metrics, days)
    ):
        for metric in metrics:
            if metric.template.takes(found.agreed):
                _add(sums[metric.id], metric.template, found)
    for metric in metrics:
        yield metric, [_slice(day, value, item, covered) for (day, value), item in sorted(sums[metric.id].items())]


def _add(sums: dict[tuple[date, str], _Sum], template: MetricTemplate, found: DaySum) -> None:
    value = found.agreed[template.dimension] if template.dimension else ""
    item = sums.setdefault((found.day, value), _Sum())
    if template.leaves_out(found.row_class):
        item.left_out += found.records
        return
    item.rows += found.records
    is_sum = template.aggregation is Aggregation.SUM
    item.value += _decimal(found.amounts[template.column]) if is_sum else found.records
    item.loads.add(found.load_id)


def _slice(day: date, value: str, item: _Sum, covered: frozenset[date]) -> Slice:
    total = item.value.quantize(_MICRO)
    return Slice(day, value, total, item.rows, item.left_out, day in covered, tuple(sorted(item.loads)))


def _app(
    tx: UnitOfWork, account: Account, kind: ObjectType, metrics: Sequence[Metric], days: Sequence[date]
) -> Iterator[DaySum]:
    bounds = [(day, *day_bounds(day, account.client_timezone)) for day in days]
    return tx.records.day_sums(account, kind, [metric.template for metric in metrics], bounds)


def _traffic(
    tx: UnitOfWork, account: Account, kind: ObjectType, metrics: Sequence[Metric], days: Sequence[date]
) -> Iterator[DaySum]:
    if not days:
        return
    wanted = set(days)
    loads = tx.committed_loads.ids(account.id, kind.name)
    for row in tx.traffic.visible_rows(account, kind.name, loads, days[0], days[-1]):
        if row.day in wanted:
            values = row._mapping
            texts = {name: values[name] or "" for metric in metrics for name in metric.template.looked_at}
            amounts = {item.column: values[item.column] for metric in metrics if (item := metric.template).column}
            yield DaySum(row.day, row.row_class, row.load_id, 1, texts, amounts)


def _is_traffic(kind: ObjectType) -> bool:
    return kind.destination is Destination.TRAFFIC


def _decimal(value: Any) -> Decimal:
    if value is None:
        return Decimal(0)
    return value if isinstance(value, Decimal) else Decimal(str(value))

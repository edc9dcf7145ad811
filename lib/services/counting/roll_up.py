"""Roll records up into daily slices: whole slices replaced, never added to, so that running it twice changes nothing.

The look-back for late changes has no length. A commit and an undo hand over the days on which its records are counted
now and, from the images of those records before, the days on which they were counted until then. So a job of a year ago
that is completed today moves exactly the days it lay on and lies on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from lib.db.repositories.records import DaySum
from lib.db.repositories.slices import Slice
from lib.db.shared_steps.metric_series import coverage
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric, MetricTemplate, exact
from lib.domain.objects import Destination, Kind, ObjectType, object_type
from lib.domain.people import Right
from lib.reporting.periods import day_bounds, days_of

_MICRO = Decimal("0.000001")


@dataclass
class _Sum:
    """What is gathered of one day and dimension value."""

    value: Decimal = Decimal(0)
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
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
    mine = [metric for metric in tx.metrics.of_account(account) if metric.template.object == name]
    for date_basis, metrics in _by_date_basis(mine).items():
        days = sorted({*touched.get(date_basis, ()), *(days_of(span) if span else ())})
        for metric, slices in _slices(tx, account, metrics, days, covered):
            tx.slices.replace(metric, days, slices)
            written += len(slices)
    return written


def rolled_up_parts(tx: UnitOfWork, client: str) -> list[tuple[str, str]]:
    """The accounts of a client with their objects that anything is counted of: `(account key, object)`."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    found = tx.metrics.of_client(tx.clients.by_key(client).id)
    return sorted({(metric.account_key, metric.template.object) for metric in found if _is_rolled_up(metric)})


def rebuild(tx: UnitOfWork, account_key: str, name: str) -> int:
    """Forget every slice of an object's metrics and roll them up from its records; how many slices were written."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(account_key)
    tx.accounts.hold(account.id, name)
    mine = [metric for metric in tx.metrics.of_account(account) if metric.template.object == name]
    written = _from_scratch(tx, account, mine)
    tx.audit.note("numbers rolled up from scratch", "account", account.id, account.client_id, object=name)
    return written


def count_anew(tx: UnitOfWork, metric: Metric) -> int:
    """Roll one metric up from the records, whichever days they lie on; commits of its object wait meanwhile."""
    account = tx.accounts.by_id(metric.account_id)
    tx.accounts.hold(account.id, metric.template.object)
    return _from_scratch(tx, account, [metric])


def _from_scratch(tx: UnitOfWork, account: Account, metrics: Sequence[Metric]) -> int:
    for metric in metrics:
        tx.slices.clear(metric)
    written = 0
    for date_basis, found in _by_date_basis(metrics).items():
        kind = object_type(found[0].template.object)
        covered = coverage(tx, account, kind.name)
        days = _days_of(tx, account, kind, date_basis)
        for metric, slices in _slices(tx, account, found, days, covered):
            tx.slices.replace(metric, [], slices)
            written += len(slices)
    return written


def _days_of(tx: UnitOfWork, account: Account, kind: ObjectType, date_basis: str) -> list[date]:
    """Every local day on which a record can be counted; a day in UTC has hours of three local ones."""
    if _is_traffic(kind):
        return sorted(tx.traffic.days(account, kind.name))
    days = tx.records.days(account, kind, date_basis)
    if kind.column(date_basis).kind is Kind.DATE:
        return sorted(days)
    reach = (-timedelta(days=1), timedelta(0), timedelta(days=1))
    return sorted({day + step for day in days for step in reach if date.min < day < date.max})


def _by_date_basis(metrics: Iterable[Metric]) -> dict[str, list[Metric]]:
    """The metrics that are rolled up, by the date they count by: those are summed in one walk."""
    found: dict[str, list[Metric]] = {}
    for metric in metrics:
        if _is_rolled_up(metric):
            found.setdefault(metric.template.date_basis, []).append(metric)
    return found


def _is_rolled_up(metric: Metric) -> bool:
    """A ratio is computed from two sums when it is read; what has no clear sentence is not counted at all (R14)."""
    return metric.template.aggregation is not Aggregation.RATIO and not metric.missing_for_a_sentence()


def _slices(
    tx: UnitOfWork, account: Account, metrics: Sequence[Metric], days: Sequence[date], covered: frozenset[date]
) -> Iterator[tuple[Metric, list[Slice]]]:
    kind = object_type(metrics[0].template.object)
    sums: dict[int, dict[tuple[date, str], _Sum]] = {metric.id: {} for metric in metrics}
    rows = {metric.id: _Days() for metric in metrics if _is_traffic(kind) and metric.template.tab}
    for found in (
        _traffic(tx, account, kind, metrics, days) if _is_traffic(kind) else _app(tx, account, kind, metrics, days)
    ):
        for metric in metrics:
            if metric.id in rows:
                rows[metric.id].note(metric.template, found)
            if metric.template.takes(found.agreed):
                _add(sums[metric.id], metric.template, found)
    for metric in metrics:
        untold = rows[metric.id].untold if metric.id in rows else {}
        sums[metric.id].update({(day, ""): _Sum(loads=loads) for day, loads in untold.items()})
        known = covered - untold.keys()
        yield metric, [_slice(day, value, item, known) for (day, value), item in sorted(sums[metric.id].items())]


@dataclass
class _Days:
    """The days of rows of daily figures, and those of which some row is of the tab that a metric is taken from."""

    seen: dict[date, set[int]] = field(default_factory=dict)
    told: set[date] = field(default_factory=set)

    def note(self, template: MetricTemplate, found: DaySum) -> None:
        self.seen.setdefault(found.day, set()).add(found.load_id)
        if template.is_of_tab(found.agreed):
            self.told.add(found.day)

    @property
    def untold(self) -> dict[date, set[int]]:
        """The loads of each day that has rows but none to count: that is not a zero, so it is not complete."""
        return {day: loads for day, loads in self.seen.items() if day not in self.told}


def _add(sums: dict[tuple[date, str], _Sum], template: MetricTemplate, found: DaySum) -> None:
    value = found.agreed[template.dimension] if template.dimension else ""
    item = sums.setdefault((found.day, value), _Sum())
    if template.leaves_out(found.row_class):
        item.left_out[str(found.row_class)] += found.records
        return
    item.rows += found.records
    is_sum = template.aggregation is Aggregation.SUM
    item.value += exact(found.amounts[template.amount]) if is_sum else found.records
    item.loads.add(found.load_id)


def _slice(day: date, value: str, item: _Sum, covered: frozenset[date]) -> Slice:
    total = item.value.quantize(_MICRO)
    apart = dict(sorted(item.left_out.items()))
    return Slice(day, value, total, item.rows, sum(apart.values()), day in covered, tuple(sorted(item.loads)), apart)


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
            amounts = {item.amount: item.adds(values) for metric in metrics if (item := metric.template).column}
            yield DaySum(row.day, row.row_class, row.load_id, 1, texts, amounts)


def _is_traffic(kind: ObjectType) -> bool:
    return kind.destination is Destination.TRAFFIC

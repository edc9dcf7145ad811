"""What came in this week, source by source and signal by signal, beside the weeks before; nothing is added up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from lib.clock import zone
from lib.db.shared_steps.metric_series import daily_series
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.domain.people import Right
from lib.domain.signals import ObjectSignal
from lib.reporting.periods import days_of
from lib.reporting.series import DailySeries, PeriodValue, total

_WEEKS_BEFORE = 4


@dataclass(frozen=True)
class Arrival:
    """One count of one source over the last seven whole days; `days` has None for a day nothing is known of.

    `usual` is the mean of the four weeks before, None unless each of them is complete; `lowest` and `highest` are the
    least and the most of those weeks.
    """

    client_name: str
    account_key: str
    source_label: str
    signal: ObjectSignal
    label: str
    week: DateRange
    this_week: Decimal | None
    missing_days: int
    days: tuple[int | None, ...]
    usual: Decimal | None
    lowest: Decimal | None
    highest: Decimal | None


def arrivals(tx: UnitOfWork, client: str = "") -> tuple[Arrival, ...]:
    """One line for every object of which anything was ever counted, of every client or of one, account by account."""
    tx.actor.require(Right.SEE_DETAIL)
    asked = [tx.clients.by_key(client)] if client else tx.clients.every()
    accounts = {account.id: account for item in asked for account in tx.accounts.every(item.id)}
    metrics = [metric for item in asked for metric in tx.metrics.of_client(item.id)]
    plain: dict[tuple[int, str], Metric] = {}
    for metric in metrics:
        if _counts_everything(metric):
            plain.setdefault((metric.account_id, metric.template.object), metric)
    found = (_arrival(tx, accounts[account_id], metric) for (account_id, _), metric in sorted(plain.items()))
    return tuple(item for item in found if item is not None)


def _counts_everything(metric: Metric) -> bool:
    """A count of an object's genuine records, or of its clicks: no filter but the tab they stand in, no split, no money."""
    item = metric.template
    is_count = item.aggregation is Aggregation.COUNT or (
        item.aggregation is Aggregation.SUM and item.column in ("clicks", "quantity")
    )
    return is_count and item.where == item.tab and not item.dimension and not item.counts_every_class


def _arrival(tx: UnitOfWork, account: Account, metric: Metric) -> Arrival | None:
    today = tx.now.astimezone(zone(account.client_timezone)).date()
    weeks = [_week_ending(today, back) for back in range(_WEEKS_BEFORE + 1)]
    series = daily_series(tx, metric, days=DateRange(weeks[-1].first, weeks[0].last))
    if not series.covered:
        return None
    values = [total(series.days, series.covered, week) for week in weeks]
    this, before = values[0], values[1:]
    known = [value.value for value in before if value.complete and value.value is not None]
    is_known = len(known) == _WEEKS_BEFORE
    return Arrival(
        client_name=account.client_name,
        account_key=account.key,
        source_label=account.source_label,
        signal=account.signals[metric.template.object],
        label=metric.template.label,
        week=weeks[0],
        this_week=this.value,
        missing_days=this.missing_days,
        days=tuple(_on(series, day) for day in days_of(weeks[0])),
        usual=sum(known, Decimal(0)) / _WEEKS_BEFORE if is_known else None,
        lowest=min(known) if is_known else None,
        highest=max(known) if is_known else None,
    )


def _week_ending(today: date, back: int) -> DateRange:
    last = today - timedelta(days=1 + 7 * back)
    return DateRange(last - timedelta(days=6), last)


def _on(series: DailySeries, day: date) -> int | None:
    value: PeriodValue = total(series.days, series.covered, DateRange(day, day))
    return None if value.value is None else int(value.value)

"""Which numbers stand on a load: the metrics and days that it feeds, so that an undo or a doubt is followed forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.db.shared_steps.published_standing import PublishedOnLoad, published_on
from lib.db.unit_of_work import UnitOfWork
from lib.domain.metrics import Aggregation, Metric
from lib.domain.people import Right
from lib.domain.states import LoadStatus

PAGE_NUMBERS = 50


@dataclass(frozen=True)
class MetricOnLoad:
    """A metric with slices that stand on the load, or a ratio of such metrics; `slices` counts the days and dimensions."""

    metric: str
    label: str
    unit: str
    source_label: str
    slices: int
    first: date
    last: date
    is_ratio: bool


@dataclass(frozen=True)
class NumberOnLoad:
    """One slice that stands on the load, beside how many other loads it stands on as well."""

    metric: str
    label: str
    unit: str
    day: date
    dimension_value: str
    value: Decimal
    is_complete: bool
    other_loads: int


@dataclass(frozen=True)
class NumbersOnLoad:
    """What stands on a load. `numbers` is one page, newest day first; `after` is how many to leave out for the next.

    `published` are the numbers that a client is shown now and that stand on it.
    """

    load_id: int
    status: LoadStatus
    client_key: str
    account_key: str
    metrics: tuple[MetricOnLoad, ...]
    numbers: tuple[NumberOnLoad, ...]
    after: int | None
    published: tuple[PublishedOnLoad, ...] = ()


def numbers_on_load(tx: UnitOfWork, load_id: int, skipped: int = 0) -> NumbersOnLoad:
    """The metrics and the slices that stand on a load; the number of queries does not grow with them."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    account = tx.accounts.by_id(load.account_id)
    metrics = {metric.id: metric for metric in tx.metrics.of_account(account)}
    fed = [
        _on_load(metrics[item.metric_id], item.slices, item.first, item.last, is_ratio=False)
        for item in tx.lineage.metrics_on(load)
        if item.metric_id in metrics
    ]
    found = tx.lineage.slices_on(load, skipped=skipped, limit=PAGE_NUMBERS + 1)
    numbers = [
        NumberOnLoad(
            metrics[row.metric_id].name,
            metrics[row.metric_id].template.label,
            metrics[row.metric_id].template.unit,
            row.day,
            row.dimension_value,
            row.value,
            row.is_complete,
            len(row.loads) - 1,
        )
        for row in found[:PAGE_NUMBERS]
        if row.metric_id in metrics
    ]
    return NumbersOnLoad(
        load.id,
        load.status,
        account.client_key,
        account.key,
        (*fed, *_ratios(list(metrics.values()), {item.metric: item for item in fed})),
        tuple(numbers),
        skipped + PAGE_NUMBERS if len(found) > PAGE_NUMBERS else None,
        published_on(tx, load),
    )


def _ratios(metrics: list[Metric], fed: dict[str, MetricOnLoad]) -> list[MetricOnLoad]:
    """The ratios of which a part stands on the load, over the days that their parts have."""
    found = []
    for metric in metrics:
        if metric.template.aggregation is not Aggregation.RATIO:
            continue
        names = (metric.template.numerator, metric.template.denominator)
        parts = [fed[name] for name in (f"{metric.account_key}.{key}" for key in names) if name in fed]
        if parts:
            first, last = min(part.first for part in parts), max(part.last for part in parts)
            found.append(_on_load(metric, max(part.slices for part in parts), first, last, is_ratio=True))
    return found


def _on_load(metric: Metric, slices: int, first: date, last: date, *, is_ratio: bool) -> MetricOnLoad:
    template = metric.template
    return MetricOnLoad(metric.name, template.label, template.unit, metric.source_label, slices, first, last, is_ratio)

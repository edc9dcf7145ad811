"""What a person chose to compare: the address says it, what it leaves open is suggested, and widgets write into it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from lib.domain.accounts import Client
from lib.domain.imports import DateRange
from lib.errors import DeskError, NotFound
from lib.reporting.steps import Step, usual_step
from lib.reporting.suggested_ranges import SuggestedRange, current_ranges
from lib.services import clients, comparison_series
from lib.services.comparison_series import CapturedBaseline, ComparableMetric, ComparisonSeries
from lib.ui.address import day_from_address, from_address, to_address
from lib.ui.guard import Visit

OWN_DATES = "own"
STEPS: tuple[Step, ...] = ("day", "week", "month")
_FAR = timedelta(days=3660)
T = TypeVar("T")


@dataclass(frozen=True)
class Choices:
    """Everything there is to choose from, and what is chosen; None where there is nothing yet."""

    clients: Sequence[Client]
    client: Client | None = None
    metrics: Sequence[ComparableMetric] = ()
    metric: ComparableMetric | None = None
    baselines: Sequence[CapturedBaseline] = ()
    baseline: CapturedBaseline | None = None
    complete: Collection[date] = frozenset()
    periods: Sequence[SuggestedRange] = ()
    period: str = ""
    current: DateRange | None = None
    step: Step = "week"


def chosen(visit: Visit) -> Choices:
    """What the address chooses of what the person may see; NotFound for a client that is not among it.

    A metric or baseline that the address names and that is not there leaves the choice to what is suggested.
    """
    everybody = visit.read(clients.every_client)
    client = _client(everybody)
    if client is None:
        return Choices(everybody)
    metrics = visit.read(comparison_series.comparable_metrics, client.key)
    metric = _one(metrics, [item.name for item in metrics], "metric")
    if metric is None:
        return Choices(everybody, client)
    is_asked = from_address("metric") == metric.name
    baselines = visit.read(comparison_series.baselines_of, client.key, metric.name)
    baseline = _one(baselines, [str(item.id) for item in baselines], "baseline")
    complete = visit.read(comparison_series.complete_days, client.key, metric.name)
    to_address(metric=metric.name, baseline=baseline.id if baseline else None)
    if baseline is None:
        return Choices(everybody, client, metrics, metric, complete=complete)
    periods = current_ranges(complete, baseline.range)
    current = _current(metric, periods, baseline, is_asked=is_asked)
    step = _step(baseline)
    to_address(**current.as_dict(), step=step)
    return Choices(
        everybody,
        client,
        metrics,
        metric,
        baselines,
        baseline,
        complete,
        periods,
        _period(periods, current),
        current,
        step,
    )


def compared(visit: Visit, choices: Choices) -> ComparisonSeries | DeskError | None:
    """The comparison that is chosen; known trouble (a broken seal) as a value, so that another baseline can be chosen."""
    if not (choices.client and choices.metric and choices.baseline and choices.current):
        return None
    asked = (choices.client.key, choices.metric.name, choices.baseline.id, choices.current, choices.step)
    try:
        return visit.read(comparison_series.compare_by_step, *asked)
    except DeskError as trouble:
        return trouble


def earliest_and_latest(metric: ComparableMetric) -> tuple[date, date]:
    """Between which days a person may choose."""
    return metric.known.first - _FAR, metric.known.last + _FAR


def _client(everybody: Sequence[Client]) -> Client | None:
    asked = from_address("client")
    if not asked:
        return everybody[0] if len(everybody) == 1 else None
    found = next((item for item in everybody if item.key == asked), None)
    if found is None:
        raise NotFound("client", asked, "Choose another one, or ask whoever sent you here.")
    return found


def _one(options: Sequence[T], names: Sequence[str], name: str) -> T | None:
    asked = from_address(name)
    if asked in names:
        return options[names.index(asked)]
    return options[0] if options else None


def _step(baseline: CapturedBaseline) -> Step:
    asked = from_address("step")
    return next((step for step in STEPS if step == asked), usual_step(baseline.range))


def _current(
    metric: ComparableMetric, periods: Sequence[SuggestedRange], baseline: CapturedBaseline, *, is_asked: bool
) -> DateRange:
    """The days that the address names, else the first suggestion; the baseline's own where no day is complete."""
    usual = periods[0].range if periods else baseline.range
    if not is_asked:
        return usual
    earliest, latest = earliest_and_latest(metric)
    days = (day_from_address("from", usual.first), day_from_address("to", usual.last))
    first, last = sorted(min(max(day, earliest), latest) for day in days)
    return DateRange(first, last)


def _period(periods: Sequence[SuggestedRange], current: DateRange) -> str:
    if from_address("period") == OWN_DATES:
        return OWN_DATES
    return next((item.key for item in periods if item.range == current), OWN_DATES)

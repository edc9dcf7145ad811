"""What a person chose to compare: the address says it, what it leaves open is suggested, and widgets write into it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from lib.domain.accounts import Client
from lib.domain.imports import DateRange
from lib.errors import DeskError, NotFound
from lib.reporting.beside import Beside, days_beside
from lib.reporting.steps import Step, usual_step
from lib.reporting.suggested_ranges import SuggestedRange, current_ranges, live_ranges
from lib.services.counting import comparison_series
from lib.services.counting.comparison_series import CapturedBaseline, ComparableMetric, ComparisonSeries
from lib.services.publishing import change_notes
from lib.services.setup import clients
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import day_from_address, from_address, to_address

OWN_DATES = "own"
STEPS: tuple[Step, ...] = ("day", "week", "month")
# What a choice further up makes moot.
OF_THE_PERIOD = ("from", "to", "period", "zoom")
OF_THE_OTHER = ("beside_from", "beside_to")
_FAR = timedelta(days=3660)
T = TypeVar("T")


@dataclass(frozen=True)
class Choices:
    """Everything there is to choose from, and what is chosen; None where there is nothing yet.

    `other` are the days set beside the current period where that is no sealed baseline.
    """

    clients: Sequence[Client]
    client: Client | None = None
    metrics: Sequence[ComparableMetric] = ()
    metric: ComparableMetric | None = None
    beside: Beside = Beside.BASELINE
    baselines: Sequence[CapturedBaseline] = ()
    baseline: CapturedBaseline | None = None
    other: DateRange | None = None
    complete: Collection[date] = frozenset()
    periods: Sequence[SuggestedRange] = ()
    period: str = ""
    current: DateRange | None = None
    step: Step = "week"
    is_whole_only: bool = False


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
    beside = _beside()
    to_address(metric=metric.name, baseline=baseline.id if baseline else None, beside=_said(beside))
    known = Choices(
        everybody, client, metrics, metric, beside=beside, baselines=baselines, baseline=baseline, complete=complete
    )
    if beside is Beside.BASELINE and baseline is None:
        return known
    return _with_periods(known, metric, is_asked=is_asked)


def compared(visit: Visit, choices: Choices) -> ComparisonSeries | DeskError | None:
    """The comparison that is chosen; known trouble (a broken seal) as a value, so that another can be chosen."""
    before = choices.other or (choices.baseline.id if choices.baseline else None)
    if not (choices.client and choices.metric and choices.current and before):
        return None
    asked = (choices.client.key, choices.metric.name, before, choices.current, choices.step)
    try:
        seen = visit.read(comparison_series.compare_by_step, *asked, is_whole_only=choices.is_whole_only)
    except DeskError as trouble:
        return trouble
    both = DateRange(
        min(seen.baseline.range.first, seen.current.range.first),
        max(seen.baseline.range.last, seen.current.range.last),
    )
    return replace(seen, changes=visit.read(change_notes.events_of, seen.account, both))


def earliest_and_latest(metric: ComparableMetric) -> tuple[date, date]:
    """Between which days a person may choose."""
    return metric.known.first - _FAR, metric.known.last + _FAR


def _with_periods(known: Choices, metric: ComparableMetric, *, is_asked: bool) -> Choices:
    is_sealed = known.beside is Beside.BASELINE and known.baseline is not None
    if is_sealed and known.baseline is not None:
        periods = current_ranges(known.complete, known.baseline.range)
        usual = known.baseline.range
    else:
        periods = live_ranges(known.complete)
        usual = metric.known
    current = _days(("from", "to"), metric, periods[0].range if periods else usual, is_asked=is_asked)
    other = None if is_sealed else _other(known.beside, metric, current)
    step = _step(known.baseline.range if is_sealed and known.baseline else current)
    is_whole_only = from_address("whole") == "1"
    own = other if known.beside is Beside.OWN else None
    beside = dict(zip(OF_THE_OTHER, own.as_dict().values() if own else (None, None), strict=True))
    to_address(**current.as_dict(), **beside, step=step, whole="1" if is_whole_only else None)
    return replace(
        known,
        periods=periods,
        period=_period(periods, current),
        current=current,
        other=other,
        step=step,
        is_whole_only=is_whole_only,
    )


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


def _beside() -> Beside:
    asked = from_address("beside")
    return Beside(asked) if asked in list(Beside) else Beside.BASELINE


def _said(beside: Beside) -> str | None:
    """How it stands in the address; a baseline is what one compares with, so it goes without saying."""
    return None if beside is Beside.BASELINE else beside.value


def _step(span: DateRange) -> Step:
    asked = from_address("step")
    return next((step for step in STEPS if step == asked), usual_step(span))


def _other(beside: Beside, metric: ComparableMetric, current: DateRange) -> DateRange:
    """The days beside the current period; own dates begin as the period before it."""
    usual = days_beside(beside, current)
    return _days(OF_THE_OTHER, metric, usual, is_asked=True) if beside is Beside.OWN else usual


def _days(names: tuple[str, ...], metric: ComparableMetric, usual: DateRange, *, is_asked: bool) -> DateRange:
    """The days that the address names, else what is suggested; the wrong way round they are read as they are meant."""
    if not is_asked:
        return usual
    earliest, latest = earliest_and_latest(metric)
    days = (day_from_address(names[0], usual.first), day_from_address(names[1], usual.last))
    first, last = sorted(min(max(day, earliest), latest) for day in days)
    return DateRange(first, last)


def _period(periods: Sequence[SuggestedRange], current: DateRange) -> str:
    if from_address("period") == OWN_DATES:
        return OWN_DATES
    return next((item.key for item in periods if item.range == current), OWN_DATES)

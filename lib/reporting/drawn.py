"""What a chart of two periods shows, whoever draws it: where each point stands, and the rectangle around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from lib.reporting.step_series import Series, SeriesStep
from lib.reporting.steps import Step

_ROOM_FOR_LABELS = 0.19  # of the width, right of the last point
_HEADROOM, _HEADROOM_OF_NOTES = 1.12, 1.25
_MOST_TICKS = 10
_UNIT_DAYS = {"day": 1, "week": 7, "month": 31}


class DrawnChange(Protocol):
    """A change on the way, numbered as the chart numbers it."""

    @property
    def number(self) -> int:
        """Its place among the changes, from one."""

    @property
    def day(self) -> date:
        """When it was made."""

    @property
    def note(self) -> str:
        """What was changed."""


class Drawn(Protocol):
    """Two sides of one number, step by step, with all that is drawn around them."""

    @property
    def label(self) -> str:
        """What is counted."""

    @property
    def source(self) -> str:
        """Where it comes from."""

    @property
    def unit(self) -> str:
        """What it is counted in."""

    @property
    def step(self) -> Step:
        """How long one point is."""

    @property
    def baseline(self) -> Series:
        """What it was."""

    @property
    def current(self) -> Series:
        """What it is."""

    @property
    def usual(self) -> tuple[Decimal, Decimal] | None:
        """Between which values a step of the baseline ordinarily lies; None with too few."""

    @property
    def sentence(self) -> str:
        """What may be said of the two."""

    @property
    def changes(self) -> Sequence[DrawnChange]:
        """What was changed on the way."""


@dataclass(frozen=True)
class Point:
    """A step that has a value, where it stands."""

    x: date
    y: float
    step: SeriesStep


@dataclass(frozen=True)
class Frame:
    """The rectangle everything stands in."""

    first: date
    last: date
    end: date
    bottom: float
    top: float
    ticks: tuple[date, ...]


def is_laid_under(seen: Drawn) -> bool:
    """Whether the baseline is drawn under the current period, step under step, rather than where it lies in time.

    On one time line two periods that share days hide each other, and two that lie far apart leave the middle empty.
    """
    gap = (seen.current.range.first - seen.baseline.range.last).days - 1
    longest = max(seen.baseline.range.days, seen.current.range.days)
    return gap < 0 or gap > max(longest, 31)


def placed(seen: Drawn) -> tuple[list[Point], list[Point], Frame]:
    """The whole steps of the baseline, every step of the current period that has a value, and the frame of both."""
    baseline = [point for point in _points(seen.baseline.steps, _baseline_days(seen)) if point.step.is_whole]
    current = _points(seen.current.steps, [step.range.first for step in seen.current.steps])
    return baseline, current, _frame(seen, baseline, current)


def baseline_points(seen: Drawn) -> list[Point]:
    """Every step of the baseline that has a value, also those that are not whole, where it stands."""
    return _points(seen.baseline.steps, _baseline_days(seen))


def number_format(unit: str) -> str:
    """How an axis writes this unit, as d3 formats it; a currency other than the dollar stands in the caption."""
    return "$,~f" if unit.partition(" per ")[0] == "USD" else ",~f"


def unfinished_words(step: SeriesStep) -> str:
    """Why a step is not whole: days of it are missing, or its period ends before it does."""
    how = f"{step.known_days} of {step.full_days} days"
    return f"Cut by the period, {how}" if step.is_cut and step.known_days == step.range.days else f"Unfinished, {how}"


def _baseline_days(seen: Drawn) -> list[date]:
    """Where each step of the baseline stands: on its own first day, or on that of the current step it lies under."""
    own = [step.range.first for step in seen.baseline.steps]
    if not is_laid_under(seen):
        return own
    under = [step.range.first for step in seen.current.steps]
    shift = seen.current.range.first - seen.baseline.range.first
    return [*under[: len(own)], *(day + shift for day in own[len(under) :])]


def _points(steps: Sequence[SeriesStep], days: Sequence[date]) -> list[Point]:
    return [
        Point(day, float(step.value), step) for step, day in zip(steps, days, strict=True) if step.value is not None
    ]


def _frame(seen: Drawn, baseline: list[Point], current: list[Point]) -> Frame:
    places = [point.x for point in [*baseline, *current]] or [seen.current.range.first]
    heights = [point.y for point in [*baseline, *current]]
    heights += [float(end) for end in seen.usual or ()] + [float(seen.baseline.level or 0)]
    first, last = min(places), max(places)
    days = max((last - first).days, 3 * _UNIT_DAYS[seen.step])
    end = last + timedelta(days=days * _ROOM_FOR_LABELS / (1 - _ROOM_FOR_LABELS) + 1)
    top = max([*heights, 1.0]) * (_HEADROOM_OF_NOTES if seen.changes else _HEADROOM)
    # From zero, unless refunds outweigh sales somewhere.
    return Frame(first, last, end, min([*heights, 0.0]), top, _ticks(places))


def _ticks(places: Sequence[date]) -> tuple[date, ...]:
    """Days at which points stand, evenly thinned out: a label between two points would name no number."""
    days = sorted(set(places))
    return tuple(days[:: -(-len(days) // _MOST_TICKS)])

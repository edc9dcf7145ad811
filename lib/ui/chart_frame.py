"""Where a comparison's points stand: the days along the bottom, the heights from zero, and the room for labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import altair as alt

from lib.reporting.step_series import SeriesStep
from lib.services.comparison_series import ComparisonSeries
from lib.ui.charts import number_format

_ROOM_FOR_LABELS = 0.19  # of the width, right of the last point
_HEADROOM, _HEADROOM_OF_NOTES = 1.12, 1.25
_MOST_TICKS = 10
_UNIT_DAYS = {"day": 1, "week": 7, "month": 31}


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


def is_laid_under(seen: ComparisonSeries) -> bool:
    """Whether the baseline is drawn under the current period, step under step, rather than where it lies in time.

    On one time line two periods that share days hide each other, and two that lie far apart leave the middle empty.
    """
    gap = (seen.current.range.first - seen.baseline.range.last).days - 1
    longest = max(seen.baseline.range.days, seen.current.range.days)
    return gap < 0 or gap > max(longest, 31)


def _baseline_days(seen: ComparisonSeries) -> list[date]:
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


def placed(seen: ComparisonSeries) -> tuple[list[Point], list[Point], Frame]:
    """The whole steps of the baseline, every step of the current period that has a value, and the frame of both."""
    baseline = [point for point in _points(seen.baseline.steps, _baseline_days(seen)) if point.step.is_whole]
    current = _points(seen.current.steps, [step.range.first for step in seen.current.steps])
    return baseline, current, _frame(seen, baseline, current)


def _frame(seen: ComparisonSeries, baseline: list[Point], current: list[Point]) -> Frame:
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


def x_of(frame: Frame, field: str = "x") -> alt.X:
    """Days along the bottom, marked where points stand."""
    domain = [_moment(frame.first), _moment(frame.end)]
    ticks = alt.Axis(format="%-d %b", labelOverlap=True, values=[_moment(day) for day in frame.ticks])
    return alt.X(f"{field}:T", scale=alt.Scale(domain=domain, padding=12, nice=False), axis=ticks)


def y_of(frame: Frame, unit: str = "", field: str = "y") -> alt.Y:
    """Heights from zero; a layer that names the unit says how the axis writes it."""
    axis = alt.Axis(format=number_format(unit)) if unit else alt.Axis()
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[frame.bottom, frame.top], nice=False), axis=axis)


def _moment(day: date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)


def at(day: date) -> str:
    """A day as a chart's data holds it."""
    # Without a zone a browser reads it as its own midnight, which is what the axis counts by.
    return datetime.combine(day, time.min).isoformat()

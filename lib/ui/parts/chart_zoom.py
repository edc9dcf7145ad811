"""Looking closer at some days of a comparison: the steps inside what was brushed, and the brush itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt

from lib.domain.imports import DateRange
from lib.reporting.drawn import Drawn, baseline_points
from lib.services.counting.comparison_series import ComparisonSeries
from lib.ui.parts.chart_comparison import comparison_chart

BRUSH = "days"
_FEWEST_POINTS = 2


def brushable_chart(seen: Drawn, beside: str) -> Any:
    """The chart with a brush along the days; what is brushed comes back to the page."""
    brush = alt.selection_interval(name=BRUSH, encodings=["x"])
    return comparison_chart(seen, beside).add_params(brush)


def brushed_days(selection: Mapping[str, Any]) -> DateRange | None:
    """The days that a brush spans, from what the browser sends; None where there is no brush, or nonsense.

    A browser counts in milliseconds from its own midnight, so each end is taken as the nearest midnight of the calendar.
    """
    ends = (selection.get(BRUSH) or {}).get("x") or []
    if len(ends) != 2 or not all(isinstance(end, int | float) for end in ends):
        return None
    try:
        first, last = (datetime.fromtimestamp(end / 1000, UTC) + timedelta(hours=12) for end in sorted(ends))
    except (ValueError, OverflowError, OSError):
        return None
    return DateRange(first.date(), last.date())


def days_in_address(text: str) -> DateRange | None:
    """`2026-03-01..2026-03-20` as days; None where nothing or nonsense stands there."""
    ends = text.split("..")
    try:
        first, last = sorted(date.fromisoformat(end) for end in ends)
    except ValueError:
        return None
    return DateRange(first, last)


def zoomed(seen: ComparisonSeries, days: DateRange | None) -> ComparisonSeries:
    """The comparison with only the steps that stand on these days; the whole of it where hardly one does."""
    if days is None:
        return seen
    inside = {point.step for point in baseline_points(seen) if days.first <= point.x <= days.last}
    before = tuple(step for step in seen.baseline.steps if step in inside)
    now = tuple(step for step in seen.current.steps if days.first <= step.range.first <= days.last)
    if max(len(before), len(now)) < _FEWEST_POINTS:
        return seen
    return replace(seen, baseline=replace(seen.baseline, steps=before), current=replace(seen.current, steps=now))

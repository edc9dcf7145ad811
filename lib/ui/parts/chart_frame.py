"""The axes of a comparison's chart: the days along the bottom, the heights from zero, and how data names a day."""

from __future__ import annotations

from datetime import date, datetime, time

import altair as alt

from lib.reporting.drawn import Frame, number_format


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

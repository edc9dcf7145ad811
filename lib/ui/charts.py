"""The one look of every chart: its theme, and colours by place in the palette, so that they follow light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, cast

import altair as alt
import pandas as pd
import streamlit as st

# The order of `chartCategoricalColors` in config.toml. A mark names its place, never a colour: a literal one would
# keep the old theme's look until the next run when a person switches between light and dark.
Place = Literal["current", "baseline", "note", "other 1", "other 2", "other 3", "other 4", "other 5"]
PLACES: tuple[Place, ...] = (
    "current",
    "baseline",
    "note",
    "other 1",
    "other 2",
    "other 3",
    "other 4",
    "other 5",
)
# Axis text has no data to be coloured by, so it alone is told its colour: Streamlit's own gray is too faint to read.
_MUTED = {"light": "#5A5E66", "dark": "#A3A7AE"}

TEXT = 11.5
BAND = 0.09
UNFINISHED = [4, 4]
DOTTED = [1, 3]


@alt.theme.register("desk", enable=True)
def desk_theme() -> alt.theme.ThemeConfig:
    """Horizontal grid only, no axis titles, no frame, nothing behind; the colours and fonts are Streamlit's theme."""
    muted = _MUTED["dark" if st.context.theme.type == "dark" else "light"]
    axis: Any = {"labelFontSize": TEXT, "labelColor": muted, "title": None, "domain": False, "ticks": False}
    look: Any = {
        "config": {
            "background": "transparent",
            "view": {"stroke": None},
            "axisX": {**axis, "grid": False, "labelPadding": 8, "labelFlush": False},
            "axisY": {**axis, "grid": True, "tickCount": 4, "labelPadding": 8},
            "text": {"fontSize": TEXT, "align": "left", "baseline": "middle"},
        }
    }
    return cast(alt.theme.ThemeConfig, look)


def marks(rows: Sequence[Mapping[str, object]], place: Place) -> alt.Chart:
    """A layer's data, coloured by its place; the caller adds the mark and where it stands."""
    placed = pd.DataFrame([{**row, "place": place} for row in rows])
    colour = alt.Color("place:N", scale=alt.Scale(domain=list(PLACES)), legend=None)
    return alt.Chart(placed).encode(color=colour)


def shown_chart(chart: Any, *, says: str, key: str) -> None:
    """Show a chart across the column; `says` is what somebody reads who cannot see it."""
    st.altair_chart(chart, width="stretch", key=key, alt=says)


def number_format(unit: str) -> str:
    """How an axis writes this unit, as d3 formats it; a currency other than the dollar stands in the caption."""
    return "$,~f" if unit.partition(" per ")[0] == "USD" else ",~f"


def spread_apart(heights: Sequence[float], gap: float) -> list[float]:
    """Heights for labels that would touch, moved apart to at least `gap` and kept in their order; none below zero."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    moved = list(heights)
    for before, place in pairwise(order):
        lacking = gap - (moved[place] - moved[before])
        if lacking > 0:
            moved[place] += lacking
    return moved

"""The one look of every chart: its theme, and colours by place in the palette, so that they follow light and dark."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, cast

import altair as alt
import orjson
import pandas as pd
import pyarrow as pa
import streamlit as st
from altair.utils.schemapi import debug_mode

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


def drawn_chart(
    build: Callable[..., Any],
    *what: Hashable,
    says: str,
    key: str,
    on_select: Callable[[], None] | Literal["ignore"] = "ignore",
) -> None:
    """Show the chart that `build` makes of `what`, which is made once however often the page is read anew.

    Altair takes a quarter of a second to describe a chart of ten layers, and most runs of a page change nothing of it.
    What is kept is told apart by everything it is made of, so nobody is shown another chart than their own.
    """
    text, datasets = _described(build, what, st.context.theme.type)
    spec = {**orjson.loads(text), "datasets": dict(datasets)}
    st.vega_lite_chart(spec=spec, width="stretch", key=key, alt=says, on_select=on_select)


@lru_cache(maxsize=128)
def _described(
    build: Callable[..., Any], what: tuple[Hashable, ...], _theme: str | None
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """The chart's description and its data apart, as the browser is sent them; the theme is part of what it is."""
    # The tests hold every chart against the schema; here that would double the time.
    with debug_mode(False):
        spec = build(*what).to_dict(validate=False)
    rows = spec.pop("datasets", {})
    return orjson.dumps(spec), tuple((name, _arrow(table)) for name, table in rows.items())


def _arrow(rows: list[dict[str, Any]]) -> bytes:
    table, sink = pa.Table.from_pylist(rows), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def spread_apart(heights: Sequence[float], gap: float) -> list[float]:
    """Heights for labels that would touch, moved apart to at least `gap` and kept in their order; none below zero."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    moved = list(heights)
    for before, place in pairwise(order):
        lacking = gap - (moved[place] - moved[before])
        if lacking > 0:
            moved[place] += lacking
    return moved

"""The small line on a portal card: what it was, what it is, and the baseline's level; no axis and no number."""

from __future__ import annotations

from typing import Any

import altair as alt
import streamlit as st

from lib.reporting.drawn_card import chart_in_words, has_chart
from lib.reporting.portal_card import PortalCard
from lib.ui.parts.charts import DOTTED, UNFINISHED, drawn_chart, marks

_HEIGHT = 64
_LABEL_ROOM = 0.17  # of the width, right of the last point
_PADDING = {"left": 0, "right": 4, "top": 2, "bottom": 2}

Row = dict[str, object]


def spark(card: PortalCard, key: str) -> None:
    """Draw it; nothing where no step of the current period has a value."""
    if not has_chart(card):
        return
    with st.container(key=f"portal-spark-{key}"):
        drawn_chart(spark_chart, card, says=chart_in_words(card), key=f"spark-{key}")


def spark_chart(card: PortalCard) -> alt.LayerChart | alt.FacetChart:
    """Points stand evenly, baseline first; what is not whole is dashed and ends in a hollow point."""
    before = [step for step in card.baseline_series.steps if step.value is not None and step.is_whole]
    now = [step for step in card.current_series.steps if step.value is not None]
    was: list[Row] = [{"x": place, "y": float(step.value or 0)} for place, step in enumerate(before)]
    # The line goes on from the last baseline point, so that a movement is seen as one.
    is_: list[Row] = [{"x": len(was) + place, "y": float(step.value or 0)} for place, step in enumerate(now)]
    whole = [row for row, step in zip(is_, now, strict=True) if step.is_whole]
    open_ = [row for row, step in zip(is_, now, strict=True) if not step.is_whole]
    level = card.baseline_series.level
    heights = [float(str(row["y"])) for row in [*was, *is_]] + ([float(level)] if level is not None else [])
    low, high = min(heights), max(heights)
    room = (high - low) * 0.15 or abs(high) * 0.1 or 1
    last = max(len(was) + len(is_) - 1, 1)
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, last * (1 + _LABEL_ROOM)], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[low - room, high + room], nice=False, zero=False), axis=None)
    layers: list[Any] = []
    if level is not None:
        rule = marks([{"x": 0, "x2": last, "y": float(level)}], "baseline").encode(x=x, x2="x2:Q", y=y)
        layers.append(rule.mark_rule(strokeDash=DOTTED, strokeWidth=1.25))
        named = marks([{"x": last, "y": float(level), "words": "baseline"}], "baseline").encode(x=x, y=y)
        layers.append(named.mark_text(dx=8).encode(text="words:N"))
    if len(was) > 1:
        layers.append(marks(was, "baseline").mark_line(strokeWidth=1.5).encode(x=x, y=y))
    if whole:
        line = marks([*was[-1:], *whole], "current").encode(x=x, y=y)
        layers.append(line.mark_line(strokeWidth=2.25, strokeCap="round"))
    if open_:
        tail = marks([*(whole or was)[-1:], *open_], "current").encode(x=x, y=y)
        layers.append(tail.mark_line(strokeWidth=1.75, strokeDash=UNFINISHED))
        hollow = marks(open_[-1:], "current").encode(x=x, y=y)
        layers.append(hollow.mark_point(filled=False, size=42, strokeWidth=1.5, opacity=1))
    elif whole:
        end = marks(whole[-1:], "current").encode(x=x, y=y)
        layers.append(end.mark_point(filled=True, size=40, opacity=1))
    chart: alt.LayerChart | alt.FacetChart = alt.layer(*layers).properties(height=_HEIGHT, padding=_PADDING)
    return chart

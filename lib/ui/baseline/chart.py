"""The chart of the comparison page: both periods as lines, a brush to look closer, and the chart as a file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lib.domain.people import Right
from lib.reporting.drawn import is_laid_under
from lib.reporting.step_series import SeriesStep
from lib.services.counting.comparison_series import ComparisonSeries
from lib.ui.baseline.pickers import short_range
from lib.ui.entry.guard import require
from lib.ui.entry.turns import in_turn
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.chart_comparison import comparison_in_words
from lib.ui.parts.chart_zoom import brushable_chart, brushed_days, days_in_address, zoomed
from lib.ui.parts.charts import drawn_chart
from lib.ui.parts.words import counted, plain

ZOOM = "zoom"


@st.fragment
@in_turn
def comparison_shown(seen: ComparisonSeries) -> None:
    """The chart as far as the address has it zoomed; a brush over it zooms without the rest of the page."""
    require(Right.SEE_DETAIL)
    days = days_in_address(from_address(ZOOM))
    closer = zoomed(seen, days)
    # A new look has a key of its own, or the old brush would lie over the new days.
    key = f"comparison-{days}" if days else "comparison"
    drawn_chart(
        brushable_chart,
        closer,
        seen.beside,
        says=comparison_in_words(seen),
        key=key,
        on_select=partial(_brushed, key),
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if closer is not seen and days is not None:
            st.button("Show all days", key="zoom-out", icon=":material/zoom_out_map:", on_click=_whole)
            st.markdown(f":small[:gray[Looking closer at {short_range(days)}.]]", width="content")
        else:
            st.markdown(":small[:gray[Draw over some days to look closer.]]", width="content")
    st.markdown(f":small[:gray[{_caption(seen)}]]")


def chart_why(seen: ComparisonSeries) -> str:
    """What the lines are, for the why-line."""
    is_open = any(step.value is not None and not step.is_whole for side in _sides(seen) for step in side)
    dashed = f"The dashed part is a {seen.step} that is not whole. " if is_open else ""
    return f"{dashed}Gray is what it was, blue what it is. Uses step 1."


def whole_steps(seen: ComparisonSeries) -> str:
    """`8 and 7 whole weeks`."""
    before, now = (sum(step.is_whole for step in side) for side in _sides(seen))
    return f"{before} and {counted(now, f'whole {seen.step}')}"


def _sides(seen: ComparisonSeries) -> tuple[tuple[SeriesStep, ...], tuple[SeriesStep, ...]]:
    return seen.baseline.steps, seen.current.steps


def _brushed(key: str) -> None:
    state = st.session_state.get(key)
    days = brushed_days(state.selection) if state is not None else None
    if days is not None:
        to_address(**{ZOOM: f"{days.first}..{days.last}"})


def _whole() -> None:
    to_address(**{ZOOM: None})


def _caption(seen: ComparisonSeries) -> str:
    said = [
        f"Source: {seen.source}",
        f"{seen.label} in {seen.unit}, by {seen.step}",
        f"{seen.beside} {short_range(seen.baseline.range)}",
        f"current {short_range(seen.current.range)}",
    ]
    line = f"{'; '.join(said)}."
    if seen.step != "day":
        line += f" Each point stands on the first day of its {seen.step}."
    if not (seen.unit == "percent" or " per " in seen.unit):
        line += f" A label gives the mean of the whole {seen.step}s."
    if is_laid_under(seen):
        line += f" The {seen.beside} is drawn under the current period, {seen.step} under {seen.step}."
    return plain(line)

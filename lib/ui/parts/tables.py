"""Tables of three kinds: to read, to go somewhere from, and to work in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st
from pandas.io.formats.style import Styler

from lib.ui.parts.notebook import link, turn


def reading_table(rows: Sequence[Mapping[str, str | int]], *, has_header: bool = True) -> None:
    """Up to some thirty rows to be read: text cells are Markdown (so what comes from outside is made plain first)."""
    names = dict.fromkeys(name for row in rows for name in row)
    # Sent as it is: a frame between would take six times as long.
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    st.table(table, border="horizontal", hide_index=True, hide_header=not has_header)


def navigating_table(
    columns: Mapping[str, int], rows: Sequence[tuple[str, str, Mapping[str, object], Sequence[str]]], *, key: str
) -> None:
    """Rows that lead somewhere: `columns` gives each its width in pixels, the first one is the link.

    A row is (words of the link, page or '' for this one, its address, the other cells as Markdown). On a phone the
    rows become cards.
    """
    with st.container(key=f"table-{key}", gap=None):
        with st.container(key=f"table-head-{key}", horizontal=True, gap="small"):
            for name, width in columns.items():
                st.markdown(f":small[:gray[{name}]]", width=width)
        for place, (words, to, address, cells) in enumerate(rows):
            with st.container(
                key=f"table-row-{key}-{place}", horizontal=True, gap="small", vertical_alignment="center"
            ):
                widths = list(columns.values())
                with st.container(width=widths[0]):
                    if to:
                        link(f":blue[{words}]", to, **address)
                    else:
                        turn(f":blue[{words}]", is_quiet=True, **address)
                for cell_, width in zip(cells, widths[1:], strict=True):
                    st.markdown(f":small[{cell_}]", width=width)


def working_table(
    frame: pd.DataFrame | Styler | pa.Table, *, key: str, alt: str, config: Mapping[str, Any] | None = None, **more: Any
) -> Any:
    """A grid to work in: 28 px rows, no index, no text cut; `alt` is its name for those who do not see it.

    `more` goes to `st.dataframe` (selection among it).
    """
    return st.dataframe(
        frame,
        key=key,
        alt=alt,
        hide_index=True,
        row_height=28,
        width="stretch",
        column_config=dict(config or {}),
        **more,
    )

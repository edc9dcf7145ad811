"""A page with nothing of the desk in it: a grid to edit and one that shows what was typed, as large as the desk's own.

`streamlit run tests/bench/bare_edit.py` serves it. Between an edit and what comes of it nothing is computed here, so
what a person waits for is the framework, the wire and the browser alone.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import streamlit as st

COLUMNS, SHOWN = 60, 50
# Short ones: a grid cuts what does not fit, and what is cut is never drawn whole.
_TARGETS = ["x", "ab", "cd", "ef", "gh"]

with st.container(key="cell-2"):
    lines = pd.DataFrame(
        {
            "Source": [f"extra {place}" for place in range(COLUMNS)],
            "Target": ["x"] * COLUMNS,
            **{f"More {place}": [f"text {row}" for row in range(COLUMNS)] for place in range(6)},
        }
    )
    typed = st.data_editor(
        lines,
        key="grid",
        hide_index=True,
        num_rows="fixed",
        row_height=30,
        height=332,
        column_config={
            "Source": st.column_config.TextColumn(width=150, pinned=True),
            "Target": st.column_config.SelectboxColumn(width=190, options=_TARGETS, required=True),
        },
    )
with st.container(key="cell-4"):
    heads = ["Line", *(f"field {place} {kind}" for place in range(COLUMNS) for kind in ("raw", "mapped"))]
    rows = pa.array([f"text {row}" for row in range(SHOWN)])
    cells = dict.fromkeys(heads, rows) | {heads[1]: pa.array([f"seen {typed['Target'].iloc[0]}"] * SHOWN)}
    st.dataframe(pa.table(cells), key="seen", height=410, row_height=28)

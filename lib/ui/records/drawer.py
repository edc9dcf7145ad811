"""The drawer that tells where a record comes from: its row and raw cells, its file, its map, and the person who let it in."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.services.tracing.trace_record import Origin, Trace
from lib.ui.entry.guard import require
from lib.ui.parts.marks import verdict_marks
from lib.ui.parts.notebook import link
from lib.ui.parts.words import counted, plain, said
from lib.ui.records.steps import behind_steps, step


def trace_drawer(trace: Trace) -> None:
    """Open the drawer at the right; it tells the same story as the page, one step a line."""
    title = f"Where {trace.object.replace('_', ' ')} {trace.external_id} comes from"

    @st.dialog(plain(title), position="right", width="small")
    def drawer() -> None:
        require(Right.SEE_DETAIL)
        if trace.origin is not None:
            _steps(trace, trace.origin)

    drawer()


def _steps(trace: Trace, origin: Origin) -> None:
    step(1, "database", "Record", f"in {plain(trace.table)}", [f"Written {counted(trace.times_written, 'time')}"])
    row = f"{origin.row_no + 1:,} of load {origin.load_id}"
    marks = f"{verdict_marks({origin.verdict: 1})} · {plain(trace.row_class.replace('_', ' '))}"
    step(2, "table_rows", "Row", row, [marks])
    cells = [f"{plain(name)} {said(cell)}" for item in trace.values for name, cell in item.raw if cell]
    kept = [f"{len(cells)} cells read", *cells[:4]] if origin.has_raw else [origin.gone.capitalize()]
    step(3, "data_object", "Raw cells", f"line {origin.line_no:,}", kept)
    behind_steps(4, origin)
    link(f"Look at load {origin.load_id}", "import_review", load=origin.load_id)

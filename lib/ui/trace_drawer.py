"""The drawer that tells where a record comes from: number by number back to the file and the person who let it in."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from lib.services.trace_record import Origin, Trace
from lib.ui.marks import verdict_marks
from lib.ui.notebook import link
from lib.ui.words import counted, plain, said


def trace_drawer(trace: Trace) -> None:
    """Open the drawer at the right; it tells the same story as the page, one step a line."""
    title = f"Where {trace.object.replace('_', ' ')} {trace.external_id} comes from"

    @st.dialog(plain(title), position="right", width="small")
    def drawer() -> None:
        if trace.origin is not None:
            _steps(trace, trace.origin)

    drawer()


def _steps(trace: Trace, origin: Origin) -> None:
    _step("database", "Record", f"in {plain(trace.table)}", [f"Written {counted(trace.times_written, 'time')}"])
    _step(
        "table_rows",
        "Row",
        f"{origin.row_no + 1:,} of load {origin.load_id}",
        [verdict_marks({origin.verdict: 1}), plain(trace.row_class.replace("_", " "))],
    )
    cells = [f":gray[{plain(name)}] {said(cell)}" for item in trace.values for name, cell in item.raw if cell]
    kept = [f"{len(cells)} cells read", *cells[:4]] if origin.has_raw else [origin.gone.capitalize()]
    _step("data_object", "Raw cells", f"line {origin.line_no:,}", kept)
    arrived = "not counted" if origin.delivery_rows is None else counted(origin.delivery_rows, "row")
    _step(
        "inbox",
        "Delivery",
        f"{origin.delivery_id}, {plain(origin.kind)}",
        [
            f"{_moment(origin.received_at)}, {arrived}",
            said(origin.file_name),
            f"hash {said(_short(origin.content_hash))}",
        ],
    )
    _step("conversion_path", "Map", f"version {origin.map_version}", [f"Approved by {plain(origin.map_approved_by)}"])
    let_in = f"Approved load {origin.load_id}"
    when = f" on {_moment(origin.committed_at)}" if origin.committed_at else ""
    _step("person", "Person", plain(origin.approved_by), [let_in + when])
    link(f"Look at load {origin.load_id}", "import_review", load=origin.load_id)


def _step(icon: str, what: str, which: str, lines: list[str]) -> None:
    with st.expander(f"**{what}** {which}", expanded=True, icon=f":material/{icon}:", type="step"):
        st.markdown("  \n".join(f":small[:gray[{line}]]" for line in lines if line))


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _short(digest: str) -> str:
    return f"{digest[:4]}…{digest[-2:]}"

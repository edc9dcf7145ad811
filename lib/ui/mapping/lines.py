"""Which lines the grid of a map shows, and what stands in their cells."""

from __future__ import annotations

import streamlit as st

from lib.services.mapping.draft_view import DraftView, GridLine
from lib.services.mapping.map_drafts import MapDraft


def filter_key(draft: MapDraft) -> str:
    """The box above the grid that narrows it."""
    return f"map-filter-{draft.account}-{draft.object}"


def shown_lines(draft: MapDraft, view: DraftView) -> list[GridLine]:
    """The lines that hold every word of the filter in their name, target, label or band, in their order."""
    words = str(st.session_state.get(filter_key(draft)) or "").lower().split()
    return [
        line
        for line in view.lines
        if all(word in f"{line.name} {line.target} {line.label} {line.band}".lower() for word in words)
    ]


def cell_of(line: GridLine, column: str) -> str | None:
    """What a line shows in a column that can be edited, as the editor sends it back; None for every other column."""
    return {
        "Target": line.target,
        "Why": line.reason,
        "Client-safe explanation": line.explanation,
        "Label": line.label,
        "Sensitivity": line.sensitivity,
    }.get(column)

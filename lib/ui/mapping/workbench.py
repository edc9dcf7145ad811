"""Steps 2 to 4, where a map is edited: they run alone at each edit, and the page around them follows."""

from __future__ import annotations

import time

import streamlit as st

from lib.domain.people import Right
from lib.services.mapping import map_desk
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit, is_alone, require
from lib.ui.entry.turns import turn
from lib.ui.mapping.grid import grid_cell
from lib.ui.mapping.preview import preview_cell
from lib.ui.mapping.session import Work, opened
from lib.ui.mapping.values import values_cell

_TO_DRAW = 0.3  # seconds


@st.fragment
def workbench(shown: Work) -> None:
    """The grid, the values and the preview of the draft that the page around them shows.

    A person who edits waits for the preview, so it is drawn before anything else, whatever stands above it; what the
    rest of the page says of the draft comes in a run of its own, once the preview stands.
    """
    visit = require(Right.EDIT_MAPS)
    with turn():
        drawn = _drawn(visit, shown)
    if drawn is not None and (drawn.draft.revision, drawn.newer) != (shown.draft.revision, shown.newer):
        # A browser that is sent the whole page at once draws nothing of it before all is there.
        time.sleep(_TO_DRAW)
        st.rerun()


def _drawn(visit: Visit, shown: Work) -> Work | None:
    """Draw the three steps; the work as it stands, None where trouble stands in their place."""
    drawn = None
    with shown_errors():
        work = shown
        if is_alone():
            desk = visit.read(map_desk.map_desk, shown.desk.account.key, shown.desk.object)
            work = opened(visit, desk, None, shown.kept)
        grid, values, preview = (st.container(gap="medium") for _ in range(3))
        with preview:
            preview_cell(4, work)
        with grid:
            grid_cell(2, work)
        with values:
            values_cell(3, work)
        drawn = work
    return drawn  # noqa: RET504 - what went wrong is shown in its place, and the block left

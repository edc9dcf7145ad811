"""What was brought lately: loads with where each stands, filtered by that, and files that could not be read."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from lib.domain.states import LoadStatus
from lib.services.arriving.uploads import Brought, LoadLine, RefusedLine
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.marks import load_badge, verdict_marks
from lib.ui.parts.notebook import cell, empty, next_line
from lib.ui.parts.tables import navigating_table, reading_table
from lib.ui.parts.words import counted, plain, said

_COLUMNS = {"Load": 70, "Source": 245, "File": 250, "Received, UTC": 100, "Rows": 50, "Verdicts": 195, "Status": 110}
_FILTERS: dict[str, tuple[LoadStatus, ...]] = {
    "all": (),
    "waiting": (LoadStatus.IN_REVIEW,),
    "committed": (LoadStatus.COMMITTED,),
    "test": (LoadStatus.APPROVED,),
    "back": (LoadStatus.UNDONE, LoadStatus.REJECTED, LoadStatus.FAILED),
}
_NAMES = {
    "all": "All",
    "waiting": "In review",
    "committed": "Committed",
    "test": "Accepted tests",
    "back": "Undone, rejected, failed",
}
_KEY = "loads-shown"


def statuses_asked() -> tuple[LoadStatus, ...]:
    """The statuses that the address asks for; none is all of them."""
    return _FILTERS.get(from_address("status"), ())


def list_next(brought: Brought) -> None:
    """The one thing to do next when no load is open."""
    waiting = brought.by_status.get(LoadStatus.IN_REVIEW, 0)
    if waiting:
        oldest = [load for load in brought.loads if load.status is LoadStatus.IN_REVIEW]
        go = {"go": f"Review load {oldest[-1].id}", "load": oldest[-1].id} if oldest else {}
        next_line("Next:", f"{counted(waiting, 'load')} {'waits' if waiting == 1 else 'wait'} for a decision.", **go)  # type: ignore[arg-type]
    else:
        next_line("Next:", "bring a file in. Nothing waits for a decision.")


def loads_cell(number: int, brought: Brought) -> None:
    """The newest loads, each leading to its review."""
    total = sum(brought.by_status.values())
    with cell(
        number,
        "Loads",
        why="A delivery read through one version of a map, newest first. Uses step 1.",
        result=counted(total, "load") if total else "none yet",
    ):
        if not total:
            empty("No deliveries yet.", "The first file you bring in step 1 appears here within seconds.")
            return
        _filter(brought)
        if not brought.loads:
            empty("No load stands here.", "Choose another state above; all of them are under All.")
            return
        navigating_table(_COLUMNS, [_row(load) for load in brought.loads], key="loads")
        if len(brought.loads) < total and not statuses_asked():
            st.markdown(f":small[:gray[The newest {len(brought.loads)} of {total:,} are listed.]]")


def _filter(brought: Brought) -> None:
    counts = {
        name: sum(brought.by_status.get(status, 0) for status in statuses or tuple(LoadStatus))
        for name, statuses in _FILTERS.items()
    }
    asked = from_address("status")
    st.session_state[_KEY] = asked if asked in _FILTERS else "all"
    st.segmented_control(
        "Loads shown",
        list(_FILTERS),
        key=_KEY,
        required=True,
        format_func=lambda name: f"{_NAMES[name]} {counts[name]:,}",
        on_change=lambda: to_address(status=st.session_state[_KEY]),
        label_visibility="collapsed",
    )


def _row(load: LoadLine) -> tuple[str, str, dict[str, object], list[str]]:
    cells = [
        f"{plain(load.source_label)}, {plain(load.object.replace('_', ' '))}" + (", test" if load.is_test else ""),
        said(_short(load.file_name)),
        moment(load.received_at),
        f"{load.row_count:,}",
        verdict_marks(load.verdicts),
        load_badge(load.status),
    ]
    return f"Load {load.id}", "", {"load": load.id}, cells


def refused_cell(number: int, refused: tuple[RefusedLine, ...]) -> None:
    """Files that could not be read: each with the sentence that says why; nothing of them was imported."""
    if not refused:
        return
    with cell(
        number,
        "Files that could not be read",
        why="Nothing of these was imported. Mend the file, or ask for it again, and bring it in step 1.",
        result=f":red-badge[:material/close: {counted(len(refused), 'file')}]",
    ):
        reading_table(
            [
                {
                    "File": said(_short(item.file_name)),
                    "Source": plain(item.source_label),
                    "Received, UTC": moment(item.received_at),
                    "Why": plain(item.why),
                }
                for item in refused
            ]
        )


def moment(at: datetime) -> str:
    """`21 Nov 07:02`, in UTC: a list has clients of several time zones."""
    return f"{at.day} {at:%b %H:%M}"


def _short(name: str) -> str:
    return name if len(name) <= 30 else f"{name[:16]}…{name[-12:]}"

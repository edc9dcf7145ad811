"""Doing what a person asks of rows under review: once, in their name, told in their place, and the page read anew."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.errors import DeskError
from lib.pipeline.loading.fixing import Changed
from lib.ui.entry.door import show_trouble
from lib.ui.parts.words import counted

_TOLD = "review-hand-told"


def told(load_id: int) -> None:
    """What the last change did, shown once; or why it was not made."""
    said = st.session_state.pop(_TOLD, None)
    if not isinstance(said, tuple) or said[0] != load_id:
        return
    if isinstance(said[1], DeskError):
        show_trouble(said[1])
    else:
        st.success(str(said[1]), icon=":material/check:")


def do(load_id: int, what: str, change: Callable[[], Changed]) -> None:
    """Make a change and read the page anew; known trouble is told in the same place, and nothing was changed."""
    try:
        with st.spinner("Checking what changed"):
            done = change()
        st.session_state[_TOLD] = (load_id, f"**{what}.** {_sums(done)}")
    except DeskError as trouble:
        st.session_state[_TOLD] = (load_id, trouble)
    st.rerun()


def _sums(done: Changed) -> str:
    verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in done.load.verdicts.items() if count)
    cells = f"{counted(done.cells, 'cell')} of " if done.cells else ""
    held = f"; {done.load.held:,} held" if done.load.held else ""
    return f"{cells}{counted(done.rows, 'row')} changed. The load now has {verdicts}{held}."


def why(key: str, *, default: str = "", label: str = "Why") -> str:
    """The reason that stays with the change; '' until one is typed."""
    text = st.text_input(
        label, default, key=key, live="200ms", max_chars=300, help="Stays with the rows and in the log."
    )
    return (text or "").strip()


def needs_reason(reason: str) -> None:
    """Said beside a button that waits for a reason."""
    if not reason:
        st.markdown(":small[:gray[A reason is needed first.]]", width="content")

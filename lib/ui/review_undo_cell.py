"""The last step of a review: where each row of a committed load would land if it had to go back, and the way there."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.services import undo
from lib.services.review import LoadReview
from lib.ui.address import from_address, to_address
from lib.ui.guard import Visit
from lib.ui.marks import NOTHING, badge
from lib.ui.notebook import boxes, cell, waiting
from lib.ui.review_decision import ask_because
from lib.ui.words import counted, plain

# An undo is worked out row by row; of a bigger load that is done when somebody asks for it.
_AT_ONCE = 2_000


def undo_cell(number: int, visit: Visit, seen: LoadReview) -> None:
    """Where each row of a committed load would land if it had to go back, and the button that sends it there."""
    load = seen.load
    why = f"If load {load.id} had to go back, this is where each of its rows would land."
    if load.status is LoadStatus.UNDONE:
        with cell(number, "Undo", why="This load was taken back.", result=badge("Undone", NOTHING)):
            st.markdown(f"{plain(seen.undone_by)} undid it. Why: {plain(seen.undo_reason)}")
        return
    if load.status is not LoadStatus.COMMITTED:
        if load.status is LoadStatus.IN_REVIEW and not load.is_test:
            waiting(number, "Undo", why=why, needs=f"step {number - 1}")
        return
    if seen.written > _AT_ONCE and from_address("undo") != "1":
        with cell(number, "Undo", why=why, result=badge("Not worked out", NOTHING)):
            words = f"Work out what undoing {counted(seen.written, 'row')} does"
            st.button(words, key="work-out-undo", on_click=to_address, kwargs={"undo": 1})
        return
    with st.spinner(f"Working out what undoing {counted(seen.written, 'row')} does"):
        back = visit.read(undo.preview_of, load.id)
    numbers = f"{seen.written:,} = {back['reversed']:,} + {back['kept']:,} + {back['could_not']:,}"
    with cell(number, "Undo", why=why, result=f":gray[{numbers}]"):
        boxes(
            [
                ("Reversed", f"{back['reversed']:,}", "set back to what they were"),
                (
                    "Kept",
                    f"{back['kept']:,}",
                    "changed since by a later load" if back["kept"] else "none changed since",
                ),
                ("Could not", f"{back['could_not']:,}", "what stood before is gone" if back["could_not"] else "none"),
            ],
            key="undo",
        )
        _undo_button(visit, seen, back)


def _undo_button(visit: Visit, seen: LoadReview, back: dict[str, int]) -> None:
    load_id, may = seen.load.id, visit.may(Right.APPROVE_LOADS)
    key = f"undo-why-{load_id}"
    reason = st.text_input(
        "Why it has to go back",
        key=key,
        live="200ms",
        disabled=not may,
        width=460,
        help="Stays with the load and in the log. The numbers that stood on it are counted again.",
    )
    is_reasoned = bool((reason or "").strip())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Undo load {load_id}: reverse {back['reversed']:,}, keep {back['kept']:,}, report {back['could_not']:,}",
            key=f"undo-{load_id}",
            disabled=not may or not is_reasoned,
            on_click=ask_because,
            args=("undo", load_id, key),
        )
        if not may:
            st.markdown(":small[:gray[Undoing is for data owners.]]", width="content")
        elif not is_reasoned:
            st.markdown(":small[:gray[A reason is needed first.]]", width="content")

"""The last step of a review: where each row of a committed load would land if it had to go back, and the way there."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.pipeline.running.queueing import queue_undo_preview
from lib.services.loading import undo
from lib.services.publishing import published_on_load
from lib.services.reviewing.review import LoadReview
from lib.services.running import job_list, jobs
from lib.services.running.jobs import JobLine
from lib.ui.controls.job_progress import job_line, job_progress
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import to_address
from lib.ui.parts.marks import NOTHING, badge
from lib.ui.parts.notebook import boxes, cell, waiting
from lib.ui.parts.words import counted, plain
from lib.ui.review.decision import ask_because
from lib.ui.review.work import is_deciding, is_large


def undo_cell(number: int, visit: Visit, seen: LoadReview, job: JobLine | None) -> None:
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
    if is_deciding(job):
        waiting(number, "Undo", why=why, needs="the work above")
        return
    back = visit.read(job_list.undo_previewed, load) if is_large(visit, load.row_count) else _previewed(visit, load.id)
    if back is None:
        with cell(number, "Undo", why=why, result=badge("Not worked out", NOTHING)):
            _work_out(visit, seen, job)
        return
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
        _published(visit, load.id)
        _undo_button(visit, seen, back)


def _published(visit: Visit, load_id: int) -> None:
    """Which numbers a client is shown now would be taken back with the load."""
    found = visit.read(published_on_load.published_on_load, load_id)
    if found:
        names = ", ".join(f"{plain(each.label)} from {plain(each.source)} ({plain(each.current)})" for each in found)
        stand = f"{counted(len(found), 'published number')} {'stands' if len(found) == 1 else 'stand'} on it"
        st.markdown(f"{stand}: {names}. What moves is taken back from the portal, with a note to the client.")


def _work_out(visit: Visit, seen: LoadReview, job: JobLine | None) -> None:
    """An undo is worked out row by row; of a large load the worker does that once somebody asks for it."""
    if job is not None and not job.is_over:
        job_progress(job.id)
        return
    if job is not None and job.status != jobs.DONE:
        job_line(job)
    if st.button(f"Work out what undoing {counted(seen.written, 'row')} does", key="work-out-undo"):
        with shown_errors(goes_on=True):
            to_address(job=queue_undo_preview(visit.desk, visit.actor, seen.load.id))
            st.rerun()


def _previewed(visit: Visit, load_id: int) -> dict[str, int]:
    return _worked_out(visit, load_id, visit.read(undo.standing, load_id))


@st.cache_data(max_entries=1_000, show_spinner="Working out what undoing it does")
def _worked_out(_visit: Visit, load_id: int, standing: tuple[int, int]) -> dict[str, int]:  # noqa: ARG001 - a key
    return _visit.read(undo.preview_of, load_id)


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
            args=("undo", load_id, seen.load.row_count, key),
        )
        if not may:
            st.markdown(":small[:gray[Undoing is for data owners.]]", width="content")
        elif not is_reasoned:
            st.markdown(":small[:gray[A reason is needed first.]]", width="content")

"""Imports that are not finished: one under way leads to its job, one that was stopped goes on, starts clean or is dropped."""

from __future__ import annotations

import streamlit as st

from lib.domain.jobs import IMPORT
from lib.domain.people import Right
from lib.errors import DeskError
from lib.pipeline.loading.stopped_imports import drop_load, go_on
from lib.services.arriving import uploads
from lib.services.arriving.uploads import StoppedLine
from lib.services.reviewing.review import LoadReview
from lib.services.running import job_list, jobs
from lib.services.running.jobs import JobLine
from lib.ui.controls.job_progress import STAGES, job_line, job_progress
from lib.ui.entry.door import show_trouble, shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import to_address
from lib.ui.parts.marks import ATTENTION, badge
from lib.ui.parts.notebook import cell, next_line, turn
from lib.ui.parts.words import counted, plain, said


def job_cell(number: int, visit: Visit, job_id: int) -> JobLine:
    """How far a long import is; the page goes to its load once that is there. The job that is shown."""
    with shown_errors():
        seen = visit.read(jobs.job, job_id)
        if seen.load_id is not None and (seen.status == jobs.DONE or seen.kind != IMPORT):
            to_address(load=seen.load_id, job="" if seen.kind == IMPORT else job_id)
            st.rerun()
    why = "The worker reads long files, so this page may be left and come back to: its address says which job it is."
    with cell(number, "On its way to review", why=why):
        if not seen.is_over:
            job_progress(job_id)
            return seen
        job_line(seen)
        line = visit.read(uploads.stopped, seen.load_id) if seen.load_id is not None else None
        if line is not None:
            _stopped(visit, line)
        turn("Choose a file again")
    return seen


def unfinished_cell(number: int, visit: Visit, stopped: tuple[StoppedLine, ...], shown: JobLine | None) -> int:
    """Imports that run or wait, and those that were stopped, but for the one shown above; nothing where there are none.

    The number of the next step comes back.
    """
    above = (None, None) if shown is None else (shown.id, shown.load_id)
    under_way = [item for item in visit.read(job_list.under_way) if item.kind == IMPORT and item.id != above[0]]
    stopped = tuple(line for line in stopped if line.load_id != above[1])
    if not under_way and not stopped:
        return number
    with cell(
        number,
        "Imports that are not finished",
        why="Nothing of them is in sight anywhere else until all of their rows are there.",
        result=badge(f"{len(stopped)} stopped", ATTENTION) if stopped else "",
    ):
        for item in under_way:
            rows = f": {item.done:,} of {counted(item.total, 'row')}" if item.total else ""
            stage = plain(STAGES.get(item.stage, item.stage.capitalize()))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{said(item.file_name)} :small[:gray[{stage}{rows}]]", width="stretch")
                turn(f"Look at job {item.id}", job=item.id)
        for line in stopped:
            with st.container(border=True):
                _stopped(visit, line)
    return number + 1


def unfinished_load(visit: Visit, seen: LoadReview) -> None:
    """The page of a load that is not whole: how far it is, and what may become of it. It cannot be decided on."""
    load = seen.load
    job, line = visit.read(jobs.of_load, load.id), visit.read(uploads.stopped, load.id)
    if line is None:
        next_line("On its way.", f"{load.row_count:,} of {counted(load.arriving, 'row')} are there.")
    else:
        next_line("This import was stopped.", "Nothing of it counts, and nobody can approve it before it is whole.")
    if job is not None:
        job_progress(job.id)
    if line is not None:
        _stopped(visit, line)
    turn("All loads, or bring another file", account=seen.account.key, object=load.object)


def _stopped(visit: Visit, line: StoppedLine) -> None:
    place = f"stopped at row {line.rows:,} of {line.arriving:,}"
    source = f"{plain(line.source_label)}, {plain(line.object.replace('_', ' '))}"
    st.markdown(f"{said(line.file_name)} **{place}** :small[:gray[Load {line.load_id}, {source}]]")
    if line.why_not:
        st.markdown(f":small[:gray[{plain(line.why_not)}]]")
    if not visit.may(Right.IMPORT):
        return
    left = counted(line.arriving - line.rows, "row")
    is_kept = "not kept" not in line.why_not
    with st.container(horizontal=True):
        if not line.why_not and st.button(f"Go on with the {left} left", key=f"go-on-{line.load_id}"):
            _again(visit, line, is_clean=False)
        if is_kept and st.button(f"Start clean with row 1 of {line.arriving:,}", key=f"start-clean-{line.load_id}"):
            _again(visit, line, is_clean=True)
        if st.button(f"Drop load {line.load_id}, keep the file", key=f"drop-{line.load_id}", type="tertiary"):
            _drop(visit, line)


def _again(visit: Visit, line: StoppedLine, *, is_clean: bool) -> None:
    try:
        job = go_on(visit.desk, visit.actor, line.load_id, is_clean=is_clean)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    to_address(job=job, load="", again="")
    st.rerun()


def _drop(visit: Visit, line: StoppedLine) -> None:
    try:
        with st.spinner(f"Dropping {counted(line.rows, 'row')}"):
            drop_load(visit.desk, visit.actor, line.load_id)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    to_address(job="", load="")
    st.rerun()

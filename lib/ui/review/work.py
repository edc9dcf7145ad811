"""A decision on a large load, done by the worker: on its way, and what became of it."""

from __future__ import annotations

import streamlit as st

from lib.domain.jobs import APPROVE, UNDO
from lib.domain.states import LoadStatus
from lib.services.reviewing.review import LoadReview
from lib.services.running import jobs
from lib.services.running.jobs import JobLine
from lib.ui.controls.job_progress import job_line, job_progress
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import number_from_address
from lib.ui.parts.words import counted

_DECIDED = (LoadStatus.IN_REVIEW, LoadStatus.COMMITTED, LoadStatus.APPROVED, LoadStatus.UNDONE)


def is_large(visit: Visit, rows: int) -> bool:
    """Whether a load of so many rows is approved and undone by the worker."""
    return rows > visit.desk.settings.large_rows


def at_work_on(visit: Visit, seen: LoadReview) -> JobLine | None:
    """The job that works on this load now, or the one that the address names; None where there is none."""
    if seen.load.status not in _DECIDED or not is_large(visit, seen.load.row_count):
        return None
    under_way = visit.read(jobs.of_load, seen.load.id)
    named = number_from_address("job")
    if under_way is not None or named is None:
        return under_way
    found = visit.read(jobs.job, named)
    return found if found.load_id == seen.load.id else None


def is_deciding(job: JobLine | None) -> bool:
    """Whether an approval or an undo is under way, so that nothing else can be decided."""
    return job is not None and not job.is_over and job.kind in (APPROVE, UNDO)


def show_work(seen: LoadReview, job: JobLine | None) -> None:
    """Below the page's head: how far the decision is, or what became of it."""
    if job is None or job.kind not in (APPROVE, UNDO):
        return
    if not job.is_over:
        what = "Approving" if job.kind == APPROVE else "Undoing"
        with st.container(border=True, key="work"):
            st.markdown(
                f"**{what} load {seen.load.id}.** The worker does it, so this page may be left and come back to."
            )
            job_progress(job.id)
    elif job.status == jobs.DONE:
        st.success(approved(seen) if job.kind == APPROVE else undone(job.result), icon=":material/check:")
    elif job.status == jobs.CANCELLED:
        what = "approved" if job.kind == APPROVE else "undone"
        st.info(f"**Cancelled.** Nothing was {what}; the load stands as it stood.", icon=":material/info:")
    else:
        job_line(job)


def approved(seen: LoadReview) -> str:
    """What an approval came to."""
    if seen.load.is_test:
        return "**Accepted.** The test is logged, and nothing was written."
    held = f"{seen.held_back:,} held"
    return f"**Approved.** {counted(seen.written, 'row')} are in, {held}, {seen.left_out:,} left out."


def undone(counts: dict[str, int]) -> str:
    """What an undo came to."""
    return f"**Undone.** {counts['reversed']:,} reversed, {counts['kept']:,} kept, {counts['could_not']:,} could not."

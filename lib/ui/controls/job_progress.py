"""How far a piece of long work is: stage, rows, rate, time left, and its end, looked at every second."""

from __future__ import annotations

import streamlit as st

from lib.domain.jobs import APPROVE, IMPACT, IMPORT, UNDO, UNDO_PREVIEW
from lib.domain.people import Right
from lib.services.running import jobs
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit, require
from lib.ui.parts.marks import GOOD, NOTHING, STOPPED, UNDER_WAY, badge
from lib.ui.parts.words import counted, plain

STAGES = {
    "reading": "Reading the file",
    "checking": "Mapping and checking rows",
    "finding duplicates": "Finding rows given twice",
    "counting anew": "Counting rows anew",
    "committing": "Writing rows",
    "undoing": "Taking rows back",
    "rolling up": "Counting the days they touch",
    "trying the change": "Trying the change on past rows",
}
_LOOKS = {jobs.QUEUED: NOTHING, jobs.RUNNING: UNDER_WAY, jobs.DONE: GOOD, jobs.CANCELLED: NOTHING}
# What cancelling leaves behind, and what a failure has left behind.
_AFTER_CANCEL = {
    IMPORT: "what is written stays out of sight, and can go on",
    APPROVE: "nothing is approved",
    UNDO: "nothing is undone",
    UNDO_PREVIEW: "nothing changes by it",
    IMPACT: "nothing changes by it",
}
_AFTER_FAILURE = {IMPORT: "Nothing of it is in sight."}
_RIGHTS = {
    IMPORT: Right.IMPORT,
    APPROVE: Right.APPROVE_LOADS,
    UNDO: Right.APPROVE_LOADS,
    IMPACT: Right.EDIT_MAPS,
}


@st.fragment(run_every=1.0)
def job_progress(job_id: int) -> None:
    """The job as it stands, until it is over: then the page around it runs anew."""
    # A fragment runs without the page around it, also after a right was withdrawn, so it asks anew.
    visit = require(Right.SEE_DETAIL)
    with shown_errors():
        seen = visit.read(jobs.job, job_id)
        if seen.is_over:
            st.rerun()
        job_line(seen)
        _cancel(visit, seen)


def job_line(seen: jobs.JobLine) -> None:
    """One job in words: where it stands, its stage and rows, its rate, the time left, and what stopped it."""
    words = [badge(str(seen.status).capitalize(), _LOOKS.get(seen.status, STOPPED))]
    stage = plain(STAGES.get(seen.stage, seen.stage.capitalize()))
    words.append(f"{stage}: {seen.done:,} of {counted(seen.total, 'row')}" if seen.total else stage)
    if seen.rate:
        words.append(f"{seen.rate:,.0f} rows a second")
    if seen.seconds_left is not None:
        words.append(f"about {_time(seen.seconds_left)} left")
    st.markdown(" · ".join(words))
    if seen.total:
        st.progress(min(seen.done / seen.total, 1.0))
    if seen.error:
        left = _AFTER_FAILURE.get(seen.kind, "Nothing was changed.")
        st.error(f"**It stopped.** {plain(seen.error)} {left}", icon=":material/close:")


def _cancel(visit: Visit, seen: jobs.JobLine) -> None:
    if not visit.may(_RIGHTS.get(seen.kind, Right.SEE_DETAIL)):
        return
    left = _AFTER_CANCEL.get(seen.kind, "what was not begun is not done")
    if st.button(f"Cancel job {seen.id}: {left}", key=f"cancel-{seen.id}"):
        with st.spinner("Telling the worker to stop"):
            visit.act(jobs.cancel, seen.id)
        st.rerun()


def _time(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min"

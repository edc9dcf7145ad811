"""The third step of the operations page: work under way with its rate and time left, and what failed, with one more try."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from lib.domain.jobs import RIGHTS, RUNNING, WAYS_OUT, JobLine
from lib.domain.people import Right
from lib.domain.running.schedules import Schedule
from lib.services.running import job_list, jobs
from lib.ui.controls.job_progress import job_line
from lib.ui.entry.door import shown_errors, tell_then, told
from lib.ui.entry.guard import Visit, is_alone, require
from lib.ui.operations.now import moment_words
from lib.ui.parts.marks import NOTHING, STOPPED, UNDER_WAY, badge
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, sentence

_MOST = 8
_TOLD = "operations-job-told"
_WORK = {
    "import": "Import",
    "approve": "Approval",
    "undo": "Undo",
    "undo_preview": "Preview of an undo",
    "purge": "Purge of payloads",
    "impact": "Trial of a change",
    "pull": "Pull from the API",
    "drop": "Look into the drop folder",
    "receipts": "Webhooks into a delivery",
    "bulk_replay": "Replay of dead letters",
    "let_in": "Unattended approval",
}


def jobs_cell(
    number: int,
    visit: Visit,
    under_way: Sequence[JobLine],
    failed: Sequence[JobLine],
    schedules: Sequence[Schedule],
    keys: frozenset[str],
    now: datetime,
) -> None:
    """Jobs of the accounts called `keys`: what runs and waits, what failed, and what is due next by a schedule."""
    active = [item for item in under_way if item.account in keys]
    over = [item for item in failed if item.account in keys]
    due = sorted((item for item in schedules if item.is_on and item.next_run_at and item.account in keys), key=_due)
    with cell(
        number,
        "Jobs",
        why="What the worker does now and next, and what it gave up after its last try.",
        result=_result(active, over),
    ):
        told(_TOLD)
        if not active and not over and not due:
            empty(
                "No work is under way.", "Imports, approvals and pulls that the worker does stand here while they run."
            )
            return
        if active:
            _live([item.id for item in active[:_MOST]])
            _rest(active)
        for item in over[:_MOST]:
            _failed(visit, item, now)
        _rest(over)
        if due:
            st.markdown(":small[:gray[Next by schedule]]")
            reading_table([_schedule(item, now) for item in due[:_MOST]])


@st.fragment(run_every=2.0)
def _live(job_ids: list[int]) -> None:
    # A fragment runs without the page around it, also after a right was withdrawn, so it asks anew.
    visit = require(Right.SEE_DETAIL)
    with shown_errors():
        seen = {item.id: item for item in visit.read(job_list.under_way)}
        shown = [seen[number] for number in job_ids if number in seen]
        if len(shown) < len(job_ids) and is_alone():
            st.rerun()
        for item in shown:
            with st.container(key=f"job-{item.id}", gap="xsmall"):
                st.markdown(f"**{_name(item)}** :small[:gray[job {item.id}{_tries(item)}]]")
                job_line(item)
                if visit.may(RIGHTS[item.kind]) and st.button(f"Cancel job {item.id}", key=f"job-cancel-{item.id}"):
                    visit.act(jobs.cancel, item.id)
                    st.rerun()


def _failed(visit: Visit, item: JobLine, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"job-failed-{item.id}"):
        when = f", {moment_words(item.finished_at, now)} UTC" if item.finished_at else ""
        way_out = WAYS_OUT.get(item.kind, "")
        st.markdown(
            f"{badge('Failed', STOPPED)} **{_name(item)}** {sentence(f'{item.error} {way_out}'.strip())} "
            f":small[:gray[job {item.id}{_tries(item)}{when}]]",
            width="stretch",
        )
        if visit.may(RIGHTS[item.kind]):
            st.button("Try it again", key=f"job-retry-{item.id}", on_click=_retry, args=(visit, item.id))


def _retry(visit: Visit, job_id: int) -> None:
    with shown_errors(goes_on=True):
        visit.act(jobs.retry, job_id)
        tell_then(_TOLD, f"Job {job_id} waits for the worker again.")


def _schedule(item: Schedule, now: datetime) -> dict[str, str | int]:
    assert item.next_run_at is not None, "only those that are due are listed"
    missed = f"{item.skipped:,} skipped: {item.note}" if item.skipped else ""
    return {
        "Account": plain(item.account),
        "Work": plain(
            f"{_WORK.get(item.kind, item.kind)}{f', {item.object}' if item.object else ''}".replace("_", " ")
        ),
        "Next": f"{moment_words(item.next_run_at, now, item.zone)} {plain(item.zone)}",
        "Schedule": f"`{item.cron}`",
        "Missed": plain(missed) or ":gray[none]",
    }


def _result(active: Sequence[JobLine], over: Sequence[JobLine]) -> str:
    if over:
        return badge(f"{counted(len(over), 'job')} failed", STOPPED)
    running = sum(item.status == RUNNING for item in active)
    if active:
        return badge(f"{running:,} running, {len(active) - running:,} waiting", UNDER_WAY)
    return badge("None under way", NOTHING)


def _rest(items: Sequence[JobLine]) -> None:
    if len(items) > _MOST:
        st.markdown(f":small[:gray[{counted(len(items) - _MOST, 'job')} more.]]")


def _name(item: JobLine) -> str:
    what = _WORK.get(item.kind, item.kind.replace("_", " ").capitalize())
    return plain(f"{what}, {item.account}{f' {item.object}' if item.object else ''}".replace("_", " "))


def _tries(item: JobLine) -> str:
    return f", {counted(item.attempts, 'try', 'tries')}" if item.attempts > 1 else ""


def _due(item: Schedule) -> datetime:
    assert item.next_run_at is not None, "only those that are due are sorted"
    return item.next_run_at

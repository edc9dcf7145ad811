"""One cause in the dead-letter queue: what is held up, what replaying it would bring, and the ways to be done with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import streamlit as st

from lib.domain.jobs import JobLine
from lib.domain.people import Right
from lib.domain.running.dead_letters import DeadLetter, Group, GroupDetail, LetterStatus, ReplayPreview
from lib.domain.running.failed_work import Subject
from lib.errors import DeskError
from lib.pipeline.letters import dead_letters as working_off
from lib.pipeline.letters.dead_letters import Replaying
from lib.pipeline.letters.letter_preview import preview_replay
from lib.reporting.amounts import money
from lib.ui.controls.job_progress import job_line
from lib.ui.entry.door import shown_errors, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.operations.dead_letters import cause_words, status_badge
from lib.ui.operations.now import span_words
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import boxes, cell, link, next_line, turn
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said, sentence
from lib.ui.review.load_list import moment

_TOLD = "operations-cause-told"
_PREVIEW = "operations-cause-preview"
_LINES = 12
_MOST_CELLS = 12


def cause_title(group: Group) -> str:
    """What the page of a cause is called."""
    return cause_words(group)


def cause_view(visit: Visit, found: GroupDetail, running: JobLine | None, now: date) -> None:
    """The three steps of a cause: look at it, see what a replay would bring, decide. `running` replays it now."""
    group = found.group
    _next(group, running)
    told(_TOLD)
    _lines(1, visit, found)
    is_open = group.is_held_up and running is None
    if is_open:
        _before_and_after(2, visit, group)
    _decide(3 if is_open else 2, visit, group, running, now)
    with st.container(horizontal=True, vertical_alignment="center"):
        turn("All of operations")
        turn("The account's page", incident=group.account)


def _next(group: Group, running: JobLine | None) -> None:
    if running is not None:
        next_line("It is being replayed.", "What comes in is a load like any other, and waits for a decision.")
    elif group.is_held_up:
        go = {"go": "Look at the map", "to": "field_maps", "account": group.account, "object": group.object}
        next_line("Next:", sentence(group.mend), **(go if group.object else {}))
    else:
        next_line("Nothing is held up by it any more.", plain(group.reason))


def _lines(number: int, visit: Visit, found: GroupDetail) -> None:
    group = found.group
    with cell(
        number,
        "What is held up",
        why=f"{group.sentence} Each line is one failure after its last try.",
        result=status_badge(group),
    ):
        rows = f"{group.rows:,}" if group.rows else "not known"
        boxes(
            [
                ("Rows", rows, counted(group.lines, "failure")),
                ("Worth", *_worth(group)),
                ("Waits", span_words(group.age), f"last seen {moment(group.last_seen)} UTC"),
                ("Owner", group.owner.partition("@")[0], plain(group.owner)),
            ],
            key="cause",
        )
        may = visit.may(Right.IMPORT)
        for line in found.lines[:_LINES]:
            _line(visit, line, may_replay=may)
        rest = len(found.lines) + found.more - _LINES
        if rest > 0:
            st.markdown(f":small[:gray[{counted(rest, 'failure')} more, older ones.]]")


def _worth(group: Group) -> tuple[str, str]:
    if group.worth is None:
        return "–", "no amount is known"
    return money(group.worth.amount, group.worth.currency), f"by {plain(group.worth.column.replace('_', ' '))}"


def _line(visit: Visit, line: DeadLetter, *, may_replay: bool) -> None:
    looks = {LetterStatus.OPEN: STOPPED, LetterStatus.RESOLVED: GOOD, LetterStatus.DISCARDED: NOTHING}
    with st.container(horizontal=True, vertical_alignment="center", key=f"letter-{line.id}"):
        rows = f", {counted(line.rows, 'row')}" if line.rows else ""
        tries = f", tried {line.tries} times" if line.tries > 1 else ""
        since = f"since {moment(line.first_seen)} UTC{tries}"
        words = f"{badge(str(line.status).capitalize(), looks.get(line.status, ATTENTION))} {_subject(line)}{rows}"
        st.markdown(f":small[{words} :gray[{plain(since)}]]", width="stretch")
        if line.subject is Subject.LOAD:
            link("Its rows", "import_review", load=line.subject_id, show="failed", reason=_reason(line))
        if may_replay and line.status is LetterStatus.OPEN and line.subject is not Subject.RECEIPT:
            st.button("Replay this one", key=f"letter-replay-{line.id}", on_click=_replay_one, args=(visit, line.id))


def _reason(line: DeadLetter) -> str:
    return f"{line.code}:{line.column}" if line.column else line.code


def _subject(line: DeadLetter) -> str:
    names = {Subject.JOB: "Job", Subject.RECEIPT: "Webhook", Subject.DELIVERY: "Delivery", Subject.LOAD: "Load"}
    return f"{names[line.subject]} {line.subject_id}"


def _before_and_after(number: int, visit: Visit, group: Group) -> None:
    with cell(
        number,
        "Before and after",
        why="What the map that is approved now makes of the rows that are held up. Nothing is written by it.",
    ):
        place = f"{_PREVIEW}-{group.fingerprint[:16]}"
        if st.button("Show what a replay would bring", key=place):
            with st.spinner("Reading the held-up rows again"), shown_errors(goes_on=True):
                _preview(preview_replay(visit.desk, visit.viewer, said=group.fingerprint))


def _preview(found: ReplayPreview) -> None:
    st.markdown(sentence(found.sentence))
    if found.samples:
        reading_table(
            [
                {
                    "Line": f"{item.line_no:,}",
                    "Column in the file": said(item.source) or "–",
                    "As it came": said(item.raw) or ":gray[empty]",
                    "Reads as now": said(item.mapped) or ":gray[nothing]",
                    "Then": badge("Goes in", GOOD) if not item.why else f":red[× {plain(item.why)}]",
                }
                for item in found.samples[:_MOST_CELLS]
            ]
        )
    for why, rows in found.still:
        still = f"{counted(rows, 'row')} still"
        st.markdown(f":small[{badge(still, STOPPED)} {plain(why)}]")
    for item in found.deliveries:
        if item.why_not:
            st.markdown(f":small[:gray[{said(item.file_name)} {plain(item.why_not)}]]")


def _decide(number: int, visit: Visit, group: Group, running: JobLine | None, today: date) -> None:
    why = "A replay loads the deliveries again through the current map; the loads are reviewed like any other."
    if running is not None:
        with cell(number, "Replay", why=why):
            job_line(running)
            turn("Look again", cause=group.fingerprint)
        return
    if not visit.may(Right.IMPORT):
        with cell(number, "Decide", why=why):
            st.markdown(":small[:gray[Replaying and discarding is for people who may import.]]")
        return
    with cell(number, "Decide", why=why):
        if not group.is_held_up:
            if LetterStatus.DISCARDED in group.told:
                st.button("Put it back into the queue", on_click=_bring_back, args=(visit, group.fingerprint))
            else:
                st.markdown(":small[:gray[There is nothing left to decide.]]")
            return
        rows = f", {counted(group.rows, 'row')}" if group.rows else ""
        many = f"{counted(group.lines, 'failure')}{rows}"
        st.button(f"Replay {many}", type="primary", on_click=_replay_all, args=(visit, group.fingerprint))
        left, right = st.columns(2, gap="large")
        with left, st.form("cause-snooze", border=False):
            until = st.date_input("Let it wait until", value=today + timedelta(days=7), min_value=today)
            if st.form_submit_button("Snooze it"):
                _snooze(visit, group.fingerprint, until)
        with right, st.form("cause-discard", border=False):
            reason = st.text_input("Why it is given up", max_chars=300)
            if st.form_submit_button(f"Discard {many}"):
                _discard(visit, group.fingerprint, reason)


def _replay_one(visit: Visit, letter_id: int) -> None:
    with _told_after():
        tell_then(_TOLD, _set_going(working_off.replay_one(visit.desk, visit.actor, letter_id)))


def _replay_all(visit: Visit, cause: str) -> None:
    with _told_after():
        tell_then(_TOLD, _set_going(working_off.replay_all(visit.desk, visit.actor, cause=cause)))


def _bring_back(visit: Visit, cause: str) -> None:
    with _told_after():
        working_off.bring_back(visit.desk, visit.actor, cause)
        tell_then(_TOLD, "It is back in the queue.")


def _snooze(visit: Visit, cause: str, until: date) -> None:
    with shown_errors(goes_on=True):
        working_off.snooze(visit.desk, visit.actor, cause, until)
        tell_then(_TOLD, f"It waits until {until.day} {until:%B}.")
        st.rerun()


def _discard(visit: Visit, cause: str, reason: str) -> None:
    with shown_errors(goes_on=True):
        working_off.discard(visit.desk, visit.actor, cause, reason)
        tell_then(_TOLD, "It was discarded, and the reason is kept.")
        st.rerun()


@contextmanager
def _told_after() -> Iterator[None]:
    """Known trouble of a button is shown in the run that follows it."""
    try:
        yield
    except DeskError as trouble:
        tell_then(_TOLD, trouble)


def _set_going(found: Replaying) -> str:
    what = [
        f"{found.deliveries:,} {'delivery' if found.deliveries == 1 else 'deliveries'} with {counted(found.rows, 'row')}"
        if found.deliveries
        else "",
        counted(len(found.jobs), "job") if found.jobs else "",
    ]
    left_out = f" {counted(len(found.left_out), 'failure')} cannot be replayed." if found.left_out else ""
    return f"Set going: {' and '.join(part for part in what if part)}.{left_out}"

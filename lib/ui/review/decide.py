"""Deciding about whole rows under review, releasing held ones, and the list of what was done with the way back."""

from __future__ import annotations

import streamlit as st

from lib.clock import zone
from lib.domain.people import Right
from lib.domain.rows.fixes import DecisionKind, WhichRows, lines_of
from lib.domain.states import LoadStatus
from lib.domain.verdicts import RowClass
from lib.errors import DeskError
from lib.pipeline.loading.fixing import Changed, decide, take_back, turn_fix
from lib.services.reviewing import fix_rows, row_history
from lib.services.reviewing.review import LoadReview
from lib.services.reviewing.row_history import DoneLine
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import class_mark
from lib.ui.parts.words import counted, plain, said
from lib.ui.review.filter import rows_asked
from lib.ui.review.hand import do, needs_reason, why

_SHOWN, _LINES = "Rows shown in step 4", "These lines of the file"
_HOLD, _IGNORE, _CLASS, _RELEASE = "Hold them back", "Leave them out", "Give them a class", "Release held ones"
_MOST_LINES = 30


def decide_rows_part(here: Visit, seen: LoadReview) -> None:
    """Choose rows and what becomes of them; the button says it all once more."""
    if seen.load.status is LoadStatus.COMMITTED:
        _release_part(here, seen)
        return
    load = seen.load
    left, right = st.columns(2, gap="large")
    with left:
        where = st.selectbox("Which rows", [_SHOWN, _LINES], key=f"decide-where-{load.id}")
        text = ""
        if where == _LINES:
            text = st.text_input("Lines", key=f"decide-lines-{load.id}", live="400ms", placeholder="4, 9-12") or ""
    with right:
        what = st.selectbox("What to do", [_HOLD, _IGNORE, _CLASS, _RELEASE], key=f"decide-what-{load.id}")
        kind = RowClass.GENUINE
        if what == _CLASS:
            kind = st.selectbox("Class", list(RowClass), format_func=class_mark, key=f"decide-class-{load.id}") or kind
    st.markdown(f":small[:gray[{_meaning(what)}]]")
    if where == _LINES and not text.strip():
        st.markdown(":small[:gray[Type the lines first.]]")
        return
    which = WhichRows(lines=lines_of(text)) if where == _LINES else rows_asked()
    try:
        count = here.read(fix_rows.count_of, load.id, which)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    reason = why(f"decide-why-{load.id}")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_words(what, count, kind), key=f"decide-do-{load.id}", type="primary", disabled=not reason):
            verb, value = {
                _HOLD: (DecisionKind.HOLD, ""),
                _IGNORE: (DecisionKind.IGNORE, ""),
                _CLASS: (DecisionKind.RECLASS, str(kind)),
                _RELEASE: (DecisionKind.RELEASE, ""),
            }[what]
            do(
                load.id,
                "Decided",
                lambda: decide(here.desk, here.actor, load.id, which, verb, reason, value=value, seen=load.version),
            )
        needs_reason(reason)


def _words(what: str, count: int, kind: RowClass) -> str:
    rows = counted(count, "row")
    return {
        _HOLD: f"Hold {rows} out of the commit",
        _IGNORE: f"Leave {rows} out",
        _CLASS: f"Make {rows} {str(kind).replace('_', ' ')}",
        _RELEASE: f"Release the held ones of {rows}",
    }[what]


def _meaning(what: str) -> str:
    return {
        _HOLD: "A held row keeps its verdict and stays out of the commit; it can be released before it or after it.",
        _IGNORE: "An ignored row is as if it had not come: it is counted and shown, and never becomes a record.",
        _CLASS: "Only genuine rows count in a metric. What the marks say of a row stays beside your class.",
        _RELEASE: "Released rows go in with the commit.",
    }[what]


def _release_part(here: Visit, seen: LoadReview) -> None:
    load = seen.load
    if not load.held:
        st.markdown("No row of this load is held.")
        return
    if not here.may(Right.APPROVE_LOADS):
        st.info("**Read only.** Releasing rows of a committed load is for data owners.", icon=":material/info:")
        return
    text = st.text_input(
        "Lines, all held ones where none is named", key=f"release-lines-{load.id}", live="400ms", placeholder="4, 9-12"
    )
    which = WhichRows(lines=lines_of(text)) if (text or "").strip() else WhichRows(is_held=True)
    reason = why(f"release-why-{load.id}")
    with st.container(horizontal=True, vertical_alignment="center"):
        rows = "the held ones of these lines" if which.lines else counted(load.held, "held row")
        if st.button(f"Write {rows} now", key=f"release-do-{load.id}", type="primary", disabled=not reason):
            do(
                load.id,
                "Released",
                lambda: decide(here.desk, here.actor, load.id, which, DecisionKind.RELEASE, reason),
            )
        needs_reason(reason)


def done_part(here: Visit, seen: LoadReview) -> None:
    """What was done to rows of this load, newest first, each with the way back while the load is in review."""
    load = seen.load
    history = here.read(row_history.history_of, load.id)
    may = here.may(Right.IMPORT) and load.status is LoadStatus.IN_REVIEW
    if not history.lines:
        st.markdown("Nobody has changed a row of this load.")
        return
    if may and (history.undo or history.redo):
        with st.container(horizontal=True):
            for words, step, is_redo in (
                (f"Undo step {history.undo}", history.undo, False),
                (f"Redo step {history.redo}", history.redo, True),
            ):
                if step and st.button(words, key=f"turn-{load.id}-{is_redo}"):
                    do(
                        load.id,
                        "Brought back" if is_redo else "Taken back",
                        lambda is_redo=is_redo: turn_fix(  # type: ignore[misc]
                            here.desk, here.actor, load.id, is_redo=is_redo, seen=load.version
                        ),
                    )
    for place, line in enumerate(history.lines[:_MOST_LINES]):
        _line(here, seen, place, line, may=may)
    if len(history.lines) > _MOST_LINES:
        st.markdown(f":small[:gray[The last {_MOST_LINES} of {len(history.lines):,} are listed.]]")


def _line(here: Visit, seen: LoadReview, place: int, line: DoneLine, *, may: bool) -> None:
    load = seen.load
    at = line.at.astimezone(zone(seen.account.client_timezone))
    words = f"**{plain(line.words)}** {counted(line.rows, 'row')}"
    if not line.is_standing:
        words = f":gray[~~{plain(line.words)}~~ {counted(line.rows, 'row')}]"
    told = f":gray[{plain(line.who)}, {at.day} {at:%b %H:%M}]" + (f" {said(line.reason)}" if line.reason else "")
    with st.container(horizontal=True, vertical_alignment="center", key=f"done-{load.id}-{place}"):
        st.markdown(f":small[{words}  \n{told}]", width="stretch")
        if may and line.can_go_back and st.button("Take back", key=f"back-{load.id}-{line.step}-{line.decision}"):
            do(load.id, "Taken back", lambda: _back(here, seen, line))


def _back(here: Visit, seen: LoadReview, line: DoneLine) -> Changed:
    if line.decision:
        return take_back(here.desk, here.actor, seen.load.id, line.decision, seen.load.version)
    return turn_fix(here.desk, here.actor, seen.load.id, step=line.step, seen=seen.load.version)

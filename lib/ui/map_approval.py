"""Steps 5 and 6: submit the draft, approve what waits and say what that means; and every version there was."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import MapStatus
from lib.services import map_desk, maps
from lib.services.map_desk import MapVersion
from lib.ui.door import shown_errors
from lib.ui.map_session import Work, keep
from lib.ui.marks import ATTENTION, GOOD, NOTHING, UNDER_WAY, badge
from lib.ui.notebook import cell, empty, waiting
from lib.ui.tables import reading_table
from lib.ui.words import counted, plain

_TITLE = "Submit and approve"
_WHY = "A map is in use only once it is approved, and an approved map never changes again. Uses steps 2 to 4."
_STATUS = {
    MapStatus.DRAFT: UNDER_WAY,
    MapStatus.SUBMITTED: ATTENTION,
    MapStatus.APPROVED: GOOD,
    MapStatus.RETIRED: NOTHING,
}


def approval_cell(number: int, work: Work) -> None:
    """What is to be decided now: submit the draft, or approve the version that waits."""
    desk, draft, view = work.desk, work.draft, work.view
    if draft.field_map is None:
        waiting(number, _TITLE, why=_WHY, needs="step 2" if draft.sample else "step 1")
        return
    is_waiting = desk.is_version(desk.waiting, draft, view)
    with cell(number, _TITLE, why=_WHY, result=_result(work)):
        if desk.waiting is not None:
            _approve(work, desk.waiting, is_primary=is_waiting)
        if not is_waiting:
            _submit(work)


def _result(work: Work) -> str:
    desk = work.desk
    if desk.waiting is not None:
        return badge(f"Map {desk.waiting.version} waits", ATTENTION)
    if desk.current is not None:
        return badge(f"Map {desk.current.version} in use", GOOD)
    return badge("Nothing approved yet", NOTHING)


def _submit(work: Work) -> None:
    desk, draft, view = work.desk, work.draft, work.view
    if desk.is_version(desk.current, draft, view):
        assert desk.current is not None
        st.markdown(
            f"This is map {desk.current.version}, which is in use. An edit above begins map {desk.next_version}."
        )
        return
    why_not = ""
    if view.problems:
        why_not = f"{counted(len(view.problems), 'thing')} in step 2 must be mended first."
    elif not work.visit.may(Right.EDIT_MAPS):
        why_not = "Your role may look at maps and not submit them."
    if desk.waiting is not None:
        st.markdown(f"Your draft differs from map {desk.waiting.version}; submitting it makes map {desk.next_version}.")
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(
            f"Submit map {desk.next_version} for approval",
            key="map-submit",
            type="primary" if desk.waiting is None else "secondary",
            disabled=bool(why_not),
        )
        st.markdown(f":small[:gray[{plain(why_not or _what_it_holds(view.mapped, view.left_out, view.unplaced))}]]")
    if is_asked and draft.field_map is not None:
        with shown_errors():
            work.visit.act(maps.save_map, draft.account, draft.field_map)
        st.rerun()


def _approve(work: Work, waits: MapVersion, *, is_primary: bool) -> None:
    desk, version = work.desk, waits.version
    line = desk.line_of(version)
    fields, left_out = len(waits.field_map.fields), len(waits.field_map.ignored)
    st.markdown(
        f"**Map {version}** was submitted by {plain(line.submitted_by)}. "
        f"{plain(_what_it_holds(fields, left_out, maps.unplaced(waits.field_map)))} "
        + (
            f"It replaces map {desk.current.version}, which is then retired."
            if desk.current
            else "It is the first one."
        )
        + " What was imported before stays as it is."
    )
    may = desk.may_approve and work.visit.may(Right.APPROVE_MAPS)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_asked = st.button(
            f"Approve map {version}, {counted(fields, 'field')}",
            key="map-approve",
            type="primary" if is_primary else "secondary",
            disabled=not may,
        )
        if not is_primary:
            st.button(f"Look at map {version}", key="map-look", on_click=_look, args=(work, waits))
        st.markdown(f":small[:gray[{plain(_eyes(work, may=may))}]]")
    if is_asked:
        with shown_errors():
            work.visit.act(maps.approve_map, desk.account.key, desk.object, version)
        st.rerun()


def _eyes(work: Work, *, may: bool) -> str:
    if not may:
        return work.desk.why_not or "Your role may not approve maps."
    if work.desk.account.is_four_eyes:
        return "This account asks for four eyes: whoever submitted a map does not approve it."
    return "Four eyes is off for this account, so whoever submitted a map may approve it too."


def _what_it_holds(fields: int, left_out: int, unplaced: int) -> str:
    because = f", {unplaced} of them because nothing fits" if unplaced else ""
    return f"{counted(fields, 'field')} mapped, {left_out} left out{because}."


def _look(work: Work, version: MapVersion) -> None:
    keep(work.draft.begun(version.field_map, f"map {version.version}"))


def versions_cell(number: int, work: Work) -> None:
    """Every version with who submitted and who approved it, and the way to begin from one."""
    history = work.desk.history
    with cell(
        number,
        "Versions",
        why="Every map this object has had. What is imported says which one translated it.",
        result=f":gray[{counted(len(history), 'version')}]",
    ):
        if not history:
            empty("There is no version yet.", "The first one appears here when a draft is submitted in step 5.")
            return
        reading_table(
            [
                {
                    "Map": line.version,
                    "Status": badge(str(line.status).capitalize(), _STATUS[line.status]),
                    "Submitted by": plain(line.submitted_by),
                    "on": f"{line.submitted_at.day} {line.submitted_at:%b %Y, %H:%M} UTC",
                    "Approved by": plain(line.approved_by) or "–",
                    "on ": f"{line.approved_at.day} {line.approved_at:%b %Y, %H:%M} UTC" if line.approved_at else "–",
                }
                for line in history[:30]
            ]
        )
        _begin_from(work)


def _begin_from(work: Work) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        numbers = [line.version for line in work.desk.history]
        number = st.selectbox(
            "Begin the draft from", numbers, key="map-begin-from", format_func=lambda n: f"map {n}", width=200
        )
        if st.button(f"Begin from map {number}", key="map-begin", help="Undo brings your draft back.") and number:
            desk = work.desk
            with shown_errors():
                found = work.visit.read(map_desk.numbered, desk.account.key, desk.object, number)
            _look(work, found)
            st.rerun()

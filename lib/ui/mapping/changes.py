"""What is different between two versions of a map, as sentences; and the way back to an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import MapStatus
from lib.services.mapping import map_desk, map_versions, maps
from lib.services.mapping.map_desk import VersionLine
from lib.services.mapping.map_versions import Difference
from lib.ui.entry.door import shown_errors
from lib.ui.mapping.session import Work, keep
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

_SHOWN, _LISTED = 8, 30
_STATUS = {
    MapStatus.SUBMITTED: ("Submitted", ATTENTION),
    MapStatus.APPROVED: ("In use", GOOD),
    MapStatus.RETIRED: ("Retired", NOTHING),
    MapStatus.RETURNED: ("Sent back", STOPPED),
    MapStatus.WITHDRAWN: ("Taken back", NOTHING),
}


def changes(found: Sequence[Difference], *, key: str, is_first: bool = False) -> None:
    """The sentences of a difference, what touches rows first; of a first version only how many there are."""
    if not found:
        st.markdown("It says the same as the one in use.")
        return
    if is_first:
        with st.expander(f"{counted(len(found), 'line')} that no map had before"):
            _sentences(found)
        return
    lead = _lead(sum(item.touches_rows for item in found), len(found))
    st.markdown(f"**{lead}**")
    _sentences(found[:_SHOWN])
    if len(found) > _SHOWN:
        with st.expander(f"{len(found) - _SHOWN} more", key=f"map-changes-{key}"):
            _sentences(found[_SHOWN:])


def _lead(touching: int, every: int) -> str:
    words = every - touching
    rows = f"{counted(touching, 'change')} in what rows become" if touching else "Nothing changes in what rows become"
    return f"{rows}, {counted(words, 'change')} in words alone." if words else f"{rows}."


def _sentences(found: Sequence[Difference]) -> None:
    st.markdown("\n".join(f"- :gray[{item.kind}] {plain(item.sentence)}" for item in found))


def versions_cell(number: int, work: Work) -> None:
    """Every version with who submitted and who decided on it, any two side by side in words, and the ways back."""
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
        reading_table([_row(line) for line in history[:_LISTED]])
        if len(history) > 1:
            _compare(work)
        _go_back(work)


def _row(line: VersionLine) -> dict[str, str | int]:
    words, look = _STATUS[line.status]
    decided = f"{plain(line.approved_by)}, {_on(line.approved_at)}" if line.approved_at else "–"
    if line.closed_at:
        reason = f": “{plain(line.closed_reason)}”" if line.closed_reason else ""
        decided = f"{words} by {plain(line.closed_by)}, {_on(line.closed_at)}{reason}"
    if line.baseline_id:
        decided += f", measured against baseline {line.baseline_id}"
    if line.rollback_note:
        decided += f". If it goes wrong: “{plain(line.rollback_note)}”"
    return {
        "Map": line.version,
        "Status": badge(words, look),
        "Submitted by": f"{plain(line.submitted_by)}, {_on(line.submitted_at)}",
        "Why": plain(line.note) or "–",
        "Decided by": decided,
    }


def _on(at: datetime | None) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC" if at else ""


def _compare(work: Work) -> None:
    """Choose two versions and read what is different."""
    desk = work.desk
    numbers = [line.version for line in desk.history]
    with st.expander("What is different between two of them"):
        with st.container(horizontal=True):
            old = st.selectbox("From", numbers, index=1, key="map-diff-old", format_func=_named, width=200)
            new = st.selectbox("To", numbers, index=0, key="map-diff-new", format_func=_named, width=200)
        if old == new:
            st.markdown("These are one and the same.")
            return
        with shown_errors():
            found = work.visit.read(map_versions.between, desk.account.key, desk.object, old, new)
        if found:
            changes(found, key=f"{old}-{new}")
        else:
            st.markdown(f"Map {old} and map {new} say the same.")


def _named(number: int) -> str:
    return f"map {number}"


def _go_back(work: Work) -> None:
    """Begin the draft from a version, or submit what it says anew."""
    desk = work.desk
    with st.container(horizontal=True, vertical_alignment="bottom"):
        numbers = [line.version for line in desk.history]
        number = st.selectbox("Go on from", numbers, key="map-begin-from", format_func=_named, width=200)
        is_begun = st.button(f"Begin from map {number}", key="map-begin", help="Undo brings your draft back.")
        is_current = desk.current is not None and desk.current.version == number
        is_waiting = desk.waiting is not None and desk.waiting.version == number
        is_asked = not (is_current or is_waiting) and st.button(
            f"Submit map {number} again",
            key="map-submit-again",
            disabled=not work.visit.may(Right.EDIT_MAPS),
            help="What it says waits for approval as a new version; that is the way back from a change.",
        )
    if is_begun and number:
        with shown_errors():
            found = work.visit.read(map_desk.numbered, desk.account.key, desk.object, number)
        keep(work.draft.begun(found.field_map, f"map {number}"))
        st.rerun()
    if is_asked and number:
        with shown_errors():
            made = work.visit.act(maps.submit_again, desk.account.key, desk.object, number)
        keep(work.draft.begun(made.field_map, f"map {made.version}"))
        st.rerun()

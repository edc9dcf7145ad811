"""Type a row for want of the provider's own word: its fields in the provider's names, and why (R16)."""

from __future__ import annotations

import streamlit as st

from lib.errors import DeskError
from lib.pipeline.loading.by_hand import enter_rows
from lib.services.arriving.by_hand import EntryField, fields_to_enter
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import to_address
from lib.ui.parts.words import plain

_COLUMNS = 3
_REASON = "Why it is entered by hand"


def by_hand_part(visit: Visit, account: str, name: str) -> None:
    """A form with a field for each that the approved map reads; what it is filled with comes to review as one row."""
    noun = plain(name.replace("_", " "))
    with st.expander(f"Type one {noun} by hand instead", icon=":material/edit_note:", key="by-hand"):
        st.markdown(
            ":small[:gray[For an important update that the provider's own delivery cannot bring now. Write what the "
            "provider shows, in its words: the map reads it like any other row. Of an id the desk knows, a field left "
            "empty stays as it is. It is labelled “Entered by hand” wherever it shows.]]"
        )
        fields = visit.read(fields_to_enter, account, name)
        with st.form(f"by-hand-{account}-{name}", border=False):
            typed = _typed(fields, f"{account}-{name}")
            reason = st.text_input(_REASON, key="by-hand-reason", placeholder="The provider's export is down")
            if st.form_submit_button(f"Bring this {noun} to review", key="by-hand-enter"):
                _enter(visit, account, name, typed, reason)


def _typed(fields: tuple[EntryField, ...], key: str) -> dict[str, str]:
    """What was typed, field by field; one left empty is left out."""
    places = st.columns(_COLUMNS)
    typed = {}
    for number, item in enumerate(fields):
        needed = " (needed)" if item.is_key or item.is_required else ""
        with places[number % _COLUMNS]:
            text = st.text_input(f"{plain(item.source)}{needed}", key=f"by-hand-{key}-{item.source}")
        if text.strip():
            typed[item.source] = text
    return typed


def _enter(visit: Visit, account: str, name: str, typed: dict[str, str], reason: str) -> None:
    try:
        done = enter_rows(visit.desk, visit.actor, account, name, [typed] if typed else [], reason)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    to_address(load=int(done["load"]), again=1 if done["already_seen"] else "", job="")
    st.rerun()


def file_by_hand(*, is_asked: bool) -> str | None:
    """Whether a file is a person's in the provider's place, and why: '' for the provider's own, None while no reason is
    given.
    """
    if not is_asked:
        return ""
    reason = st.text_input(_REASON, key="file-by-hand-reason", placeholder="The provider's export is down")
    if not reason.strip():
        st.markdown(":small[:orange[Say why the provider's own delivery cannot be used.]]")
        return None
    return reason.strip()

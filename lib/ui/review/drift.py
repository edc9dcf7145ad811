"""Where a file's columns are not those its map reads: what was renamed, is gone or new, and the person who confirms it."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.services.arriving import drift
from lib.services.arriving.drift import DriftView
from lib.services.mapping import maps
from lib.services.reviewing.review import LoadReview
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import link
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import plain, said

_MOST = 30


def drift_part(visit: Visit, seen: LoadReview) -> None:
    """The diff of the columns, and while it holds the load what confirms or mends it; nothing where there is none."""
    if seen.load.status is not LoadStatus.IN_REVIEW:
        return
    view = visit.read(drift.drift_of, seen.load.id)
    if view is None:
        return
    look = badge("Holds the load", STOPPED) if view.is_held else badge("To know", ATTENTION)
    with st.container(border=True, key="drift"):
        st.markdown(f"{look} **The columns are not those map {seen.load.map_version} reads.** {plain(view.nearest)}")
        reading_table(_lines(view)[:_MOST])
        _mend(visit, seen, view)
        if view.is_held:
            _confirm(visit, seen)


def _lines(view: DriftView) -> list[dict[str, str]]:
    item = view.drift
    now_named = {pair.now for pair in item.renamed}
    was_named = {pair.was for pair in item.renamed}
    renamed = [("Renamed", pair.was, pair.now, pair.reason) for pair in item.renamed]
    gone = [("Gone", name, "", "its values would be cleared") for name in view.gone if name not in was_named]
    new = [("New", "", name, "in no map") for name in item.new if name not in now_named]
    typed = [("Changed", each.name, each.name, f"was {each.was}, now {each.now}") for each in item.retyped]
    return [
        {"": badge(word, NOTHING), "Map reads": said(was) or "–", "File has": said(now) or "–", "Why": plain(why)}
        for word, was, now, why in (*renamed, *gone, *typed, *new)
    ]


def _mend(visit: Visit, seen: LoadReview, view: DriftView) -> None:
    """One click to a version of the map that reads the renamed columns; it is looked at and approved like any other."""
    account, name = seen.account.key, seen.load.object
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.mend is not None and st.button(
            "Submit a map that reads the renamed columns", key="drift-mend", disabled=not visit.may(Right.EDIT_MAPS)
        ):
            with shown_errors(goes_on=True):
                version = visit.act(maps.save_map, account, view.mend)
                st.toast(f"Map {version.version} waits for approval; then load the delivery again.")
        link("Look at the map", "field_maps", account=account, object=name)


def _confirm(visit: Visit, seen: LoadReview) -> None:
    may, load_id = visit.may(Right.APPROVE_LOADS), seen.load.id
    with st.form(f"drift-confirm-{load_id}", border=False):
        reason = st.text_input("Why it is right as it is", key=f"drift-why-{load_id}", max_chars=300, disabled=not may)
        if st.form_submit_button("Confirm these columns for this load", key="drift-confirm", disabled=not may):
            with shown_errors(goes_on=True):
                visit.act(drift.confirm_drift, load_id, reason or "")
                st.rerun()
    if not may:
        st.markdown(":small[:gray[Confirming is for data owners.]]")

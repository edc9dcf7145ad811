"""What the map that waits would change, before it is approved; and once it is, past deliveries loaded again through it."""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.pipeline.loading.replay import queue_replay
from lib.services.arriving import replay
from lib.services.arriving.replay import Replayable
from lib.services.mapping.map_desk import MapVersion
from lib.services.reviewing import impact
from lib.services.reviewing.impact import Change
from lib.ui.controls.impact_tables import ask_for_impact, impact_result, show_impact
from lib.ui.controls.job_progress import job_progress
from lib.ui.entry.door import shown_errors
from lib.ui.mapping.session import Work
from lib.ui.parts.marks import GOOD, NOTHING, badge
from lib.ui.parts.notebook import cell, link, waiting
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

_TITLE = "What it would change"
_WHY = "Past deliveries, run through the map in use and the one that waits by the very steps of an import. Nothing is written."
_AGAIN = "Load again"
_WHY_AGAIN = "What was imported before stays as it was read, until it is loaded again through the map in use."


def impact_cell(number: int, work: Work) -> None:
    """The impact of the version that waits; where none does, the deliveries that can be loaded again."""
    waits, current = work.desk.waiting, work.desk.current
    if waits is not None:
        _impact(number, work, waits, current)
    elif current is not None:
        _again(number, work, current)
    else:
        waiting(number, _TITLE, why=_WHY, needs=f"step {number - 1}")


def _impact(number: int, work: Work, waits: MapVersion, current: MapVersion | None) -> None:
    key, name = work.desk.account.key, work.desk.object
    if current is None:
        with cell(number, _TITLE, why=_WHY, result=badge("The first map", NOTHING)):
            st.markdown(
                f"Map {waits.version} is the first one: nothing came in through another, so nothing can change."
            )
        return
    view = work.visit.read(impact.impact_of, key, Change(name, waits.version))
    with cell(number, _TITLE, why=_WHY, result=impact_result(view)):
        labels = {rule.target: rule.label or rule.target for rule in waits.field_map.fields}
        show_impact(view, labels)
        words = f"Try map {waits.version} against map {current.version}"
        ask_for_impact(work.visit, key, view.change, key="map", words=words)
        st.markdown(
            ":small[:gray[Approving changes no number by itself: what comes next is read through the new map, and what "
            "came before once it is loaded again.]]"
        )


def _again(number: int, work: Work, current: MapVersion) -> None:
    lines = work.visit.read(replay.replayable, work.desk.account.key, work.desk.object)
    open_ = [line for line in lines if not line.why_not]
    words = f"{counted(len(open_), 'delivery', 'deliveries')} through older maps" if open_ else "Nothing to load again"
    result = badge(words, NOTHING if open_ else GOOD)
    with cell(number, _AGAIN, why=_WHY_AGAIN, result=result):
        for line in lines:
            if line.job_id is not None:
                job_progress(line.job_id)
        if not open_:
            _nothing(lines, current)
            return
        _choose(work, open_, current)
        gone = [line for line in lines if line.why_not.startswith("its file")]
        if gone:
            st.markdown(
                f":small[:orange[:material/visibility_off: {counted(len(gone), 'delivery', 'deliveries')} cannot be loaded "
                "again: the files are no longer kept.]]"
            )


def _nothing(lines: tuple[Replayable, ...], current: MapVersion) -> None:
    if not lines:
        st.markdown("Nothing has come in yet.")
        return
    reading_table(
        [
            {
                "Delivery": f"{line.delivery_id}, {plain(line.file_name)}",
                "Load": f"{line.load_id}, map {line.map_version}, {str(line.status).replace('_', ' ')}",
                "Why not again": plain(line.why_not),
            }
            for line in lines[:10]
        ]
    )
    waits = next(
        (line for line in lines if str(line.status) == "in_review" and line.map_version == current.version), None
    )
    if waits is not None:
        link(f"Review load {waits.load_id}", "import_review", load=waits.load_id)


def _choose(work: Work, open_: list[Replayable], current: MapVersion) -> None:
    st.markdown(f":small[{plain(replay.WHAT_HAPPENS)}]")
    names = {
        line.delivery_id: f"{line.delivery_id} · {line.file_name} · {counted(line.rows, 'row')} · map {line.map_version}, "
        f"{str(line.status).replace('_', ' ')}"
        for line in reversed(open_)
    }
    chosen = st.multiselect(
        "Deliveries, oldest first",
        list(names),
        default=list(names),
        key=f"replay-{work.desk.account.key}-{work.desk.object}-{current.version}",
        format_func=lambda item: names[item],
    )
    left = [item for item in names if item not in chosen and chosen and item > min(chosen)]
    if left:
        st.markdown(
            f":small[:orange[:material/change_history: {counted(len(left), 'newer delivery', 'newer deliveries')} left out: "
            "what older ones say goes over what they brought.]]"
        )
    words = f"Load {counted(len(chosen), 'delivery', 'deliveries')} again through map {current.version}"
    is_able = work.visit.may(Right.IMPORT) and bool(chosen)
    if st.button(words, key="replay-ask", disabled=not is_able):
        desk = work.desk
        with shown_errors(goes_on=True):
            queue_replay(work.visit.desk, work.visit.actor, desk.account.key, desk.object, chosen)
            st.toast("They are with the worker; each waits for its review.")
            st.rerun()

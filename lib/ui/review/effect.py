"""What approving a load would do to the client's numbers, before anybody does."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.domain.signals import ObjectSignal
from lib.domain.states import LoadStatus
from lib.reporting.effect_words import movement
from lib.reporting.periods import range_in_words
from lib.services.reviewing.load_effect import LoadEffect, MetricEffect, effect_stamp, load_effect
from lib.services.reviewing.review import LoadReview
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import from_address, to_address
from lib.ui.parts.marks import ATTENTION, NOTHING, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

# Worked out with the page; of a bigger load it is when somebody asks.
_AT_ONCE = 5_000
_MOST_MONTHS = 6


def effect_cell(number: int, visit: Visit, seen: LoadReview) -> int:
    """The account's metrics now and after, month by month, and the same in sentences; nothing once a load is decided on.

    The number of the step after it.
    """
    load = seen.load
    if load.status is not LoadStatus.IN_REVIEW or load.is_test or not seen.written:
        return number
    why = "Foretold by the rules that the numbers are made with, before anything is written. Held rows are not in it."
    if load.row_count > _AT_ONCE and from_address("effect") != "1":
        with cell(number, "What it does to the numbers", why=why, result=badge("Not worked out", NOTHING)):
            words = f"Work out what {counted(seen.written, 'row')} do to the numbers"
            st.button(words, key="work-out-effect", on_click=to_address, kwargs={"effect": 1})
        return number + 1
    with st.spinner(f"Working out what {counted(seen.written, 'row')} do to the numbers"):
        found = _effect(visit, seen)
    with cell(number, "What it does to the numbers", why=why, result=_result(found)):
        _shown(found)
    return number + 1


def _effect(visit: Visit, seen: LoadReview) -> LoadEffect:
    """Worked out once for a version of a load, until somebody commits the same object."""
    stamp = visit.read(effect_stamp, seen.load.id)
    return _remembered((*stamp, str(visit.desk.app.url)), visit)


@st.cache_data(max_entries=64, show_spinner=False)
def _remembered(stamp: tuple[Any, ...], _visit: Visit) -> LoadEffect:
    return _visit.read(load_effect, stamp[0])


def _result(found: LoadEffect) -> str:
    if found.is_behind:
        return badge("Another load came in meanwhile", ATTENTION)
    changed = sum(bool(item.months) for item in found.metrics)
    return badge(f"{changed} of {counted(len(found.metrics), 'number')} change", NOTHING)


def _shown(found: LoadEffect) -> None:
    if found.is_behind:
        st.markdown(
            ":small[:orange[Another load was committed since these rows were judged; an approval judges them anew.]]"
        )
    changed = [item for item in found.metrics if item.months]
    if not changed:
        st.markdown("No number of this account changes.")
        return
    reading_table([line for item in changed for line in _lines(item)])
    for item in changed[:4]:
        st.markdown(f":small[{plain(item.sentence)}]")
    if found.published:
        names = ", ".join(f"{plain(each.label)} from {plain(each.source)}" for each in found.published)
        taken = f"{counted(len(found.published), 'published number')} would be taken back from the portal"
        st.markdown(f":orange[{taken}, with a note to the client: {names}.]")


def _lines(item: MetricEffect) -> list[dict[str, str]]:
    metric = item.metric
    signal = ObjectSignal(metric.signal, metric.paid).words
    return [
        {
            "Number": plain(metric.template.label),
            "Month": plain(range_in_words(month.range)),
            "Now → after": plain(movement(month, metric.template.unit)),
            "Source": plain(f"{metric.source_label}, {signal}"),
        }
        for month in item.months[-_MOST_MONTHS:]
    ]

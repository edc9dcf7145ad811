"""The cell that shows what approved maps have taught the desk and what people taught it, and lets both be deleted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lib.domain.people import Right
from lib.services.mapping import map_memory
from lib.services.mapping.map_memory import Learned, Level, MapMemory, OwnSynonym
from lib.ui.entry.door import shown_errors
from lib.ui.mapping.session import Work
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import working_table
from lib.ui.parts.words import counted, plain

_FOR = {Level.CLIENT: "this client and provider", Level.EVERYONE: "everyone"}
_ALL = "Only people who see every client change what holds for every client."
_REMOVED = "map-synonym-removed"


def memory_cell(number: int, work: Work) -> None:
    """What suggestions stand on beside names and values: by level, from where, by whom and when; with its deletion."""
    key, name = work.desk.account.key, work.desk.object
    memory = work.visit.read(map_memory.map_memory, key, name, work.draft.headers)
    with cell(
        number,
        "What the desk has learned",
        why="Every approved map teaches what its headers become. Only header names and columns go beyond this client: "
        "never a value, a constant or an example. What you choose in step 2 always goes before it.",
        result=f":gray[{counted(memory.believed, 'memory', 'memories')}]",
    ):
        if memory.learned:
            _learned(work, memory)
        else:
            empty(
                "No approved map has taught anything about this object yet.",
                "Once a map is approved in step 5, its headers stand here, and the next file is placed by them.",
            )
        _synonyms(work, memory)


def _learned(work: Work, memory: MapMemory) -> None:
    working_table(
        pd.DataFrame([_line(item, memory) for item in memory.learned]),
        key="map-memory-table",
        alt="What approved maps have taught about this object",
    )
    by_id = {item.id: item for item in memory.learned if item.level in _changeable(work, memory)}
    if not by_id:
        st.markdown(":small[:gray[Data owners delete what was learned.]]")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Memory", list(by_id), key="map-memory-which", format_func=lambda one: _words(by_id[one], memory), width=460
        )
        item = by_id.get(chosen) if chosen is not None else None
        if item is not None and item.is_forgotten:
            if st.button("Bring it back", key="map-memory-restore"):
                _change(work, item, is_back=True)
        elif item is not None and st.button(
            "Delete it", key="map-memory-delete", help="Suggestions stop using it at once. It can be brought back here."
        ):
            _change(work, item, is_back=False)
    if len(memory.changeable) < len(Level):
        st.markdown(f":small[:gray[{_ALL}]]")


def _changeable(work: Work, memory: MapMemory) -> frozenset[Level]:
    return memory.changeable if work.visit.may(Right.APPROVE_MAPS) else frozenset()


def _change(work: Work, item: Learned, *, is_back: bool) -> None:
    with shown_errors(goes_on=True):
        work.visit.act(map_memory.remember_again if is_back else map_memory.forget, item.id)
        st.toast("It is believed again." if is_back else "Deleted. It stays in the list and can be brought back.")
        st.rerun()


def _line(item: Learned, memory: MapMemory) -> dict[str, str | int]:
    return {
        "Header": item.written,
        "Becomes": item.target or "left out",
        "Holds for": _whom(item, memory),
        "Approved": item.times,
        "Taught by": item.person or "another client",
        "In": item.account or "–",
        "On": f"{item.learned_at.day} {item.learned_at:%b %Y}",
        "State": "deleted" if item.is_forgotten else "believed",
    }


def _whom(item: Learned, memory: MapMemory) -> str:
    return _FOR.get(item.level, f"every account of {memory.provider_name}")


def _words(item: Learned, memory: MapMemory) -> str:
    gone = " (deleted)" if item.is_forgotten else ""
    return f"{item.written} → {item.target or 'left out'}, for {_whom(item, memory)}{gone}"


def _synonyms(work: Work, memory: MapMemory) -> None:
    with st.expander(f"Names of {plain(memory.provider_name)}: {counted(len(memory.synonyms), 'own synonym')}"):
        if memory.synonyms:
            working_table(
                pd.DataFrame(
                    [
                        {
                            "Header": item.written,
                            "Means": item.target,
                            "Taught by": item.person,
                            "On": f"{item.added_at.day} {item.added_at:%b %Y}",
                        }
                        for item in memory.synonyms
                    ]
                ),
                key="map-synonym-table",
                alt="Names that people have taught",
            )
        else:
            st.markdown(":small[:gray[None yet. The names of the provider's template hold beside them.]]")
        if Level.PROVIDER not in _changeable(work, memory):
            st.markdown(f":small[:gray[{_ALL}]]")
            return
        _add(work, memory)
        _remove(work, memory)


def _add(work: Work, memory: MapMemory) -> None:
    with st.form("map-synonym-add", clear_on_submit=True, border=False):
        left, right = st.columns(2, gap="large", vertical_alignment="bottom")
        written = left.text_input(
            "Header", key="map-synonym-header", max_chars=190, placeholder="as the provider writes it"
        )
        target = right.selectbox("Means", work.desk.targets, key="map-synonym-target")
        if st.form_submit_button("Teach this name", key="map-synonym-save"):
            with shown_errors(goes_on=True):
                work.visit.act(map_memory.add_synonym, memory.provider, work.desk.object, written or "", target or "")
                st.toast("Taught. It holds for the next suggestion.")
                st.rerun()


def _remove(work: Work, memory: MapMemory) -> None:
    by_id = {item.id: item for item in memory.synonyms}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if by_id:
            chosen = st.selectbox(
                "Name",
                list(by_id),
                key="map-synonym-which",
                format_func=lambda one: f"{by_id[one].written} → {by_id[one].target}",
                width=460,
            )
            if st.button("Remove it", key="map-synonym-remove") and chosen is not None:
                with shown_errors(goes_on=True):
                    st.session_state[_REMOVED] = work.visit.act(map_memory.remove_synonym, chosen)
                    st.rerun()
        gone = st.session_state.get(_REMOVED)
        if isinstance(gone, OwnSynonym) and st.button(
            f"Bring {plain(gone.written)} back", key="map-synonym-restore", type="tertiary"
        ):
            with shown_errors(goes_on=True):
                work.visit.act(map_memory.add_synonym, gone.provider, gone.object, gone.written, gone.target)
                del st.session_state[_REMOVED]
                st.rerun()

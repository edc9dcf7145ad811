"""Step 3: each value of a translated field, the rows that hold it, and what it becomes; last, anything else."""

from __future__ import annotations

import streamlit as st

from lib.services import map_drafts
from lib.services.map_desk import ValueTable
from lib.ui.map_session import UNDECIDED, Work, keep, value_key
from lib.ui.marks import ATTENTION, GOOD, NOTHING, badge
from lib.ui.notebook import cell, waiting
from lib.ui.words import counted, plain, said

_WHY = "One line for each value seen. The last line says what happens to one nobody has seen. Uses step 2."
_SHOWN = 30
_WIDTHS = {"Provider says": 330, "Rows": 80, "We say": 330, "": 140}
_OTHERWISE = {
    "keep": "keep it as it came",
    "blank": "leave it blank, and say so",
    "fail": "stop the row, and say so",
}


def values_cell(number: int, work: Work) -> None:
    """The values of one translated field at a time."""
    tables = work.view.values
    if work.draft.field_map is None or work.draft.sample is None:
        waiting(number, "Map the values", why=_WHY, needs="step 2" if work.draft.sample else "step 1")
        return
    table = _chosen(tables)
    title = f"Map the values of {plain(table.source)}" if table else "Map the values"
    with cell(number, title, why=_WHY, result=_result(table)):
        if len(tables) > 1:
            st.segmented_control(
                "Field",
                [item.target for item in tables],
                key="map-values-of",
                default=tables[0].target,
                format_func=lambda target: _name(tables, target),
                label_visibility="collapsed",
            )
        if table is not None:
            _table(work, table)
        else:
            st.markdown(":small[:gray[No field is translated: every value stays as the provider says it.]]")
        _translate_more(work)


def _chosen(tables: tuple[ValueTable, ...]) -> ValueTable | None:
    wanted = st.session_state.get("map-values-of")
    return next((item for item in tables if item.target == wanted), tables[0] if tables else None)


def _name(tables: tuple[ValueTable, ...], target: str) -> str:
    return next((f"{item.source} → {item.target}" for item in tables if item.target == target), target)


def _result(table: ValueTable | None) -> str:
    if table is None:
        return badge("None translated", NOTHING)
    open_, all_ = len(table.undecided), len(table.lines)
    return badge(f"{open_} of {all_} open", ATTENTION) if open_ else badge(f"{all_} decided", GOOD)


def _table(work: Work, table: ValueTable) -> None:
    with st.container(key="map-values", gap=None):
        _row([f":small[:gray[{name}]]" for name in _WIDTHS])
        for place, line in enumerate(table.lines[:_SHOWN]):
            ours = [UNDECIDED, *dict.fromkeys([*table.ours, *([line.becomes] if line.becomes else [])])]
            with _line(place):
                st.markdown(said(line.value), width=_WIDTHS["Provider says"])
                st.markdown(f":small[{counted(line.rows, 'row')}]", width=_WIDTHS["Rows"])
                st.selectbox(
                    f"What {line.value} becomes",
                    ours,
                    index=ours.index(line.becomes or UNDECIDED),
                    key=value_key(work.draft, table.target, place),
                    label_visibility="collapsed",
                    accept_new_options=True,
                    width=_WIDTHS["We say"],
                )
                st.markdown(badge("Mapped", GOOD) if line.becomes else badge("Decide", ATTENTION), width=_WIDTHS[""])
        _anything_else(work, table)
    if len(table.lines) > _SHOWN:
        hidden = table.lines[_SHOWN:]
        rows = sum(line.rows for line in hidden)
        st.markdown(
            f":small[:gray[{counted(len(hidden), 'rarer value')} in {counted(rows, 'row')} more; "
            "they are edited in the map as a file.]]"
        )


def _anything_else(work: Work, table: ValueTable) -> None:
    options = list(dict.fromkeys([*_OTHERWISE, table.otherwise]))
    with _line(-1):
        st.markdown(":small[anything else]", width=_WIDTHS["Provider says"])
        st.markdown(":small[0 rows]", width=_WIDTHS["Rows"])
        st.selectbox(
            "What anything else becomes",
            options,
            index=options.index(table.otherwise),
            key=value_key(work.draft, table.target, -1),
            format_func=lambda name: _OTHERWISE.get(name, f"put {name}"),
            label_visibility="collapsed",
            accept_new_options=True,
            width=_WIDTHS["We say"],
        )
        st.markdown(badge("Default", NOTHING), width=_WIDTHS[""])


def _line(place: int) -> st.delta_generator.DeltaGenerator:
    return st.container(
        key=f"table-row-map-value-{place + 1}", horizontal=True, vertical_alignment="center", gap="small"
    )


def _row(words: list[str]) -> None:
    with st.container(key="table-head-map-values", horizontal=True, gap="small"):
        for text, width in zip(words, _WIDTHS.values(), strict=True):
            st.markdown(text, width=width)


def _translate_more(work: Work) -> None:
    """Offer to translate another column of states: its values begin undecided but for the one that is named."""
    free = list(work.view.translatable)
    if not free or work.draft.sample is None:
        return
    with st.expander("Translate another field"):
        target = st.selectbox("Field", free, key="map-translate-target", width=320)
        values = work.visit.read(map_drafts.values_of, work.draft, str(target))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            value = st.selectbox("The provider says", values, key=f"map-translate-value-{target}", width=320)
            ours = st.text_input("We say", key=f"map-translate-ours-{target}", max_chars=100, width=320)
            is_able = bool(value and ours and ours.strip())
            if st.button("Translate it", key="map-translate", disabled=not is_able) and value and ours:
                keep(work.visit.read(map_drafts.set_value, work.draft, str(target), value, ours.strip()))
                st.rerun()

"""Step 3: each value of a translated field, the rows that hold it, and what it becomes; last, anything else."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from lib.services.mapping import map_drafts, map_steps
from lib.services.mapping.draft_view import ValueLine, ValueTable
from lib.ui.mapping.session import UNDECIDED, Work, decide, keep, value_key
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, badge
from lib.ui.parts.notebook import cell, waiting
from lib.ui.parts.words import counted, plain, said

_WHY = "One line for each value seen. The last line says what happens to one nobody has seen. Uses step 2."
# So many values stand on a page; where there are no more, nothing is offered to search with.
_SHOWN = 25
# A box of more words is searched rather than read.
_MOST_WORDS = 200
_WIDTHS = {"Provider says": 250, "Rows": 70, "Lines": 110, "We say": 250, "": 330}
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
    if table.doubt:
        st.warning(plain(table.doubt), icon=":material/change_history:")
    _take_all(work, table)
    found = _searched(table)
    shown = _page(table, found)
    with st.container(key="map-values", gap=None):
        _row([f":small[:gray[{name}]]" for name in _WIDTHS])
        for place, line in enumerate(shown):
            _value(work, table, place, line)
        _anything_else(work, table)


def _take_all(work: Work, table: ValueTable) -> None:
    """Every suggestion at once, where there is more than one."""
    suggested = table.suggested
    if len(suggested) > 1:
        words = f"Take all {len(suggested):,} suggestions"
        if st.button(words, key=f"map-values-take-all-{table.target}", help="Undo takes them back."):
            keep(work.visit.read(map_steps.set_values, work.draft, table.target, suggested))
            st.rerun()


def _searched(table: ValueTable) -> Sequence[ValueLine]:
    """The values that are looked for: all of them where they fit on one page."""
    if len(table.lines) <= _SHOWN:
        return table.lines
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Search the values", key=f"map-values-search-{table.target}", placeholder="Part of a value", width=330
        )
        is_open = st.toggle("Only undecided ones", key=f"map-values-open-{table.target}")
    wanted = (text or "").strip().casefold()
    return [
        line
        for line in table.lines
        if (not is_open or line.becomes is None)
        and (not wanted or wanted in line.value.casefold() or wanted in (line.becomes or "").casefold())
    ]


def _page(table: ValueTable, found: Sequence[ValueLine]) -> Sequence[ValueLine]:
    """One page of what was found, and how much that is of the whole."""
    pages = math.ceil(len(found) / _SHOWN)
    first = 0
    if pages > 1:
        number = st.pagination(pages, key=f"map-values-page-{table.target}-{pages}")
        first = (number - 1) * _SHOWN
    shown = found[first : first + _SHOWN]
    if len(shown) < len(table.lines):
        rows = sum(line.rows for line in found)
        part = f"{first + 1:,} to {first + len(shown):,} of " if shown else ""
        st.markdown(
            f":small[:gray[{part}{counted(len(found), 'value')} in {counted(rows, 'row')}, the most frequent first; "
            f"{len(table.lines):,} in all.]]"
        )
    return shown


def _value(work: Work, table: ValueTable, place: int, line: ValueLine) -> None:
    words = dict.fromkeys([*([line.becomes] if line.becomes else []), *table.ours[:_MOST_WORDS]])
    ours = [UNDECIDED, *words]
    key = value_key(work.draft, table.target, line.value)
    with _line(place):
        st.markdown(said(line.value), width=_WIDTHS["Provider says"])
        st.markdown(f":small[{counted(line.rows, 'row')}]", width=_WIDTHS["Rows"])
        st.markdown(f":small[:gray[{_lines(line)}]]", width=_WIDTHS["Lines"])
        st.selectbox(
            f"What {line.value} becomes",
            ours,
            index=ours.index(line.becomes or UNDECIDED),
            key=key,
            label_visibility="collapsed",
            accept_new_options=True,
            width=_WIDTHS["We say"],
            on_change=_decided,
            args=(table.target, line.value, key),
        )
        with st.container(width=_WIDTHS[""]):
            _standing(work, table, line)


def _standing(work: Work, table: ValueTable, line: ValueLine) -> None:
    """Whether the value is decided, and where it is not, what it probably means: taken in one click."""
    if line.becomes:
        st.markdown(badge("Mapped", GOOD))
    elif line.suggestion is None:
        st.markdown(badge("Decide", ATTENTION))
    elif st.button(
        f"Take “{plain(line.suggestion.becomes)}”",
        key=f"map-take-{value_key(work.draft, table.target, line.value)}",
        type="tertiary",
        icon=":material/change_history:",
        help=plain(f"Suggested, since {line.suggestion.because}."),
    ):
        decided = {line.value: line.suggestion.becomes}
        keep(work.visit.read(map_steps.set_values, work.draft, table.target, decided))
        st.rerun()


def _lines(line: ValueLine) -> str:
    """Where in the file the value stands first."""
    more = ", …" if line.rows > len(line.lines) else ""
    return f"{', '.join(str(number) for number in line.lines)}{more}"


def _decided(target: str, value: str | None, key: str) -> None:
    """Remember a choice until the next run takes it in; None is anything else."""
    chosen = st.session_state.get(key)
    if chosen:
        decide(target, value, str(chosen))


def _anything_else(work: Work, table: ValueTable) -> None:
    options = list(dict.fromkeys([*_OTHERWISE, table.otherwise]))
    key = value_key(work.draft, table.target, None)
    with _line(-1):
        st.markdown(":small[anything else]", width=_WIDTHS["Provider says"])
        st.markdown(":small[0 rows]", width=_WIDTHS["Rows"])
        st.markdown("", width=_WIDTHS["Lines"])
        st.selectbox(
            "What anything else becomes",
            options,
            index=options.index(table.otherwise),
            key=key,
            format_func=lambda name: _OTHERWISE.get(name, f"put {name}"),
            label_visibility="collapsed",
            accept_new_options=True,
            width=_WIDTHS["We say"],
            on_change=_decided,
            args=(table.target, None, key),
            help="A value that nobody has decided about, in this file or a later one. Type a word of your own to put it.",
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

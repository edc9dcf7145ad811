"""Step 4: what the draft makes of the sample, raw beside mapped, and the verdict each row would have."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.domain.people import Right
from lib.domain.verdicts import Verdict
from lib.services.mapping.map_preview import MapEffect, MapPreview
from lib.ui.mapping.session import Work, previewed
from lib.ui.parts.marked_cells import marked_cells
from lib.ui.parts.marks import ATTENTION, GOOD, STOPPED, badge, class_marks, verdict_marks
from lib.ui.parts.notebook import all_bad, cell, waiting
from lib.ui.parts.tables import reading_table, working_table
from lib.ui.parts.words import counted, plain, said

_WHY = "Raw on the left of each pair, mapped on the right. Marked cells could not be read. Uses steps 1 to 3."
# The stopped and the attention colours of the theme, which a grid's cells cannot name.
_FAILED = {
    "light": {"background-color": "#FBECEA", "color": "#9A2620"},
    "dark": {"background-color": "#37201F", "color": "#F29B94"},
}
_OPEN = {
    "light": {"background-color": "#FBF0E2", "color": "#8A4803"},
    "dark": {"background-color": "#33261A", "color": "#EDB273"},
}
_KINDS_SHOWN, _CHANGES_SHOWN = 6, 30
_CLEAR = "map-preview-clear"


def preview_cell(number: int, work: Work) -> None:
    """The preview, computed on the first thousand rows, of which fifty are shown.

    The cells are what a person who edits looks for, so they are sent before the rows are judged.
    """
    around: list[DeltaGenerator] = []

    def draw(cells: MapPreview) -> None:
        with cell(number, "Preview", why=_WHY, result=_result(cells)):
            above = st.container(gap="small")
            if work.visit.may(Right.APPROVE_LOADS):
                st.toggle(
                    "Show names, phones and addresses",
                    key=_CLEAR,
                    help="Otherwise personal and confidential values show only their shape: letters as x, digits as 9.",
                )
            _grid(cells.cells if _is_clear(work) else cells.veiled, cells)
            around.extend((above, st.container(gap="small")))

    found = previewed(work, draw)
    if found is None:
        waiting(number, "Preview", why=_WHY, needs="step 2" if work.draft.sample else "step 1")
        return
    above, beneath = around
    with above:
        _judged(found)
    with beneath:
        _effect(found.effect, is_clear=_is_clear(work))


def _is_clear(work: Work) -> bool:
    """Whether personal values are shown as they are: only to those who answer for loads, and when they ask for it."""
    return work.visit.may(Right.APPROVE_LOADS) and bool(st.session_state.get(_CLEAR))


def _judged(found: MapPreview) -> None:
    _verdicts(found)
    if found.rows and found.verdicts.get(Verdict.FAILED, 0) == found.rows:
        all_bad(
            "Every row would fail.",
            "That is one mistake and not many: usually the wrong file, or a date that is not mapped or read wrongly.",
            "Look at the marked column first.",
        )
    _failing(found)


def _result(found: MapPreview) -> str:
    failed, open_ = found.failed_cells, found.undecided_cells
    marks = [badge(f"{counted(failed, 'cell')} fail{'s' * (failed == 1)}", STOPPED)] if failed else []
    if open_:
        marks.append(badge(f"{counted(open_, 'cell')} undecided", ATTENTION))
    return " ".join(marks) or badge("All read", GOOD)


def _verdicts(found: MapPreview) -> None:
    shown = f", {len(found.texts)} shown" if len(found.texts) < found.rows else ""
    st.markdown(
        f"Of {counted(found.rows, 'row')} read{shown}, an import would say: {verdict_marks(found.verdicts)}  \n"
        f":small[:gray[{class_marks(found.classes)}]]"
    )


def _failing(found: MapPreview) -> None:
    """Why cells fail, the largest kind first, each with its mend."""
    for kind in found.failing[:_KINDS_SHOWN]:
        example = f", such as {said(kind.example)}" if kind.example.strip() else ""
        sign = ":orange[△]" if kind.is_undecided else ":red[×]"
        st.markdown(
            f"{sign} **{plain(kind.source)}**: {counted(kind.rows, 'row')}{example}. "
            f"{plain(kind.sentence)} :gray[{plain(kind.mend)}]"
        )
    if len(found.failing) > _KINDS_SHOWN:
        st.markdown(f":small[:gray[and {len(found.failing) - _KINDS_SHOWN} smaller kinds.]]")


def _grid(cells: pd.DataFrame, found: MapPreview) -> None:
    theme = "dark" if st.context.theme.type == "dark" else "light"
    working_table(
        marked_cells(cells, (_FAILED[theme], found.is_failed), (_OPEN[theme], found.is_undecided)),
        key="map-preview",
        height=74 + 28 * min(len(cells), 12),
        alt="The first rows of the sample, each field raw and mapped",
    )


def _effect(effect: MapEffect, *, is_clear: bool) -> None:
    """What the updated rows change in the records that stand, field by field, and in some of them old → new."""
    if not effect.compared:
        return
    if not effect.fields:
        st.markdown(f":small[:gray[{counted(effect.compared, 'updated row')} would change no value.]]")
        return
    fields = ", ".join(f"{plain(name)} in {counted(count, 'row')}" for name, count in effect.fields[:_KINDS_SHOWN])
    with st.expander(f"What {counted(effect.compared, 'updated row')} would change: {fields}"):
        rows: list[dict[str, str | int]] = []
        for row in effect.rows:
            for each in row.changes:
                was, becomes = (each.was, each.becomes) if is_clear else (each.was_veiled, each.becomes_veiled)
                rows.append({"Line": row.line, "Field": plain(each.field), "Stands": _v(was), "Becomes": _v(becomes)})
        reading_table(rows[:_CHANGES_SHOWN])
        if len(rows) > _CHANGES_SHOWN:
            st.markdown(":small[:gray[The first of them; an import shows every one before it is approved.]]")


def _v(text: str) -> str:
    return said(text) if text else "–"

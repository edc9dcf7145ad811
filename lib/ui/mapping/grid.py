"""Step 2: every field with its target, how it is read, how sure that is and why, edited in place or one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from lib.clock import utc_now
from lib.domain.maps import Sensitivity
from lib.services.mapping.draft_view import GridLine
from lib.services.mapping.kept_drafts import Step
from lib.services.mapping.map_drafts import LEFT_OUT
from lib.ui.mapping.field import field_form
from lib.ui.mapping.file import map_file
from lib.ui.mapping.lines import filter_key, shown_lines
from lib.ui.mapping.news import ago, conflicts, draft_news
from lib.ui.mapping.session import GRID_COLUMNS, Work, beneath, discard, grid_key, keep
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, waiting
from lib.ui.parts.words import counted, plain

_TITLE, _WHY = "Map the fields", "Every column gets a target or a reason to be left out. Uses step 1."
_BANDS = {"certain": "Certain", "strong": "Strong", "check": "Check", "left out": "Left out", "mend": "Mend"}
# A short map is seen whole; a long one leaves the preview within reach.
_FILTERED_FROM, _MOST_HIGH = 12, 30
_COLOURS = ["green", "blue", "orange", "gray", "red"]


def grid_cell(number: int, work: Work) -> None:
    """The map as a grid, what is wrong with it, and the tools beside it."""
    draft, view = work.draft, work.view
    if draft.field_map is None and draft.sample is None:
        waiting(number, _TITLE, why=_WHY, needs="step 1")
        return
    with cell(number, _TITLE, why=_WHY, result=_result(work)):
        if draft.field_map is None:
            _begin(work)
            map_file(work)
            return
        _toolbar(work)
        lines = shown_lines(draft, view)
        st.data_editor(
            beneath(draft, _frame(lines)),
            key=grid_key(draft),
            hide_index=True,
            num_rows="fixed",
            row_height=30,
            height=2 + 30 * (1 + min(max(len(lines), 1), _MOST_HIGH)),
            width="stretch",
            disabled=["Source", "Transform", "Band"],
            column_config=_config(work),
            alt="The map: one line a field, with its target, how it is read, and why",
        )
        _refusals(work)
        _problems(work)
        field_form(work)
        map_file(work)


def _begin(work: Work) -> None:
    """Nothing is mapped yet: the whole suggestion in one click."""
    found = work.draft.suggestion
    assert found is not None
    to_check = sum(rule.confidence < 0.85 for rule in found.fields)
    words = f"{counted(len(found.fields), 'field')} placed, {to_check} to check, {len(found.ignored)} left out"
    st.markdown(
        "The desk compared each column's name and values with what it knows. A suggestion is a draft: "
        "nothing is in use before somebody approves it."
    )
    st.button(f"Take the suggestion: {words}", type="primary", key="map-take", on_click=_take_suggestion, args=(work,))


def _take_suggestion(work: Work) -> None:
    assert work.draft.suggestion is not None
    keep(work.draft.begun(work.draft.suggestion, "the suggestion"))


def _toolbar(work: Work) -> None:
    draft = work.draft
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if draft.suggestion is not None:
            st.button(
                "Suggest anew",
                key="map-suggest-anew",
                on_click=_take_suggestion,
                args=(work,),
                help="Replaces every line by the suggestion for this sample; Undo brings the map back.",
            )
        _back_and_forth("Undo", draft.kept.undo, lambda: keep(draft.undone()))
        _back_and_forth("Redo", draft.kept.redo, lambda: keep(draft.redone()))
        if draft.kept.revision:
            st.button(
                "Discard the draft",
                key="map-discard",
                on_click=discard,
                args=(draft,),
                help="Begins anew from the map in use, or from nothing; Undo brings this draft back.",
            )
        # At the right the grid's own tools cover what stands above it, so the buttons stand at the left.
        st.markdown(f":small[:gray[{_how_old(work)}]]", width="stretch")
    draft_news(work)
    _filter(work)


def _back_and_forth(label: str, step: Step | None, move: Callable[[], None]) -> None:
    hint = f"{plain(step.said)} by {plain(step.person)}, {ago(step.made_at, utc_now())}" if step else None
    st.button(label, key=f"map-{label.lower()}", disabled=step is None, on_click=move, help=hint)


def _how_old(work: Work) -> str:
    kept = work.draft.kept
    words = f"Begun from {plain(work.draft.origin)}." if work.draft.origin else ""
    if kept.edited_at is not None:
        words += f" Last changed by {plain(kept.edited_by)} {ago(kept.edited_at, utc_now())}."
    return words


def _filter(work: Work) -> None:
    """Narrow the grid: by the field's name, its target, its label or its band."""
    if len(work.view.lines) < _FILTERED_FROM:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text_input(
            "Find a field",
            key=filter_key(work.draft),
            placeholder="Find a field: its name, its target, or a band such as check",
            label_visibility="collapsed",
            live="200ms",
            width=420,
        )
        shown = len(shown_lines(work.draft, work.view))
        if shown < len(work.view.lines):
            st.markdown(f":small[:gray[{shown} of {counted(len(work.view.lines), 'field')} shown]]")


def _result(work: Work) -> str:
    view = work.view
    if work.draft.field_map is None:
        return badge("Nothing mapped yet", NOTHING)
    marks = [badge(f"{view.mapped - view.to_check} settled", GOOD)]
    if view.to_check:
        marks.append(badge(f"{view.to_check} to check", ATTENTION))
    if view.left_out:
        marks.append(badge(f"{view.left_out} left out", NOTHING))
    if view.problems:
        marks.append(badge(f"{len(view.problems)} to mend", STOPPED))
    return " ".join(marks)


def _frame(lines: Sequence[GridLine]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Source": [line.name for line in lines],
            "Target": [line.target for line in lines],
            "Transform": [line.chain for line in lines],
            "Band": [[_BANDS[line.band]] for line in lines],
            "Why": [line.reason for line in lines],
            "Client-safe explanation": [line.explanation for line in lines],
            "Label": [line.label for line in lines],
            "Sensitivity": [line.sensitivity or None for line in lines],
        },
        columns=list(GRID_COLUMNS),
    )


def _config(work: Work) -> dict[str, Any]:
    desk = work.desk
    columns = st.column_config
    return {
        "Source": columns.TextColumn(width=150, pinned=True, help="The field as the provider calls it."),
        "Target": columns.SelectboxColumn(
            width=190,
            options=[LEFT_OUT, *desk.targets],
            required=True,
            format_func=lambda name: name if name == LEFT_OUT else f"{desk.table}.{name}",
            help=f"The column it becomes, each used once. {desk.required} must be filled.",
        ),
        "Transform": columns.TextColumn(width=180, help="How it is read; changed below, one field at a time."),
        "Band": columns.MultiselectColumn(width=90, options=list(_BANDS.values()), color=_COLOURS),
        "Why": columns.TextColumn(width=230, max_chars=500, help="Why it is placed so, or why it is left out."),
        "Client-safe explanation": columns.TextColumn(
            width=240, max_chars=500, help="One calm sentence that a client may read about this field."
        ),
        "Label": columns.TextColumn(width=120, max_chars=190, help="The field's name for people."),
        "Sensitivity": columns.SelectboxColumn(
            width=110,
            options=[str(item) for item in Sensitivity],
            help="Stakeholders never see what is personal or confidential.",
        ),
    }


def _refusals(work: Work) -> None:
    for refusal in work.draft.refusals:
        st.warning(
            f"**{plain(refusal.source)} was not changed.** {plain(refusal.sentence)} {plain(refusal.mend)}",
            icon=":material/change_history:",
        )
    conflicts(work)


def _problems(work: Work) -> None:
    """What keeps the map from being submitted, each at its field."""
    for problem in work.view.problems[:8]:
        st.markdown(
            f"{badge('Mend', STOPPED)} **{plain(problem.place)}**: {plain(problem.sentence)} "
            f":gray[{plain(problem.mend)}]"
        )
    if len(work.view.problems) > 8:
        st.markdown(f":small[:gray[and {len(work.view.problems) - 8} more, marked in the grid.]]")

"""Changes on the way: what was changed, imported, undone and approved, as the chart numbers it, and the form to note one."""

from __future__ import annotations

from datetime import date

import streamlit as st

from lib.domain.people import Right
from lib.domain.publishing.statement_states import ChangeKind
from lib.errors import DeskError
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.publishing import change_notes
from lib.ui.baseline.choices import Choices
from lib.ui.baseline.pickers import baseline_in_words, short_day
from lib.ui.entry.door import tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.notebook import cell
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

_KINDS = {
    ChangeKind.FORM: "Form",
    ChangeKind.PAGE: "Page",
    ChangeKind.AUTOMATION: "Automation",
    ChangeKind.CAMPAIGN: "Campaign",
    ChangeKind.MAPPING: "Mapping",
    ChangeKind.WORDING: "Wording",
}
_TOLD = "change-noted"


def changes_cell(number: int, visit: Visit, choices: Choices, seen: ComparisonSeries) -> None:
    """The events of both periods in a table, and the form that writes one down."""
    with cell(
        number,
        "Changes on the way",
        why="Notes against a baseline, beside imports, undos and map approvals; the numbers are those on the chart.",
        result=f":gray[{counted(len(seen.changes), 'event')}]",
    ):
        if seen.changes:
            reading_table(
                [
                    {
                        "No.": change.number,
                        "Day": short_day(change.day),
                        "What changed": plain(change.note),
                        "Kind": plain(change.kind.replace("_", " ")),
                        "Who": plain(change.written_by),
                    }
                    for change in seen.changes
                ]
            )
        else:
            st.markdown(":small[:gray[Nothing was noted, imported, undone or approved in these days.]]")
        told(_TOLD)
        if visit.may(Right.CAPTURE_BASELINES):
            _form(visit, choices, seen)


def _form(visit: Visit, choices: Choices, seen: ComparisonSeries) -> None:
    with st.expander("Note a change", icon=":material/add:", key="change-form"):
        if not choices.baselines:
            st.markdown(
                "**No change can be noted yet.** A change is measured against a baseline captured before it, and this "
                "number has none."
            )
            return
        names = {item.id: baseline_in_words(item) for item in choices.baselines}
        chosen = choices.baseline.id if choices.baseline else next(iter(names))
        left, right = st.columns(2, gap="small")
        with left:
            kind = st.selectbox(
                "What was changed", list(_KINDS), format_func=_KINDS.__getitem__, key=f"change-kind-{seen.metric}"
            )
            baseline = st.selectbox(
                "Measured against",
                list(names),
                index=list(names).index(chosen),
                format_func=names.__getitem__,
                key=f"change-baseline-{seen.metric}",
            )
        with right:
            day = st.date_input(
                "On which day",
                value=visit.desk.clock().date(),
                format="DD/MM/YYYY",
                required=True,
                key=f"change-day-{seen.metric}",
            )
            note = st.text_input(
                "What exactly",
                max_chars=300,
                placeholder="Form shortened from nine fields to five",
                live="200ms",
                key=f"change-note-{seen.metric}",
                help="One plain line; it stands beside the chart, and clients may read it.",
            )
        why_not = "" if (note or "").strip() else "Write down what was changed first."
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = f"Note a change to the {_KINDS[kind].lower()} on {short_day(day)}"
            pressed = st.button(plain(words), type="primary", disabled=bool(why_not), key=f"change-write-{seen.metric}")
            if why_not:
                st.markdown(f":small[:gray[{why_not}]]", width="content")
    if pressed and not why_not:
        _write(visit, seen, kind, day, note, baseline)


def _write(visit: Visit, seen: ComparisonSeries, kind: str, day: date, note: str, baseline: int) -> None:
    try:
        noted = visit.act(change_notes.note_change, seen.metric, kind, day, note, baseline)
        tell_then(_TOLD, f"Noted: {noted.note} on {short_day(noted.day)}.")
    except DeskError as trouble:
        tell_then(_TOLD, trouble)
    st.rerun()

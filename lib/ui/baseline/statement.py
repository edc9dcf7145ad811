"""The statement over a comparison: its sentence with what the lint says of it, what comes next, and its way to the client.

Writing, reviewing, publishing and taking back are services, each of which asks for its right and its gates again; this
room only shows what they would say, so that nobody presses a button to be told no.
"""

from __future__ import annotations

import streamlit as st

from lib.domain.people import Right
from lib.errors import DeskError
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.publishing import statements
from lib.services.publishing.statements import StatementDraft
from lib.ui.baseline.choices import Choices
from lib.ui.baseline.portal_preview import preview
from lib.ui.baseline.publish import way_to_the_client
from lib.ui.baseline.statement_state import FIELDS, SPENT, TOLD, do, forget, here, is_said, key_of, put
from lib.ui.baseline.versions import status_mark, versions_table, withdraw_form
from lib.ui.entry.door import show_trouble, shown_errors, told
from lib.ui.entry.guard import Visit, is_alone, require
from lib.ui.entry.turns import in_turn
from lib.ui.parts.notebook import cell
from lib.ui.parts.words import plain
from lib.ui.parts.words import sentence as sentence_

TITLE, WHY = "What the client is told", "One sentence, looked over by a person, with what comes next."


def draft_of(visit: Visit, choices: Choices, seen: ComparisonSeries) -> StatementDraft | DeskError | None:
    """The statement over what is compared as it stands in the form; None over a look or a part, which carry none."""
    if seen.is_look or seen.is_part or choices.client is None or choices.baseline is None or choices.current is None:
        return None
    asked = (choices.client.key, seen.metric, choices.baseline.id, choices.current, seen.step)
    sentence, next_action, next_owner, next_due = (st.session_state.get(key_of(choices, seen, name)) for name in FIELDS)
    try:
        return visit.read(
            statements.draft_for,
            *asked,
            sentence=sentence,
            next_action=next_action,
            next_owner=next_owner,
            next_due=next_due,
        )
    except DeskError as trouble:
        return trouble


def statement_cell(
    number: int, choices: Choices, seen: ComparisonSeries, draft: StatementDraft | DeskError | None
) -> None:
    """The statement; over a look or a part of a baseline, why there is none."""
    if draft is None:
        _nothing_to_tell(number, seen)
        return
    result = "" if isinstance(draft, DeskError) else _result(draft)
    with cell(number, TITLE, why=f"{WHY} Uses step 3.", result=result):
        _cell(choices, seen, draft)


def _nothing_to_tell(number: int, seen: ComparisonSeries) -> None:
    needs = "a sealed baseline" if seen.is_look else "both whole periods"
    with cell(number, TITLE, why=f"{WHY} Uses step 3.", result=f":gray-badge[:material/remove: Needs {needs}]"):
        if seen.is_look:
            said = "Nothing can be published from a look. Set the period beside a sealed baseline in step 1."
        else:
            said = "Only part of the baseline is compared. Turn off `Complete periods only` in step 1 to publish."
        st.markdown(f":small[:gray[{sentence_(said)}]]")


@st.fragment
@in_turn
def _cell(choices: Choices, seen: ComparisonSeries, draft: StatementDraft | DeskError | None) -> None:
    """All of it in a fragment: what is typed is looked over without the rest of the page."""
    visit = require(Right.SEE_DETAIL)
    with shown_errors():
        if is_alone():
            draft = draft_of(visit, choices, seen)
        told(TOLD)
        if isinstance(draft, DeskError):
            show_trouble(draft)
            st.button("Begin the statement anew", key="statement-anew", on_click=forget, args=(choices, seen))
        if draft is None or isinstance(draft, DeskError):
            return
        if visit.may(Right.CAPTURE_BASELINES):
            _form(visit, choices, seen, draft)
        preview(draft, choices)
        way_to_the_client(visit, choices, seen, draft)
        versions_table(draft.versions)
        if visit.may(Right.PUBLISH):
            withdraw_form(draft, lambda number, reason: do(visit, statements.withdraw, number, reason))


def _form(visit: Visit, choices: Choices, seen: ComparisonSeries, draft: StatementDraft) -> None:
    sentence = st.text_area(
        "Sentence",
        draft.sentence,
        key=key_of(choices, seen, "sentence"),
        height=110,
        help="Only the numbers of the comparison may stand in it. It is looked over while you type.",
    )
    _problems(draft, "sentence")
    if (sentence or "").strip() != draft.template:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.button(
                "Back to the template",
                key="statement-template",
                type="tertiary",
                on_click=put,
                args=(key_of(choices, seen, "sentence"), draft.template),
            )
    left, middle, right = st.columns([2, 1, 1], gap="small")
    with left:
        st.text_input("Next action", draft.next_action, key=key_of(choices, seen, "next_action"), max_chars=300)
    with middle:
        st.text_input(
            "Its owner",
            draft.next_owner,
            key=key_of(choices, seen, "next_owner"),
            help="The e-mail address of a person.",
        )
    with right:
        st.date_input("Due", draft.next_due, key=key_of(choices, seen, "next_due"), format="DD/MM/YYYY")
    _problems(draft, "next_action")
    _write(visit, choices, seen, draft)


def _write(visit: Visit, choices: Choices, seen: ComparisonSeries, draft: StatementDraft) -> None:
    """The button that keeps what stands in the form as the next version."""
    newest = here(draft)
    if newest is not None and newest.status not in SPENT and is_said(newest, draft):
        return
    note = ""
    if draft.needs_change_note:
        note = st.text_input(
            "What changes in its wording",
            key=key_of(choices, seen, "change_note"),
            max_chars=300,
            help="The client has read this card, so the change is noted against the baseline.",
        )
    version = max((each.version for each in draft.versions), default=0) + 1
    why_not = _why_not_written(draft, note or "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pressed = st.button(
            f"Write version {version}", type="primary", disabled=bool(why_not), key=f"statement-write-{version}"
        )
        if why_not:
            st.markdown(f":small[:gray[{plain(why_not)}]]", width="content")
    if pressed and not why_not:
        do(
            visit,
            statements.write,
            draft.client,
            draft.metric,
            draft.baseline_id,
            draft.period,
            draft.step,
            sentence=draft.sentence,
            next_action=draft.next_action,
            next_owner=draft.next_owner,
            next_due=draft.next_due,
            change_note=note or "",
        )


def _why_not_written(draft: StatementDraft, note: str) -> str:
    if draft.problems:
        return "The problems above keep it from a client."
    if draft.needs_change_note and not note.strip():
        return "Say first what changes in the wording; the client has read this card."
    return ""


def _problems(draft: StatementDraft, place: str) -> None:
    for each in draft.problems:
        if each.place == place:
            st.markdown(f":small[:orange[:material/change_history: {plain(each.sentence)}] :gray[{plain(each.mend)}]]")


def _result(draft: StatementDraft) -> str:
    newest = here(draft)
    return ":gray-badge[:material/remove: Not written yet]" if newest is None else status_mark(newest)

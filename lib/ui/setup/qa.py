"""The cell in which rows drawn by lot are held against the provider's own screen, and what was seen is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.ladder.setup_checks import QaCheck
from lib.domain.people import Right
from lib.errors import DeskError
from lib.pipeline.setup.qa import keep_comparison
from lib.services.setup import qa
from lib.services.setup.qa import Differing, Sample, SampledRow
from lib.ui.entry.door import show_trouble, shown_errors, tell_then, told
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import from_address
from lib.ui.parts.marks import GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, empty, turn
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain, said

_PLACE = "qa-kept"
_SAME, _OTHER = "The same there", "Differs"
_ROWS = (3, 5, 10, 20)
_EARLIER = 5


def qa_cell(number: int, visit: Visit, account: Account) -> None:
    """The drawn rows with where to look, one answer a row, and the checks that were kept before."""
    loads, checks = visit.read(qa.comparable_loads, account.key), visit.read(qa.checks_of, account.key)
    why = "Rows are drawn by lot and looked up on the provider's own screen. What was seen is kept, with who and when."
    with cell(number, "Compare rows with the provider", why=why, result=_result(checks)):
        told(_PLACE)
        # Drawing rows is not free, and the page is opened for other things too.
        if loads and from_address("compare") == "yes":
            _compare(visit, account, loads, checks)
        elif loads:
            turn("Draw rows to compare", account=account.key, compare="yes")
        else:
            way_on = {"go": "Import a test file", "to": "import_review", "account": account.key}
            empty("There is no row to compare yet.", "Rows of any load under review or committed can be.", **way_on)
        if checks:
            with st.expander(f"What was seen before · {counted(len(checks), 'check')}"):
                reading_table([_check(item) for item in checks[:_EARLIER]])


def _result(checks: Sequence[QaCheck]) -> str:
    if not checks:
        return badge("Never compared", NOTHING)
    newest = checks[0]
    words = f"{newest.agreed} of {len(newest.rows)} agree"
    return badge(words, GOOD if newest.is_good else STOPPED)


def _compare(visit: Visit, account: Account, loads: Sequence[Load], checks: Sequence[QaCheck]) -> None:
    left, right = st.columns(2)
    names = {load.id: f"Load {load.id}, {load.object.replace('_', ' ')}, {load.row_count:,} rows" for load in loads}
    load_id = left.selectbox("Rows of", list(names), format_func=names.__getitem__, key="qa-load")
    count = right.selectbox("How many", _ROWS, index=1, format_func=lambda rows: f"{rows} rows", key="qa-count")
    try:
        drawn = visit.read(qa.sample, account.key, load_id, count)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    if drawn.screen:
        st.markdown(f":small[:gray[Where to look:] {plain(drawn.screen)}]")
    if visit.may(Right.IMPORT):
        # After a check is kept the lot falls anew, and so must the answers.
        _form(visit, drawn, f"qa-{drawn.load.id}-{len(checks)}")
    else:
        for row in drawn.rows:
            _row(row)


def _form(visit: Visit, drawn: Sample, place: str) -> None:
    with st.form(place, border=False):
        answers = [_answer(row, f"{place}-{row.line}") for row in drawn.rows]
        left, right = st.columns(2)
        screen = left.text_input("Where it was looked at", drawn.screen, max_chars=500, key=f"{place}-screen")
        note = right.text_input(
            "Anything else", max_chars=1000, key=f"{place}-note", help="No names, phones or e-mail addresses."
        )
        pressed = st.form_submit_button(f"Keep what {counted(len(drawn.rows), 'row')} show")
    if pressed:
        _keep(visit, drawn, answers, screen, note)


def _answer(row: SampledRow, place: str) -> tuple[str | None, Differing]:
    with st.container(border=True, gap="small"):
        _row(row)
        left, middle, right = st.columns(3)
        seen = left.segmented_control("On their screen", [_SAME, _OTHER], key=f"{place}-seen")
        labels = {cell_.column: cell_.label for cell_ in row.cells}
        columns = middle.multiselect(
            "What differs", list(labels), format_func=labels.__getitem__, key=f"{place}-columns", placeholder="Columns"
        )
        note = right.text_input("Or what is there instead", max_chars=300, key=f"{place}-other")
    return seen, Differing(row.line, tuple(columns), note)


def _row(row: SampledRow) -> None:
    cells = " · ".join(f":gray[{plain(item.label)}] {plain(item.value)}" for item in row.cells)
    st.markdown(f"**Line {row.line}** {said(row.external_id)}  \n:small[{cells}]")


def _keep(visit: Visit, drawn: Sample, answers: Sequence[tuple[str | None, Differing]], screen: str, note: str) -> None:
    open_ = [item.line for seen, item in answers if seen is None]
    contrary = [item.line for seen, item in answers if seen == _SAME and (item.columns or item.note.strip())]
    with shown_errors(goes_on=True):
        if open_ or contrary:
            raise _unclear(open_, contrary)
        differing = [item for seen, item in answers if seen == _OTHER]
        asked = (drawn.account.key, drawn.load.id, len(answers), differing)
        check = keep_comparison(visit.desk, visit.actor, *asked, screen=screen, note=note)
        tell_then(_PLACE, f"Kept: {check.agreed} of {counted(len(check.rows), 'row')} agree.")
        st.rerun()


def _unclear(open_: Sequence[int], contrary: Sequence[int]) -> DeskError:
    if open_:
        lines = ", ".join(map(str, open_))
        return DeskError("row_open", f"Nothing is said of line {lines}.", "Look it up there, and say what you see.")
    lines = ", ".join(map(str, contrary))
    return DeskError(
        "row_contrary", f"Line {lines} is called the same, and something of it differs.", "Say which of the two it is."
    )


def _check(item: QaCheck) -> dict[str, str]:
    differing = [
        f"line {row.line}: {', '.join(row.columns) or row.note}".replace("_", " ")
        for row in item.rows
        if not row.agrees
    ]
    agree = badge(f"{item.agreed} of {len(item.rows)} agree", GOOD if item.is_good else STOPPED)
    return {
        "When": _moment(item.at),
        "Result": agree,
        "Of": f"load {item.load_id}, map {item.map_version}",
        "Differing": plain("; ".join(differing)),
        "Where": plain(item.screen),
        "Who": plain(item.person),
    }


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"

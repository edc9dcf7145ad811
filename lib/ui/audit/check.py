"""The second step of the audit page: whether the log is as it was written, and its end to be kept elsewhere."""

from __future__ import annotations

import streamlit as st

from lib.domain.access.audit_chain import Anchor
from lib.pipeline.running.auditing import verify_log
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import GOOD, STOPPED, badge
from lib.ui.parts.notebook import cell
from lib.ui.parts.words import plain, said, sentence


def check_cell(number: int, visit: Visit, end: Anchor | None) -> None:
    """A button that walks the whole log, its answer, and the last line's seal."""
    why = (
        "Each line is sealed onto the one before it, with a key that lies outside the database. "
        "A changed, removed or added line shows, and so does an end that was cut off."
    )
    with cell(number, "Is the log whole?", why=why):
        if st.button("Check every line", key="audit-check"):
            _answer(visit)
        if end is not None:
            st.markdown(
                f":small[:gray[The end of the log now: line {end.position:,}. Kept where nobody of this desk can "
                f"change it, {said('audit verify --anchor FILE')} holds the log against it.]]"
            )
            st.code(str(end), language=None, wrap_lines=True)


def _answer(visit: Visit) -> None:
    with shown_errors(goes_on=True), st.spinner("Walking the log"):
        verified = verify_log(visit.desk, visit.actor)
        first, *rest = verified.sentences
        mark = badge("Whole", GOOD) if verified.found.is_whole else badge("Not whole", STOPPED)
        st.markdown(f"{mark} **{plain(first)}**")
        for each in rest:
            st.markdown(f":small[{sentence(each)}]")
        if not verified.found.is_whole:
            st.markdown(
                f":small[Look at who may write to the database itself; {said('audit export FILE')} keeps what is there.]"
            )

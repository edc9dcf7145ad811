"""Baseline and current: a number beside what it was, what may be said of the movement, and what the client is shown of it."""

import streamlit as st

from lib.domain.people import Right
from lib.errors import DeskError
from lib.ui.baseline import cells
from lib.ui.baseline.capture import capture
from lib.ui.baseline.changes import changes_cell
from lib.ui.baseline.choices import chosen, compared
from lib.ui.baseline.pickers import captured_line, comparable_badge, context_line, pick_client, pickers
from lib.ui.baseline.statement import draft_of, statement_cell
from lib.ui.entry.door import show_trouble, shown_errors
from lib.ui.entry.guard import require
from lib.ui.parts.notebook import cell, page
from lib.ui.records.number_drawer import number_drawer

# Nothing is shown to a client before the account is live (R17); what they read is the portal's to show.
visit = require(Right.SEE_DETAIL)

with shown_errors():
    choices = chosen(visit)
    seen = compared(visit, choices)
    draft = None if seen is None or isinstance(seen, DeskError) else draft_of(visit, choices, seen)

with page("Baseline and current", context_line(choices), captured_line(choices)), shown_errors():
    if choices.metric is None:
        if choices.clients and choices.client is None:
            pick_client(choices)
        cells.nothing_to_compare(choices, may_import=visit.may(Right.IMPORT))
        st.stop()
    cells.what_next(choices, seen, draft, may_import=visit.may(Right.IMPORT))
    with cell(1, "What is compared", why="One signal, one source, two periods.", result=comparable_badge(seen)):
        pickers(choices)
        if isinstance(seen, DeskError):
            show_trouble(seen)
        capture(visit, choices)
    cells.chart_cell(2, seen)
    cells.sentence_cell(3, seen)
    cells.numbers_cell(4, visit, choices, seen, draft)
    if seen is not None and not isinstance(seen, DeskError):
        changes_cell(5, visit, choices, seen)
        statement_cell(6, choices, seen, draft)
        number_drawer(seen)

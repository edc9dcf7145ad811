"""What is compared as files: the numbers as CSV, the chart as a picture, and the client's page once it is published.

A picture or a page goes further than its caption, so there is none of a look, and no page before the client has it.
"""

from __future__ import annotations

import streamlit as st

from lib.domain.access.leaving import Wanted
from lib.domain.publishing.statement_states import StatementStatus
from lib.errors import DeskError
from lib.pipeline.leaving.comparisons import chart_wanted, numbers_wanted, page_wanted
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.publishing.statements import StatementDraft
from lib.ui.baseline.choices import Choices
from lib.ui.baseline.statement_state import here
from lib.ui.controls.download import leaving_button
from lib.ui.entry.guard import Visit
from lib.ui.parts.words import counted


def files(
    visit: Visit, choices: Choices, seen: ComparisonSeries, draft: StatementDraft | DeskError | None, rows: int
) -> None:
    """One button a file; each is made when it is pressed."""
    why_not = ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="export"):
        numbers = _numbers(choices, seen)
        if numbers is not None:
            leaving_button(visit, f"Download {counted(rows, seen.step)} as CSV", numbers, key="export-csv")
        if isinstance(draft, StatementDraft):
            asked = (draft.client, draft.metric, draft.baseline_id, draft.period, draft.step)
            for kind in ("png", "svg"):
                leaving_button(visit, f"Chart as {kind.upper()}", chart_wanted(*asked, kind), key=f"export-{kind}")
            version = here(draft)
            if version is not None and version.status is StatementStatus.PUBLISHED:
                wanted = page_wanted(draft.client, version.id)
                leaving_button(visit, "The client's page as PDF", wanted, key="export-pdf")
            else:
                why_not = "The page as PDF comes with publishing; before that there is nothing a client was told."
        elif seen.is_look:
            why_not = "A look has no picture to send: only its numbers."
        if why_not:
            st.markdown(f":small[:gray[{why_not}]]", width="content")


def _numbers(choices: Choices, seen: ComparisonSeries) -> Wanted | None:
    """The very comparison that is shown."""
    before = choices.other or (choices.baseline.id if choices.baseline else None)
    if choices.client is None or before is None:
        return None
    asked = (choices.client.key, seen.metric, before, seen.asked, seen.step)
    return numbers_wanted(*asked, is_whole_only=choices.is_whole_only)

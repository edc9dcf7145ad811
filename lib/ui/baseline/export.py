"""What is compared as files: the numbers as CSV, the chart as a picture, and the client's page once it is published.

A picture or a page goes further than its caption, so there is none of a look, and no page before the client has it.
"""

from __future__ import annotations

import secrets
from functools import partial

import streamlit as st

from lib.domain.publishing import StatementStatus
from lib.errors import DeskError
from lib.reporting.chart_picture import chart_png, chart_svg
from lib.reporting.report_note import card_pdf
from lib.reporting.step_series import numbers_as_csv
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.publishing import portal
from lib.services.publishing.statements import StatementDraft
from lib.ui.baseline.statement_state import here
from lib.ui.entry.guard import Visit
from lib.ui.parts.words import counted

_WIDTH, _HEIGHT = 900, 320


def files(visit: Visit, seen: ComparisonSeries, draft: StatementDraft | DeskError | None, rows: int) -> None:
    """One button a file; each is made when it is pressed."""
    # A file is served to whoever has its address, so part of the address is a secret of this run.
    name = f"{seen.metric}-{seen.current.range.first}-{seen.current.range.last}-{secrets.token_hex(8)}"
    why_not = ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="export"):
        _button(
            f"Download {counted(rows, seen.step)} as CSV",
            partial(numbers_as_csv, seen.source, seen.metric, seen.unit, seen.step, seen.baseline, seen.current),
            f"{name}.csv",
            "text/csv",
        )
        if isinstance(draft, StatementDraft):
            _button(
                "Chart as PNG",
                partial(chart_png, draft.card, _WIDTH, _HEIGHT, is_alone=True),
                f"{name}.png",
                "image/png",
            )
            _button(
                "Chart as SVG",
                partial(chart_svg, draft.card, _WIDTH, _HEIGHT, is_alone=True),
                f"{name}.svg",
                "image/svg+xml",
            )
            version = here(draft)
            if version is not None and version.status is StatementStatus.PUBLISHED:
                page = partial(clients_page, visit, draft.client, version.id)
                _button("The client's page as PDF", page, f"{name}.pdf", "application/pdf")
            else:
                why_not = "The page as PDF comes with publishing; before that there is nothing a client was told."
        elif seen.is_look:
            why_not = "A look has no picture to send: only its numbers."
        if why_not:
            st.markdown(f":small[:gray[{why_not}]]", width="content")


def clients_page(visit: Visit, client: str, statement_id: int) -> bytes:
    """The page as the client has it: the card that was published, not what stands in the form by now."""
    shown = visit.read(portal.portal, client).cards
    found = next((pair for pair in shown if pair[0].statement_id == statement_id), None)
    if found is None:
        raise DeskError("not_shown", "The client is not shown this any more.", "Read the page anew.")
    return card_pdf(*found)


def _button(words: str, made: partial[bytes], name: str, mime: str) -> None:
    st.download_button(words, made, file_name=name, mime=mime, key=f"export-{mime}", on_click="ignore")

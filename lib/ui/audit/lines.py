"""The first step of the audit page: the lines, newest first, narrowed by what stands in the address."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lib.domain.access.audit import AuditLine
from lib.pipeline.leaving.audit import audit_wanted
from lib.services.running.audit_lines import AuditPage, Filters
from lib.ui.audit.address import ACTION, FIRST, LAST, PERSON, day_asked, kept, narrowed
from lib.ui.controls.download import leaving_button
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import from_address
from lib.ui.parts.happenings import in_words
from lib.ui.parts.notebook import cell, empty, turn
from lib.ui.parts.tables import working_table
from lib.ui.parts.words import counted


def lines_cell(number: int, visit: Visit, filters: Filters, found: AuditPage) -> None:
    """The filters, a page of lines, the way to newer and older ones, and the file of all of them."""
    why = "What was done and what was looked at in the clear: by whom, to whose data, from where. Nobody can change it."
    with cell(number, "Who did what", why=why, result=_result(found.lines)):
        _narrowing(found)
        if not found.lines:
            empty("Nothing of the kind is logged.", "Choose other days, another person or another action.")
        else:
            working_table(_frame(found.lines), key="audit-lines", alt="Lines of the audit log", height="content")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if found.lines and found.has_newer:
                turn("Newer", **kept(after=found.lines[0].position))
                turn("Newest", is_quiet=True, **kept())
            if found.lines and found.has_older:
                turn("Older", **kept(before=found.lines[-1].position))
            # A file holds what its taker may see, and not only what whoever is looked as may.
            if found.lines and visit.viewer == visit.actor:
                leaving_button(visit, "Download as CSV", audit_wanted(filters), key="audit-csv")


def _result(lines: Sequence[AuditLine]) -> str:
    if not lines:
        return "no line"
    return f"{counted(len(lines), 'line')}, {lines[-1].position:,} to {lines[0].position:,}"


def _narrowing(found: AuditPage) -> None:
    places = st.columns([3, 3, 2, 2])
    with places[0]:
        _pick("Person", PERSON, found.people, "Everybody")
    with places[1]:
        _pick("Action", ACTION, found.actions, "Everything")
    with places[2]:
        _day("From", FIRST)
    with places[3]:
        _day("To", LAST)


def _pick(label: str, name: str, offered: Sequence[str], every: str) -> None:
    said, key = from_address(name), f"audit-{name}"
    # What an address asks for is shown although nothing of late is of it.
    options = list(dict.fromkeys(["", *offered, said]))
    st.session_state[key] = said
    st.selectbox(
        label, options, key=key, format_func=lambda option: option or every, on_change=narrowed, args=(name, key)
    )


def _day(label: str, name: str) -> None:
    key = f"audit-{name}"
    st.session_state[key] = day_asked(name)
    st.date_input(label, key=key, format="YYYY-MM-DD", on_change=narrowed, args=(name, key), help="A day of UTC.")


def _frame(lines: Sequence[AuditLine]) -> pd.DataFrame:
    rows = [
        {
            "No.": line.position,
            "When, UTC": f"{line.at:%Y-%m-%d %H:%M:%S}",
            "Who": line.person or "nobody yet",
            "From": " ".join(part for part in (line.door, line.address) if part),
            "What": line.action,
            "About": _about(line),
            "Client": line.client_name or "the desk",
            "Detail": in_words(line.detail),
        }
        for line in lines
    ]
    return pd.DataFrame(rows)


def _about(line: AuditLine) -> str:
    words = line.subject_type.replace("_", " ")
    return words if line.subject_type == "desk" else f"{words} {line.subject_id}"

"""How a file was read, and the way to have it read differently."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.pipeline.loading.reading_again import read_again
from lib.services.arriving.read import ReadOptions
from lib.services.reviewing.review import LoadReview
from lib.ui.entry.door import show_trouble
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import to_address
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import counted, plain

_FOUND = "As the desk finds it"
_DELIMITERS = {_FOUND: None, "Comma": ",", "Semicolon": ";", "Tab": "\t", "Bar": "|"}
_ENCODINGS = (_FOUND, "utf-8", "windows-1252", "latin-1", "utf-16")
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SHOWN_NOTES = 20


def reading_cell(visit: Visit, seen: LoadReview) -> None:
    """What the reader found, every line it set apart or doubts, and a form that overrules it."""
    facts = seen.delivery.facts
    if not facts:
        return
    with st.expander(f"How the file was read: {_in_words(facts)}"):
        for name, why in (("skipped", "Set apart, and no row"), ("flagged", "Read with a doubt")):
            _notes(seen, name, why)
        if seen.load.status is LoadStatus.IN_REVIEW and visit.may(Right.IMPORT):
            _form(visit, seen, facts)


def _in_words(facts: dict[str, Any]) -> str:
    parts = [str(facts.get("kind", "")).upper(), str(facts.get("encoding", "")).upper()]
    delimiter = str(facts.get("delimiter", ""))
    parts.append(_NAMES.get(delimiter, repr(delimiter)) if delimiter else "")
    parts.append(f"sheet {facts['sheet']}" if facts.get("sheet") else "")
    parts.append(str(facts.get("member", "")))
    parts.append(f"names on line {facts['header_row']}" if facts.get("header_row") else "")
    parts.append(f"table {facts['table']} of {len(facts['tables'])}" if facts.get("tables") else "")
    skipped, flagged = facts.get("skipped_count", 0), facts.get("flagged_count", 0)
    parts.append(f"{counted(skipped, 'line')} set apart" if skipped else "")
    parts.append(counted(flagged, "doubt") if flagged else "")
    return plain(", ".join(part for part in parts if part))


def _notes(seen: LoadReview, name: str, why: str) -> None:
    notes = seen.notes[name]
    if not notes:
        return
    count = seen.delivery.facts.get(f"{name}_count", len(notes))
    st.markdown(f"**{why}**: {counted(count, 'line')}")
    reading_table([{"Line": note.line, "Why": plain(note.why)} for note in notes[:_SHOWN_NOTES]])
    if count > _SHOWN_NOTES:
        st.markdown(f":small[:gray[The first {_SHOWN_NOTES} of {count:,}.]]")


def _form(visit: Visit, seen: LoadReview, facts: dict[str, Any]) -> None:
    told = ReadOptions.from_dict(seen.load.read_options)
    with st.form("read-again", border=False):
        st.markdown("**Read it differently.** This load then gives way to the new one; nothing is lost.")
        left, middle, right = st.columns(3)
        with left:
            header = st.number_input(
                "Line of the column names",
                min_value=0,
                value=told.header_row,
                step=1,
                placeholder=f"found: {facts.get('header_row', 0)}",
                help="Counted from 1, as the file has them. 0 for a file without column names.",
            )
            table = st.number_input(
                "Which table",
                min_value=1,
                value=told.table,
                step=1,
                help="Where a file holds several, one below another.",
            )
        with middle:
            delimiter = st.selectbox(
                "Delimiter",
                list(_DELIMITERS),
                index=list(_DELIMITERS.values()).index(told.delimiter) if told.delimiter in _DELIMITERS.values() else 0,
                help="What parts the cells of a row.",
            )
            encoding = st.selectbox(
                "Encoding",
                _ENCODINGS,
                index=_ENCODINGS.index(told.encoding) if told.encoding in _ENCODINGS else 0,
                help="Try windows-1252 where accents came out as two odd signs.",
            )
        with right:
            sheet = st.text_input("Sheet", told.sheet, help="Of a workbook, by its name.")
            member = st.text_input("File in the archive", told.member, help="Of a zip, by its name.")
        st.markdown(
            ":small[:gray[Day before month, or a comma for decimals, belongs to the map: it is the same for every file.]]"
        )
        if st.form_submit_button("Read the file again this way"):
            options = ReadOptions(
                sheet=sheet.strip(),
                member=member.strip(),
                header_row=None if header is None else int(header),
                encoding=None if encoding == _FOUND else encoding,
                delimiter=_DELIMITERS[delimiter],
                table=None if table is None else int(table),
            )
            _again(visit, seen, options)


def _again(visit: Visit, seen: LoadReview, options: ReadOptions) -> None:
    try:
        with st.spinner("Reading the file again"):
            queued = read_again(visit.desk, visit.actor, seen.load.id, options)
    except DeskError as trouble:
        show_trouble(trouble)
        return
    to_address(load=queued.load_id or "", job=queued.job_id or "", again="")
    st.rerun()

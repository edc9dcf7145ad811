"""The cells of records: find a lead, leaf through what is committed, and read one record's whole story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.domain.verdicts import RowClass
from lib.services.tracing.find_records import Found, RecordLine, RecordPage, RowHit, Shelf
from lib.services.tracing.trace_record import Meeting, Trace, TracedValue
from lib.ui.parts.address import choice, from_address, to_address
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, badge, load_badge, verdict_marks
from lib.ui.parts.notebook import cell, empty, next_line, turn
from lib.ui.parts.tables import navigating_table, reading_table
from lib.ui.parts.words import counted, plain, said
from lib.ui.records.drawer import trace_drawer

_RECORD_COLUMNS = {"Record": 125, "Source": 160, "Object": 110, "Class": 155, "When": 130, "What it says": 280}
_ROW_COLUMNS = {"Row": 190, "Source": 190, "Verdict": 150, "Class": 150, "Load": 140, "Reasons": 150}
_MEETING_COLUMNS = {"Load": 120, "When": 130, "Row": 110, "Verdict": 150, "Class": 170, "Map": 80, "Now": 160}


def search_cell(number: int) -> str:
    """The search box, begun with what stands in the address. Returns what is asked."""
    why = "An id, a phone or an e-mail address. A phone may be written in any way; it is read as an import reads it."
    with cell(number, "Find this lead", why=why):
        asked = st.text_input(
            "Id, phone or e-mail",
            value=from_address("find"),
            key="find-lead",
            placeholder="(303) 555-0142",
            help="All loads are looked through, committed or not. It is compared by keyed hashes and kept nowhere.",
        )
        if not asked:
            to_address(find="")
        return (asked or "").strip()


def found_cell(number: int, asked: str, found: Found) -> None:
    """What the search came to: records first, then rows that are no record."""
    # A phone or an e-mail address is personal, so it does not go into an address that is logged and passed on.
    to_address(**{"find": "" if found.is_personal else asked, "shelf": "", "class": "", "after": ""})
    total = len(found.records) + len(found.rows)
    looked = "; ".join(plain(item) for item in found.looked_for)
    with cell(number, "Found", why=f"Looked for {looked}.", result=_sum(found)):
        if not total:
            empty(
                "Nothing is known under it.",
                "Try the id the provider gave it, or another phone. What was never imported cannot be found.",
            )
            return
        if found.records:
            _record_table(found.records, "found")
        if found.rows:
            st.markdown(":small[:gray[Rows that are no record: failed, left out, in review, or undone.]]")
            navigating_table(_ROW_COLUMNS, [_row(item) for item in found.rows], key="found-rows")


def browse_choice(number: int, shelves: Sequence[Shelf]) -> tuple[str, str, str] | None:
    """Which records to leaf through: (account, object, class); None while nothing is committed."""
    names = {f"{item.account_key}|{item.object}": item for item in shelves}
    with cell(
        number,
        "What is committed",
        why="Every record that a committed load made, newest first. Test and spam records are here too; they never count.",
        result=counted(len(shelves), "object"),
    ):
        if not names:
            empty(
                "Nothing is committed yet.",
                "Records appear here once a load is approved.",
                go="Go to import review",
                to="import_review",
            )
            return None
        before = (from_address("shelf"), from_address("class"))
        left, right = st.columns([2, 1])
        with left:
            chosen = choice(
                "Records of",
                list(names),
                "shelf",
                names={key: _shelf_words(item) for key, item in names.items()},
            )
        with right:
            classes = ["", *(item.value for item in RowClass)]
            row_class = choice(
                "Class",
                classes,
                "class",
                names={"": "Every class", **{name: name.replace("_", " ") for name in classes if name}},
                hint="What a row is; only genuine ones are counted.",
            )
        if before != (chosen, row_class):
            # A page deep in other records is nowhere in these.
            to_address(after="")
        item = names[chosen]
        return item.account_key, item.object, row_class


def browse_page(found: RecordPage, *, is_first: bool) -> None:
    """One page of records, and the ways on and back."""
    if not found.records:
        empty("No record of this class.", "Choose another class above; genuine ones are what is counted.")
        return
    _record_table(found.records, "browse")
    here: dict[str, Any] = {name: from_address(name) for name in ("shelf", "class")}
    with st.container(horizontal=True):
        if not is_first:
            turn("To the newest", **here)
        if found.after is not None:
            turn("Older ones", **here, after=found.after)


def record_next_line(trace: Trace) -> None:
    """What the record is, in one line, and the drawer that shows where it comes from."""
    if trace.row_class is RowClass.GENUINE:
        rest = f"It is counted as {plain(trace.source_label)}, written {counted(trace.times_written, 'time')}."
    else:
        words = plain(trace.row_class.replace("_", " "))
        rest = f"It is set apart as {words}: kept and shown, never counted."
    next_line(f"{_noun(trace.object).capitalize()} {plain(trace.external_id)}.", rest)


def values_cell(number: int, trace: Trace) -> None:
    """What the record holds now, beside the raw cells it was read from."""
    has_raw = trace.origin is not None and trace.origin.has_raw
    result = badge("Raw cells kept", GOOD) if has_raw else badge("Raw cells gone", NOTHING)
    why = "Each value beside the cell it was read from, in the provider's own words."
    with cell(number, "What it holds", why=why, result=result):
        if any(item.is_veiled for item in trace.values):
            st.info(
                "**Personal values show their shape only.** Whoever may approve loads sees them.",
                icon=":material/visibility_off:",
            )
        if trace.origin is not None and trace.origin.gone:
            st.markdown(f":small[:gray[The raw cells are {trace.origin.gone}; hash, verdict and reason stay.]]")
        reading_table([_value(item, has_raw=has_raw) for item in trace.values])
        if trace.origin is not None and st.button("Show where it comes from", icon=":material/account_tree:"):
            trace_drawer(trace)


def history_cell(number: int, history: Sequence[Meeting]) -> None:
    """What each load did to it, newest first."""
    with cell(
        number,
        "What loads did to it",
        why="Every row that became this record or met it, and where its load stands now. Uses step 1.",
        result=counted(len(history), "row"),
    ):
        if not history:
            empty("No row of it is left.", "Its loads lie outside what you may see.")
            return
        navigating_table(
            _MEETING_COLUMNS,
            [
                (
                    f"Load {item.load_id}",
                    "import_review",
                    {"load": item.load_id},
                    [
                        f"{item.at.day} {item.at:%b %Y}",
                        f"line {item.line_no:,}",
                        verdict_marks({item.verdict: 1}),
                        _class(item.row_class),
                        f"map {item.map_version}",
                        load_badge(item.status),
                    ],
                )
                for item in history
            ],
            key="history",
        )


def _record_table(records: Sequence[RecordLine], key: str) -> None:
    navigating_table(
        _RECORD_COLUMNS,
        [
            (
                plain(item.external_id),
                "",
                {"record": item.id, "table": item.table, "find": from_address("find")},
                [
                    plain(item.source_label),
                    plain(_noun(item.object)),
                    _class(item.row_class),
                    plain(item.when),
                    plain(item.summary),
                ],
            )
            for item in records
        ],
        key=key,
    )


def _row(item: RowHit) -> tuple[str, str, dict[str, object], list[str]]:
    return (
        f"Load {item.load_id}, line {item.line_no:,}",
        "import_review",
        {"load": item.load_id},
        [
            f"{plain(item.source_label)}, {_noun(item.object)}",
            verdict_marks({item.verdict: 1}),
            _class(item.row_class),
            load_badge(item.load_status),
            said(item.reasons),
        ],
    )


def _value(item: TracedValue, *, has_raw: bool) -> dict[str, str | int]:
    row: dict[str, str | int] = {"Field": plain(item.label), "Value": plain(item.value) or ":gray[empty]"}
    if has_raw:
        row["Raw cell"] = "  ·  ".join(f":gray[{plain(name)}] {said(cell) or 'empty'}" for name, cell in item.raw)
    return row


def _class(row_class: RowClass) -> str:
    if row_class is RowClass.GENUINE:
        return "● genuine"
    return f"○ {plain(row_class.replace('_', ' '))}"


def _noun(name: str) -> str:
    return name.replace("_", " ")


def _shelf_words(item: Shelf) -> str:
    return f"{item.client_name} / {item.source_label} / {_noun(item.object)}"


def _sum(found: Found) -> str:
    if not found.records and not found.rows:
        return badge("Nothing found", ATTENTION)
    parts = [counted(len(found.records), "record")]
    if found.rows:
        parts.append(f"{counted(len(found.rows), 'row')} beside")
    return ", ".join(parts)

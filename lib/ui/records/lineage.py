"""The cells of lineage: what a number is made of, and which numbers stand on a load."""

from __future__ import annotations

from datetime import date

import streamlit as st

from lib.errors import DeskError
from lib.reporting.amounts import with_unit
from lib.reporting.periods import range_in_words
from lib.services.counting.numbers_on_load import NumbersOnLoad
from lib.services.tracing.trace_slice import SliceTrace
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, badge
from lib.ui.parts.notebook import cell, empty, next_line, turn
from lib.ui.parts.tables import navigating_table, reading_table
from lib.ui.parts.words import counted, plain, said

_RECORD_COLUMNS = {"Record": 160, "Adds": 110, "Load": 110, "Line": 90}
_PUBLISHED_COLUMNS = {"Number": 240, "Says": 170, "Period": 250, "Statement": 120}
_NUMBER_COLUMNS = {"Day": 120, "Metric": 240, "Value": 150, "Stands on": 240}


def day_of(text: str) -> date:
    """The day that an address names; DeskError `not_a_date`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeskError("not_a_date", f"{text!r} is not a date.", "Write it as 2026-01-31.") from None


def number_cells(seen: SliceTrace) -> None:
    """One number on one day: the loads it stands on with who let them in, and the records it counts."""
    part = f" [{plain(seen.dimension_value or 'not given')}]" if seen.dimension_value is not None else ""
    next_line(
        f"{plain(seen.label)}{part} on {seen.day}: {plain(with_unit(seen.value, seen.unit))}.",
        f"It counts {counted(seen.counted, 'record')} of {plain(seen.source_label)}; {seen.left_out:,} are set apart.",
    )
    result = badge("Adds up", GOOD) if seen.adds_up else badge(f"Records come to {seen.comes_to:f}", ATTENTION)
    with cell(1, "What it stands on", why="Each load with its file, its map, and who approved them.", result=result):
        reading_table(
            [
                {
                    "Load": str(item.load_id),
                    "File": said(item.file_name),
                    "Map": f"version {item.map_version}, {plain(item.map_approved_by)}",
                    "Let in by": plain(item.approved_by),
                }
                for item in seen.loads
            ]
        )
    with cell(2, "What it counts", why="Each record with the row that wrote it; it opens with its raw cells."):
        navigating_table(
            _RECORD_COLUMNS,
            [
                (
                    plain(item.external_id),
                    "",
                    {"record": item.id, "table": item.table},
                    [plain(item.adds), str(item.load_id), f"{item.line_no:,}" if item.line_no >= 0 else "–"],
                )
                for item in seen.records
            ],
            key="counted",
        )
        if seen.after is not None:
            turn("More records", metric=seen.metric, day=seen.day, value=seen.dimension_value, after=seen.after)
    turn("All records")


def on_load_cells(found: NumbersOnLoad) -> None:
    """Which numbers stand on a load, newest day first."""
    next_line(
        f"{counted(len(found.metrics), 'metric')} of {plain(found.account_key)} stand on load {found.load_id}.",
        "Undoing the load, or doubting it, moves these and no others.",
    )
    shown = badge(counted(len(found.published), "published number"), ATTENTION if found.published else NOTHING)
    with cell(
        1,
        "What a client reads of it",
        why="An undo takes these back from the portal by itself, and tells the client why.",
        result=shown,
    ):
        if found.published:
            _published(found)
        else:
            st.markdown(":small[:gray[No published number stands on it.]]")
    result = counted(sum(item.slices for item in found.metrics if not item.is_ratio), "number")
    with cell(2, "Which numbers stand on it", why="Each opens with the records it counts.", result=result):
        if not found.numbers:
            empty("No number stands on it.", "Only a committed load feeds numbers, and only its genuine rows.")
            return
        navigating_table(
            _NUMBER_COLUMNS,
            [
                (
                    str(item.day),
                    "",
                    {"metric": item.metric, "day": item.day, "value": item.dimension_value},
                    [
                        plain(item.label + (f" [{item.dimension_value}]" if item.dimension_value else "")),
                        plain(with_unit(item.value, item.unit)) + ("" if item.is_complete else ", not complete"),
                        f"and {counted(item.other_loads, 'other load')}" if item.other_loads else "this load alone",
                    ],
                )
                for item in found.numbers
            ],
            key="numbers",
        )
        if found.after is not None:
            turn("Earlier days", on=found.load_id, after=found.after)


def _published(found: NumbersOnLoad) -> None:
    """Each published number that stands on the load, with the way to the comparison it was written over."""
    navigating_table(
        _PUBLISHED_COLUMNS,
        [
            (
                plain(item.label),
                "baseline_vs_current",
                {
                    "client": found.client_key,
                    "metric": item.metric,
                    "baseline": item.baseline_id,
                    **item.period.as_dict(),
                },
                [plain(item.current), range_in_words(item.period), str(item.statement_id)],
            )
            for item in found.published
        ],
        key="published",
    )

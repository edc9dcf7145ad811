"""The steps of a drawer that traces a number: one expander a step, numbered, in the order in which one follows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.domain.arriving.by_hand import kind_words
from lib.reporting.amounts import with_unit
from lib.reporting.portal_words import day_in_words
from lib.services.tracing.trace_number import SealedBy, TracedDay, TracedPart
from lib.services.tracing.trace_record import Origin, Trace, TracedValue
from lib.services.tracing.trace_slice import SliceRecord, SliceTrace
from lib.ui.parts.marks import verdict_marks
from lib.ui.parts.notebook import link
from lib.ui.parts.words import counted, plain, said

PAGE_DAYS = 31
_MOST_FIELDS = 40

__all__ = [
    "behind_steps",
    "day_in_words",
    "day_step",
    "days_step",
    "number_step",
    "record_steps",
    "sealed_step",
    "step",
    "steps_on",
]


def step(number: int, icon: str, what: str, which: str, lines: Sequence[str], *, is_open: bool = True) -> None:
    """One step: what it is in bold, which one, and its lines as Markdown."""
    label = f"{number} **{what}** {which}".rstrip()
    with st.expander(label, expanded=is_open, icon=f":material/{icon}:", type="step"):
        st.markdown("  \n".join(f":small[:gray[{line}]]" for line in lines if line))


def steps_on(number: int, icon: str, what: str, which: str) -> DeltaGenerator:
    """A step that holds the ways on from here."""
    return st.expander(f"{number} **{what}** {which}", expanded=True, icon=f":material/{icon}:", type="step")


def sealed_step(number: int, words: str, sealed: SealedBy, moved: int) -> None:
    """The sentence of a baseline: who sealed it when and why, and that days of it say something else by now."""
    later = f"{counted(moved, 'day')} of it came to something else since; what was sealed stands." if moved else ""
    lines = [
        words,
        f"Baseline {sealed.baseline_id}, sealed on {day_in_words(sealed.on)} by {plain(sealed.name)}: "
        f"{plain(sealed.reason)}",
        later,
    ]
    step(number, "format_quote", "Sentence", "of a sealed baseline", lines)


def number_step(number: int, part: TracedPart, *, is_brief: bool = False) -> None:
    """The number and its sum said aloud; briefly, once one has gone further down."""
    lines = [f"{plain(part.sum_words)} {_adds_up(part.adds_up)}"]
    if part.unknown_days and not is_brief:
        lines.append(f"Nothing is known of {counted(part.unknown_days, 'day')}; that is not zero.")
    if part.left_out and not is_brief:
        lines.append(f"{counted(part.left_out, 'entry', 'entries')} left out and counted apart.")
    step(number, "tag", "Number", f"{plain(part.words)}, {plain(part.label)}", lines)


def days_step(number: int, part: TracedPart, chosen: Callable[[date], None]) -> None:
    """The days that the number is the sum of; each that counts something opens. A month of them at a time."""
    with steps_on(number, "today", "Days", f"{len(part.days)}"):
        first = _page(len(part.days), part.metric)
        days = part.days[first : first + PAGE_DAYS]
        if len(part.days) > PAGE_DAYS:
            here = sum((day.value for day in days), days[0].value * 0)
            st.markdown(f":small[:gray[These come to {plain(with_unit(here, part.unit))}.]]")
        with st.container(key=f"trace-days-{first}", gap=None):
            for day in days:
                aside = _day_aside(day)
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.markdown(f":small[{_short(day.day)}]", width=110)
                    if day.value:
                        st.button(
                            f":blue[{plain(day.words)}]",
                            key=f"trace-day-{day.day}",
                            type="tertiary",
                            on_click=chosen,
                            args=(day.day,),
                            help="Opens the records that this day counts.",
                        )
                    else:
                        st.markdown(f":small[:gray[{plain(day.words)}]]", width="content")
                    if aside:
                        st.markdown(f":small[:gray[{aside}]]", width="content")


def _page(count: int, metric: str) -> int:
    """Which day the shown ones begin with."""
    if count <= PAGE_DAYS:
        return 0
    pages = range(0, count, PAGE_DAYS)
    return int(
        st.segmented_control(
            "Which days",
            list(pages),
            default=0,
            required=True,
            format_func=lambda first: f"{first + 1} to {min(first + PAGE_DAYS, count)}",
            key=f"trace-page-{metric}-{count}",
        )
        or 0
    )


def _day_aside(found: TracedDay) -> str:
    said_ = [f"{found.left_out:,} left out"] if found.left_out else []
    if found.is_known and not found.is_complete:
        said_.append("not complete")
    if found.now:
        said_.append(f"now {plain(found.now)}")
    return ", ".join(said_)


def day_step(number: int, part: TracedPart, seen: SliceTrace, chosen: Callable[[str, int], None] | None = None) -> None:
    """One day: what it counts, record by record; each opens with its raw cells."""
    value = plain(with_unit(seen.value, seen.unit))
    come = f"{counted(seen.counted, 'record')} come to {plain(with_unit(seen.comes_to, seen.unit))}"
    lines = [f"{come} {_adds_up(seen.adds_up)}", _other_value(part, seen)]
    if seen.left_out and chosen is not None:
        lines.append(f"{counted(seen.left_out, 'entry', 'entries')} of the day left out and counted apart.")
    loads = ", ".join(str(load.load_id) for load in seen.loads)
    if chosen is not None:
        lines.append(f"Stands on {'load' if len(seen.loads) == 1 else 'loads'} {loads}.")
    step(number, "today", "Day", f"{day_in_words(seen.day)}: {value}", lines)
    if chosen is None:
        return
    with (
        steps_on(number + 1, "database", "Records", f"{len(seen.records)} of {seen.counted:,}"),
        st.container(key=f"trace-records-{seen.day}", gap=None),
    ):
        for item in seen.records:
            _record_line(item, chosen)


def _other_value(part: TracedPart, seen: SliceTrace) -> str:
    day = next((each for each in part.days if each.day == seen.day), None)
    if day is None or day.value == seen.value:
        return ""
    return f"Sealed as {plain(day.words)}; these are the records of today."


def _record_line(item: SliceRecord, chosen: Callable[[str, int], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f":blue[{plain(item.external_id)}]",
            key=f"trace-record-{item.table}-{item.id}",
            type="tertiary",
            on_click=chosen,
            args=(item.table, item.id),
            help="Opens the row and the raw cells that this record was read from.",
        )
        where = f"line {item.line_no:,} of load {item.load_id}" if item.line_no >= 0 else f"load {item.load_id}"
        st.markdown(f":small[:gray[adds {plain(item.adds)}, {where}]]", width="content")


def record_steps(number: int, seen: SliceTrace, trace: Trace) -> None:
    """A record down to the cell, the file, the map and the person; and the way to everything else that stands on it."""
    origin = trace.origin
    adds = next((item.adds for item in seen.records if item.id == trace.id), "")
    written = f"Written {counted(trace.times_written, 'time')}."
    lines = [f"Adds {plain(adds)} to the day. {written}" if adds else written]
    step(number, "database", "Record", f"{said(trace.external_id)} in {plain(trace.table)}", lines)
    if origin is None:
        step(number + 1, "table_rows", "Row", "", ["The row that wrote it lies outside what you may see."])
        return
    row = f"{origin.row_no + 1:,} of load {origin.load_id}, line {origin.line_no:,}"
    marks = [f"{verdict_marks({origin.verdict: 1})} · {plain(trace.row_class.replace('_', ' '))}"]
    step(number + 1, "table_rows", "Row", row, marks)
    _cells(number + 2, seen, trace, origin)
    behind_steps(number + 4, origin)
    link(f"What else stands on load {origin.load_id}", "records", on=origin.load_id)
    link("The record with all its fields", "records", record=trace.id, table=trace.table)


def _cells(number: int, seen: SliceTrace, trace: Trace, origin: Origin) -> None:
    """The values that decide whether and how much it counts, each with the map's line; then the cells they came from."""
    order = {name: place for place, name in enumerate(seen.columns)}
    deciding = sorted((item for item in trace.values if item.column in order), key=lambda item: order[item.column])
    shown = deciding or [item for item in trace.values if item.column == "external_id"]
    step(number, "conversion_path", "Mapped value", f"by map {origin.map_version}", [_mapped(item) for item in shown])
    if not origin.has_raw:
        gone = [f"{origin.gone.capitalize()}.", "Its hash, verdict and reasons stay."]
        step(number + 1, "data_object", "Raw cell", "", gone)
        return
    raw = [f"{said(name)} = {said(cell) or 'empty'}" for item in shown for name, cell in item.raw]
    veiled = ["Personal values show their shape only."] if any(item.is_veiled for item in shown) else []
    step(number + 1, "data_object", "Raw cell", f"of line {origin.line_no:,}", [*raw[:_MOST_FIELDS], *veiled])


def _mapped(item: TracedValue) -> str:
    sources = ", ".join(said(name) for name, _ in item.raw) or "a fixed value"
    steps = f" through {', '.join(plain(name.replace('_', ' ')) for name in item.steps)}" if item.steps else ""
    return f"{plain(item.label)}: **{plain(item.value) or 'empty'}** from {sources}{steps}"


def behind_steps(number: int, origin: Origin) -> None:
    """The delivery a row came in, the map that read it, and the person who let it in."""
    arrived = "not counted" if origin.delivery_rows is None else counted(origin.delivery_rows, "row")
    step(
        number,
        "inbox",
        "Delivery",
        f"{origin.delivery_id}, {kind_words(origin.kind)}",
        [
            f"By {plain(origin.entered_by)}: {plain(origin.by_hand_reason)}" if origin.is_by_hand else "",
            f"{_moment(origin.received_at)}, {arrived}",
            said(origin.file_name),
            f"hash {said(_cut(origin.content_hash))}",
        ],
    )
    by = [f"Approved by {plain(origin.map_approved_by)}"]
    step(number + 1, "conversion_path", "Map", f"version {origin.map_version}", by)
    at = f" on {_moment(origin.committed_at)}" if origin.committed_at else ""
    step(number + 2, "person", "Person", plain(origin.approved_by), [f"Approved load {origin.load_id}{at}"])


def _adds_up(is_so: bool) -> str:
    if is_so:
        return ":green-badge[:material/check: Adds up]"
    return ":red-badge[:material/close: Does not add up]"


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _cut(digest: str) -> str:
    return f"{digest[:4]}…{digest[-2:]}"

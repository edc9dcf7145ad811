"""The drawer that follows a number of a sentence down: its days, a day's records, a record's raw cell, and whoever let it in.

Where the drawer stands is in the address, so that a step of it can be sent to somebody; each step is asked of a service
anew, which asks for the right anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st

from lib.domain.people import Right
from lib.reporting.periods import when
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.tracing import trace_number, trace_record, trace_slice
from lib.services.tracing.trace_number import NumberTrace, TracedPart
from lib.services.tracing.trace_record import Trace
from lib.services.tracing.trace_slice import SliceTrace
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit, require
from lib.ui.parts.address import day_from_address, from_address, number_from_address, to_address
from lib.ui.parts.words import plain
from lib.ui.records.steps import (
    day_in_words,
    day_step,
    days_step,
    number_step,
    record_steps,
    sealed_step,
    step,
    steps_on,
)

TRACE, PART, DAY, RECORD, TABLE, AFTER = "trace", "part", "day", "record", "table", "after"
_PLACE = (TRACE, PART, DAY, RECORD, TABLE, AFTER)
CURRENT, BASELINE, CHANGE, INTERVAL = "current", "baseline", "change", "interval"


@dataclass(frozen=True)
class Traceable:
    """A number of a sentence that opens: what it is, its words, and whose days it comes from."""

    kind: str
    words: str


def traceable_numbers(seen: ComparisonSeries) -> list[Traceable]:
    """The numbers of the sentence in their order."""
    found = [
        Traceable(CURRENT, seen.current_words),
        Traceable(BASELINE, f"{seen.baseline_words} in the {seen.beside}" if seen.baseline_words else ""),
        Traceable(CHANGE, seen.change_words),
        Traceable(INTERVAL, seen.interval_words),
    ]
    return [each for each in found if each.words]


def trace_buttons(seen: ComparisonSeries) -> None:
    """One button under the sentence for each of its numbers."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="trace-buttons"):
        st.markdown(":small[:gray[Trace]]", width="content")
        for each in traceable_numbers(seen):
            st.button(
                plain(each.words),
                key=f"trace-{each.kind}",
                on_click=go,
                kwargs={TRACE: each.kind},
                help="Opens where this number comes from.",
            )


def go(**place: object) -> None:
    """Stand somewhere in the drawer: what is not named is left."""
    to_address(**{name: place.get(name) for name in _PLACE})


def number_drawer(seen: ComparisonSeries) -> None:
    """Open the drawer where the address says so."""
    numbers = {each.kind: each for each in traceable_numbers(seen)}
    asked = numbers.get(from_address(TRACE))
    if asked is None:
        return

    @st.dialog(f"Where it comes from: {plain(asked.words)}", position="right", width="small", on_dismiss=go)
    def drawer() -> None:
        visit = require(Right.SEE_DETAIL)
        with shown_errors():
            _shown(visit, seen, numbers)

    drawer()


def _shown(visit: Visit, seen: ComparisonSeries, numbers: dict[str, Traceable]) -> None:
    kind = from_address(TRACE)
    if kind not in numbers:
        st.markdown(":gray[This sentence has no such number any more.]")
        return
    if kind in (CHANGE, INTERVAL):
        _both(seen, kind)
        return
    is_baseline = kind == BASELINE
    span = seen.baseline.range if is_baseline else seen.current.range
    whole = visit.read(trace_number.trace_number, seen.metric, span, seen.baseline_id if is_baseline else None)
    part = next((each for each in whole.parts if each.metric == from_address(PART)), whole.parts[0])
    day = day_from_address(DAY, date.min)
    record = number_from_address(RECORD)
    if record is not None:
        trace = visit.read(trace_record.trace_record, from_address(TABLE), record)
        of_day = visit.read(trace_slice.trace_slice, part.metric, day, None, number_from_address(AFTER) or 0)
        _record(kind, whole, part, of_day, trace)
    elif day != date.min:
        after = number_from_address(AFTER) or 0
        _day(kind, whole, part, visit.read(trace_slice.trace_slice, part.metric, day, None, after), after)
    elif len(whole.parts) > 1 and not from_address(PART):
        _ratio(kind, whole)
    else:
        _days(kind, whole, part)


def _both(seen: ComparisonSeries, kind: str) -> None:
    """A movement or an interval is made of the two numbers, each of which opens."""
    if kind == CHANGE:
        step(1, "difference", "Movement", plain(seen.change_words), [plain(_subtraction(seen))])
    else:
        how = [
            "19 times in 20, from the spread between the days of both periods.",
            f"Each {seen.step} of the chart is made of the same days.",
        ]
        step(1, "query_stats", "Interval", plain(seen.interval_words), how)
    both = {CURRENT: seen.current_words, BASELINE: f"{seen.baseline_words} in the {seen.beside}"}
    with steps_on(2, "call_split", "Made of", "two numbers, each of which opens"):
        for each, words in both.items():
            st.button(plain(words), key=f"trace-to-{each}", on_click=go, kwargs={TRACE: each})


def _subtraction(seen: ComparisonSeries) -> str:
    return f"{seen.current_words} − {seen.baseline_words}"


def _ratio(kind: str, whole: NumberTrace) -> None:
    _sentence(whole)
    step(2, "percent", "Number", plain(whole.words), [plain(whole.ratio_words), "From the two sums, never an average."])
    with steps_on(3, "call_split", "Made of", "two sums, each of which opens"):
        for place, part in enumerate(whole.parts):
            st.button(
                plain(f"{part.label}: {part.words}"),
                key=f"trace-part-{place}",
                on_click=go,
                kwargs={TRACE: kind, PART: part.metric},
            )


def _days(kind: str, whole: NumberTrace, part: TracedPart) -> None:
    if len(whole.parts) > 1:
        _back("Both sums", {TRACE: kind})
    _sentence(whole)
    number_step(2, part)
    days_step(3, part, lambda day: go(**{TRACE: kind, PART: _named(whole, part), DAY: day}))


def _day(kind: str, whole: NumberTrace, part: TracedPart, seen: SliceTrace, after: int) -> None:
    place = {TRACE: kind, PART: _named(whole, part), DAY: seen.day}
    _back("All days", {TRACE: kind, PART: _named(whole, part)})
    _sentence(whole)
    number_step(2, part)
    day_step(3, part, seen, lambda table, record: go(**place, **{TABLE: table, RECORD: record, AFTER: after or None}))
    with st.container(horizontal=True, gap="small"):
        if after:
            st.button("First records", key="trace-first", on_click=go, kwargs=place)
        if seen.after is not None:
            st.button("More records", key="trace-more", on_click=go, kwargs={**place, AFTER: seen.after})


def _record(kind: str, whole: NumberTrace, part: TracedPart, seen: SliceTrace, trace: Trace) -> None:
    after = number_from_address(AFTER)
    place = {TRACE: kind, PART: _named(whole, part), DAY: seen.day, AFTER: after}
    _back(day_in_words(seen.day), place)
    _sentence(whole)
    number_step(2, part, is_brief=True)
    day_step(3, part, seen)
    record_steps(4, seen, trace)


def _sentence(whole: NumberTrace) -> None:
    said = f"{whole.label} from {whole.source_label}, {when(whole.range)}: {whole.words}"
    if whole.sealed is None:
        step(1, "format_quote", "Sentence", "", [plain(said), "As the desk knows it now."])
    else:
        sealed_step(1, plain(said), whole.sealed, sum(part.moved_days for part in whole.parts))


def _back(words: str, place: Mapping[str, object]) -> None:
    st.button(
        plain(words), icon=":material/arrow_back:", key="trace-back", type="tertiary", on_click=go, kwargs=dict(place)
    )


def _named(whole: NumberTrace, part: TracedPart) -> str | None:
    """A part is named in the address only where there are two."""
    return part.metric if len(whole.parts) > 1 else None

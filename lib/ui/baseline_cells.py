"""The cells of the comparison page under its pickers: chart, sentence, numbers, changes, and the Next line above all."""

from __future__ import annotations

import secrets
from itertools import zip_longest

import pandas as pd
import streamlit as st

from lib.errors import DeskError
from lib.reporting.step_series import Series, SeriesStep, numbers_as_csv
from lib.services.comparison_series import ComparisonSeries
from lib.ui.baseline_choices import Choices
from lib.ui.baseline_pickers import short_day, short_range
from lib.ui.chart_comparison import comparison_chart, comparison_in_words, unfinished_words
from lib.ui.chart_frame import is_laid_under
from lib.ui.charts import shown_chart
from lib.ui.notebook import cell, empty, governed, next_line, waiting
from lib.ui.tables import reading_table, working_table
from lib.ui.words import counted, plain

Seen = ComparisonSeries | DeskError | None
_READABLE_ROWS = 31


def nothing_to_compare(choices: Choices, *, may_import: bool) -> None:
    """No client, none chosen, or none of its numbers has a value yet."""
    if not choices.clients:
        empty("There is no client here yet.", "A client and its first import come before anything can be compared.")
    elif choices.client is None:
        empty("No client is chosen.", "A comparison is about the numbers of one client: choose it above.")
    elif may_import:
        empty(
            "No number of this client has a value yet.",
            "The first approved import brings numbers; then a baseline can be captured here.",
            go="Import review",
            to="import_review",
            client=choices.client.key,
        )
    else:
        empty("No number of this client has a value yet.", "They appear here after the first approved import.")


def what_next(choices: Choices, seen: Seen, *, may_import: bool) -> None:
    """The one next action of the comparison."""
    if isinstance(seen, DeskError):
        next_line("Next:", "choose another baseline, or capture a new one.")
    elif seen is None:
        next_line("Next:", "capture a baseline, so that later periods have something to stand beside.")
    else:
        action = plain(f"{seen.next_action[:1].lower()}{seen.next_action[1:]}")
        is_missing = seen.is_comparable and not seen.is_complete and may_import
        client = choices.client.key if choices.client else ""
        next_line("Next:", action, go="Import review" if is_missing else "", to="import_review", client=client)


def chart_cell(number: int, seen: Seen) -> None:
    """Both periods as lines, and a caption that names source, unit and periods."""
    title = "Baseline and current"
    if seen is None or isinstance(seen, DeskError):
        waiting(number, title, why="Both periods as lines, from zero. Uses step 1.", needs="step 1")
        return
    with cell(number, title, why=_chart_why(seen), result=f":gray[{_whole_steps(seen)}]"):
        shown_chart(comparison_chart(seen), says=comparison_in_words(seen), key="comparison")
        st.markdown(f":small[:gray[{_caption(seen)}]]")


def sentence_cell(number: int, seen: Seen) -> None:
    """What may be said, how sure it is, and what was left out of both."""
    title, why = "The sentence", "Built from the numbers above, and only from them. Uses steps 1 and 2."
    if seen is None or isinstance(seen, DeskError):
        waiting(number, title, why=why, needs="step 1")
        return
    with cell(number, title, why=why, result=status_badge(seen)):
        governed(seen.sentence)
        st.markdown(f":small[:gray[{_method(seen)} {_left_out(seen)}]]")


def numbers_cell(number: int, seen: Seen) -> None:
    """The chart's numbers, first step beside first step, and the same as a file."""
    title = "The numbers"
    if seen is None or isinstance(seen, DeskError):
        waiting(number, title, why="The numbers of the chart. Uses step 2.", needs="step 1")
        return
    why = f"Aligned by position: the first {seen.step} of one beside the first {seen.step} of the other. Uses step 2."
    with cell(number, title, why=why, result=f":gray[{plain(seen.unit)}]"):
        rows = [_row(seen, place, *pair) for place, pair in enumerate(_aligned(seen), start=1)]
        if len(rows) <= _READABLE_ROWS:
            reading_table(rows)
        else:
            working_table(pd.DataFrame(rows), key="compared-numbers", alt="The numbers of the chart")
        _download(seen, len(rows))


def changes_cell(number: int, seen: Seen) -> None:
    """What was changed on the way, as the chart numbers it; nothing where nothing was."""
    if seen is None or isinstance(seen, DeskError) or not seen.changes:
        return
    with cell(
        number,
        "Changes on the way",
        why="Recorded on the day they were made, against a baseline.",
        result=f":gray[{counted(len(seen.changes), 'note')}]",
    ):
        reading_table(
            [
                {
                    "No.": change.number,
                    "Day": short_day(change.day),
                    "What changed": plain(change.note),
                    "Kind": plain(change.kind.replace("_", " ")),
                    "Who": plain(change.written_by),
                }
                for change in seen.changes
            ]
        )


def status_badge(seen: ComparisonSeries) -> str:
    """How far the comparison carries: its status in words, and whether there is enough data."""
    if seen.has_enough_data:
        return f":gray[{plain(seen.status)}] :green-badge[:material/check: Enough data]"
    return f":orange-badge[:material/change_history: {plain(seen.status)}]"


def _chart_why(seen: ComparisonSeries) -> str:
    is_open = any(step.value is not None and not step.is_whole for step in seen.current.steps)
    dashed = f"The dashed part is a {seen.step} that is not whole. " if is_open else ""
    return f"{dashed}Gray is what it was, blue what it is. Uses step 1."


def _whole_steps(seen: ComparisonSeries) -> str:
    before, now = (sum(step.is_whole for step in side.steps) for side in (seen.baseline, seen.current))
    return f"{before} and {counted(now, f'whole {seen.step}')}"


def _caption(seen: ComparisonSeries) -> str:
    said = [
        f"Source: {seen.source}",
        f"{seen.label} in {seen.unit}, by {seen.step}",
        f"baseline {short_range(seen.baseline.range)}",
        f"current {short_range(seen.current.range)}",
    ]
    line = f"{'; '.join(said)}."
    if seen.step != "day":
        line += f" Each point stands on the first day of its {seen.step}."
    if not _is_ratio(seen.unit):
        line += f" A label gives the mean of the whole {seen.step}s."
    if is_laid_under(seen):
        line += f" The baseline is drawn under the current period, {seen.step} under {seen.step}."
    cut = len(seen.baseline.steps) - sum(step.is_whole for step in seen.baseline.steps)
    if cut:
        line += f" {counted(cut, seen.step)} of the baseline not whole: in the table, not in the line."
    return plain(line)


def _is_ratio(unit: str) -> bool:
    return unit == "percent" or " per " in unit


def _method(seen: ComparisonSeries) -> str:
    return "Interval: 95 %, from the spread between days." if seen.has_interval else "No interval is given."


def _left_out(seen: ComparisonSeries) -> str:
    now, before = seen.current.left_out, seen.baseline.left_out
    if not now and not before:
        return "Nothing was left out."
    return f"Left out and counted apart: {now:,} of the current period, {before:,} of the baseline."


def _aligned(seen: ComparisonSeries) -> list[tuple[SeriesStep | None, SeriesStep | None]]:
    return list(zip_longest(seen.baseline.steps, seen.current.steps))


def _row(seen: ComparisonSeries, place: int, before: SeriesStep | None, now: SeriesStep | None) -> dict[str, str | int]:
    return {
        seen.step.capitalize(): place,
        "Baseline days": short_range(before.range) if before else "",
        "Baseline": _value(before),
        "Baseline state": _state(before),
        "Current days": short_range(now.range) if now else "",
        "Current": _value(now),
        "Current state": _state(now),
    }


def _value(step: SeriesStep | None) -> str:
    if step is None:
        return ""
    return plain(step.words) if step.words else "unknown"


def _state(step: SeriesStep | None) -> str:
    if step is None:
        return ""
    return "● whole" if step.is_whole else f"○ {unfinished_words(step).lower()}"


def _download(seen: ComparisonSeries, rows: int) -> None:
    # A file is served to whoever has its address, so part of the address is a secret of this run.
    name = f"{seen.metric}-{seen.current.range.first}-{seen.current.range.last}-{secrets.token_hex(8)}.csv"
    content = _content(seen.baseline, seen.current, seen)
    with st.container(horizontal=True):
        st.download_button(
            f"Download {counted(rows, seen.step)} as CSV",
            content,
            file_name=name,
            mime="text/csv",
            key="compared-download",
            on_click="ignore",
        )


def _content(baseline: Series, current: Series, seen: ComparisonSeries) -> bytes:
    return numbers_as_csv(seen.source, seen.metric, seen.unit, seen.step, baseline, current)

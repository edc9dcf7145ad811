"""The cells of the comparison page under its pickers: chart, sentence, numbers, and the Next line above all."""

from __future__ import annotations

from itertools import zip_longest

import pandas as pd
import streamlit as st

from lib.domain.publishing.statement_states import StatementStatus
from lib.errors import DeskError
from lib.reporting.drawn import unfinished_words
from lib.reporting.step_series import SeriesStep
from lib.services.counting.comparison_series import ComparisonSeries
from lib.services.publishing.statements import StatementDraft
from lib.ui.baseline.chart import chart_why, comparison_shown, whole_steps
from lib.ui.baseline.choices import Choices
from lib.ui.baseline.export import files
from lib.ui.baseline.pickers import short_range
from lib.ui.baseline.statement_state import here
from lib.ui.entry.guard import Visit
from lib.ui.parts.notebook import cell, empty, governed, next_line, waiting
from lib.ui.parts.tables import reading_table, working_table
from lib.ui.parts.words import plain
from lib.ui.records.number_drawer import trace_buttons

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


def what_next(choices: Choices, seen: Seen, draft: StatementDraft | DeskError | None, *, may_import: bool) -> None:
    """The one next action of the comparison: of its data first, then of what the client is told."""
    if isinstance(seen, DeskError):
        next_line("Next:", "choose other days or another baseline, or capture a new one.")
    elif seen is None:
        next_line(
            "Next:",
            "capture a baseline, so that later periods have something to stand beside. Until then, two periods can be "
            "looked at side by side.",
        )
    else:
        said = _of_the_statement(seen, draft) or seen.next_action
        action = plain(f"{said[:1].lower()}{said[1:]}")
        is_missing = seen.is_comparable and not seen.is_complete and may_import
        client = choices.client.key if choices.client else ""
        next_line("Next:", action, go="Import review" if is_missing else "", to="import_review", client=client)


def _of_the_statement(seen: ComparisonSeries, draft: StatementDraft | DeskError | None) -> str:
    """What the statement waits for; '' where the numbers do not carry one yet, or the client has read it."""
    if not isinstance(draft, StatementDraft) or not seen.has_enough_data:
        return ""
    newest = here(draft)
    if newest is None:
        return "Write what the client is told of this, in step 6."
    if newest.status is StatementStatus.DRAFT:
        return f"Look version {newest.version} of the sentence over, in step 6."
    if newest.status is StatementStatus.REVIEWED:
        return f"Publish version {newest.version} of the sentence, in step 6."
    return ""


def chart_cell(number: int, seen: Seen) -> None:
    """Both periods as lines, and a caption that names source, unit and periods."""
    title = "Baseline and current"
    if seen is None or isinstance(seen, DeskError):
        waiting(number, title, why="Both periods as lines, from zero. Uses step 1.", needs="step 1")
        return
    title = "Both periods" if seen.is_look else title
    with cell(number, title, why=chart_why(seen), result=f":gray[{whole_steps(seen)}]"):
        comparison_shown(seen)


def sentence_cell(number: int, seen: Seen) -> None:
    """What may be said, how sure it is, what was left out of both; and the way down from each of its numbers."""
    title, why = "The sentence", "Built from the numbers above, and only from them. Each number opens its trace."
    if seen is None or isinstance(seen, DeskError):
        waiting(number, title, why=why, needs="step 1")
        return
    with cell(number, title, why=f"{why} Uses step 2.", result=status_badge(seen)):
        if seen.is_look:
            # The serif voice is for what is governed; nobody governs a look.
            st.markdown(plain(seen.sentence))
        else:
            governed(seen.sentence, place="built-")
        trace_buttons(seen)
        nothing = "" if seen.left_out else " Nothing was left out."
        st.markdown(f":small[:gray[{_method(seen)}{nothing}]]")
        if seen.is_look:
            st.markdown(
                ":small[:orange-badge[:material/change_history: A look, not a claim]] :small[:gray[Both periods are as "
                "the desk knows them now and move with every import. Nothing can be published from this; for that, "
                "capture a baseline.]]"
            )


def numbers_cell(
    number: int, visit: Visit, choices: Choices, seen: Seen, draft: StatementDraft | DeskError | None
) -> None:
    """The chart's numbers, first step beside first step, and what is compared as files."""
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
        files(visit, choices, seen, draft, len(rows))


def status_badge(seen: ComparisonSeries) -> str:
    """How far the comparison carries: its status in words, and whether there is enough data."""
    if seen.has_enough_data:
        return f":gray[{plain(seen.status)}] :green-badge[:material/check: Enough data]"
    return f":orange-badge[:material/change_history: {plain(seen.status)}]"


def _method(seen: ComparisonSeries) -> str:
    return "Interval: 95 %, from the spread between days." if seen.has_interval else "No interval is given."


def _aligned(seen: ComparisonSeries) -> list[tuple[SeriesStep | None, SeriesStep | None]]:
    return list(zip_longest(seen.baseline.steps, seen.current.steps))


def _row(seen: ComparisonSeries, place: int, before: SeriesStep | None, now: SeriesStep | None) -> dict[str, str | int]:
    beside = seen.beside.capitalize()
    return {
        seen.step.capitalize(): place,
        f"{beside} days": short_range(before.range) if before else "",
        beside: _value(before),
        f"{beside} state": _state(before),
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

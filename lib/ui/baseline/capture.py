"""Capture a baseline where it is needed: the days, the reason, and what it will say before it is sealed (R4, R18)."""

from __future__ import annotations

import streamlit as st

from lib.domain.imports import DateRange
from lib.domain.people import Right
from lib.reporting.periods import range_in_words
from lib.reporting.suggested_ranges import SuggestedRange, baseline_ranges
from lib.services.counting import baseline, comparison_series
from lib.services.counting.comparison_series import Capturable, ComparableMetric
from lib.ui.baseline.choices import OWN_DATES, Choices, earliest_and_latest
from lib.ui.baseline.pickers import short_range
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit
from lib.ui.parts.address import to_address
from lib.ui.parts.words import counted, plain

_FIRST, _LAST, _REASON = "captured-from", "captured-to", "captured-reason"


def capture(visit: Visit, choices: Choices) -> None:
    """The form, for whoever may capture; open where there is no baseline yet, else folded away."""
    if choices.client is None or choices.metric is None:
        return
    if not visit.may(Right.CAPTURE_BASELINES):
        if choices.baseline is None:
            st.markdown("**No baseline of this number yet.** An analyst or owner of this desk captures one.")
        return
    is_first = choices.baseline is None
    if is_first:
        st.markdown(
            "**No baseline of this number yet.** Capture what it was before anything is changed; "
            "nothing can be called a change without one."
        )
    words = "Capture a baseline" if is_first else "Capture another baseline"
    with st.expander(words, expanded=is_first, icon=":material/add:"), shown_errors():
        span = _days(choices, choices.metric)
        preview = visit.read(comparison_series.capturable, choices.client.key, choices.metric.name, span)
        _form(visit, choices.client.key, choices.metric, preview)


def _days(choices: Choices, metric: ComparableMetric) -> DateRange:
    offers = baseline_ranges(choices.complete, choices.current)
    ranges = {item.key: item.range for item in offers}
    names = {item.key: f"{short_range(item.range)}: {item.words.lower()}" for item in offers}
    names[OWN_DATES] = "Own dates"
    which = st.selectbox(
        "Days of the baseline",
        list(names),
        key=f"captured-days-{metric.name}",
        format_func=lambda key: names.get(key, "Own dates"),
        help="A baseline never changes: what these days say now is kept, whatever is imported later.",
    )
    return ranges[which] if which in ranges else _own_days(metric, offers)


def _own_days(metric: ComparableMetric, offers: list[SuggestedRange]) -> DateRange:
    usual = offers[0].range if offers else metric.known
    earliest, latest = earliest_and_latest(metric)
    with st.container(horizontal=True, gap="small"):
        first, last = (
            st.date_input(
                words,
                value=day,
                min_value=earliest,
                max_value=latest,
                key=f"{key}-{metric.name}",
                format="DD/MM/YYYY",
                required=True,
                help="Included.",
                width=180,
            )
            for words, key, day in (("First day", _FIRST, usual.first), ("Last day", _LAST, usual.last))
        )
    return DateRange(*sorted((first, last)))


def _form(visit: Visit, client: str, metric: ComparableMetric, preview: Capturable) -> None:
    st.markdown(f":small[{_what_it_says(preview)}]")
    reason = st.text_input(
        "Reason",
        key=f"{_REASON}-{metric.name}",
        max_chars=500,
        placeholder="Before the quote form is shortened",
        help="Why these days are the ones to measure against. It is kept with the baseline.",
        live="200ms",
    )
    why_not = "" if reason.strip() else "A reason is needed first."
    if preview.value is None:
        why_not = "Nothing is known of these days."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = f"Capture {range_in_words(preview.range, by_day=True)}: {preview.value or 'unknown'}"
        is_pressed = st.button(plain(words), type="primary", disabled=bool(why_not), key=f"capture-{metric.name}")
        if why_not:
            st.markdown(f":small[:gray[{why_not}]]", width="content")
    if is_pressed and not why_not:
        captured = visit.act(baseline.capture_baseline, client, metric.name, preview.range, reason)
        to_address(baseline=captured["baseline"], metric=metric.name, **{"from": None, "to": None, "period": None})
        st.rerun()


def _what_it_says(preview: Capturable) -> str:
    days = counted(preview.range.days, "day")
    if preview.value is None:
        return f":orange-badge[:material/change_history: Unknown] No data has arrived for these {days}."
    if not preview.is_complete:
        return (
            f":orange-badge[:material/change_history: Not complete] {preview.missing_days:,} of {days} are not complete: "
            "the baseline will say so, and it supports no claim of a change."
        )
    return f":green-badge[:material/check: Complete] All {days} are complete."

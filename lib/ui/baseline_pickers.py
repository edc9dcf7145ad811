"""The pickers of the comparison page, and the days, clients and baselines in the words they are chosen by."""

from __future__ import annotations

from datetime import date

import streamlit as st

from lib.domain.imports import DateRange
from lib.domain.signals import ObjectSignal
from lib.errors import DeskError
from lib.reporting.periods import MONTHS
from lib.services.comparison_series import CapturedBaseline, ComparableMetric, ComparisonSeries
from lib.ui.address import to_address
from lib.ui.baseline_choices import OWN_DATES, STEPS, Choices, earliest_and_latest
from lib.ui.signals import signal_in_words
from lib.ui.words import plain

_STEP_NAMES = {"day": "Day", "week": "Week", "month": "Month"}


def comparable_badge(seen: ComparisonSeries | DeskError | None) -> str:
    """Whether the two may be set side by side, as the live result of the first step."""
    if isinstance(seen, DeskError):
        return ":red-badge[:material/close: Not comparable]"
    if seen is None:
        return ":gray-badge[:material/remove: Nothing compared yet]"
    if seen.is_comparable:
        return ":green-badge[:material/check: Comparable]"
    return ":orange-badge[:material/change_history: Not comparable]"


def pick_client(choices: Choices) -> None:
    """Which client, where there are several and the address names none."""
    names = {item.key: item.name for item in choices.clients}
    st.selectbox(
        "Client",
        list(names),
        index=None,
        key="compared-client",
        format_func=lambda key: names[key],
        placeholder="Choose a client",
        on_change=_written,
        args=("client", "compared-client"),
    )


def pickers(choices: Choices) -> None:
    """The number, the baseline, the current period and the step; each stands in the address."""
    metric, baseline, current = choices.metric, choices.baseline, choices.current
    if metric is None:
        return
    number_, baseline_ = st.columns(2, gap="small")
    with number_:
        _pick_number(choices, metric)
    if baseline is None or current is None:
        return
    with baseline_:
        names = {str(item.id): baseline_in_words(item) for item in choices.baselines}
        _select("Baseline", names, str(baseline.id), "baseline", forget=("from", "to", "period"))
    current_, step_ = st.columns(2, gap="small")
    with current_:
        _pick_current(choices, current)
    with step_:
        st.session_state["compared-step"] = choices.step
        st.segmented_control(
            "Step",
            STEPS,
            required=True,
            key="compared-step",
            format_func=_STEP_NAMES.__getitem__,
            on_change=_written,
            args=("step", "compared-step"),
            help="How long one point of the chart is. A week is counted from the first day of its period.",
        )
    if choices.period == OWN_DATES:
        _own_dates(metric, current)


def baseline_in_words(item: CapturedBaseline) -> str:
    """`Baseline 12: 4 Aug to 28 Sep 2026, captured 30 Sep by Ana`."""
    unfinished = "" if item.is_complete else ", days missing"
    days = short_range(item.range)
    captured = short_day(item.captured_on).removesuffix(f" {item.range.last.year}")
    return f"Baseline {item.id}: {days}{unfinished}, captured {captured} by {item.captured_by}"


def metric_in_words(item: ComparableMetric) -> str:
    """`Paid leads · Angi · Marketplace leads, paid`."""
    return f"{item.label} · {item.source} · {signal_in_words(ObjectSignal(item.signal, item.paid))}"


def short_range(span: DateRange) -> str:
    """`4 Aug to 28 Sep 2026`, `3 Mar 2026`; a year is said once where both ends share it."""
    if span.days == 1:
        return short_day(span.last)
    first = short_day(span.first)
    return f"{first.removesuffix(f' {span.last.year}')} to {short_day(span.last)}"


def short_day(day: date) -> str:
    """`4 Aug 2026`."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def context_line(choices: Choices) -> str:
    """Whose number it is, where it comes from and which signal it is (R1, R3)."""
    if choices.client is None:
        return "Every client of this desk"
    if choices.metric is None:
        return choices.client.name
    metric = choices.metric
    return f"{choices.client.name} / {metric.source} / {signal_in_words(ObjectSignal(metric.signal, metric.paid))}"


def captured_line(baseline: CapturedBaseline | None) -> str:
    """Who captured the baseline, and when."""
    if baseline is None:
        return ""
    return f"Baseline {baseline.id}, captured {short_day(baseline.captured_on)} by {baseline.captured_by}"


def _pick_number(choices: Choices, metric: ComparableMetric) -> None:
    names = {item.name: metric_in_words(item) for item in choices.metrics}
    _select("Number", names, metric.name, "metric", forget=("baseline", "from", "to", "period"), hint=metric.meaning)


def _pick_current(choices: Choices, current: DateRange) -> None:
    ranges = {item.key: item.range for item in choices.periods}
    names = {item.key: f"{short_range(item.range)}: {item.words.lower()}" for item in choices.periods}
    names[OWN_DATES] = f"{short_range(current)}: own dates" if choices.period == OWN_DATES else "Own dates"
    st.session_state["compared-period"] = choices.period
    st.selectbox(
        "Current",
        list(names),
        key="compared-period",
        format_func=names.__getitem__,
        on_change=_period_picked,
        args=(ranges,),
        help="The period set beside the baseline. It is as long as the baseline unless you give own dates.",
    )


def _own_dates(metric: ComparableMetric, current: DateRange) -> None:
    earliest, latest = earliest_and_latest(metric)
    with st.container(horizontal=True, gap="small"):
        for words, name, day in (("First day", "from", current.first), ("Last day", "to", current.last)):
            key = f"compared-{name}"
            st.session_state[key] = day
            st.date_input(
                words,
                min_value=earliest,
                max_value=latest,
                key=key,
                format="DD/MM/YYYY",
                on_change=_written,
                args=(name, key),
                help="Included.",
                width=180,
            )


def _select(
    words: str, names: dict[str, str], value: str, name: str, *, forget: tuple[str, ...] = (), hint: str = ""
) -> None:
    """A select box that shows what the address says and writes into it; `forget` is what a new choice makes moot."""
    key = f"compared-{name}"
    st.session_state[key] = value
    st.selectbox(
        words,
        list(names),
        key=key,
        format_func=names.__getitem__,
        on_change=_written,
        args=(name, key, forget),
        help=plain(hint) or None,
    )


def _written(name: str, key: str, forget: tuple[str, ...] = ()) -> None:
    to_address(**{name: st.session_state[key]}, **dict.fromkeys(forget))


def _period_picked(ranges: dict[str, DateRange]) -> None:
    kind = str(st.session_state["compared-period"])
    if kind in ranges:
        to_address(**ranges[kind].as_dict(), period=None)
    else:
        to_address(period=OWN_DATES)

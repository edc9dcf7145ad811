"""The pickers of the comparison page, and the days, clients and baselines in the words they are chosen by."""

from __future__ import annotations

from datetime import date

import streamlit as st

from lib.domain.imports import DateRange
from lib.domain.signals import ObjectSignal
from lib.errors import DeskError
from lib.reporting.beside import BESIDE_WORDS, Beside
from lib.reporting.periods import MONTHS
from lib.services.counting.comparison_series import CapturedBaseline, ComparableMetric, ComparisonSeries
from lib.ui.baseline.choices import (
    OF_THE_OTHER,
    OF_THE_PERIOD,
    OWN_DATES,
    STEPS,
    Choices,
    earliest_and_latest,
)
from lib.ui.parts.address import to_address
from lib.ui.parts.words import plain

_STEP_NAMES = {"day": "Day", "week": "Week", "month": "Month"}


def comparable_badge(seen: ComparisonSeries | DeskError | None) -> str:
    """Whether the two may be set side by side, as the live result of the first step."""
    if isinstance(seen, DeskError):
        return ":red-badge[:material/close: Not comparable]"
    if seen is None:
        return ":gray-badge[:material/remove: Nothing compared yet]"
    if seen.is_look:
        return ":orange-badge[:material/change_history: A look, not a claim]"
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
    """The number, the current period, what it is set beside, and the step; each stands in the address."""
    metric, current = choices.metric, choices.current
    if metric is None:
        return
    left, right = st.columns(2, gap="small")
    with left:
        _pick_number(choices, metric)
    if current is not None:
        with right:
            _pick_current(choices, current)
    left, right = st.columns(2, gap="small")
    with left:
        names = {mode.value: words for mode, words in BESIDE_WORDS.items()}
        hint = "Only a sealed baseline carries a claim; everything else is a look."
        _select("Set beside", names, choices.beside.value, "beside", forget=OF_THE_OTHER, hint=hint)
    with right:
        _pick_other(choices)
    if current is None:
        return
    if choices.period == OWN_DATES:
        _own_dates(metric, current, "Current", ("from", "to"))
    if choices.beside is Beside.OWN and choices.other is not None:
        _own_dates(metric, choices.other, "Beside it", OF_THE_OTHER)
    _steps(choices)


def _pick_other(choices: Choices) -> None:
    """Which baseline; or the days that follow from the current period, which are read and not chosen."""
    if choices.beside is Beside.BASELINE:
        if choices.baseline is not None:
            names = {str(item.id): baseline_in_words(item) for item in choices.baselines}
            _select("Baseline", names, str(choices.baseline.id), "baseline", forget=OF_THE_PERIOD)
    elif choices.other is not None:
        st.text_input(
            "Its days", short_range(choices.other), disabled=True, key=f"compared-other-{choices.other.as_dict()}"
        )


def _steps(choices: Choices) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
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
        st.session_state["compared-whole"] = choices.is_whole_only
        st.toggle(
            "Complete periods only",
            key="compared-whole",
            on_change=_whole_switched,
            help="Leaves out what has not finished, and as much of what it is set beside.",
        )


def baseline_in_words(item: CapturedBaseline) -> str:
    """`Baseline 12: 4 Aug to 28 Sep 2026, captured 30 Sep by Ana`."""
    unfinished = "" if item.is_complete else ", days missing"
    days = short_range(item.range)
    captured = short_day(item.captured_on).removesuffix(f" {item.range.last.year}")
    return f"Baseline {item.id}: {days}{unfinished}, captured {captured} by {item.captured_by}"


def metric_in_words(item: ComparableMetric) -> str:
    """`Paid leads · Angi · Marketplace leads, paid`."""
    return f"{item.label} · {item.source} · {ObjectSignal(item.signal, item.paid).words}"


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
    return f"{choices.client.name} / {metric.source} / {ObjectSignal(metric.signal, metric.paid).words}"


def captured_line(choices: Choices) -> str:
    """Who captured the baseline, and when; '' where the period is not set beside one."""
    baseline = choices.baseline
    if baseline is None or choices.beside is not Beside.BASELINE:
        return ""
    return f"Baseline {baseline.id}, captured {short_day(baseline.captured_on)} by {baseline.captured_by}"


def _pick_number(choices: Choices, metric: ComparableMetric) -> None:
    names = {item.name: metric_in_words(item) for item in choices.metrics}
    _select(
        "Number", names, metric.name, "metric", forget=("baseline", *OF_THE_PERIOD, *OF_THE_OTHER), hint=metric.meaning
    )


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
        help="The period that is read. Beside a baseline it is as long as the baseline, unless you give own dates.",
    )


def _own_dates(metric: ComparableMetric, days: DateRange, whose: str, names: tuple[str, ...]) -> None:
    earliest, latest = earliest_and_latest(metric)
    with st.container(horizontal=True, gap="small"):
        for words, name, day in zip(("first day", "last day"), names, (days.first, days.last), strict=True):
            key = f"compared-{name}"
            st.session_state[key] = day
            st.date_input(
                f"{whose}, {words}",
                min_value=earliest,
                max_value=latest,
                key=key,
                format="DD/MM/YYYY",
                on_change=_written,
                args=(name, key),
                help="Included.",
                width=200,
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


def _whole_switched() -> None:
    to_address(whole="1" if st.session_state["compared-whole"] else None)


def _period_picked(ranges: dict[str, DateRange]) -> None:
    kind = str(st.session_state["compared-period"])
    if kind in ranges:
        to_address(**ranges[kind].as_dict(), period=None, zoom=None)
    else:
        to_address(period=OWN_DATES)

"""One card of the portal opened: its chart, the same numbers as a table, and what was changed on the way."""

from __future__ import annotations

from itertools import zip_longest

import streamlit as st

from lib.reporting.drawn import unfinished_words
from lib.reporting.drawn_card import chart_in_words, drawn_card, has_chart
from lib.reporting.periods import range_in_words
from lib.reporting.portal_card import CardFreshness, Portal, PortalCard
from lib.reporting.portal_words import card_words, day_in_words
from lib.reporting.step_series import SeriesStep
from lib.ui.parts.chart_comparison import comparison_chart
from lib.ui.parts.charts import drawn_chart
from lib.ui.parts.notebook import turn
from lib.ui.parts.tables import reading_table
from lib.ui.parts.words import plain
from lib.ui.portal import cards as portal_cards


def opened(portal: Portal, card: PortalCard, freshness: CardFreshness, ways_on: portal_cards.WaysOn) -> None:
    """The whole card, then its chart, its numbers and its changes."""
    words = card_words(card, freshness)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="portal-ways-back"):
        turn("All numbers")
        portal_cards.into_the_desk(portal, card, ways_on)
    with portal_cards.boxed("opened"):
        portal_cards.head(words)
        portal_cards.said(words)
        portal_cards.values(words, "opened")
        portal_cards.what_next(words)
    st.markdown(f":small[:gray[What it counts: {plain(card.meaning)}]]")
    _chart(card)
    _numbers(card)
    _changes(card)


def _chart(card: PortalCard) -> None:
    if not has_chart(card):
        return
    with st.container(gap="small", key="portal-chart"):
        st.subheader("Baseline and current", anchor=False)
        drawn_chart(comparison_chart, drawn_card(card), says=chart_in_words(card), key="portal-chart-drawn")
        st.markdown(f":small[:gray[{plain(_caption(card))}]]")


def _caption(card: PortalCard) -> str:
    open_ = any(step.value is not None and not step.is_whole for step in card.current_series.steps)
    dashed = f" The dashed part is a {card.step} that is not whole." if open_ else ""
    return (
        f"Source: {card.source}; {card.label} in {card.unit}, by {card.step}. Gray is what it was, "
        f"{range_in_words(card.baseline_period)}; blue what it is, {range_in_words(card.period)}.{dashed}"
    )


def _numbers(card: PortalCard) -> None:
    pairs = list(zip_longest(card.baseline_series.steps, card.current_series.steps))
    if not pairs:
        return
    with st.container(gap="small", key="narrow-portal-numbers"):
        st.subheader("The same numbers", anchor=False)
        reading_table([_row(card, place, *pair) for place, pair in enumerate(pairs, start=1)])


def _row(card: PortalCard, place: int, before: SeriesStep | None, now: SeriesStep | None) -> dict[str, str | int]:
    return {card.step.capitalize(): place, "Baseline": _value(before), "Current": _value(now)}


def _value(step: SeriesStep | None) -> str:
    """`**61 leads**, 1 to 7 October 2026`, with what is missing of a step that is not whole."""
    if step is None:
        return "–"
    value = plain(step.words) if step.words else "unknown"
    state = "" if step.is_whole else f" :small[○ {plain(unfinished_words(step).lower())}]"
    return f"{value} :small[:gray[{plain(range_in_words(step.range, by_day=True))}]]{state}"


def _changes(card: PortalCard) -> None:
    if not card.changes:
        return
    with st.container(gap="small", key="narrow-portal-changes"):
        st.subheader("Changes on the way", anchor=False)
        reading_table(
            [
                {
                    "No.": change.number,
                    "What changed": f"{plain(change.note)} :small[:gray[{day_in_words(change.day)}]]",
                    "Kind": plain(change.kind.replace("_", " ")),
                }
                for change in card.changes
            ]
        )

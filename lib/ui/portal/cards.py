"""The cards of the portal: each one published number with its source, its sentence, its movement, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from lib.domain.people import Right
from lib.reporting.portal_card import CardFreshness, Finding, Portal, PortalCard
from lib.reporting.portal_words import CardWords, card_words
from lib.services.publishing import portal_cards
from lib.ui.entry.guard import Visit
from lib.ui.parts.marks import ATTENTION, NOTHING, badge
from lib.ui.parts.notebook import governed, link, turn
from lib.ui.parts.words import plain
from lib.ui.portal.spark import spark

CARD = "card"
_STYLES = Path(__file__).parents[1] / "static" / "portal.css"
# Blue says that something moved, not that it is good: whether fewer is better is for a person to say (R4).
_LOOKS: dict[Finding, tuple[str, str]] = {
    "more_than_ordinary": ("blue", "swap_vert"),
    "ordinary": ("gray", "check"),
    "not_enough": NOTHING,
    "incomplete": ATTENTION,
    "not_comparable": ATTENTION,
}


# The baseline of each card, by the card's statement: what the ways into the desk begin with. A client has none.
WaysOn = Mapping[int, int] | None


def ways_into_the_desk(visit: Visit, portal: Portal) -> WaysOn:
    """For the desk's own people, which baseline each card stands beside; None for a client, who has no way there."""
    if not visit.viewer.may(Right.SEE_DETAIL):
        return None
    placed = visit.read(portal_cards.cards_of, portal.client_key)
    return {card.statement_id: card.baseline_id for card in placed}


def styles() -> None:
    """What the theme cannot say of cards, on paper too."""
    st.html(_STYLES)


def cards(portal: Portal, ways_on: WaysOn) -> None:
    """All of them, two in a row; `ways_on` adds the ways into the desk that a client has not."""
    with st.container(gap="small"):
        for first in range(0, len(portal.cards), 2):
            for place, column_ in enumerate(st.columns(2, gap="small"), start=first):
                if place < len(portal.cards):
                    with column_, st.container(border=True, height="stretch", gap="small", key=f"portal-card-{place}"):
                        _card(portal, place, ways_on)


def _card(portal: Portal, place: int, ways_on: WaysOn) -> None:
    card, freshness = portal.cards[place]
    words = card_words(card, freshness)
    head(words)
    said(words)
    spark(card, str(place))
    values(words, str(place))
    st.space("stretch")
    what_next(words)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"portal-ways-{place}"):
        turn("See the chart", card=card.metric)
        into_the_desk(portal, card, ways_on)


def head(words: CardWords) -> None:
    """What it is and where it comes from, with the status at the right."""
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(plain(words.label), anchor=False, width="stretch")
            st.markdown(f":small[{status_badge(words)}]", width="content")
        st.markdown(f":small[:gray[{plain(f'{words.about} · {words.period}')}]]")


def said(words: CardWords) -> None:
    """The governed sentence, word for word: what it says first is read first, the rest stands smaller under it."""
    first, rest = words.told_first
    with st.container(gap="xsmall"):
        governed(first)
        if rest:
            with st.container(key=f"governed-rest-{abs(hash(words.sentence))}"):
                st.markdown(plain(rest))


def values(words: CardWords, key: str) -> None:
    """Current, baseline and movement side by side, each with its period or its interval."""
    three = [
        ("Current", words.current, words.period),
        ("Baseline", words.baseline, words.compared),
        ("Movement", words.movement, words.interval),
    ]
    with st.container(key=f"portal-three-{key}"):
        for column_, (label, value, remark) in zip(st.columns(3, gap="small"), three, strict=True):
            with column_:
                remark_ = f"  \n:small[:gray[{plain(remark)}]]" if remark else ""
                st.markdown(f":small[:gray[{label}]]  \n{_stressed(value)}{remark_}")


def _stressed(value: str) -> str:
    """`13 more (27.1 % more)` with its share on a line of its own, as a narrow column would break it anywhere."""
    amount, _, share = value.partition(" (")
    share_ = f"  \n{plain(f'({share}')}" if share else ""
    return f"**{plain(amount)}**{share_}"


def what_next(words: CardWords) -> None:
    """What is done next by whom, what was left out, how far the data reaches, and what was corrected."""
    by = f" :gray[{plain(words.next_by)}.]" if words.next_by else ""
    lines = [f"**Next:** {plain(words.next_action)}{by}"]
    lines += [f":small[:blue-badge[:material/edit: Corrected] {plain(note)}]" for note in words.corrections]
    age = f":orange[:material/change_history: {plain(words.freshness)}.]" if words.is_stale else plain(words.freshness)
    aside = [plain(words.left_out), age if words.is_stale else f"{age}.", f"{plain(words.published)}."]
    lines.append(f":small[:gray[{' '.join(each for each in aside if each)}]]")
    st.markdown("  \n".join(lines))


def status_badge(words: CardWords) -> str:
    """Whether it moved, as a glyph and a word; where the data stopped arriving, that first."""
    return badge(words.status, _LOOKS[words.finding])


def into_the_desk(portal: Portal, card: PortalCard, ways_on: WaysOn) -> None:
    """The comparison that the card was published from, and the trace of its number back to the cells it came from."""
    if ways_on is None:
        return
    days = card.period.as_dict()
    baseline = ways_on.get(card.statement_id)
    asked = {"client": portal.client_key, "metric": card.metric, "baseline": baseline, **days, "step": card.step}
    link("Comparison", "baseline_vs_current", **asked)
    link("Trace", "baseline_vs_current", **asked, trace="current")


def named(portal: Portal, name: str) -> tuple[PortalCard, CardFreshness] | None:
    """The card that the address names by its metric, which outlives its months; or None."""
    return next((pair for pair in portal.cards if pair[0].metric == name), None)


@contextmanager
def boxed(key: str) -> Iterator[None]:
    """The box of one card alone, with its look on whatever page it stands."""
    styles()
    with st.container(border=True, gap="small", key=f"portal-card-{key}"):
        yield

"""Exactly what the client would see: the portal's own card over a statement that nobody has published yet."""

from __future__ import annotations

import streamlit as st

from lib.reporting.portal_card import CardFreshness
from lib.reporting.portal_words import card_words, day_in_words
from lib.services.publishing.statements import StatementDraft
from lib.ui.baseline.choices import Choices
from lib.ui.portal import cards as portal_cards
from lib.ui.portal.spark import spark


def preview(draft: StatementDraft, choices: Choices) -> None:
    """The card as the portal draws it, from the same component."""
    st.markdown(":small[:gray[What the client sees]]")
    words = card_words(draft.card, freshness_of(choices))
    with portal_cards.boxed("preview"):
        portal_cards.head(words)
        portal_cards.said(words)
        spark(draft.card, "preview")
        portal_cards.values(words, "preview")
        portal_cards.what_next(words)


def freshness_of(choices: Choices) -> CardFreshness:
    """How far the data reaches; whether it is late is told on the day the client reads it."""
    last = max(choices.complete, default=None)
    words = "No day is complete yet" if last is None else f"Data complete to {day_in_words(last)}"
    return CardFreshness(last, is_stale=False, words=words)

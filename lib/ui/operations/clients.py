"""What each client sees now (R21): cards that are shown, stale or withheld, since when, and the sentence read meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from lib.services.publishing.portal_watch import CardSeen, Visibility
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, STOPPED, badge
from lib.ui.parts.notebook import cell, empty
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain

_COLUMNS = {"Card": 200, "Client": 150, "Stands": 95, "Since": 80, "What the client reads meanwhile": 450}
_COLUMNS_OF_ONE = {"Card": 200, "Stands": 95, "Since": 80, "What the client reads meanwhile": 640}
_LOOKS = {
    Visibility.SHOWN: GOOD,
    Visibility.STALE: ATTENTION,
    Visibility.WITHHELD: STOPPED,
    Visibility.HIDDEN: NOTHING,
}
_MOST = 12


def clients_cell(number: int, cards: Sequence[CardSeen]) -> None:
    """One line a card; what is stale or withheld comes first."""
    with cell(
        number,
        "What clients see",
        why="Each card of a portal: whether it is shown, stale or withheld, since when, and what its client reads meanwhile.",
        result=standing_words(cards),
    ):
        if not cards:
            empty(
                "No number was ever published.",
                "A card stands here from the day its sentence is published.",
                go="Compare and write one",
                to="baseline_vs_current",
            )
            return
        cards_table(cards[:_MOST], key="operations-cards")
        if len(cards) > _MOST:
            more = f"{counted(len(cards) - _MOST, 'card')} more; choose a client at the left to see its own."
            empty(more, "Those that are stale or withheld are listed first.")


def cards_table(cards: Sequence[CardSeen], *, key: str, has_client: bool = True) -> None:
    """The cards, each leading to the portal as its client sees it; `has_client` names the client in each line."""
    rows: list[tuple[str, str, dict[str, object], list[str]]] = [
        (
            plain(card.label),
            "client_portal",
            {"client": card.client_key},
            [
                *([plain(card.client_name)] if has_client else []),
                badge(str(card.visibility).capitalize(), _LOOKS[card.visibility]),
                day_words(card.since) if card.since else ":gray[–]",
                plain(card.reads) if card.reads else f":gray[Nothing. {plain(card.why)}]",
            ],
        )
        for card in cards
    ]
    navigating_table(_COLUMNS if has_client else _COLUMNS_OF_ONE, rows, key=key)


def standing_words(cards: Sequence[CardSeen]) -> str:
    """How many cards stand how, as a badge."""
    counts = Counter(card.visibility for card in cards)
    if not cards:
        return badge("None yet", NOTHING)
    wrong = [kind for kind in (Visibility.WITHHELD, Visibility.STALE) if counts[kind]]
    if not wrong:
        return badge(f"{counts[Visibility.SHOWN]:,} shown", GOOD)
    words = ", ".join(f"{counts[kind]:,} {kind}" for kind in wrong)
    return badge(words, _LOOKS[wrong[0]])


def day_words(at: datetime) -> str:
    """`17 Nov`."""
    return f"{at.day} {at:%b}"

"""When a month's report note goes out: once its data is complete, or on the fifth, saying what is missing."""

from __future__ import annotations

from datetime import date

from lib.domain.imports import DateRange
from lib.domain.publishing.report_notes import LATEST_DAY
from lib.reporting.periods import range_in_words
from lib.reporting.portal_card import CardFreshness, Portal, PortalCard


def is_due(portal: Portal, month: DateRange, today: date) -> bool:
    """Whether the note of `month` is to be sent on `today`, the client's day. Nothing published is nothing sent."""
    if not portal.cards:
        return False
    is_last_call = (today.year, today.month) > (month.last.year, month.last.month) and today.day >= LATEST_DAY
    return is_last_call or not missing_of(portal, month)


def missing_of(portal: Portal, month: DateRange) -> tuple[str, ...]:
    """What the note of a month lacks, one sentence a card; nothing where every card reaches to the month's end."""
    return tuple(said for card, freshness in portal.cards if (said := _missing(card, freshness, month)))


def _missing(card: PortalCard, freshness: CardFreshness, month: DateRange) -> str:
    of, named = f"{card.label} from {card.source}", range_in_words(month)
    if freshness.shown_to is None or freshness.shown_to < month.last:
        return f"{of}: the data of {named} is not complete."
    if card.period.last < month.last:
        return f"{of}: {named} is not published yet; the card is of {range_in_words(card.period)}."
    return ""

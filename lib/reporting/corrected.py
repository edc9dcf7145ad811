"""What is said of a published number that was taken back: to its client without names, to the desk's people with them."""

from __future__ import annotations

from lib.domain.publishing.statement_states import CorrectionCause
from lib.reporting.periods import when
from lib.reporting.portal_card import PortalCard

_BECAUSE = {
    CorrectionCause.COMMITTED: "newer data",
    CorrectionCause.UNDONE: "data that it was counted from was taken back, which",
    CorrectionCause.RELEASED: "entries that had waited for a decision were counted, which",
    CorrectionCause.MAP_APPROVED: "the way this source is read was changed, which",
    CorrectionCause.DEFINED: "what is counted was defined anew, which",
    CorrectionCause.REBUILT: "counting it once more",
}


def corrected(card: PortalCard, now: PortalCard, cause: CorrectionCause) -> str:
    """What the client reads of a number that moved: what it had been shown as, what it is now, and why."""
    return f"{_shown(card)}; {_BECAUSE[cause]} {_moved(card, now)}."


def corrected_by_hand(card: PortalCard, reason: str) -> str:
    """What the client reads of a number that a person took back."""
    return f"{_shown(card)}. {reason}"


def for_the_owner(card: PortalCard, now: PortalCard, why: str) -> str:
    """What the owner reads of it."""
    moved = f"and it is {now.current} now" if card.current != now.current else "and something of it moved"
    taken = f"{card.label} from {card.source} {when(card.period)} was taken back from the portal"
    return f"{taken}: it said {card.current}, {moved}. {why}"


def _shown(card: PortalCard) -> str:
    return f"It had been shown as {card.current} {when(card.period)}"


def _moved(card: PortalCard, now: PortalCard) -> str:
    if now.current != card.current:
        return (
            f"made it {now.current}" if now.finding != "incomplete" else f"left {now.current}, with days not complete"
        )
    if now.left_out != card.left_out:
        return "changed how many entries are left out of it"
    return "changed what stands behind it"

"""What the portal page, the report note's e-mail and its PDF say of a card: one set of words, so that no two differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lib.domain.signals import ObjectSignal
from lib.domain.wording import listed
from lib.reporting.periods import MONTHS, range_in_words
from lib.reporting.portal_card import CardFreshness, Finding, Portal, PortalCard, WithdrawnNumber

NOT_STATED = "not stated"
NEVER_ADDED = "Leads, calls, clicks and jobs are different things, so they are never added together."
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class CardWords:
    """One card as it is read. `about` is its source and signal, `compared` the baseline's period; '' where there is none."""

    label: str
    about: str
    period: str
    compared: str
    sentence: str
    status: str
    finding: Finding
    current: str
    baseline: str
    movement: str
    interval: str
    next_action: str
    next_by: str
    left_out: str
    freshness: str
    is_stale: bool
    published: str
    corrections: tuple[str, ...]

    @property
    def told_first(self) -> tuple[str, str]:
        """The governed sentence, word for word, in two: what it says first, and the rest of it, which is read second."""
        first, _, rest = self.sentence.partition(". ")
        return (f"{first}.", rest) if rest else (self.sentence, "")


def card_words(card: PortalCard, freshness: CardFreshness) -> CardWords:
    """A card in words; every number in them is the card's own."""
    return CardWords(
        label=card.label,
        about=f"{card.source} · {ObjectSignal(card.signal, card.paid).words}",
        period=range_in_words(card.period),
        compared=range_in_words(card.baseline_period),
        sentence=card.sentence,
        status=card.status,
        finding=card.finding,
        current=card.current,
        baseline=card.baseline,
        movement=card.movement or NOT_STATED,
        interval=card.interval,
        next_action=card.next_action,
        next_by=_next_by(card),
        # A sentence from the template says it itself; said twice it would read as two different things.
        left_out="" if card.left_out in card.sentence else card.left_out,
        freshness=freshness.words,
        is_stale=freshness.is_stale,
        published=f"Published {day_in_words(card.published_on)}",
        corrections=card.corrections,
    )


def summary(portal: Portal) -> str:
    """The whole portal in two short sentences: how far the data reaches, and which numbers moved."""
    if not portal.cards:
        return "Nothing is published yet."
    return f"{_up_to_date(portal)} {_moved([card for card, _ in portal.cards])}"


def late_words(portal: Portal) -> tuple[str, ...]:
    """One sentence for each number whose data stopped arriving: what it is, and how far it reaches (F123)."""
    return tuple(_late(card, freshness) for card, freshness in portal.cards if freshness.is_stale)


def withdrawn_words(gone: WithdrawnNumber) -> str:
    """`Paid leads from Angi, taken back on 12 November 2026: Leads of another client were counted.`"""
    return f"{gone.label} from {gone.source}, taken back on {day_in_words(gone.on)}: {gone.why}"


def day_in_words(day: date) -> str:
    """`18 November 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_in_words(day: date) -> str:
    """`Tuesday 18 November`, for a day so near that its year goes without saying."""
    return f"{_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def counted_words(count: int) -> str:
    """A small count as a word: `three`, and `13` beyond twelve."""
    return _COUNTS[count] if count < len(_COUNTS) else str(count)


def _next_by(card: PortalCard) -> str:
    due = f"by {day_in_words(card.next_due)}" if card.next_due else ""
    return ", ".join(each for each in (card.next_owner, due) if each)


def _up_to_date(portal: Portal) -> str:
    late, every = sum(fresh.is_stale for _, fresh in portal.cards), len(portal.cards)
    if late == 0:
        return "The number is up to date." if every == 1 else f"All {counted_words(every)} numbers are up to date."
    if late == every:
        return "The number is late." if every == 1 else f"All {counted_words(every)} numbers are late."
    verb = "is" if every - late == 1 else "are"
    return f"{counted_words(every - late).capitalize()} of {counted_words(every)} numbers {verb} up to date."


def _moved(cards: Sequence[PortalCard]) -> str:
    """Which numbers moved beyond their ordinary variation, and of how many nothing can be said."""
    moved = [f"{card.label} from {card.source}" for card in cards if card.finding == "more_than_ordinary"]
    open_ = sum(card.finding not in ("more_than_ordinary", "ordinary") for card in cards)
    if open_ == len(cards):
        return "It is too early to say whether anything moved."
    said = "Nothing moved beyond ordinary variation"
    if moved:
        said = f"{counted_words(len(moved)).capitalize()} moved beyond ordinary variation: {listed(moved)}"
    return f"{said}; of {counted_words(open_)} it cannot be said." if open_ else f"{said}."


def _late(card: PortalCard, freshness: CardFreshness) -> str:
    reaches = "no day is complete yet"
    if freshness.shown_to is not None:
        reaches = f"shown to {weekday_in_words(freshness.shown_to)}"
    return f"{card.label} from {card.source}: {reaches}."

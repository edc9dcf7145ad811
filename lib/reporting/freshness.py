"""How far the data of a card reaches, and whether it is late (F123)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil

from lib.domain.wording import counted
from lib.reporting.periods import day_bounds, last_whole_day
from lib.reporting.portal_card import CardFreshness
from lib.reporting.portal_words import weekday_in_words


@dataclass(frozen=True)
class Arrived:
    """A whole delivery of one object: the last day it claims, and when it came."""

    reaches_to: date
    received_at: datetime

    def last_whole_day(self, timezone: str) -> date:
        """The last day of it that can be complete: none that was not over when it came."""
        return min(self.reaches_to, last_whole_day(self.received_at, timezone))


def freshness(parts: Sequence[Sequence[Arrived]], timezone: str, freshness_hours: int, now: datetime) -> CardFreshness:
    """The freshness of a number counted from some objects, each with its deliveries: the object that reaches least far counts.

    It is late when more hours than its account allows have gone by since the end of the last day it reaches to.
    """
    if not parts or not all(parts):
        return CardFreshness(None, is_stale=True, words="No complete data has come yet")
    shown_to = min(max(item.last_whole_day(timezone) for item in part) for part in parts)
    late = now - day_bounds(shown_to, timezone)[1] - timedelta(hours=freshness_hours)
    if late <= timedelta(0):
        return CardFreshness(shown_to, is_stale=False, words=f"Shown to {weekday_in_words(shown_to)}")
    days = counted(ceil(late / timedelta(days=1)), "day")
    words = f"Data is {days} late: it is complete to {weekday_in_words(shown_to)}"
    return CardFreshness(shown_to, is_stale=True, words=words)


def looked_at_again(fresh: CardFreshness, said: str, since: date) -> CardFreshness:
    """The same line where the account behind it fell from live: since when it is looked at again, and why (R17)."""
    return replace(
        fresh, is_stale=True, words=f"{fresh.words}. Looked at again since {weekday_in_words(since)}: {said}"
    )

"""Badges and glyphs: what stands where, said by a colour, a glyph and a word at once, never by a colour alone."""

from __future__ import annotations

from collections.abc import Mapping

from lib.domain.states import AccountStatus, DeliveryStatus, LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.ui.words import plain

_GOOD = ("green", "check")
_ATTENTION = ("orange", "change_history")
_STOPPED = ("red", "close")
_UNDER_WAY = ("blue", "stairs")
_NOTHING = ("gray", "remove")
_PAUSED = ("gray", "pause")

_ACCOUNT = {
    AccountStatus.PAUSED: _PAUSED,
    AccountStatus.SETUP: _UNDER_WAY,
    AccountStatus.LIVE: _GOOD,
    AccountStatus.NEEDS_REVIEW: _ATTENTION,
}
_DELIVERY = {
    DeliveryStatus.RECEIVED: _UNDER_WAY,
    DeliveryStatus.READ: _GOOD,
    DeliveryStatus.REFUSED: _STOPPED,
}
_LOAD = {
    LoadStatus.MAPPED: _UNDER_WAY,
    LoadStatus.CHECKED: _UNDER_WAY,
    LoadStatus.IN_REVIEW: _ATTENTION,
    LoadStatus.APPROVED: _UNDER_WAY,
    LoadStatus.COMMITTED: _GOOD,
    LoadStatus.UNDONE: _NOTHING,
    LoadStatus.REJECTED: _STOPPED,
    LoadStatus.FAILED: _STOPPED,
}
_VERDICT = {
    Verdict.CREATED: ("green", "\\+"),
    Verdict.UPDATED: ("blue", "\\~"),
    Verdict.DUPLICATE: ("violet", "="),
    Verdict.FAILED: ("red", "×"),
    Verdict.IGNORED: ("gray", "–"),
}


def badge(words: str, look: tuple[str, str]) -> str:
    """Markdown of one badge; `look` is a colour and a Material icon."""
    colour, icon = look
    return f":{colour}-badge[:material/{icon}: {plain(words)}]"


def account_badge(status: AccountStatus) -> str:
    """Where an account stands."""
    return badge(_words(status), _ACCOUNT[status])


def delivery_badge(status: DeliveryStatus) -> str:
    """Where a delivery stands."""
    return badge(_words(status), _DELIVERY[status])


def load_badge(status: LoadStatus) -> str:
    """Where a load stands."""
    return badge(_words(status), _LOAD[status])


def verdict_marks(counts: Mapping[Verdict, int]) -> str:
    """The verdicts of a load that have rows, each with its glyph: `+ 147 created`, in the order of the law."""
    marks = [
        f":{_VERDICT[verdict][0]}[{_VERDICT[verdict][1]} {counts[verdict]:,} {verdict.value}]"
        for verdict in Verdict
        if counts.get(verdict)
    ]
    return " · ".join(marks) or "no rows"


def class_marks(counts: Mapping[RowClass, int]) -> str:
    """How many rows count, and how many of each other class are set apart; classes have no colour."""
    genuine = f"● {counts.get(RowClass.GENUINE, 0):,} genuine"
    others = [kind for kind in RowClass if kind is not RowClass.GENUINE and counts.get(kind)]
    apart = [f"○ {counts[kind]:,} {_words(kind).lower()}" for kind in others]
    return " · ".join([genuine, *apart])


def _words(status: str) -> str:
    return str(status).replace("_", " ").capitalize()

"""Badges and glyphs: what stands where, said by a colour, a glyph and a word at once, never by a colour alone."""

from __future__ import annotations

from collections.abc import Mapping

from lib.domain.states import AccountStatus, LoadStatus
from lib.domain.verdicts import RowClass, Verdict
from lib.ui.parts.words import plain

GOOD = ("green", "check")
ATTENTION = ("orange", "change_history")
STOPPED = ("red", "close")
UNDER_WAY = ("blue", "stairs")
NOTHING = ("gray", "remove")
PAUSED = ("gray", "pause")

_ACCOUNT = {
    AccountStatus.PAUSED: PAUSED,
    AccountStatus.SETUP: UNDER_WAY,
    AccountStatus.LIVE: GOOD,
    AccountStatus.NEEDS_REVIEW: ATTENTION,
}
_LOAD = {
    LoadStatus.MAPPED: UNDER_WAY,
    LoadStatus.CHECKED: UNDER_WAY,
    LoadStatus.IN_REVIEW: ATTENTION,
    LoadStatus.APPROVED: UNDER_WAY,
    LoadStatus.COMMITTED: GOOD,
    LoadStatus.UNDONE: NOTHING,
    LoadStatus.REJECTED: STOPPED,
    LoadStatus.FAILED: STOPPED,
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


def load_badge(status: LoadStatus) -> str:
    """Where a load stands."""
    return badge(_words(status), _LOAD[status])


def verdict_badge(verdict: Verdict, count: int | None = None) -> str:
    """One verdict with its glyph, `+ created`, or with how many rows have it, `+ 147 created`."""
    colour, glyph = _VERDICT[verdict]
    number = "" if count is None else f"{count:,} "
    return f":{colour}-badge[{glyph} {number}{verdict.value}]"


def class_mark(row_class: RowClass) -> str:
    """One class: a full circle counts, an empty one is shown and not counted; classes have no colour."""
    return f"{'●' if row_class is RowClass.GENUINE else '○'} {str(row_class).replace('_', ' ')}"


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

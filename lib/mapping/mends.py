"""Suggests a mend for a cell that could not be read: pure, from its text and the reason, never applied by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from lib.domain.objects import Kind

_MOST = 3
_ALIKE = 80.0
_BLANKS = re.compile(r"\s+")
_SHORT_DATE = re.compile(r"(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?P=s)(?P<year>\d{4})(?P<rest>(?:[ T].*)?)")
_LONG_DATE = re.compile(r"(?P<year>\d{4})(?P<s>[/.-])(?P<a>\d{1,2})(?P=s)(?P<b>\d{1,2})(?P<rest>(?:[ T].*)?)")
_COMMA_MONEY = re.compile(r"\s*([^\d\s,.-]{0,3})\s*(-?)(\d{1,3}(?:\.\d{3})+|\d+),(\d{1,2})\s*([^\d\s,.-]{0,3})\s*")
_FIGURE = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
_AT_WORD = re.compile(r"\s*[\[(]\s*at\s*[\])]\s*", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,}")
_YES, _NO = (
    frozenset({"y", "yes", "true", "t", "1", "x", "on", "ja", "si", "oui"}),
    frozenset(["n", "no", "false", "f", "0", "off"]),
)

_NUMBERS = frozenset({Kind.MONEY, Kind.INTEGER, Kind.DECIMAL, Kind.DURATION})
_DATES = frozenset({Kind.DATE, Kind.TIMESTAMP})


@dataclass(frozen=True)
class Mend:
    """A text to put in place of a cell, and why in one sentence."""

    value: str
    why: str


def mends_of(code: str, value: str, kind: Kind | None, known: Sequence[str] = ()) -> tuple[Mend, ...]:
    """Up to three mends for a cell that gave the reason `code`, the likeliest first; none where nothing can be known.

    `kind` is that of the column it is read into (None: unknown), `known` the values that its map has a meaning for. A
    phone number with a digit too few or too many gets none: nobody can know which.
    """
    found = {mend.value: mend for mend in reversed(list(_mends(code, value, kind, known))) if mend.value != value}
    return tuple(reversed(found.values()))[:_MOST]


def _mends(code: str, value: str, kind: Kind | None, known: Sequence[str]) -> Iterator[Mend]:
    text = _tidy(value)
    if code == "unseen_value":
        yield from _alike(text, known)
    elif kind in _DATES:
        yield from _date(text)
    elif kind in _NUMBERS:
        yield from _number(text, kind)
    elif kind is Kind.EMAIL:
        yield from _email(text)
    elif kind is Kind.BOOLEAN:
        yield from _boolean(text)
    if text != value and kind is not Kind.PHONE:
        yield Mend(text, "Blanks around it, doubled, or of another kind, and invisible characters are taken out.")


def _tidy(value: str) -> str:
    """Without invisible characters, and with single plain blanks."""
    seen = "".join(letter for letter in value if unicodedata.category(letter) not in ("Cf", "Cc") or letter.isspace())
    return _BLANKS.sub(" ", seen.replace("\u00a0", " ")).strip()


def _date(text: str) -> Iterator[Mend]:
    for pattern, words in ((_SHORT_DATE, "{b}{s}{a}{s}{year}{rest}"), (_LONG_DATE, "{year}{s}{b}{s}{a}{rest}")):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        day, month, year = (*sorted((int(match["a"]), int(match["b"])), reverse=True), int(match["year"]))
        if day > 12 and _is_day(year, month, day):
            yield Mend(words.format(**match.groupdict()), "Day and month are swapped: there is no such month.")
            yield Mend(date(year, month, day).isoformat() + match["rest"], "The same day, written year first.")


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _number(text: str, kind: Kind) -> Iterator[Mend]:
    comma = _COMMA_MONEY.fullmatch(text)
    if comma is not None and kind in (Kind.MONEY, Kind.DECIMAL):
        _, sign, whole, part, _ = comma.groups()
        yield Mend(f"{sign}{whole.replace('.', '')}.{part}", "The comma is read as the decimal point.")
        return
    figures = _FIGURE.findall(text)
    # Two figures may be a range, a date or two amounts, so which one is meant is not ours to say.
    if len(figures) == 1 and figures[0] != text:
        yield Mend(figures[0].replace(",", ""), "Only the number is kept, without the text around it.")


def _email(text: str) -> Iterator[Mend]:
    spoken = _AT_WORD.sub("@", text)
    tries: tuple[tuple[Callable[[str], str], str], ...] = (
        (lambda part: part.replace(" ", ""), "The blank inside the address is taken out."),
        (lambda part: part.replace(",", "."), "The comma is read as a point."),
        (lambda part: part.replace(" ", "").replace(",", "."), "The blank is taken out and the comma read as a point."),
    )
    for mend, why in tries:
        if _ADDRESS.fullmatch(mend(spoken)):
            yield Mend(mend(spoken), why)
            return
    inside = _ADDRESS.findall(spoken)
    if len(set(inside)) == 1:
        yield Mend(inside[0], "Only the address is kept, without the text around it.")


def _boolean(text: str) -> Iterator[Mend]:
    folded = text.casefold().strip(".!")
    if folded in _YES or folded in _NO:
        yield Mend("yes" if folded in _YES else "no", "It is read as the plain word.")


def _alike(text: str, known: Sequence[str]) -> Iterator[Mend]:
    """Known values that are spelled nearly like this one."""
    folded = {value.strip().casefold(): value for value in known}
    found = process.extract(text.casefold(), list(folded), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_MOST)
    for spelling, _, _ in found:
        yield Mend(folded[spelling], f"It is spelled nearly like {folded[spelling]!r}, which the map knows.")

"""The numbers of a sentence, one by one: those it was made from, and those that are written in it (F118, F154)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lib.domain.imports import DateRange
from lib.reporting.amounts import with_unit
from lib.reporting.compare import Comparison
from lib.reporting.periods import MONTHS, range_in_words
from lib.reporting.portal_card import PublishedNumber
from lib.reporting.sentences import interval_words, movement_words

_NUMBER = re.compile(
    r"(?P<currency>[$€£])?(?P<digits>\d[\d,]*(?:\.\d+)?)"
    r"(?P<after>\s?%|\spercentage points?\b|\s(?:percent|per cent)\b)?"
)
_UP, _DOWN = ("more", "higher", "above", "up"), ("fewer", "less", "lower", "below", "down")
_WAY = re.compile(rf"\s+({'|'.join((*_UP, *_DOWN))})\b", re.IGNORECASE)
_ROSE = ("up", "rose", "risen", "grew", "grown", "increased", "climbed", "gained")
_FELL = ("down", "fell", "fallen", "dropped", "decreased", "shrank", "sank", "lost")
_MOVED = re.compile(rf"\b({'|'.join((*_ROSE, *_FELL))})\s+(?:by\s+)?$", re.IGNORECASE)
_SUFFIX = re.compile(r"[A-Za-z]+")
# Numbers that somebody writes as words; "one" and "two" are too ordinary to be a claim.
NUMBER_WORDS = (
    "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty",
    "seventy", "eighty", "ninety", "hundred", "hundreds", "thousand", "thousands", "million", "millions", "dozen",
    "dozens", "twice", "double", "doubled", "doubling", "triple", "tripled", "tripling", "half", "halved", "halving",
    "thrice", "twofold", "threefold", "tenfold",
)  # fmt: skip
_WORD = re.compile(rf"\b({'|'.join(NUMBER_WORDS)})\b|[¼-¾⅐-⅞]", re.IGNORECASE)


@dataclass(frozen=True)
class WrittenNumber:
    """A number as it stands in a text: its sign (`$`, `%`, `points`, the letters that hang on it, or none), and its way.

    `way` is `up` or `down` where the text says that something moved by it.
    """

    words: str
    value: Decimal
    sign: str
    way: str


@dataclass(frozen=True)
class KnownNumber:
    """A number that may be written, and the period it belongs to."""

    number: WrittenNumber
    range: DateRange
    is_baseline: bool

    def is_said_by(self, written: WrittenNumber) -> bool:
        """Whether what is written is this number, with its sign, and moved the same way where that is said."""
        mine = self.number
        same = (mine.value, mine.sign) == (written.value, written.sign)
        return same and (not written.way or mine.way == written.way)


def numbers_in(text: str, unit: str = "") -> list[WrittenNumber]:
    """Every number in figures, in order; `unit` may stand between a number and the way it moved (`61 leads more`)."""
    found = []
    for match in _NUMBER.finditer(text):
        after = (match["after"] or "").strip()
        sign = "points" if "point" in after else "%" if after else match["currency"] or ""
        # Of 84k, 3x or 12th the figures alone are another number.
        hanging = _SUFFIX.match(text, match.end())
        sign = f"{sign}{hanging[0]}" if hanging and not match["after"] else sign
        value = Decimal(match["digits"].replace(",", "").rstrip("."))
        words = match[0].strip() + (hanging[0] if hanging else "")
        way = _way(text[match.end() :], unit) or _way_before(text[: match.start()])
        found.append(WrittenNumber(words, value, sign, way))
    return found


def _way(after: str, unit: str) -> str:
    """`up`, `down` or '' by the word that follows a number."""
    counted = unit.partition(" per ")[0]
    pattern = r"\s+".join(rf"{re.escape(word.rstrip('s'))}\w*" for word in counted.split())
    rest = re.sub(rf"^\s+{pattern}", "", after, count=1, flags=re.IGNORECASE) if counted else after
    match = _WAY.match(rest)
    if match is None:
        return ""
    return "up" if match[1].lower() in _UP else "down"


def _way_before(before: str) -> str:
    """The same by the word that stands in front of it: `up 12 %`, `fell by 13`."""
    match = _MOVED.search(before)
    if match is None:
        return ""
    return "up" if match[1].lower() in _ROSE else "down"


def number_words_in(text: str) -> list[str]:
    """Numbers that are written as words, such as `twice` or `a dozen`."""
    return [match[0] for match in _WORD.finditer(text)]


def known_numbers(comparison: Comparison) -> list[KnownNumber]:
    """Every number of a comparison that a sentence about it may hold, the two values first."""
    now, before = comparison.current, comparison.baseline
    known: list[KnownNumber] = []

    def add(words: str, span: DateRange, *, is_baseline: bool = False) -> None:
        known.extend(KnownNumber(each, span, is_baseline) for each in numbers_in(words, comparison.unit))

    for side in (now, before):
        if side.value is not None:
            add(with_unit(side.value, comparison.unit), side.range, is_baseline=side is before)
    add(movement_words(comparison), now.range)
    add(interval_words(comparison), now.range)
    for side in (now, before):
        counts = (side.excluded, *side.excluded_classes.values(), side.days, side.missing_days)
        for count in counts:
            add(f"{count:,}", side.range, is_baseline=side is before)
    return known


def without(text: str, spans: Iterable[DateRange], names: Iterable[str] = ()) -> str:
    """The text without the dates of these periods and without these names, whose figures are no numbers."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, "·")
    for words in sorted({each for span in spans for each in _date_words(span)}, key=len, reverse=True):
        text = re.sub(rf"(?<![\d.,$€£]){re.escape(words)}(?![\d%]|[.,]\d|\s%)", "·", text)
    return text


def _date_words(span: DateRange) -> set[str]:
    """How a range and its two ends are written."""
    found = set()
    for by_day in (False, True):
        words = range_in_words(span, by_day=by_day)
        found |= {words, words.removesuffix(f" {span.last.year}")}
    for day in (span.first, span.last):
        found |= _day_words(day)
    return found


def _day_words(day: date) -> set[str]:
    month = MONTHS[day.month - 1]
    return {
        f"{day.day} {month} {day.year}", f"{month} {day.day}, {day.year}", f"{day.day} {month}", f"{month} {day.day}",
        f"{month} {day.year}", str(day.year), day.isoformat(),
    }  # fmt: skip


def linked_numbers(
    sentence: str, metric: str, comparison: Comparison, names: Sequence[str] = ()
) -> tuple[PublishedNumber, ...]:
    """Each number of a sentence with the metric and the days it comes from; one that is nobody's is left out.

    Two equal numbers are told apart by their order: the current value is spoken of before the baseline.
    """
    spans = (comparison.current.range, comparison.baseline.range)
    known, links = known_numbers(comparison), []
    for written in numbers_in(without(sentence, spans, names), comparison.unit):
        fitting = next((each for each in known if each.is_said_by(written)), None)
        if fitting is not None:
            links.append(PublishedNumber(written.words, metric, fitting.range, fitting.is_baseline))
            if any(each is not fitting and each.is_said_by(written) for each in known):
                known.remove(fitting)
    return tuple(links)

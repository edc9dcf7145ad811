"""What a file's columns look like: how filled, how unique, and what kind of value they hold, by evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from lib.mapping.transforms.contact import read_email, read_phone
from lib.mapping.transforms.date_shapes import NUMBERED, PARTS, take_apart
from lib.mapping.transforms.dates import How, read_times
from lib.mapping.transforms.money import read_money
from lib.mapping.transforms.numbers import read_boolean, read_decimal, read_duration, read_integer
from lib.mapping.transforms.shape import text_of

# As many distinct values are looked at; the counts are of the whole column.
LOOKED_AT = 500
# So many of the values looked at must agree: a stray "n/a" does not hide a column of dates.
AGREE = 0.95
_COORDINATES = re.compile(r"(?:POINT\s*)?\(?\s*-?\d+\.\d+[\s,]+-?\d+\.\d+\s*\)?", re.ASCII | re.IGNORECASE)

_CODES = (
    "",
    "US",
    "USD",
    "CA",
    "CAD",
    "EUR",
    "GBP",
    "AU",
    "AUD",
    "NZ",
    "NZD",
    "CHF",
    "MXN",
    "JPY",
    "INR",
    "A",
    "C",
    "R",
)
# With a size behind the number: `$342.09K`.
_CURRENCY_LETTERS = frozenset(code + size for code in _CODES for size in ("", "K", "M", "B"))


class Guess(StrEnum):
    """What the values of a column look like, from the most telling shape to the least."""

    BLANK = "blank"
    EMAIL = "email"
    TIMESTAMP = "timestamp"
    DATE = "date"
    BOOLEAN = "boolean"
    EPOCH_SECONDS = "epoch_s"
    EPOCH_MILLISECONDS = "epoch_ms"
    PHONE = "phone"
    DURATION = "duration"
    COORDINATES = "coordinates"
    ZIP = "zip"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    TEXT = "text"


DATED = frozenset({Guess.TIMESTAMP, Guess.DATE, Guess.EPOCH_SECONDS, Guess.EPOCH_MILLISECONDS})


@dataclass(frozen=True)
class ColumnProfile:
    """One column: `filled` rows of `rows`, `distinct` filled values, `uniqueness` = distinct / filled (0 where blank).

    `day_order` is mdy, dmy or ymd where the values prove it, `mixed` where they contradict each other, else empty.
    `is_whole_days` says that every time is midnight UTC, which is how some systems write a plain date.
    `examples` are up to three distinct values as they came.
    """

    name: str
    rows: int
    filled: int
    distinct: int
    guess: Guess
    day_order: str
    is_whole_days: bool
    examples: tuple[str, ...]

    @property
    def uniqueness(self) -> float:
        """Distinct values per filled row, 0 to 1."""
        return self.distinct / self.filled if self.filled else 0.0

    @property
    def filled_share(self) -> float:
        """Filled rows per row, 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def is_key_like(self) -> bool:
        """Filled in every row and no value twice."""
        return bool(self.rows) and self.filled == self.rows == self.distinct


def profile(frame: pd.DataFrame) -> list[ColumnProfile]:
    """The profile of every column of a frame of text, in order."""
    return [_column(str(name), frame.iloc[:, position]) for position, name in enumerate(frame.columns)]


def _column(name: str, raw: pd.Series[Any]) -> ColumnProfile:
    filled = text_of(raw.reset_index(drop=True)).dropna()
    distinct = filled.drop_duplicates()
    looked_at = _spread(distinct).reset_index(drop=True)
    guess = _guess(looked_at)
    order, is_whole = _evidence(looked_at) if guess in {Guess.TIMESTAMP, Guess.DATE} else ("", False)
    examples = tuple(distinct.head(3).to_list())
    return ColumnProfile(name, len(raw), len(filled), len(distinct), guess, order, is_whole, examples)


def _spread(distinct: pd.Series[Any]) -> pd.Series[Any]:
    """Values from the whole length of the column: a file sorted by day shows only small days at its head."""
    return distinct.iloc[:: max(1, len(distinct) // LOOKED_AT)].head(LOOKED_AT + 1)


def _guess(values: pd.Series[Any]) -> Guess:
    if values.empty:
        return Guess.BLANK
    texts = [text.strip() for text in values.to_list()]
    if _share(texts, lambda text: "@" in text and read_email(text) is not None):
        return Guess.EMAIL
    # No date is written without a figure, and reading dates is what takes long.
    dated = _dated(values) if _share(texts, lambda text: any(map(str.isdigit, text))) else None
    if dated is not None:
        return dated
    for guess, fits in _SHAPES:
        if _share(texts, fits):
            return guess
    return Guess.TEXT


def _share(texts: list[str], fits: Callable[[str], bool]) -> bool:
    # Most columns fail most shapes at once; the whole is only looked at where the head fits.
    head = texts[:20]
    return sum(map(fits, head)) >= 0.5 * len(head) and sum(map(fits, texts)) >= AGREE * len(texts)


def _dated(values: pd.Series[Any]) -> Guess | None:
    """Whether the values are dates in one of the two orders; days without a time are a DATE."""
    readable = [
        float(1 - read_times(values, How(order, "UTC")).failed["unreadable_date"].mean()) for order in ("mdy", "dmy")
    ]
    if max(readable) < AGREE:
        return None
    return Guess.TIMESTAMP if take_apart(values, "mdy")["has_time"].mean() >= 0.5 else Guess.DATE


def _evidence(values: pd.Series[Any]) -> tuple[str, bool]:
    """The order that the days prove, and whether every time is midnight UTC."""
    matches = [match for text in values.to_list() if (match := NUMBERED.fullmatch(text.strip()))]
    first = any(int(match["first"]) > 12 for match in matches)
    middle = any(int(match["middle"]) > 12 for match in matches)
    order = {(True, True): "mixed", (True, False): "dmy", (False, True): "mdy"}.get((first, middle), "")
    if not matches:
        order = "ymd" if values.str.match(r"\s*\d{4}[-/.]").all() else ""
    parts = take_apart(values, "mdy")
    parts = parts[parts[list(PARTS[:3])].notna().all(axis=1)]
    clock = parts[["hour", "minute", "second", "micro"]].fillna(0).eq(0).all(axis=1)
    is_midnight = bool((clock & parts["has_time"] & parts["offset"].eq(0).fillna(False)).all())
    return order, is_midnight and not parts.empty


def _within(low: int, high: int) -> Callable[[str], bool]:
    return lambda text: text.isascii() and text.isdigit() and low <= int(text) < high


def _is_phone(text: str) -> bool:
    """A phone as it is written, not any number of ten digits: those must be of the North American shape."""
    digits = re.sub(r"\D", "", text)
    return 10 <= len(digits) <= 15 and "." not in text.strip("+")[:3] and read_phone(text) is not None


def _is_money(text: str) -> bool:
    """An amount as it is written, not any number behind three letters: `frp-0017` and `Q-100` are names of something."""
    letters = re.sub(r"[^a-z]", "", text.lower())
    return letters.upper() in _CURRENCY_LETTERS and read_money(text) is not None


_SHAPES: tuple[tuple[Guess, Callable[[str], bool]], ...] = (
    (Guess.BOOLEAN, lambda text: not text.isdigit() and read_boolean(text) is not None),
    # Before the epochs: 3035550142 is a phone, and today's seconds begin with a 1, as no area code does.
    (Guess.PHONE, _is_phone),
    # 2001 to 2100.
    (Guess.EPOCH_SECONDS, lambda text: len(text) == 10 and _within(978_307_200, 4_133_980_800)(text)),
    (Guess.EPOCH_MILLISECONDS, lambda text: len(text) == 13 and _within(978_307_200_000, 4_133_980_800_000)(text)),
    (
        Guess.DURATION,
        lambda text: not text.isdigit() and read_decimal(text) is None and read_duration(text) is not None,
    ),
    (Guess.COORDINATES, lambda text: _COORDINATES.fullmatch(text) is not None),
    (Guess.ZIP, lambda text: re.fullmatch(r"\d{5}(-\d{4})?", text, re.ASCII) is not None),
    (Guess.INTEGER, lambda text: read_integer(text) is not None),
    (Guess.DECIMAL, lambda text: read_decimal(text) is not None),
    (Guess.MONEY, _is_money),
)

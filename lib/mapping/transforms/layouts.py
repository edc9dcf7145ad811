"""Reads a column layout by layout: values that differ in nothing but their digits are one question, and one answer.

A hundred thousand times, amounts or phones are nearly all different, yet written in a handful of ways: `3/14/2026 2:05 PM`
and `7/21/2025 9:48 PM` both have the shape `0/00/0000 0:00 PM`. What a shape means is asked once, by an ordinary regular
expression; the digits of all its rows are then numbers at known places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.mapping.transforms.shape import Outcome, arrow_of, each_unique, no_rows

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]

# As many digits as every 64-bit integer can hold.
MOST_DIGITS = 18
_MANY = 2**15
_ZERO, _NINE = ord("0"), ord("9")
_TO_SHAPE = np.arange(256, dtype=np.uint8)
_TO_SHAPE[_ZERO : _NINE + 1] = _ZERO
# Blanks of other alphabets that stand inside values: the narrow one before PM is what newer browsers write.
_OTHER_BLANKS = "[\u00a0\u2007\u2009\u202f]"


Span = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """The rows of one shape: `shape` is their text with 0 for every digit; `starts` says where each begins in `written`."""

    shape: str
    rows: Rows
    starts: Rows
    written: Bytes

    def character(self, place: int) -> Bytes:
        """The character at one place of every row, as ASCII."""
        return self.written[self.starts + place]

    def number(self, *spans: Span) -> Numbers:
        """The number that the digits within the spans (first, behind the last) make, other characters passed over.

        At most `MOST_DIGITS` digits in all; a span of (-1, -1), which is a group that took no part, has none.
        """
        total = np.zeros(len(self.rows), dtype=np.int64)
        for place in digit_places(self.shape, *spans):
            total *= 10
            total += self.character(place) - _ZERO
        return total


def digit_places(shape: str, *spans: Span) -> list[int]:
    """Where within the spans of a shape the digits stand."""
    return [place for start, end in spans for place in range(max(start, 0), end) if shape[place] == "0"]


def layouts_of(values: pd.Series[Any]) -> Iterator[Layout]:
    """Every layout of the filled values, outer blanks aside; a shape that holds more than ASCII is left out."""
    text = plain_text(values)
    if not len(text):
        return
    starts = np.frombuffer(text.buffers()[1], dtype=np.int64)[text.offset : text.offset + len(text)]
    written = np.frombuffer(text.buffers()[2] or b"", dtype=np.uint8)
    shapes = _shapes(text, written).dictionary_encode()
    codes = pc.fill_null(shapes.indices, -1).to_numpy(zero_copy_only=False)
    # Integers of 16 bits are put in order by counting them, which is several times as fast.
    order = np.argsort(codes.astype(np.int16) if len(shapes.dictionary) < _MANY else codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(len(shapes.dictionary) + 1))
    for code, shape in enumerate(shapes.dictionary.to_pylist()):
        if shape.isascii():
            rows = order[bounds[code] : bounds[code + 1]]
            yield Layout(shape, rows, starts[rows], written)


def plain_text(values: pd.Series[Any]) -> pa.Array:
    """The values without outer blanks, and with every unusual blank inside them a usual one."""
    text = pc.utf8_trim_whitespace(arrow_of(values))
    is_plain = pc.all(pc.string_is_ascii(text)).as_py()
    return text if is_plain is not False else pc.replace_substring_regex(text, _OTHER_BLANKS, " ")


def _shapes(text: pa.Array, written: Bytes) -> pa.Array:
    """The same column with 0 in the place of every digit."""
    validity, offsets, _ = text.buffers()
    shaped = pa.py_buffer(np.take(_TO_SHAPE, written))
    return pa.Array.from_buffers(text.type, len(text), [validity, offsets, shaped], offset=text.offset)


@dataclass(frozen=True)
class Term:
    """A number within a shape and what it counts; rows in which it is more than `most` are not read by the shape."""

    spans: tuple[Span, ...]
    weight: int
    most: int = 10**MOST_DIGITS


def read_whole_numbers(
    values: pd.Series[Any],
    terms_of: Callable[[str], tuple[Term, ...] | None],
    read: Callable[[str], int | None],
    code: str,
    most: int = 10**MOST_DIGITS,
) -> Outcome:
    """An Int64 column: the sum of the terms that a shape has, else what `read` makes of the text (None: a failure).

    `terms_of` answers None where it is not sure; its terms must agree with `read` and stay within 64 bits. A sum beyond
    `most` is left to `read` too.
    """
    numbers, is_read = np.zeros(len(values), dtype=np.int64), no_rows(len(values))
    for layout in layouts_of(values):
        terms = terms_of(layout.shape)
        if terms is None:
            continue
        total, is_fit = np.zeros(len(layout.rows), dtype=np.int64), ~no_rows(len(layout.rows))
        for term in terms:
            number = layout.number(*term.spans)
            is_fit &= number <= term.most
            total += number * term.weight
        numbers[layout.rows], is_read[layout.rows] = total, is_fit & (total <= most)
    is_missing = values.isna().to_numpy()
    rest = ~is_read & ~is_missing
    is_lost = no_rows(len(values))
    if rest.any():
        slow = each_unique(values[rest], read, "Int64", code)
        numbers[rest], is_lost[rest] = slow.column.fillna(0).to_numpy(dtype=np.int64), slow.failed[code]
    column = pd.Series(pd.arrays.IntegerArray(numbers, is_missing | is_lost), index=values.index)
    return Outcome(column, {code: is_lost})

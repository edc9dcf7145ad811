"""Finds the clean records of delimited text by counting: which bytes are quotes, delimiters and line ends, all at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lib.intake.csv_records import LONGEST, Cutter, as_characters
from lib.intake.dialect import Dialect
from lib.intake.rows import TOTAL_START

_LF, _CR = 10, 13
# How the words begin that TOTAL_START knows.
_TOTAL_STARTS = (b"to", b"gr", b"su", b"re", b"ov", b"ac", b"ca")

Places = npt.NDArray[np.int64]


class Scan(NamedTuple):
    """Complete records in their order.

    `ends` is where each one ends (the first begins at 0, each other where the last ended), `lines` how many line ends
    lie before it, `is_clean` whether it is a plain row for certain. Up to `upto` bytes they reach; with `has_doubt`
    stands there a record that has to be cut by hand, else one that is not complete yet, or nothing.
    """

    ends: Places
    lines: Places
    is_clean: npt.NDArray[np.bool_]
    upto: int
    line_count: int
    has_doubt: bool


class Scanner:
    """Tells plain rows of one table from everything else: right width, RFC 4180, neither total, heading nor blank."""

    def __init__(self, dialect: Dialect, cutter: Cutter, width: int, heading: Sequence[str]) -> None:
        self._mark, self._quote = ord(dialect.delimiter), ord(dialect.quote)
        self._dialect, self._cutter, self._width = dialect, cutter, width
        mark, quote = re.escape(dialect.delimiter.encode()), re.escape(dialect.quote.encode())
        # Blanks, all that is not ASCII, and the marks around cells: what may stand before the first word of a row.
        self._nothing = rb"(?:[^!-~]|%b|%b)*+" % (mark, quote)
        self._cell = rb"(?:%b[^%b]*+(?:%b%b[^%b]*+)*+%b|[^%b%b]*+)" % (*[quote] * 7, mark)
        name = self._first_name(heading)
        self._suspect = re.compile(self._suspicious(name), re.IGNORECASE | re.DOTALL)
        self._starts = self._suspicious_starts(name)
        # What may stand beside a quote, and what a cell begins with that holds something.
        self._beside = _table(self._mark, self._quote, _LF, _CR)
        self._filled = _table(*range(33, 127)) & ~_table(self._mark, self._quote)

    def _first_name(self, heading: Sequence[str]) -> bytes | None:
        """How a repeated heading begins, as far as it stands in the file letter by letter; None where none can."""
        words = [cell.strip() for cell in heading if cell.strip()]
        name = words[0].encode() if words and self._width > 1 else b""
        quote = self._dialect.quote.encode()
        return re.sub(self._nothing, b"", name, count=1).split(quote)[0] if name else None

    def _suspicious(self, name: bytes | None) -> bytes:
        """What may be a total, a repeated heading, a group line or a blank one; the sorter has the last word on it."""
        if self._width == 1:
            return self._nothing + rb"\Z"
        found = rb"%b(?:%b|%b)" % (self._nothing, TOTAL_START.encode(), rb"(?!)" if name is None else re.escape(name))
        # Only the first cell is filled, or none.
        return rb"%b|%b%b\Z" % (found, self._cell if self._width > 2 else b"", self._nothing)

    def _suspicious_starts(self, name: bytes | None) -> npt.NDArray[np.bool_]:
        """By the first two bytes of a row, whether it has to be looked at: a cheap sieve before the pattern."""
        table = np.zeros((256, 256), dtype=bool)
        table[~(_table(*range(33, 127)) & ~_table(self._mark, self._quote))] = True
        if self._width > 1:
            table[ord("-")] = True
            for start in (*_TOTAL_STARTS, *([] if name is None else [name[:2]])):
                for first in {start[:1].lower(), start[:1].upper()}:
                    for second in {start[1:2].lower(), start[1:2].upper()}:
                        table[first[0] if first else slice(None), second[0] if second else slice(None)] = True
        return table.ravel()

    def scan(self, data: bytes, *, is_last: bool) -> Scan:
        """The records at the start of some bytes, which begin where a record does; with `is_last` nothing follows."""
        found = _Structure(data, self._mark, self._quote, is_last)
        ends, lines = found.ends, found.lines
        fault = self._first_fault(found, is_last)
        count = int(np.searchsorted(ends, fault, side="right"))
        too_long = np.flatnonzero(np.diff(ends, prepend=0) > LONGEST)
        count = min(count, int(too_long[0])) if len(too_long) else count
        rest = len(data) - (int(ends[-1]) if len(ends) else 0)
        # A fault in a record that is not complete yet is cut by hand as well: what follows would be counted wrong.
        has_doubt = count < len(ends) or rest > LONGEST or fault < len(data)
        tall = np.flatnonzero(np.diff(lines[: count + 1]) > 1)
        odd = self._first_odd(data, ends, found.marks, tall) if len(tall) else None
        if odd is not None:
            count, has_doubt = odd, True
        is_clean = found.marks[:count] == self._width - 1
        is_clean[self._suspects(data, found, count)] = False
        upto = int(ends[count - 1]) if count else 0
        return Scan(ends[:count], lines[:count], is_clean, upto, int(lines[count]), has_doubt)

    def ends(self, data: bytes) -> Places:
        """Where each record of some clean bytes ends."""
        return _Structure(data, self._mark, self._quote, is_last=True).ends

    def _suspects(self, data: bytes, found: _Structure, count: int) -> list[int]:
        ends, cells = found.ends[:count], found.cells
        starts = np.concatenate(([0], ends[:-1])) if count else ends
        last = len(cells) - 1
        looked = self._starts[cells[starts].astype(np.intp) * 256 + cells[np.minimum(starts + 1, last)]]
        if self._width > 1:
            # The first byte behind the first delimiter; what follows a quoted cell is not told by it, but that is looked at.
            looked |= ~self._filled[cells[np.minimum(found.firsts[:count] + 1, last)]]
        places = np.flatnonzero(looked)
        match = self._suspect.match
        pairs = zip(places.tolist(), starts[places].tolist(), ends[places].tolist(), strict=True)
        return [place for place, start, end in pairs if match(data, start, end)]

    def _first_fault(self, found: _Structure, is_last: bool) -> int:
        """Where the first quote stands that neither opens nor closes a cell nor is doubled in one; beyond the end if none."""
        cells, quotes = found.cells, found.quotes
        size = len(cells)
        if not len(quotes):
            return size
        opened, closed = quotes[0::2], quotes[1::2]
        before = self._beside[cells[opened - 1]] | (opened == 0)
        behind = self._beside[cells[np.minimum(closed + 1, size - 1)]] | (closed == size - 1)
        faults = [*opened[~before][:1], *closed[~behind][:1]]
        if len(quotes) % 2 and (is_last or size - int(quotes[-1]) > LONGEST):
            faults.append(quotes[-1])
        return int(min(faults)) if faults else size

    def _first_odd(self, data: bytes, ends: Places, marks: Places, tall: Places) -> int | None:
        """The first record of several lines that has not the usual width, or seems to hold other rows."""
        for place in tall.tolist():
            raw = data[ends[place - 1] if place else 0 : ends[place]]
            if marks[place] != self._dialect.width - 1 or self._cutter.swallows(as_characters(raw)):
                return int(place)
        return None


class _Structure:
    """Where the records end if quotes are taken as they come, and what each holds: delimiters, line ends.

    `firsts` is where the first delimiter, quote or line end of each record stands; `lines` has one number more than
    there are records, for what follows the last.
    """

    def __init__(self, data: bytes, mark: int, quote: int, is_last: bool) -> None:
        self.cells = cells = np.frombuffer(data, dtype=np.uint8)
        has_returns = b"\r" in data
        is_marked = cells == mark
        is_marked |= cells == quote
        is_marked |= cells == _LF
        if has_returns:
            is_marked |= cells == _CR
        places = np.flatnonzero(is_marked)
        bytes_there = cells[places]
        is_quote = bytes_there == quote
        self.quotes = places[is_quote]
        # Each quote turns inside to outside and back; an empty cell's or a doubled one's two cancel each other.
        is_outside = np.bitwise_xor.accumulate(is_quote.view(np.uint8)) == 0
        is_break = bytes_there == _LF
        if has_returns:
            is_break |= _lone_returns(places, bytes_there, len(data), is_last)
        found = np.flatnonzero(is_break & is_outside)
        marks = np.cumsum((bytes_there == mark) & is_outside, dtype=np.int32)
        breaks = np.flatnonzero(is_break)
        ends, held, before = places[found] + 1, marks[found], np.searchsorted(breaks, found, side="right")
        if is_last and len(data) and (not len(ends) or ends[-1] < len(data)):
            ends = np.append(ends, len(data))
            held = np.append(held, marks[-1:] if len(marks) else 0)
            before = np.append(before, len(breaks) + 1)
        self.ends, self.marks = ends, np.diff(held, prepend=0)
        self.lines = np.concatenate(([0], before))
        following = np.concatenate(([0], found + 1))[: len(ends)]
        self.firsts = np.append(places, len(data))[following]


def _lone_returns(
    places: Places, bytes_there: npt.NDArray[np.uint8], size: int, is_last: bool
) -> npt.NDArray[np.bool_]:
    """Which CR end a line by themselves; one at the very end does only when nothing can follow."""
    is_return: npt.NDArray[np.bool_] = bytes_there == _CR
    is_return[:-1] &= (bytes_there[1:] != _LF) | (places[1:] != places[:-1] + 1)
    if len(places) and places[-1] == size - 1 and not is_last:
        is_return[-1] = False
    return is_return


def _table(*codes: int) -> npt.NDArray[np.bool_]:
    table = np.zeros(256, dtype=bool)
    table[list(codes)] = True
    return table

"""Walks through delimited text from any record on: runs of plain rows by the thousand, everything else record by record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from lib.intake.csv_records import Cutter, as_characters
from lib.intake.csv_scan import Scan, Scanner
from lib.intake.dialect import Dialect
from lib.intake.recoding import line_ends
from lib.intake.records import Lines, Record
from lib.intake.sources import Source

_FIRST_LOOK = 16 * 1024
# What is counted at once: little enough to stay in the processor's cache.
_PORTION = 128 * 1024
_MOST_BY_HAND = 4096


@dataclass(frozen=True)
class Place:
    """Where a record begins: the offset of its first byte, and its 1-based line."""

    offset: int
    line: int


@dataclass(frozen=True)
class Run:
    """Plain rows one behind the other: their bytes, where each one ends in them, the line of each, and what follows."""

    at: Place
    data: bytes
    ends: Lines
    lines: Lines
    next: Place

    def __len__(self) -> int:
        return len(self.ends)

    def until(self, end: Place) -> Run:
        """The rows that begin before a place."""
        if self.next.offset <= end.offset:
            return self
        count = int(np.searchsorted(self.ends, end.offset - self.at.offset, side="right"))
        data, lines = self.part(0, count)
        return Run(self.at, data, self.ends[:count], lines, end)

    def part(self, first: int, last: int) -> tuple[bytes, Lines]:
        """Bytes and lines of the rows from `first` up to `last`, which is not included."""
        start = int(self.ends[first - 1]) if first else 0
        return self.data[start : int(self.ends[last - 1]) if last else 0], self.lines[first:last]


@dataclass(frozen=True)
class Loose:
    """One record that has to be looked at by itself, and where the next one begins."""

    at: Place
    record: Record
    next: Place


class Walk:
    """The records of a text in one dialect, from any place on; always the same ones, wherever the walk began."""

    def __init__(self, source: Source, dialect: Dialect) -> None:
        self._source, self._cutter, self._dialect = source, Cutter(dialect), dialect

    def records(self, at: Place) -> Iterator[Loose]:
        """Each record by itself."""
        for item in self._items(at, None):
            assert isinstance(item, Loose)
            yield item

    def items(self, at: Place, width: int, heading: list[str]) -> Iterator[Run | Loose]:
        """Runs of plain rows of a width, and the records between them."""
        yield from self._items(at, self._scanner(width, heading))

    def run(self, at: Place, size: int, lines: Lines, following: Place, width: int) -> Run:
        """A run that `items` gave before, without looking at what its rows hold."""
        data = self._source.read(at.offset, size)
        scanner = Scanner(self._dialect, self._cutter, width, [])
        return Run(at, data, scanner.ends(data), lines, following)

    def read(self, at: Place, size: int) -> bytes:
        """Some bytes from a place on."""
        return self._source.read(at.offset, size)

    def peek(self, at: Place, count: int) -> list[Loose]:
        """The next records from a place on."""
        return list(islice(self.records(at), count))

    def _scanner(self, width: int, heading: list[str]) -> Scanner | None:
        """None where quotes can be escaped or follow blanks, so that counting them tells nothing."""
        if self._dialect.is_backslash or self._dialect.skips_blank or self._dialect.delimiter.isalnum():
            return None
        return Scanner(self._dialect, self._cutter, width, heading)

    def _items(self, at: Place, scanner: Scanner | None) -> Iterator[Run | Loose]:
        data, is_last, step = b"", False, _FIRST_LOOK if scanner is None else _PORTION
        while not is_last:
            data += self._source.read(at.offset + len(data), step)
            step, start = _PORTION, at.offset
            is_last = start + len(data) >= self._source.size
            found = self._counted(data, at, scanner, is_last) if scanner else self._by_hand(data, at, is_last)
            for item in found:
                yield item
                at = item.next
            data = data[at.offset - start :]

    def _by_hand(self, data: bytes, at: Place, is_last: bool) -> Iterator[Loose]:
        text, base = as_characters(data), at.offset
        while at.offset < base + len(text):
            loose = self._cut(text, base, at, is_last)
            if loose is None:
                return
            yield loose
            at = loose.next

    def _counted(self, data: bytes, at: Place, scanner: Scanner, is_last: bool) -> Iterator[Run | Loose]:
        base, text, count = at.offset, "", 1
        while at.offset < base + len(data):
            scan = scanner.scan(data[at.offset - base :], is_last=is_last)
            for item in self._scanned(data[at.offset - base :], at, scan):
                yield item
                at = item.next
            if not scan.has_doubt:
                return
            text = text or as_characters(data)
            for _ in range(count):
                loose = self._cut(text, base, at, is_last) if at.offset < base + len(data) else None
                if loose is None:
                    return
                yield loose
                at = loose.next
            # Counting starts over behind each stray quote, so where there are many it is tried less and less.
            count = min(count * 2, _MOST_BY_HAND)

    def _cut(self, text: str, base: int, at: Place, is_last: bool) -> Loose | None:
        start = at.offset - base
        found = self._cutter.cut(text, start, at.line, is_last=is_last)
        if found is None:
            return None
        record, end = found
        return Loose(at, record, Place(base + end, at.line + line_ends(text[start:end])))

    def _scanned(self, data: bytes, at: Place, scan: Scan) -> Iterator[Run | Loose]:
        lines = np.append(scan.lines, scan.line_count) + at.line
        first = 0
        for place in [*np.flatnonzero(~scan.is_clean).tolist(), len(scan.ends)]:
            if first < place:
                yield self._run(data, at, scan, lines, first, place)
            if place < len(scan.ends):
                start, end = int(scan.ends[place - 1]) if place else 0, int(scan.ends[place])
                found = self._cutter.cut(as_characters(data[start:end]), 0, int(lines[place]), is_last=True)
                assert found is not None  # the text is complete
                here, behind = int(lines[place]), int(lines[place + 1])
                yield Loose(Place(at.offset + start, here), found[0], Place(at.offset + end, behind))
            first = place + 1

    @staticmethod
    def _run(data: bytes, at: Place, scan: Scan, lines: Lines, first: int, last: int) -> Run:
        start, end = int(scan.ends[first - 1]) if first else 0, int(scan.ends[last - 1])
        here, behind = Place(at.offset + start, int(lines[first])), Place(at.offset + end, int(lines[last]))
        return Run(here, data[start:end], scan.ends[first:last] - start, lines[first:last], behind)

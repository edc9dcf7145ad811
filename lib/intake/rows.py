"""Sorts records into rows, lines that are no rows, and rows that cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from lib.domain.arriving.readings import MOST_NOTES, TOTAL_LINE
from lib.intake.layout import Layout, filled, is_blank, is_comment
from lib.intake.naming import is_value
from lib.intake.records import Notes, Record, Tally

_FEW = 0.05
_TINY = 20

# ASCII, so that what may be a total can be told from the bytes alone; U+00A0 is the blank of web pages.
TOTAL_START = r"(?:grand|sub|report|overall|account|campaign)?[\s\xc2\xa0-]*total"
_TOTAL = re.compile(
    r"(?:grand|sub|report|overall|account|campaign)?[\s\xa0-]*totals?[\s\xa0]*(?:[:(–—-].*)?",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_GROUP = re.compile(r"[^\W\d][\w /&.-]{0,40}:\s*\S.*", re.DOTALL)
_FILLER = re.compile(r"-+|[A-Z]{3}|n/?a", re.IGNORECASE)


class Sort(Enum):
    """What a record is. SHORT and WIDE (only blank cells too many) are rows where they are the file's way, else rejected."""

    ROW = "row"
    SHORT = "short"
    WIDE = "wide"
    SKIPPED = "skipped"
    REJECTED = "rejected"


class Sorted(NamedTuple):
    """What a record is, its cells at the table's width, and why it is no row or what is doubtful about it."""

    sort: Sort
    cells: list[str]
    said: tuple[str, ...] = ()


class Sorter:
    """Sorts the records of one table; what a record is depends on nothing but the record and the table's layout."""

    def __init__(self, layout: Layout) -> None:
        self._layout, self._width = layout, layout.width
        self._heading = [cell.strip() for cell in layout.header]

    def sort(self, record: Record) -> Sorted:
        """Sort one record."""
        cells, width = record.cells, self._width
        why = self._why_no_row(record)
        if why:
            return Sorted(Sort.SKIPPED, cells, (why,))
        said = [record.doubt] if record.doubt else []
        if self._is_called_total(cells):
            said.append("It begins like a total, but was kept as a row.")
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                return Sorted(Sort.REJECTED, cells, (off_width(record, width),))
            # A stray delimiter in the middle looks the same as one too many at the end when the last cell is blank.
            return Sorted(Sort.WIDE, cells[:width], tuple(said))
        if len(cells) < width:
            return Sorted(Sort.SHORT, cells + [""] * (width - len(cells)), tuple(said))
        return Sorted(Sort.ROW, cells, tuple(said))

    def _why_no_row(self, record: Record) -> str:
        """Why a record is no row at all; empty when it is one."""
        cells, width = record.cells, self._width
        if is_blank(cells):
            return "Blank line."
        if len(cells) != width and is_comment(record, width):
            return "Comment."
        if self._heading and cells[0].strip() == self._heading[0] and self._is_heading(cells):
            # One column may well hold its own name as a value.
            return "The column names, repeated." if width > 1 else ""
        first = _first(cells)
        if self._is_total(cells, first):
            return TOTAL_LINE
        if width > 2 and cells[0].strip() and _GROUP.fullmatch(first) and filled(cells) == 1:
            return f"Group line: {first[:60]}"
        return ""

    def _is_heading(self, cells: list[str]) -> bool:
        return len(cells) == len(self._heading) and [cell.strip() for cell in cells] == self._heading

    def _is_called_total(self, cells: list[str]) -> bool:
        return self._width > 1 and bool(_TOTAL.fullmatch(_first(cells)))

    def _is_total(self, cells: list[str], first: str) -> bool:
        """A total holds figures, fillers and blanks only; a full row with words in it is a row that is merely called so."""
        if self._width < 2 or not _TOTAL.fullmatch(first):
            return False
        rest = [cell.strip() for cell in cells if cell.strip()][1:]
        return all(is_value(cell) or _FILLER.fullmatch(cell) for cell in rest) or (len(rest) + 1) * 2 < self._width


def _first(cells: list[str]) -> str:
    return next((cell.strip() for cell in cells if cell.strip()), "")


def off_width(record: Record, width: int) -> str:
    """What is to be said of a record that has not the table's width."""
    cells = len(record.cells)
    said = f"{cells} {'cell' if cells == 1 else 'cells'} where the table has {width} column{'s' * (width > 1)}."
    other = next((mark for mark in ",;\t|" if width > 2 and record.raw.count(mark) == width - 1), "")
    if cells == 1 and other:
        said += f" It seems to be written with {'tab' if other == chr(9) else repr(other)} between its cells."
    return f"{said} {record.doubt}".strip()


@dataclass
class OffWidth:
    """Rows of another width: how many, what is said of the first thousand, and the doubts about them."""

    count: int = 0
    said: list[tuple[int, str, str]] = field(default_factory=list)
    doubts: Tally = field(default_factory=Tally)

    def add(self, record: Record, found: Sorted, width: int) -> None:
        """One more of them."""
        self.count += 1
        if len(self.said) < MOST_NOTES:
            plain = off_width(record._replace(doubt=""), width)
            self.said.append((record.line, plain, " ".join([plain, *([record.doubt] if record.doubt else [])])))
        for doubt in found.said:
            self.doubts.add(record.line, doubt)


class Ledger:
    """Keeps count of what the records of a table are, and decides at the end what rows of another width are."""

    def __init__(self, layout: Layout, notes: Notes) -> None:
        self._layout, self._notes = layout, notes
        self.rows = 0
        self.short, self.wide = OffWidth(), OffWidth()

    def add(self, record: Record, found: Sorted) -> None:
        """Note one sorted record."""
        if found.sort is Sort.SKIPPED:
            self._notes.skip(record.line, found.said[0], found.cells if found.said[0] == TOTAL_LINE else ())
        elif found.sort is Sort.REJECTED:
            self._notes.reject(record.line, found.said[0])
        elif found.sort is Sort.ROW:
            self.rows += 1
            for doubt in found.said:
                self._notes.flag(record.line, doubt)
        else:
            group = self.short if found.sort is Sort.SHORT else self.wide
            group.add(record, found, self._layout.width)

    def kept(self) -> frozenset[Sort]:
        """What counts as a row, now that all records are known."""
        total = self.rows + self.short.count + self.wide.count
        few = _FEW * total if total >= _TINY else -1
        groups = ((Sort.SHORT, self.short), (Sort.WIDE, self.wide))
        return frozenset({Sort.ROW, *(sort for sort, group in groups if group.count > few)})

    def close(self) -> frozenset[Sort]:
        """Write the notes on rows of another width, and say what counts as a row."""
        kept = self.kept()
        total = self.rows + self.short.count + self.wide.count
        for sort, group in ((Sort.SHORT, self.short), (Sort.WIDE, self.wide)):
            if sort not in kept:
                self._notes.rejected.take(_tally(group.count, [(line, full) for line, _, full in group.said]))
            elif group.count:
                self._notes.flagged.take(group.doubts)
                self._note_kept(sort, group, is_usual=group.count > max(total // 2, 1))
        return kept

    def _note_kept(self, sort: Sort, group: OffWidth, *, is_usual: bool) -> None:
        if sort is Sort.SHORT:
            notes = [(line, f"{said[:-1]}; the missing ones were left blank.") for line, said, _ in group.said]
        elif is_usual:
            line = self._layout.header_line or 1
            self._notes.flag(line, "Rows end with more delimiters than there are columns.")
            return
        else:
            notes = [(line, "Blank cells beyond the last column were left out.") for line, _, _ in group.said]
        self._notes.flagged.take(_tally(group.count, notes))


def _tally(count: int, notes: list[tuple[int, str]]) -> Tally:
    tally = Tally()
    for line, why in notes:
        tally.add(line, why)
    tally.count = count
    return tally

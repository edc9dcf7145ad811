"""Sorts records into rows, lines that are no rows, and rows that cannot be read, and keeps the rows as columns of text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain, islice

import numpy as np
import pandas as pd

from lib.domain.readings import LineNote
from lib.intake.layout import Layout, filled, find_layout, is_blank, is_comment
from lib.intake.naming import is_value
from lib.intake.records import Notes, Record, Table, text_frame

_CHUNK = 25_000
_SAMPLE = 1_000
_FEW = 0.05
_TINY = 20

_TOTAL = re.compile(
    r"(?:grand|sub|report|overall|account|campaign)?[\s-]*totals?\s*(?:[:(–—-].*)?", re.IGNORECASE | re.DOTALL
)
_GROUP = re.compile(r"[^\W\d][\w /&.-]{0,40}:\s*\S.*", re.DOTALL)
_FILLER = re.compile(r"-+|[A-Z]{3}|n/?a", re.IGNORECASE)


def read_rows(kind: str, records: Iterable[Record], notes: Notes, header_row: int | None = None) -> Table:
    """The table that lies among the records; every record ends as a row, in `notes.skipped` or in `notes.rejected`."""
    source = iter(records)
    sample = list(islice(source, _SAMPLE))
    layout = find_layout(sample, notes, header_row)
    rows = _Rows(layout, notes)
    for record in chain(sample[layout.used :], source):
        rows.add(record)
    frame, lines = rows.finish()
    return Table(kind, frame, np.array(lines, dtype=np.int64), layout.header_line, notes)


class _Rows:
    """Rows on their way into columns: kept as lists for one chunk only, then as Arrow text."""

    def __init__(self, layout: Layout, notes: Notes) -> None:
        self._layout, self._notes, self._width = layout, notes, layout.width
        self._heading = [cell.strip() for cell in layout.header]
        self._open: list[list[str]] = []
        self._frames: list[pd.DataFrame] = []
        self._lines: list[int] = []
        self._short: dict[int, Record] = {}
        self._wide: dict[int, Record] = {}

    def add(self, record: Record) -> None:
        """Sort one record."""
        cells, width = record.cells, self._width
        # A row of full width with text in its first two cells is the common case: only a total or a heading looks so.
        plain = len(cells) == width and width > 1 and cells[0] and cells[1]
        why = (
            self._why_no_row(record)
            if not plain or cells[0][0] in "#tTgGsSrRoOaAcC " or self._heading[:1] == cells[:1]
            else ""
        )
        if why:
            self._notes.skip(record.line, why)
            return
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                self._notes.reject(record.line, _off_width(len(cells), width), record.raw)
                return
            # A stray delimiter in the middle looks the same as one too many at the end when the last cell is blank.
            self._wide[len(self._lines)] = record
            cells = cells[:width]
        elif len(cells) < width:
            self._short[len(self._lines)] = record
            cells = cells + [""] * (width - len(cells))
        if record.doubt:
            self._notes.flag(record.line, record.doubt)
        self._lines.append(record.line)
        self._open.append(cells)
        if len(self._open) == _CHUNK:
            self._close_chunk()

    def finish(self) -> tuple[pd.DataFrame, list[int]]:
        """The frame and the line of each of its rows, once it is known whether short rows are few or many."""
        if self._open or not self._frames:
            self._close_chunk()
        frame = self._frames[0] if len(self._frames) == 1 else pd.concat(self._frames, ignore_index=True)
        rejected = {
            place: record
            for group in (self._short, self._wide)
            if self._is_exception(group)
            for place, record in group.items()
        }
        if not self._is_exception(self._short):
            self._note_padded()
        if not self._is_exception(self._wide):
            self._note_trimmed()
        return self._without(frame, rejected) if rejected else (frame, self._lines)

    def _is_exception(self, group: dict[int, Record]) -> bool:
        """Whether rows of another width are few: then each is a broken line and not the file's way."""
        return len(self._lines) >= _TINY and len(group) <= _FEW * len(self._lines)

    def _close_chunk(self) -> None:
        columns = list(zip(*self._open, strict=True))
        self._frames.append(text_frame(self._layout.names, columns))
        self._open = []

    def _without(self, frame: pd.DataFrame, rejected: dict[int, Record]) -> tuple[pd.DataFrame, list[int]]:
        dropped = {record.line for record in rejected.values()}
        self._notes.flagged[:] = [note for note in self._notes.flagged if note.line not in dropped]
        for record in rejected.values():
            why = _off_width(len(record.cells), self._width)
            self._notes.reject(record.line, f"{why} {record.doubt}".strip(), record.raw)
        keep = np.ones(len(self._lines), dtype=bool)
        keep[list(rejected)] = False
        return frame[keep].reset_index(drop=True), [line for line, kept in zip(self._lines, keep, strict=True) if kept]

    def _note_padded(self) -> None:
        for record in self._short.values():
            why = f"{_off_width(len(record.cells), self._width)[:-1]}; the missing ones were left blank."
            self._notes.flag(record.line, why)

    def _note_trimmed(self) -> None:
        if len(self._wide) > max(len(self._lines) // 2, 1):
            self._notes.flag(self._layout.header_line or 1, "Rows end with more delimiters than there are columns.")
            return
        for record in self._wide.values():
            self._notes.flag(record.line, "Blank cells beyond the last column were left out.")

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
        first = next(cell.strip() for cell in cells if cell.strip() or len(cells) == 1)
        if width > 1 and _TOTAL.fullmatch(first):
            return self._why_total(record)
        if width > 2 and cells[0].strip() and _GROUP.fullmatch(first) and filled(cells) == 1:
            return f"Group line: {first[:60]}"
        return ""

    def _is_heading(self, cells: list[str]) -> bool:
        return len(cells) == len(self._heading) and [cell.strip() for cell in cells] == self._heading

    def _why_total(self, record: Record) -> str:
        """A total holds figures, fillers and blanks only; a full row with words in it is a row that is merely called so."""
        rest = [cell.strip() for cell in record.cells if cell.strip()][1:]
        if all(is_value(cell) or _FILLER.fullmatch(cell) for cell in rest) or (len(rest) + 1) * 2 < self._width:
            return "Total line."
        self._notes.flagged.append(LineNote(record.line, "It begins like a total, but was kept as a row."))
        return ""


def _off_width(cells: int, width: int) -> str:
    return f"{cells} {'cell' if cells == 1 else 'cells'} where the table has {width} column{'s' * (width > 1)}."

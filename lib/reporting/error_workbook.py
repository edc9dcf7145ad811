"""Rows of a load as a workbook to mend them in: wrong cells red, what is wrong in words, and a hidden name for each row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import xlsxwriter

MESSAGE, ROW_ID = "Connector Desk: what to mend", "Connector Desk: row (leave as it is)"
# What a sheet holds, less its row of names.
MOST_ROWS = 1_048_576 - 1
MOST_COLUMNS = 16_384 - 2
# A comment lies in memory until the file is closed, and Excel grows slow with many; the message says the same.
_MOST_COMMENTS = 2_000
_LONGEST = 32_767
# What XML cannot hold, or Excel writes differently.
_UNSTEADY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class ErrorRow:
    """One row: its name, its cells in the order of the columns, why it stands here, and `marks`: what is wrong by column."""

    row_id: str
    cells: Sequence[str]
    message: str
    marks: Mapping[str, str] = field(default_factory=dict)


class ErrorWorkbook:
    """Writes rows one by one, so that memory does not grow with them; every cell is text, so none is a formula."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._columns = list(columns)
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._sheet = self._book.add_worksheet("Rows to mend")
        self._red = self._book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        self._quiet = self._book.add_format({"font_color": "#5F6368"})
        self._row = self._comments = 0
        self._sheet.set_column(0, 0, 60)
        self._sheet.set_column(1, max(len(self._columns), 1), 18)
        self._sheet.set_column(len(self._columns) + 1, len(self._columns) + 1, 30, None, {"hidden": True})
        self._sheet.freeze_panes(1, 1)
        bold = self._book.add_format({"bold": True})
        for place, name in enumerate([MESSAGE, *self._columns, ROW_ID]):
            self._sheet.write_string(0, place, steady(name), bold)

    def __enter__(self) -> ErrorWorkbook:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._book.close()

    def add(self, row: ErrorRow) -> None:
        """The next row."""
        self._row += 1
        self._sheet.write_string(self._row, 0, steady(row.message), self._quiet)
        for place, (name, cell) in enumerate(zip(self._columns, row.cells, strict=True), start=1):
            if name in row.marks:
                self._wrong(place, steady(cell), row.marks[name])
            elif cell:
                self._sheet.write_string(self._row, place, steady(cell))
        self._sheet.write_string(self._row, len(self._columns) + 1, row.row_id)

    def _wrong(self, place: int, cell: str, why: str) -> None:
        if cell:
            self._sheet.write_string(self._row, place, cell, self._red)
        else:
            self._sheet.write_blank(self._row, place, None, self._red)
        if self._comments < _MOST_COMMENTS:
            self._comments += 1
            self._sheet.write_comment(self._row, place, steady(why)[:1_000], {"x_scale": 2})


def steady(text: str) -> str:
    """A text as a sheet gives it back: line ends alike, nothing XML cannot hold, at most what one cell holds."""
    return _UNSTEADY.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:_LONGEST]

"""Reads a sheet of a workbook (XLSX, XLSB, XLS, ODS) as a table of text."""

from __future__ import annotations

from collections.abc import Iterator

from lib.errors import DeskError
from lib.intake.held_table import read_held
from lib.intake.records import Notes, ReadOptions, Record, Table
from lib.intake.workbooks import Range, sheet_of


def read_workbook(data: bytes, options: ReadOptions) -> Table:
    """The table of the sheet that `options.sheet` names, else of the first visible sheet with content.

    Errors: `password_protected`, `corrupt_file`, `no_such_sheet` (lists the sheets), `empty_file`, `too_large`.
    """
    notes = Notes()
    sheet = sheet_of(data, sheet=options.sheet)
    for line in sheet.long_lines:
        notes.flag(line, "It holds a number of more than 15 digits, which Excel rounds; ask for it as text.")
    _put_errors(sheet.rows, sheet.errors, notes)
    rows, lead = _without_margins(sheet.rows)
    records, merged = _headed(rows, lead, sheet.merged)
    table = read_held("workbook", list(records), notes, options)
    line = table.header_row or 1
    if merged:
        notes.flag(line, merged)
    if sheet.others:
        notes.flag(
            line,
            f"Only the sheet {sheet.name!r} was read; {', '.join(map(repr, sheet.others))} hold something as well.",
        )
    if sheet.hidden:
        notes.flag(line, f"Not read, because hidden: {', '.join(map(repr, sheet.hidden))}.")
    table.sheet = sheet.name
    return table


def _put_errors(rows: list[list[str]], errors: list[tuple[int, int, str]], notes: Notes) -> None:
    """Cells in error come blank from the reader; their own text (#N/A) is put back and said."""
    for row, column, text in errors:
        if row < len(rows) and column < len(rows[row]) and not rows[row][column]:
            rows[row][column] = text
            notes.flag(row + 1, f"Column {column + 1} holds the error {text}.")


def _without_margins(rows: list[list[str]]) -> tuple[list[list[str]], int]:
    """The rows without columns that are blank from top to bottom on the left and on the right; and how many on the left."""
    used = [place for place, column in enumerate(zip(*rows, strict=True)) if any(cell.strip() for cell in column)]
    if not used:
        raise DeskError("empty_file", "The sheet is empty.", "Name another one by --sheet.")
    return [row[used[0] : used[-1] + 1] for row in rows], used[0]


def _headed(rows: list[list[str]], lead: int, merged: list[Range]) -> tuple[Iterator[Record], str]:
    """The rows as records, column names that span several merged rows joined into one; and what is to be said of it."""
    first = next(place for place, row in enumerate(rows) if any(cell.strip() for cell in row))
    spans = [item for item in merged if item[0][0] == first]
    if not spans:
        return _records(rows, first, first, None), ""
    last = min(max(end[0] for _, end in spans), len(rows) - 1)
    if last == first:
        return _records(
            rows, first, first, None
        ), "The column names hold merged cells; only the first cell keeps the text."
    if all(end[1] > start[1] and end[0] == start[0] for start, end in spans):
        last = first
    head = _joined(rows[first : last + 1], [span for span in merged if first <= span[0][0] <= last], first, lead)
    said = f"The column names stand in merged cells on rows {first + 1} to {last + 1}; they were joined."
    return _records(rows, first, last, head), said


def _joined(block: list[list[str]], merged: list[Range], first: int, lead: int) -> list[str]:
    filled = [list(row) for row in block]
    for (top, left), (_, right) in merged:
        for column in range(max(left - lead, 0), min(right - lead + 1, len(filled[0]))):
            filled[top - first][column] = filled[top - first][max(left - lead, 0)]
    columns = zip(*filled, strict=True)
    return [" ".join(dict.fromkeys(cell.strip() for cell in column if cell.strip())) for column in columns]


def _records(rows: list[list[str]], first: int, last: int, head: list[str] | None) -> Iterator[Record]:
    for place, row in enumerate(rows):
        if head is not None and first < place <= last:
            continue
        cells = head if head is not None and place == first else row
        yield Record(place + 1, cells if any(cell.strip() for cell in cells) else [], "")

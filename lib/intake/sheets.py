"""Reads a sheet of a workbook (XLSX, XLSB, XLS, ODS) as a table of text."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import ParseError

import python_calamine as calamine

from lib.errors import DeskError
from lib.intake.held_table import read_held
from lib.intake.kinds import locked_workbook
from lib.intake.records import Notes, ReadOptions, Record, Table
from lib.intake.sheet_errors import error_cells

# Beyond 2^53 a binary number cannot hold every integer, and Excel itself keeps fifteen digits.
_EXACT = 10**15
# fmt: off
_DAMAGE = (calamine.CalamineError, OSError, ValueError, KeyError, IndexError, EOFError, NotImplementedError, RuntimeError,
           OverflowError, zipfile.BadZipFile, zlib.error, ParseError)
# fmt: on
_MOST_CELLS = 100_000_000


def read_workbook(data: bytes, options: ReadOptions) -> Table:
    """The table of the sheet that `options.sheet` names, else of the first visible sheet with content.

    Errors: `password_protected`, `corrupt_file`, `no_such_sheet` (lists the sheets), `empty_file`.
    """
    notes = Notes()
    with damage_named():
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        name, others, hidden = _chosen(book, options.sheet)
        sheet = book.get_sheet_by_name(name)
        values = sheet.to_python(skip_empty_area=False)
        errors = error_cells(data, name)
    rows = [_row_text(place, row, notes) for place, row in enumerate(values, start=1)]
    _put_errors(rows, errors, notes)
    rows, lead = _without_margins(rows)
    records, merged = _headed(rows, lead, sheet.merged_cell_ranges or [])
    table = read_held("workbook", list(records), notes, options)
    line = table.header_row or 1
    if merged:
        notes.flag(line, merged)
    if others:
        notes.flag(line, f"Only the sheet {name!r} was read; {', '.join(map(repr, others))} hold something as well.")
    if hidden:
        notes.flag(line, f"Not read, because hidden: {', '.join(map(repr, hidden))}.")
    table.sheet = name
    return table


@contextmanager
def damage_named() -> Iterator[None]:
    """Whatever the libraries say of a damaged workbook becomes one refusal; a panic of theirs is no Exception."""
    try:
        yield
    except calamine.PasswordError as error:
        raise locked_workbook() from error
    except _DAMAGE as error:
        raise _damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise _damaged() from error
        raise


def _damaged() -> DeskError:
    return DeskError(
        "corrupt_file",
        "This workbook is damaged or cut off, so it cannot be opened.",
        "Export it again, or open it and save it as XLSX.",
    )


def _chosen(book: calamine.CalamineWorkbook, wanted: str) -> tuple[str, list[str], list[str]]:
    """The sheet to read, and when nobody asked for one the other sheets with content: visible ones, hidden ones."""
    sheets = book.sheets_metadata
    if wanted:
        if wanted not in book.sheet_names:
            names = ", ".join(repr(item.name) for item in sheets)
            raise DeskError("no_such_sheet", f"There is no sheet {wanted!r}.", f"The workbook has {names}.")
        return wanted, [], []
    held = [item for item in sheets if item.typ == calamine.SheetTypeEnum.WorkSheet and _height(book, item.name)]
    visible = [item.name for item in held if item.visible == calamine.SheetVisibleEnum.Visible]
    if not visible:
        raise DeskError(
            "empty_file", "No visible sheet of this workbook holds anything.", "Name a hidden one by --sheet."
        )
    return visible[0], visible[1:], [item.name for item in held if item.name not in visible]


def _height(book: calamine.CalamineWorkbook, name: str) -> int:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.width > _MOST_CELLS:
        raise DeskError("too_large", f"The sheet {name!r} spans too many cells.", "Delete what lies far off the table.")
    return int(sheet.height)


def _row_text(line: int, row: list[Any], notes: Notes) -> list[str]:
    for value in row:
        if isinstance(value, float) and abs(value) >= _EXACT:
            notes.flag(line, "It holds a number of more than 15 digits, which Excel rounds; ask for it as text.")
            break
    return [cell_text(value) for value in row]


def cell_text(value: Any) -> str:
    """A cell's value as text: whole numbers without a point, dates as ISO, booleans as true and false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.timedelta):
        return _duration(value)
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def _duration(value: dt.timedelta) -> str:
    seconds, micros = divmod(abs(value) // dt.timedelta(microseconds=1), 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{micros:06}" if micros else "")
    return f"-{text}" if value < dt.timedelta() else text


def _put_errors(rows: list[list[str]], errors: dict[tuple[int, int], str], notes: Notes) -> None:
    """Cells in error come blank from the reader; their own text (#N/A) is put back and said."""
    for (row, column), text in sorted(errors.items()):
        if row < len(rows) and column < len(rows[row]) and not rows[row][column]:
            rows[row][column] = text
            notes.flag(row + 1, f"Column {column + 1} holds the error {text}.")


def _without_margins(rows: list[list[str]]) -> tuple[list[list[str]], int]:
    """The rows without columns that are blank from top to bottom on the left and on the right; and how many on the left."""
    used = [place for place, column in enumerate(zip(*rows, strict=True)) if any(cell.strip() for cell in column)]
    if not used:
        raise DeskError("empty_file", "The sheet is empty.", "Name another one by --sheet.")
    return [row[used[0] : used[-1] + 1] for row in rows], used[0]


Range = tuple[tuple[int, int], tuple[int, int]]


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

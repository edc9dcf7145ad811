"""Reads the cells of a workbook in a process of its own: `workbooks` starts it, tells it what to read, and hears the rest.

A file of five kilobytes may name one cell in the first row and one in the last, ask for half a terabyte, and the library
then ends the process it runs in. So this one has little memory, little time, and nothing else to lose.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import zipfile
import zlib
from typing import Any
from xml.etree.ElementTree import ParseError

import orjson
import python_calamine as calamine

from lib.intake.sheet_errors import error_cells

MEMORY = 4 << 30
SECONDS = 300
_MOST_SHEETS = 500
_MOST_CELLS = 50_000_000
# Beyond 2^53 a binary number cannot hold every integer, and Excel itself keeps fifteen digits.
_EXACT = 10**15
# fmt: off
_DAMAGE = (calamine.CalamineError, OSError, ValueError, KeyError, IndexError, EOFError, NotImplementedError, RuntimeError,
           OverflowError, zipfile.BadZipFile, zlib.error, ParseError)
# fmt: on
Told = dict[str, Any]


class _Refused(Exception):
    """What the parent says in a sentence: its code, and what stands in it."""

    def __init__(self, code: str, *words: str) -> None:
        super().__init__(code)
        self.words = (code, *words)


def told(data: bytes, sheet: str, marker: str) -> Told:
    """The rows of one sheet as text, or `refused` with a code and its words.

    The sheet is the one called `sheet`, else the first with a cell that says `marker`, else the first visible one with
    content; `others` and `hidden` have content too. `long` are the rows, from 1, with a number Excel rounds; `merged` the
    ranges of merged cells; `errors` (row, column, text) of cells in error, from 0.
    """
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if len(book.sheet_names) > _MOST_SHEETS:
            raise _Refused("too_many_sheets", f"{len(book.sheet_names):,}", str(_MOST_SHEETS))
        return _marked(book, marker) if marker else _read(book, data, sheet)
    except _Refused as refused:
        return {"refused": refused.words}
    except calamine.PasswordError:
        return {"refused": ("password_protected",)}
    except MemoryError:
        return {"refused": ("too_large",)}
    except _DAMAGE:
        return {"refused": ("corrupt_file",)}
    except BaseException as error:
        # A panic of the library is no Exception.
        if type(error).__name__ == "PanicException":
            return {"refused": ("corrupt_file",)}
        raise


def _read(book: calamine.CalamineWorkbook, data: bytes, wanted: str) -> Told:
    name, others, hidden = _chosen(book, wanted)
    found = book.get_sheet_by_name(name)
    values = found.to_python(skip_empty_area=False)
    return {
        "sheet": name,
        "others": others,
        "hidden": hidden,
        "rows": [[cell_text(value) for value in row] for row in values],
        "long": [line for line, row in enumerate(values, start=1) if any(map(_is_too_long, row))],
        "merged": found.merged_cell_ranges or [],
        "errors": [(row, column, text) for (row, column), text in sorted(error_cells(data, name).items())],
    }


def _marked(book: calamine.CalamineWorkbook, marker: str) -> Told:
    for name in book.sheet_names:
        rows = [[cell_text(value) for value in row] for row in book.get_sheet_by_name(name).to_python()]
        if any(marker == cell.strip() for row in rows for cell in row):
            return {"sheet": name, "rows": rows}
    return {"sheet": "", "rows": []}


def _chosen(book: calamine.CalamineWorkbook, wanted: str) -> tuple[str, list[str], list[str]]:
    """The sheet to read, and when nobody asked for one the other sheets with content: visible ones, hidden ones."""
    sheets = book.sheets_metadata
    if wanted:
        if wanted not in book.sheet_names:
            raise _Refused("no_such_sheet", wanted, ", ".join(repr(item.name) for item in sheets))
        return wanted, [], []
    held = [item for item in sheets if item.typ == calamine.SheetTypeEnum.WorkSheet and _height(book, item.name)]
    visible = [item.name for item in held if item.visible == calamine.SheetVisibleEnum.Visible]
    if not visible:
        raise _Refused("empty_file")
    return visible[0], visible[1:], [item.name for item in held if item.name not in visible]


def _height(book: calamine.CalamineWorkbook, name: str) -> int:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.width > _MOST_CELLS:
        raise _Refused("far_apart", name)
    return int(sheet.height)


def _is_too_long(value: Any) -> bool:
    return isinstance(value, float) and abs(value) >= _EXACT


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


def _bound() -> None:
    """Take no more than this process was given; where the system knows no such bounds, the time alone ends it."""
    try:
        import resource  # noqa: PLC0415  there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        pass


def main() -> None:
    """What is wanted on the first line of standard input, the workbook after it; the answer, as JSON, on standard output."""
    _bound()
    wanted = orjson.loads(sys.stdin.buffer.readline())
    answer = told(sys.stdin.buffer.read(), wanted["sheet"], wanted["marker"])
    sys.stdout.buffer.write(orjson.dumps(answer))
    sys.stdout.buffer.flush()

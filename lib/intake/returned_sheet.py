"""Reads a file that the desk itself wrote and a person mended: only the cells, whatever became of their order."""

from __future__ import annotations

import csv
import io

from lib.errors import DeskError
from lib.intake.workbooks import sheet_of


def returned_rows(data: bytes, marker: str) -> tuple[list[str], list[list[str]]]:
    """The names of the columns and the rows below them, all text, of the first sheet that has a column called `marker`.

    A CSV is known by the marker in it. DeskError `not_returned` where there is no such column, `corrupt_file` or
    `password_protected` where the file cannot be opened.
    """
    if marker.encode() in data:
        return _of_text(data, marker)
    found = _below(sheet_of(data, marker=marker).rows, marker)
    if found is not None:
        return found
    raise _not_returned(marker)


def _of_text(data: bytes, marker: str) -> tuple[list[str], list[list[str]]]:
    """The rows of a CSV as a spreadsheet saves it: in UTF-8 or Windows-1252, with whatever stands beside the marker."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    before = text[: text.index(marker)].rstrip('"')[-1:]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=before if before in (",", ";", "\t") else ",")
    try:
        # No cell of a file that the desk read is longer than this, and the module's own limit is far below it.
        csv.field_size_limit(max(csv.field_size_limit(), len(text)))
        rows = list(reader)
    except csv.Error as error:
        raise DeskError(
            "corrupt_file",
            f"The CSV cannot be read near its line {reader.line_num}.",
            "Save it again and drop that in.",
        ) from error
    found = _below(rows, marker)
    if found is None:
        raise _not_returned(marker)
    width = len(found[0])
    return found[0], [(row + [""] * width)[: max(width, len(row))] for row in found[1]]


def _below(rows: list[list[str]], marker: str) -> tuple[list[str], list[list[str]]] | None:
    head = next((place for place, row in enumerate(rows) if marker in (cell.strip() for cell in row)), None)
    return None if head is None else ([cell.strip() for cell in rows[head]], rows[head + 1 :])


def _not_returned(marker: str) -> DeskError:
    return DeskError(
        "not_returned",
        f"This file does not have the desk's own column {marker!r}, so its rows cannot be found again.",
        "Drop in the file that the desk made, with that column, saved as XLSX or CSV.",
    )

"""Reads a workbook that the desk itself wrote and a person mended: only the cells, whatever became of their order."""

from __future__ import annotations

import io

import python_calamine as calamine

from lib.errors import DeskError
from lib.intake.sheets import cell_text, damage_named


def returned_rows(data: bytes, marker: str) -> tuple[list[str], list[list[str]]]:
    """The names of the columns and the rows below them, all text, of the first sheet that has a column called `marker`.

    DeskError `not_returned` where there is none, `corrupt_file` or `password_protected` where it cannot be opened.
    """
    with damage_named():
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            rows = [[cell_text(value) for value in row] for row in book.get_sheet_by_name(name).to_python()]
            head = next((place for place, row in enumerate(rows) if marker in (cell.strip() for cell in row)), None)
            if head is not None:
                return [cell.strip() for cell in rows[head]], rows[head + 1 :]
    raise DeskError(
        "not_returned",
        f"No sheet of this workbook has the hidden column {marker!r}, so its rows cannot be found again.",
        "Drop in the file that the desk made, saved as XLSX.",
    )

"""Points at ZIP codes that lost a leading zero: a spreadsheet makes 2139 of 02139."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lib.intake.layout import Layout
from lib.intake.records import Notes, Record

_NAME = re.compile(r"(?:.*[^a-z])?(?:zip|postal|post)(?:[\s_-]*code)?(?:[^a-z].*)?|zipcode|postcode", re.IGNORECASE)
_LOST = re.compile(r"[1-9]\d{2,3}")
_WHOLE = re.compile(r"\d{5}(?:-?\d{4})?")


def note_lost_zeros(layout: Layout, sample: Sequence[Record], notes: Notes) -> None:
    """Flag the line of the names where a column of US ZIP codes holds some of three or four digits.

    The cells stay as they are: whether the zero was lost, only the one who sent the file knows. Where no cell has five
    digits the codes are not of the United States.
    """
    for place, name in enumerate(layout.names):
        if not _NAME.fullmatch(name):
            continue
        cells = [record.cells[place].strip() for record in sample[layout.used :] if len(record.cells) == layout.width]
        lost = [cell for cell in cells if _LOST.fullmatch(cell)]
        if lost and any(map(_WHOLE.fullmatch, cells)):
            why = f"Column {name!r} holds {lost[0]!r}: ZIP codes seem to have lost their leading zero."
            notes.flag(layout.header_line or 1, why)

"""Gives every column a name of its own: trimmed, numbered where names repeat, `column_3` where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lib.errors import DeskError

MOST_COLUMNS = 2000
# A name is written into every map, note and address of its column; what is longer is a whole text on the first line.
LONGEST_NAME = 500
# No number or date is longer, and a search through what is takes its square.
_LONGEST_VALUE = 100

_NUMBER = re.compile(r"[(+\-−]?\s*(?:[A-Z]{0,3}[$€£¥])?\s*[+\-−]?\d[\d,.' \u00a0]*(?:[eE][+\-]?\d+)?\s*%?\)?")
_MOMENT = re.compile(
    r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[T ]+\d{1,2}:\d{2}\S*(?:\s*[APap]\.?[Mm]\.?)?)?|\d{1,2}:\d{2}(?::\d{2})?\S*"
)


def is_value(cell: str) -> bool:
    """Whether a cell reads as a number, an amount, a percentage, a date or a time, as names of columns do not."""
    text = cell.strip()
    return 0 < len(text) <= _LONGEST_VALUE and bool(_NUMBER.fullmatch(text) or _MOMENT.fullmatch(text))


def name_columns(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names for the cells of a header, and the sentences that say what was changed besides trimming.

    DeskError `name_too_long` where one is longer than `LONGEST_NAME`.
    """
    names: list[str] = []
    taken = {cell.strip() for cell in cells if cell.strip()}
    doubts: list[str] = []
    seen: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        plain = cell.strip()
        if len(plain) > LONGEST_NAME:
            raise DeskError(
                "name_too_long",
                f"Column {place} is named in {len(plain):,} characters; the desk reads names of up to {LONGEST_NAME}.",
                "Look whether the column names stand on another line, or whether this is a table at all.",
            )
        name = plain if plain and plain not in seen else _free(plain or "column", place if not plain else 2, taken)
        if name != plain:
            what = f"repeats the name {plain!r}" if plain else "has no name"
            doubts.append(f"Column {place} {what}; it is called {name!r}.")
        names.append(name)
        seen.add(name)
        taken.add(name)
    return names, doubts


def _free(stem: str, number: int, taken: set[str]) -> str:
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"

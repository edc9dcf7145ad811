"""Tells where a second table begins in a file: a row of column names behind a blank line, and rows that go with it."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.arriving.readings import LineNote
from lib.errors import DeskError
from lib.intake.layout import filled, find_layout, is_blank
from lib.intake.naming import is_value
from lib.intake.records import Notes, Record

# So many leading records tell how a table is laid out.
SAMPLE = 1_000
# So many records behind a blank line are needed to tell: a title, the names, a row.
NEEDED = 3


class TableMark:
    """What the table at hand looks like, so that another one can be told from a row of it."""

    def __init__(self, header: Sequence[str], sample: Sequence[Record]) -> None:
        self._header = _trimmed(header)
        rows = [record.cells for record in sample if len(record.cells) == len(header)]
        self._valued = [
            place
            for place in range(len(self._header))
            if _is_valued([row[place] for row in rows if row[place].strip()])
        ]

    def names_of(self, upcoming: Sequence[Record]) -> tuple[Record, list[str]] | None:
        """The row of column names of another table and its names, if one begins with the records behind a blank line.

        A row of names holds different words and no value, and the row below it has as many cells, a value among them.
        Names as wide as the table's own are believed only where all columns that hold values above have words now.
        """
        found = _named(upcoming)
        if found is None or found[1] == [name.strip() for name in self._header]:
            return None
        return found if len(found[1]) != len(self._header) or self._valued else None


def may_not_be_names(record: Record) -> bool:
    """Whether a record certainly is neither a title nor a row of column names: it holds a value."""
    return any(map(is_value, record.cells))


def table_end(sample: Sequence[Record], header_row: int | None) -> int | None:
    """The place of the blank record behind which a second table begins; None when the sample holds one table only.

    What stands above a table and ends with a blank line is a preamble rather than a table, unless the column names
    were found in it, or it has three columns and a row with a value itself.
    """
    for place, record in enumerate(sample):
        if not is_blank(record.cells) or _named(sample[place : place + 4 * NEEDED]) is None:
            continue
        region = list(sample[:place])
        if not any(filled(item.cells) for item in region) or (header_row and header_row > record.line):
            continue
        whole, part = _header_line(sample, header_row), find_layout(region, Notes(), header_row)
        rows = [item for item in region[part.used :] if not is_blank(item.cells)]
        is_alike = any(len(item.cells) == part.width and any(map(is_value, item.cells)) for item in rows)
        is_table = part.header_line == whole or (filled(part.header) > 2 and is_alike)
        if rows and is_table and TableMark(part.header, rows).names_of(sample[place:]):
            return place
    return None


def _header_line(sample: Sequence[Record], header_row: int | None) -> int:
    return find_layout(list(sample), Notes(), header_row).header_line


def _named(upcoming: Sequence[Record]) -> tuple[Record, list[str]] | None:
    records = [record for record in upcoming if not is_blank(record.cells)][:NEEDED]
    if records and len(_trimmed(records[0].cells)) == 1:
        records = records[1:]
    if len(records) < 2 or records[0].doubt or len(records[0].cells) != len(records[1].cells):
        return None
    names, row = [name.strip() for name in _trimmed(records[0].cells)], _trimmed(records[1].cells)
    is_named = len(names) > 1 and all(names) and len(set(names)) == len(names) and not any(map(is_value, names))
    return (records[0], names) if is_named and len(row) <= len(names) and any(map(is_value, row)) else None


def no_such_table(wanted: int, places: Sequence[LineNote]) -> DeskError:
    """The refusal of a table that was asked for and is not there; it lists those that are."""
    listed = "; ".join(f"table {number} on line {place.line}" for number, place in enumerate(places, start=1))
    return DeskError("no_such_table", f"There is no table {wanted} in this file.", f"It holds {listed}.")


def other_table(number: int) -> str:
    """Why the line of a table that was not asked for is skipped."""
    return f"It belongs to table {number}, which was not read."


def note_tables(places: Sequence[LineNote], wanted: int, notes: Notes) -> None:
    """Point at each table that was not read."""
    for number, place in enumerate(places, start=1):
        if number != wanted:
            why = f"Another table begins here ({place.why[:80]}); it was not read. Choose it as table {number}."
            notes.flag(place.line, why)


def _trimmed(cells: Sequence[str]) -> list[str]:
    """The cells without the blank ones at the end, which some exports put there to make all tables as wide as the widest."""
    held = [place for place, cell in enumerate(cells) if cell.strip()]
    return list(cells[: held[-1] + 1]) if held else []


def _is_valued(cells: list[str]) -> bool:
    return len(cells) > 0 and sum(map(is_value, cells)) >= 0.9 * len(cells)

"""Finds where a table lies among its records: preamble, the row or rows of column names, and how wide it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.errors import DeskError
from lib.intake.naming import MOST_COLUMNS, is_value, name_columns
from lib.intake.records import Notes, Record

# Words that stand for "nothing" in a column of numbers; a row of them is data, not a second row of names.
_PLACEHOLDERS = frozenset({"n/a", "na", "null", "none", "nil", "-", "--", "unknown", "tbd", "missing", "nan", "open"})


@dataclass(frozen=True)
class Layout:
    """`names` are the columns; `used` how many leading records are behind us; `header_line` 1-based, 0 without header."""

    names: list[str]
    header: list[str]
    header_line: int
    used: int

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.names)


def is_blank(cells: Sequence[str]) -> bool:
    """A line without cells, or with none that holds anything; `""` alone on a line of its own is a cell."""
    return list(cells) != [""] and not any(cell.strip() for cell in cells)


def is_comment(record: Record, width: int) -> bool:
    """A line that begins with # and has not the table's width, or goes on with a blank (`# a remark, with a comma`)."""
    start = record.raw.lstrip(" ")
    return start.startswith("#") and (len(record.cells) != width or start[1:2] in " !")


def filled(cells: Sequence[str]) -> int:
    """How many cells hold something."""
    return sum(1 for cell in cells if cell.strip())


def find_layout(sample: list[Record], notes: Notes, header_row: int | None = None) -> Layout:
    """The layout of a table, from its first thousand records; what precedes the names is listed in `notes.skipped`."""
    width = _usual_width(sample)
    place = _told_place(sample, header_row) if header_row else _header_place(sample, width)
    if place is None or header_row == 0:
        return _nameless(sample, width, notes)
    for record in sample[:place]:
        notes.skip(record.line, _why_before(record, width))
    header, line = sample[place], sample[place].line
    cells, used = header.cells, place + 1
    following = [record for record in sample[used:] if not is_blank(record.cells)]
    if following and _is_second_header(cells, following[0].cells, [item.cells for item in following[1:200]]):
        second = following[0]
        if _names_groups(cells) or _names_units(second.cells):
            used, following = sample.index(second) + 1, following[1:]
            cells = _joined(cells, second.cells)
            notes.skip(second.line, "Second row of column names, joined with the first.")
            notes.flag(line, f"The column names stand on lines {line} and {second.line}; they were joined.")
        else:
            # Two full rows of words: taking the lower one for names could lose a row, so it stays and is pointed at.
            notes.flag(second.line, "This row may be a second row of column names; it was kept as data.")
    cells = _widened(cells, following, line, notes)
    return _named(cells, line, used, notes)


def _named(cells: list[str], line: int, used: int, notes: Notes) -> Layout:
    if len(cells) > MOST_COLUMNS:
        raise DeskError(
            "too_many_columns",
            f"Line {line} names {len(cells):,} columns; the desk reads up to {MOST_COLUMNS:,}.",
            "Check the delimiter, or export only the columns you need.",
        )
    names, doubts = name_columns(cells)
    for doubt in doubts:
        notes.flag(line, doubt)
    held = [cell for cell in cells if cell.strip()]
    if any(map(is_value, held)):
        notes.flag(line, f"Line {line} may be data: it holds values, but was taken as the column names.")
    return Layout(names, cells, line, used)


def _usual_width(sample: list[Record]) -> int:
    widths = Counter(len(item.cells) for item in sample if not is_blank(item.cells) and not item.raw.startswith("#"))
    if not widths:
        return 1
    top = max(widths.values())
    common = [width for width, count in widths.items() if count == top]
    return next((width for width in common if width > 1), common[0])


def _told_place(sample: list[Record], header_row: int) -> int:
    for place, record in enumerate(sample):
        if record.line == header_row and record.cells:
            return place
    raise DeskError(
        "no_such_header_row",
        f"Line {header_row} cannot be the row of column names: no record begins there.",
        "Give the 1-based line on which the names stand, within the first thousand rows.",
    )


def _header_place(sample: list[Record], width: int) -> int | None:
    """The first record that is half filled; a narrower one yields to a row of names of full width just below it."""
    real = [
        (place, item)
        for place, item in enumerate(sample)
        if not is_blank(item.cells) and not is_comment(item, width) and filled(item.cells) * 2 >= width
    ]
    if not real:
        return next((place for place, item in enumerate(sample) if not is_blank(item.cells)), None)
    place, first = real[0]
    if len(first.cells) < width:
        for later, record in real[1:10]:
            if len(record.cells) == width:
                return place if any(map(is_value, record.cells)) else later
    return place


def _why_before(record: Record, width: int) -> str:
    if is_blank(record.cells):
        return "Blank line."
    return "Comment." if is_comment(record, width) else "Preamble: it stands before the column names."


def _nameless(sample: list[Record], width: int, notes: Notes) -> Layout:
    names, _ = name_columns([""] * width)
    notes.flag(sample[0].line if sample else 1, "The table has no row of column names; they are numbered.")
    return Layout(names, [], 0, 0)


def _is_second_header(header: list[str], second: list[str], rows: list[list[str]]) -> bool:
    """Whether the next row names columns too: words, no values, in columns that hold values from there on."""
    if len(second) != len(header) or second == header or any(map(is_value, second)) or len(rows) < 2:
        return False
    valued = [place for place in range(len(header)) if _is_valued([row[place] for row in rows if place < len(row)])]
    words = [second[place] for place in valued if second[place].strip()]
    if any(
        word.strip().lower() in _PLACEHOLDERS or not any(map(str.isalpha, word))
        for word in words
        if word[0] not in "([%"
    ):
        return False
    if _names_units(second):
        return bool(words)
    enough = 1 if _names_groups(header) else 2
    return len(words) * 2 > len(valued) and len(words) >= enough


def _names_groups(header: list[str]) -> bool:
    """Whether a row of names has blanks or repeats, as the upper one of two has: `Customer,,Job,`."""
    held = [cell.strip() for cell in header if cell.strip()]
    return len(set(held)) < len(header)


def _names_units(cells: list[str]) -> bool:
    """Whether a row holds units only: `(USD)`, `[min]`, `%`."""
    held = [cell.strip() for cell in cells if cell.strip()]
    return all(cell[0] in "([%" for cell in held)


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Group and name in one; a blank group is that of the column to its left."""
    names, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above.strip() or group
        names.append(f"{group} {below.strip()}".strip())
    return names


def _is_valued(cells: list[str]) -> bool:
    held = [cell for cell in cells if cell.strip()]
    return len(held) >= 2 and sum(map(is_value, held)) >= 0.9 * len(held)


def _widened(cells: list[str], following: list[Record], line: int, notes: Notes) -> list[str]:
    """Nameless columns are added where most rows hold more cells than there are names."""
    beyond = [len(item.cells) for item in following if any(cell.strip() for cell in item.cells[len(cells) :])]
    if not following or len(beyond) * 2 <= len(following):
        return cells
    width = Counter(beyond).most_common(1)[0][0]
    notes.flag(
        line, f"Most rows hold {width} cells where line {line} has {len(cells)} names; the names may be shifted."
    )
    return cells + [""] * (width - len(cells))

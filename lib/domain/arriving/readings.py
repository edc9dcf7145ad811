"""What reading a delivery found: where its table lies, and every line that is not a plain data row, with why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

# So many notes of each kind are kept; their counts are always exact.
MOST_NOTES = 1_000
# What is said of a line that adds the rows up: it is no row, and shown beside what the rows come to.
TOTAL_LINE = "Total line."


@dataclass(frozen=True)
class LineNote:
    """One line of the file (1-based, counted in the file as it came) and what is to be said of it.

    `cells` are those of a total line, by the place of their columns; of any other line none are kept.
    """

    line: int
    why: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadingFacts:
    """The facts of one reading.

    `rows` counts data rows that were read; `rejected` are data lines that could not be (each is one row of the load,
    failed as `unreadable_line`); `skipped` are blank, preamble, heading, group and total lines and lines of other
    tables, not rows at all; `flagged` are doubts, each at the line it is about. Of each kind the first thousand are
    kept in the order of their lines, and `*_count` counts all. `header_row` is the 1-based line of the column names, 0
    where the format has none (JSON). `delimiter` is empty where there is none. `sheet` is the sheet of a workbook,
    `member` the file inside an archive, `table` the 1-based place among `tables`: the line at which each table of the
    file begins with its column names, listed only where there are several.
    """

    kind: str
    rows: int
    columns: tuple[str, ...]
    header_row: int
    encoding: str
    delimiter: str
    sheet: str = ""
    member: str = ""
    table: int = 1
    tables: tuple[LineNote, ...] = field(default=())
    skipped: tuple[LineNote, ...] = field(default=())
    rejected: tuple[LineNote, ...] = field(default=())
    flagged: tuple[LineNote, ...] = field(default=())
    skipped_count: int = 0
    rejected_count: int = 0
    flagged_count: int = 0

    @property
    def arrived(self) -> int:
        """The rows that arrived: read plus rejected (the left side of the conservation law)."""
        return self.rows + self.rejected_count

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; line notes become `{"line", "why"}`."""
        return asdict(self)

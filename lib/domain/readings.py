"""What reading a delivery found: where its table lies, and every line that is not a plain data row, with why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class LineNote:
    """One line of the file (1-based, counted in the file as it came) and what is to be said of it."""

    line: int
    why: str


@dataclass(frozen=True)
class ReadingFacts:
    """The facts of one reading.

    `rows` counts data rows that were read; `rejected` are data lines that could not be (each is one row of the load,
    failed as `unreadable_line`); `skipped` are blank, preamble, heading, group and total lines, not rows at all;
    `flagged` are rows that were read, about which there is a doubt. `header_row` is the 1-based line of the column
    names, 0 where the format has none (JSON). `delimiter` is empty where there is none.
    """

    kind: str
    rows: int
    columns: tuple[str, ...]
    header_row: int
    encoding: str
    delimiter: str
    sheet: str = ""
    skipped: tuple[LineNote, ...] = field(default=())
    rejected: tuple[LineNote, ...] = field(default=())
    flagged: tuple[LineNote, ...] = field(default=())

    @property
    def arrived(self) -> int:
        """The rows that arrived: read plus rejected (the left side of the conservation law)."""
        return self.rows + len(self.rejected)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; line notes become `{"line", "why"}`."""
        return asdict(self)

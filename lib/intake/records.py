"""The small values the readers hand each other: how to read, one record of text, one finished table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.readings import LineNote

Lines = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ReadOptions:
    """What a person knows better than the reader.

    `sheet` names a sheet of a workbook; `header_row` is the 1-based line (or sheet row) of the column names, 0 for a
    table without any; `encoding` and `delimiter` overrule what would be found. Empty or None means: find out.
    """

    sheet: str = ""
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None


class Record(NamedTuple):
    """One record: its 1-based first line, its cells, its text as it stands in the file, a doubt about it or nothing."""

    line: int
    cells: list[str]
    raw: str
    doubt: str = ""


@dataclass
class Notes:
    """What is to be said of single lines, gathered while reading."""

    skipped: list[LineNote] = field(default_factory=list)
    rejected: list[LineNote] = field(default_factory=list)
    flagged: list[LineNote] = field(default_factory=list)
    rejected_text: dict[int, str] = field(default_factory=dict)

    def skip(self, line: int, why: str) -> None:
        """A line that is no row at all."""
        self.skipped.append(LineNote(line, why))

    def reject(self, line: int, why: str, raw: str) -> None:
        """A row that could not be read; its text is kept."""
        self.rejected.append(LineNote(line, why))
        self.rejected_text[line] = raw

    def flag(self, line: int, why: str) -> None:
        """A row that was read, with a doubt."""
        self.flagged.append(LineNote(line, why))


@dataclass
class Table:
    """A finished table: `frame` holds text only (dtype str), `lines` the 1-based line of each of its rows."""

    kind: str
    frame: pd.DataFrame
    lines: Lines
    header_row: int
    notes: Notes
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


def text_frame(columns: list[str], cells: list[tuple[str | None, ...]]) -> pd.DataFrame:
    """A frame of dtype str from one tuple of cells a column; None becomes a missing value."""
    filled = cells or [()] * len(columns)
    series = {place: pd.array(list(column), dtype="str") for place, column in enumerate(filled)}
    frame = pd.DataFrame(series)
    frame.columns = pd.Index(columns, dtype="str")
    return frame

"""The small values the readers hand each other: how to read, one record of text, notes on lines, one finished table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from heapq import nsmallest
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lib.domain.arriving.readings import MOST_NOTES, LineNote
from lib.errors import DeskError

Lines = npt.NDArray[np.int64]
TEXT = pa.large_string()


@dataclass(frozen=True)
class ReadOptions:
    """What a person knows better than the reader.

    `sheet` names a sheet of a workbook, `member` a file inside an archive; `header_row` is the 1-based line (or sheet
    row) of the column names, 0 for a table without any; `encoding` and `delimiter` overrule what would be found;
    `table` is the 1-based place of the table to read where a file holds several. Empty or None means: find out.
    """

    sheet: str = ""
    member: str = ""
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    table: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The choices that were made, as plain JSON values; what is left to the reader is left out."""
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ReadOptions:
        """The choices that `as_dict` gave; DeskError `unknown_read_option` or `wrong_read_option` names the wrong one."""
        kinds = {item.name: int if item.name in ("header_row", "table") else str for item in fields(cls)}
        for name, value in values.items():
            if name not in kinds:
                known = ", ".join(kinds)
                raise DeskError("unknown_read_option", f"There is no reading option {name!r}.", f"There are {known}.")
            if value is not None and (not isinstance(value, kinds[name]) or isinstance(value, bool)):
                due = "a whole number" if kinds[name] is int else "text"
                raise DeskError("wrong_read_option", f"The reading option {name!r} is {value!r}.", f"It must be {due}.")
        return cls(**{name: value for name, value in values.items() if value is not None})


class Record(NamedTuple):
    """One record: its 1-based first line, its cells, its text as it stands in the file, a doubt about it or nothing."""

    line: int
    cells: list[str]
    raw: str
    doubt: str = ""


@dataclass
class Tally:
    """Notes of one kind: all of them counted, the first thousand kept."""

    count: int = 0
    kept: list[LineNote] = field(default_factory=list)

    def add(self, line: int, why: str, cells: Sequence[str] = ()) -> None:
        """One more note; those of one source come in the order of their lines."""
        self.count += 1
        if len(self.kept) < MOST_NOTES:
            self.kept.append(LineNote(line, why, tuple(cells)))

    def take(self, other: Tally) -> None:
        """All notes of another tally; the kept ones stay the first of both together."""
        self.count += other.count
        self.kept = nsmallest(MOST_NOTES, [*self.kept, *other.kept], key=lambda note: note.line)

    def in_order(self) -> tuple[LineNote, ...]:
        """The kept notes in the order of their lines."""
        return tuple(sorted(self.kept, key=lambda note: note.line))


@dataclass
class Notes:
    """What is to be said of single lines, gathered while reading."""

    skipped: Tally = field(default_factory=Tally)
    rejected: Tally = field(default_factory=Tally)
    flagged: Tally = field(default_factory=Tally)

    def take(self, other: Notes) -> None:
        """All that others noted."""
        for mine, theirs in zip(
            (self.skipped, self.rejected, self.flagged), (other.skipped, other.rejected, other.flagged), strict=True
        ):
            mine.take(theirs)

    def skip(self, line: int, why: str, cells: Sequence[str] = ()) -> None:
        """A line that is no row at all; of a total its cells are kept."""
        self.skipped.add(line, why, cells)

    def reject(self, line: int, why: str) -> None:
        """A row that could not be read."""
        self.rejected.add(line, why)

    def flag(self, line: int, why: str) -> None:
        """A row that was read, with a doubt."""
        self.flagged.add(line, why)


@dataclass(frozen=True)
class Batch:
    """Some consecutive rows of a reading.

    `first_row` is the 0-based place of the first one among all rows; `lines` the 1-based line of each in the file (the
    sheet's row, the record's number in JSON); `frame` has one text column (dtype str) a field, '' for a blank cell, a
    missing value only where a JSON record lacks the key or holds null.
    """

    first_row: int
    lines: Lines
    frame: pd.DataFrame


class Rows(Protocol):
    """Where the rows of a reading come from."""

    def batches(self, size: int, first_row: int) -> Iterator[Batch]:
        """The rows from the 0-based `first_row` on, `size` at a time."""

    def rejected_rows(self) -> Iterator[tuple[int, str]]:
        """Line and text of each rejected row, in the order of the lines."""


@dataclass
class HeldRows:
    """Rows that are kept in memory, as those of workbooks and JSON documents are."""

    frame: pd.DataFrame
    lines: Lines
    rejected: list[tuple[int, str]] = field(default_factory=list)

    def batches(self, size: int, first_row: int) -> Iterator[Batch]:
        """Slices of the frame."""
        for first in range(first_row, len(self.frame), size):
            frame = self.frame.iloc[first : first + size].reset_index(drop=True)
            yield Batch(first, self.lines[first : first + size], frame)

    def rejected_rows(self) -> Iterator[tuple[int, str]]:
        """The kept lines."""
        yield from sorted(self.rejected)


@dataclass
class Table:
    """A table that was found: what its lines are, and where its `count` rows come from."""

    kind: str
    columns: list[str]
    count: int
    rows: Rows
    header_row: int
    notes: Notes
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    number: int = 1
    others: list[LineNote] = field(default_factory=list)


def text_frame(columns: list[str], cells: list[tuple[str | None, ...]]) -> pd.DataFrame:
    """A frame of dtype str from one tuple of cells a column; None becomes a missing value."""
    filled = cells or [()] * len(columns)
    arrays = [pa.array(column, type=TEXT) for column in filled]
    return frame_of(pa.table(arrays, names=[str(place) for place in range(len(arrays))]), columns)


def frame_of(table: pa.Table, columns: list[str]) -> pd.DataFrame:
    """A table of Arrow text as a frame of dtype str, without a copy through Python."""
    frame: pd.DataFrame = table.to_pandas(types_mapper={TEXT: pd.StringDtype(na_value=np.nan)}.get)
    frame.columns = pd.Index(columns, dtype="str")
    return frame

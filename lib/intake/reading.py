"""The door of the reader: bytes in, rows of text out, and every line that is not a plain row named with why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lib.domain.readings import LineNote, ReadingFacts
from lib.errors import DeskError
from lib.intake import kinds
from lib.intake.csv_table import empty_file, read_csv
from lib.intake.encodings import Decoded, decode
from lib.intake.json_rows import empty_json, read_json
from lib.intake.records import Lines, ReadOptions, Table
from lib.intake.sheets import read_workbook

__all__ = ["Batch", "ReadOptions", "Reading", "read_bytes", "read_path"]

_DEFAULTS = ReadOptions()


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


class Reading:
    """One file, read: its facts at once, its rows in batches."""

    def __init__(self, table: Table) -> None:
        self._frame, self._lines = table.frame, table.lines
        notes = table.notes
        self.rejected_text: dict[int, str] = notes.rejected_text
        self.facts = ReadingFacts(
            kind=table.kind,
            rows=len(table.frame),
            columns=tuple(table.frame.columns),
            header_row=table.header_row,
            encoding=table.encoding,
            delimiter=table.delimiter,
            sheet=table.sheet,
            skipped=_in_order(notes.skipped),
            rejected=_in_order(notes.rejected),
            flagged=_in_order(notes.flagged),
        )

    def batches(self, size: int = 25_000) -> Iterator[Batch]:
        """All rows in their order, `size` at a time; none where there are no rows."""
        for first in range(0, len(self._frame), size):
            frame = self._frame.iloc[first : first + size].reset_index(drop=True)
            yield Batch(first, self._lines[first : first + size], frame)


def _in_order(notes: list[LineNote]) -> tuple[LineNote, ...]:
    return tuple(sorted(notes, key=lambda note: note.line))


def read_path(path: Path, options: ReadOptions = _DEFAULTS) -> Reading:
    """Read a file; DeskError `no_such_file` or what `read_bytes` raises."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise DeskError("no_such_file", f"The file {path} cannot be read: {reason}.", "Check its path.") from error
    return read_bytes(data, path.name, options)


def read_bytes(data: bytes, name: str, options: ReadOptions = _DEFAULTS) -> Reading:
    """Read a file's bytes; `name` only tells where JSON is due and lines of JSON may be.

    A file that must be refused as a whole raises DeskError: empty_file, web_page, archive, not_a_table, corrupt_file,
    password_protected, no_such_sheet, invalid_json, no_records, too_many_columns, too_large.
    """
    return Reading(_table(data, name, options))


def _table(data: bytes, name: str, options: ReadOptions) -> Table:
    if kinds.is_workbook(data):
        return read_workbook(data, options)
    decoded = decode(data, options.encoding)
    if not decoded.text.strip():
        raise empty_json() if kinds.suffix_of(name) == ".json" else empty_file()
    kinds.refuse_markup(decoded.text)
    suffix = kinds.suffix_of(name)
    if suffix in kinds.JSON_NAMES or decoded.text.lstrip()[:1] in ("{", "["):
        try:
            return _json(data, decoded, suffix in kinds.LINES_NAMES)
        except DeskError as error:
            # A name that says nothing of JSON may still belong to a table whose first cell begins with a bracket.
            if error.code != "invalid_json" or suffix in kinds.JSON_NAMES or _is_meant_as_json(decoded.text):
                raise
    kinds.refuse_binary(decoded.text)
    return read_csv(decoded, options)


def _json(data: bytes, decoded: Decoded, may_be_lines: bool) -> Table:
    """JSON is UTF-8 by its standard, so bytes that are not stay as they are and are refused; UTF-16 is turned first."""
    if decoded.encoding.startswith(("utf-16", "utf-32")):
        data = decoded.text.encode("utf-8", errors="replace")
    return read_json(decoded, data.removeprefix(b"\xef\xbb\xbf"), may_be_lines)


def _is_meant_as_json(text: str) -> bool:
    start = "".join(text[:200].split())
    return start.startswith(('{"', "[{", "[["))

"""Reads delimited text (CSV, TSV and their kin) as a table."""

from __future__ import annotations

import io
from collections.abc import Iterator

from lib.errors import DeskError
from lib.intake.csv_records import csv_records
from lib.intake.dialect import USUAL, Dialect, find_dialect, guarded
from lib.intake.encodings import Decoded
from lib.intake.records import Notes, ReadOptions, Record, Table
from lib.intake.rows import read_rows


def read_csv(decoded: Decoded, options: ReadOptions) -> Table:
    """The table of a delimited text; DeskError `empty_file` when there is nothing but blanks."""
    notes, text = Notes(), decoded.text
    for line, doubt in decoded.doubts:
        notes.flag(line, doubt)
    if "\0" in text:
        for line in _lines_with_nul(text):
            notes.flag(line, "A NUL byte was taken out of this line.")
        text = text.replace("\0", "")
    if not text.strip():
        raise empty_file()
    dialect = find_dialect(text, options.delimiter)
    if dialect.is_backslash:
        text = guarded(text)
    table = read_rows("csv", _after_declaration(text, dialect, notes), notes, options.header_row)
    _note_dialect(table, dialect, text)
    table.encoding, table.delimiter = decoded.encoding, dialect.delimiter
    return table


def empty_file() -> DeskError:
    """The refusal of a file in which nothing stands."""
    return DeskError("empty_file", "The file is empty.", "Export it again; if the period had no rows, say so instead.")


def _after_declaration(text: str, dialect: Dialect, notes: Notes) -> Iterator[Record]:
    """The records, without Excel's own line `sep=;`."""
    records = csv_records(text, dialect)
    if dialect.is_told and text.lstrip('"').lower().startswith("sep=") and next(records, None):
        notes.skip(1, "It names the delimiter (sep=).")
    return records


def _lines_with_nul(text: str) -> list[int]:
    return [number for number, line in enumerate(io.StringIO(text, newline=""), start=1) if "\0" in line]


def _note_dialect(table: Table, dialect: Dialect, text: str) -> None:
    line = table.header_row or 1
    if dialect.is_backslash:
        table.notes.flag(line, 'Quotes are escaped by a backslash; \\" was read as ".')
    if dialect.quote == "'":
        table.notes.flag(line, "Apostrophes around cells were read as quotes.")
    if dialect.delimiter not in USUAL and not dialect.is_told:
        table.notes.flag(line, f"The cells seem to be parted by {dialect.name!r}; check the columns.")
    if table.frame.shape[1] > 1 or dialect.is_told:
        return
    head = text[:4096].splitlines()[:50]
    for mark in USUAL:
        if len(head) > 1 and sum(mark in item for item in head) * 5 >= 4 * len(head):
            table.notes.flag(
                line, f"Read as one column, though most lines hold {mark!r}; name the delimiter if it is one."
            )

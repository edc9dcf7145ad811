"""The door of the reader: a file in, rows of text out, and every line that is not a plain row named with why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lib.domain.arriving.readings import ReadingFacts
from lib.errors import DeskError
from lib.intake import kinds
from lib.intake.csv_table import empty_file, read_csv
from lib.intake.encodings import Encoding, find_encoding
from lib.intake.json_rows import empty_json, read_json
from lib.intake.ndjson import is_lines, read_lines
from lib.intake.recoding import Recoded, recoded
from lib.intake.records import Batch, Notes, ReadOptions, Table
from lib.intake.sheets import read_workbook
from lib.intake.sources import MOST_HELD, HeldBytes, Source, blocks, open_path, whole
from lib.intake.unpack import unpacked

__all__ = ["Batch", "ReadOptions", "Reading", "read_bytes", "read_path"]

_DEFAULTS = ReadOptions()
_HEAD = 16 * 1024


class Reading:
    """One file, read: its facts at once, its rows in batches whenever they are wanted.

    Delimited text and NDJSON are read anew for each call of `batches` or `rejected_rows`, a mebibyte at a time, so that
    a million rows take no more memory than a thousand; always with the same result. JSON documents and workbooks are
    held in memory.
    """

    def __init__(self, table: Table, member: str = "") -> None:
        self._rows = table.rows
        notes = table.notes
        self.facts = ReadingFacts(
            kind=table.kind,
            rows=table.count,
            columns=tuple(table.columns),
            header_row=table.header_row,
            encoding=table.encoding,
            delimiter=table.delimiter,
            sheet=table.sheet,
            member=member,
            table=table.number,
            tables=tuple(table.others),
            skipped=notes.skipped.in_order(),
            rejected=notes.rejected.in_order(),
            flagged=notes.flagged.in_order(),
            skipped_count=notes.skipped.count,
            rejected_count=notes.rejected.count,
            flagged_count=notes.flagged.count,
        )

    def batches(self, size: int = 25_000, first_row: int = 0) -> Iterator[Batch]:
        """The rows from the 0-based `first_row` on in their order, `size` at a time; none where there are no rows.

        DeskError `file_changed` when the file on disk is no longer the one the facts are about.
        """
        return self._rows.batches(size, first_row)

    def rejected_rows(self) -> Iterator[tuple[int, str]]:
        """The 1-based line and the text of each rejected row, in the order of the lines."""
        return self._rows.rejected_rows()


def read_path(path: Path, options: ReadOptions = _DEFAULTS) -> Reading:
    """Read a file on disk; DeskError `no_such_file` or what `read_bytes` raises."""
    return _read(open_path(path), path.name, options)


def read_bytes(data: bytes, name: str, options: ReadOptions = _DEFAULTS) -> Reading:
    """Read a file's bytes; `name` only tells where JSON is due and lines of JSON may be.

    A file that must be refused as a whole raises DeskError: empty_file, web_page, archive, not_a_table, corrupt_file,
    password_protected, no_such_sheet, no_such_member, no_such_table, no_such_header_row, invalid_json, no_records,
    nested_too_deep, too_many_columns, too_large, wrong_encoding, unknown_encoding, wrong_delimiter.
    """
    return _read(HeldBytes(data), name, options)


def _read(source: Source, name: str, options: ReadOptions) -> Reading:
    inner, member = unpacked(source, name, options.member)
    return Reading(_table(inner, member or name, options), member)


def _table(source: Source, name: str, options: ReadOptions) -> Table:
    if kinds.is_workbook(source):
        return read_workbook(whole(source, "a workbook"), options)
    encoding = find_encoding(source, options.encoding)
    text, suffix = recoded(source, encoding), kinds.suffix_of(name)
    if _is_blank(text):
        raise empty_json() if suffix == ".json" else empty_file()
    head = text.source.read(text.start, _HEAD).decode("utf-8", errors="ignore")
    kinds.refuse_markup(head)
    if suffix in kinds.JSON_NAMES or head.lstrip()[:1] in ("{", "["):
        is_meant = suffix in kinds.JSON_NAMES or _is_meant_as_json(head)
        try:
            if is_meant or source.size <= MOST_HELD:
                return _json(source, encoding, text, may_be_bad=suffix in kinds.LINES_NAMES)
        except DeskError as error:
            # A name that says nothing of JSON may still belong to a table whose first cell begins with a bracket.
            if error.code != "invalid_json" or is_meant:
                raise
    kinds.refuse_binary(head if encoding.is_wide else source.read(encoding.start, 8192).decode("latin-1"))
    return read_csv(text, encoding.name, options)


def _is_blank(text: Recoded) -> bool:
    offset = text.start
    for block in blocks(text.source, text.start):
        # A byte order mark and the blanks of other alphabets are looked for at the start only.
        if block.strip() and (offset > text.start or block.decode("utf-8", errors="ignore").strip()):
            return False
        offset += len(block)
    return True


def _json(source: Source, encoding: Encoding, text: Recoded, *, may_be_bad: bool) -> Table:
    """JSON is UTF-8 by its standard, so bytes that are not stay as they are and are refused; what is declared is turned."""
    if encoding.is_wide or encoding.is_told:
        source, start = text.source, text.start
    else:
        start = encoding.start

    def lines() -> Table:
        return read_lines(source, start, encoding.name, _noted(text), may_be_bad=may_be_bad)

    if is_lines(source, start):
        return lines()
    try:
        return read_json(whole(source, "a JSON document")[start:], encoding.name, _noted(text))
    except DeskError as error:
        if not may_be_bad or error.code not in ("invalid_json", "too_large"):
            raise
        try:
            return lines()
        except DeskError:
            raise error from None


def _noted(text: Recoded) -> Notes:
    notes = Notes()
    notes.flagged.take(text.doubts)
    return notes


def _is_meant_as_json(text: str) -> bool:
    start = "".join(text[:200].split())
    return start.startswith(('{"', "[{", "[["))

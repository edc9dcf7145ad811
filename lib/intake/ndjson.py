"""Reads NDJSON, one JSON record a line, as a table: one pass to learn the columns, another whenever rows are wanted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from lib.errors import DeskError
from lib.intake.json_rows import (
    Cells,
    Path,
    flat_cells,
    invalid_json,
    name_paths,
    no_object,
    no_records,
    path_frame,
    refuse_too_many,
)
from lib.intake.json_text import JsonReader
from lib.intake.records import Batch, Notes, Table
from lib.intake.sources import BLOCK, Source

_STEP = 4 * BLOCK
_LONGEST = 64 * BLOCK


@dataclass(frozen=True)
class _Line:
    """One line: where it begins, its number, its bytes without the line end."""

    offset: int
    number: int
    data: bytes


@dataclass(frozen=True)
class _Step:
    offset: int
    number: int
    rows: int
    rejected: int


def is_lines(source: Source, start: int) -> bool:
    """Whether the first line that holds anything is a JSON value by itself and not the last: then this is no document."""
    lines = (line.data for line in _lines(source, _Step(start, 1, 0, 0)) if line.data.strip())
    first = next(lines, b"")
    if _value(JsonReader(), first) is None or not first.strip():
        return False
    return next(lines, None) is not None


def read_lines(source: Source, start: int, encoding: str, notes: Notes, *, may_be_bad: bool) -> Table:
    """The table of one record a line, UTF-8 from `start` on.

    With `may_be_bad` a line that holds no record is rejected and the others are read, else it is refused: DeskError
    `invalid_json` names line and column; `no_records`, `too_many_columns`.
    """
    reader, paths, steps = JsonReader(), dict[Path, None](), [_Step(start, 1, 0, 0)]
    rows, first, bad = 0, 0, 0
    for line in _lines(source, steps[0]):
        if line.offset - steps[-1].offset >= _STEP:
            steps.append(_Step(line.offset, line.number, rows, notes.rejected.count))
        if not line.data.strip():
            notes.skip(line.number, "Blank line.")
            continue
        cells, why, column = _record(reader, line)
        if cells is None:
            bad += column > 0
            if not may_be_bad:
                raise invalid_json(line.number, max(column, 1), why.rstrip("."))
            notes.reject(line.number, why)
            continue
        rows, first = rows + 1, first or line.number
        if not cells.keys() <= paths.keys():
            paths.update(dict.fromkeys(cells))
            refuse_too_many(len(paths))
        if reader.has_repeats:
            notes.flag(line.number, "An object names one key twice; the last value was taken.")
    if not paths:
        if bad and bad == rows + notes.rejected.count:
            raise invalid_json(1, 1, "no line of it is JSON")
        raise no_records("it holds no object with fields")
    names = name_paths([*paths], first, notes)
    table_rows = NdjsonRows(source, [*steps, _Step(source.size, 0, rows, notes.rejected.count)], names, [*paths])
    return Table("ndjson", names, rows, table_rows, 0, notes, encoding)


@dataclass(frozen=True)
class NdjsonRows:
    """The rows of an NDJSON file, parsed anew each time."""

    source: Source
    steps: list[_Step]
    names: list[str]
    paths: list[Path]

    def batches(self, size: int, first_row: int) -> Iterator[Batch]:
        """The rows from `first_row` on."""
        step = self.steps[max(bisect_right(self.steps[:-1], first_row, key=lambda item: item.rows) - 1, 0)]
        reader, row = JsonReader(), step.rows
        cells: list[Cells] = []
        lines: list[int] = []
        for line in _lines(self.source, step):
            found = _record(reader, line)[0] if line.data.strip() else None
            if found is None:
                continue
            row += 1
            if row > first_row:
                cells.append(found)
                lines.append(line.number)
            if len(cells) == size:
                yield self._batch(row - size, cells, lines)
                cells, lines = [], []
        if cells:
            yield self._batch(row - len(cells), cells, lines)

    def rejected_rows(self) -> Iterator[tuple[int, str]]:
        """Line and text of each line that holds no record."""
        reader = JsonReader()
        for place, step in enumerate(self.steps[:-1]):
            following = self.steps[place + 1]
            if step.rejected == following.rejected:
                continue
            for line in _lines(self.source, step):
                if line.offset >= following.offset:
                    break
                if line.data.strip() and _record(reader, line)[0] is None:
                    yield line.number, line.data.decode("utf-8", errors="replace")

    def _batch(self, first_row: int, cells: list[Cells], lines: list[int]) -> Batch:
        return Batch(first_row, np.array(lines, dtype=np.int64), path_frame(self.names, self.paths, cells))


def _record(reader: JsonReader, line: _Line) -> tuple[Cells | None, str, int]:
    """The cells of one line; None with why and in which column where it holds no record."""
    try:
        value = reader.read(line.data)
    except orjson.JSONDecodeError as error:
        why = f"Line {line.number} is not valid JSON at column {error.colno}: {error.msg}."
        return None, why, max(error.colno, 1)
    if isinstance(value, dict):
        return flat_cells(value), "", 0
    return None, no_object(f"Line {line.number}", value), 0


def _value(reader: JsonReader, data: bytes) -> Any:
    try:
        return reader.read(data)
    except (orjson.JSONDecodeError, DeskError):
        return None


def _lines(source: Source, step: _Step) -> Iterator[_Line]:
    """The lines from a step on; what follows the last line end counts when it holds anything."""
    held, offset, number = b"", step.offset, step.number
    while True:
        more = source.read(offset + len(held), BLOCK)
        pieces = (held + more).split(b"\n")
        held = pieces.pop()
        for piece in pieces:
            yield _Line(offset, number, piece.removesuffix(b"\r"))
            offset, number = offset + len(piece) + 1, number + 1
        if not more:
            break
        if len(held) > _LONGEST:
            raise DeskError("too_large", f"Line {number} is too long to be one record.", "Export it again.")
    if held.strip():
        yield _Line(offset, number, held.removesuffix(b"\r"))

"""Reads JSON and NDJSON as a table: a list of records, the list inside an envelope, one record, or one record a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from lib.errors import DeskError
from lib.intake.encodings import Decoded
from lib.intake.json_text import JsonReader, NumberText, cell_text, compact
from lib.intake.naming import MOST_COLUMNS, name_columns
from lib.intake.records import Notes, Table, text_frame

# Names under which providers put their list of records, and names that only describe the page it came on.
_CONTAINERS = frozenset({"data", "results", "items", "records", "rows", "entries", "value", "values", "response"})
# fmt: off
_ABOUT_PAGE = frozenset({
    "page", "pagesize", "perpage", "pagecount", "pagenumber", "totalpages", "totalcount", "totalrecords",
    "totalresults", "totalsize", "total", "count", "hasmore", "hasnext", "hasnextpage", "next", "nextpage",
    "nextpagetoken", "nextcursor", "previous", "prev", "cursor", "continuefrom", "offset", "limit", "size",
    "links", "meta", "metadata", "pagination", "paging", "kind", "etag", "status", "success", "code", "message",
    "requestid", "done", "responseaggregationtype", "fieldmask",
})
# fmt: on
_MORE = frozenset({"hasmore", "hasnext", "hasnextpage"})


@dataclass
class _Rows:
    """Records flattened to paths, on their way into columns."""

    notes: Notes
    lines: list[int] = field(default_factory=list)
    cells: list[dict[tuple[str, ...], str | None]] = field(default_factory=list)
    has_envelope: bool = False

    def add(self, line: int, value: Any, noun: str) -> None:
        """Keep one record, or reject what is none."""
        if isinstance(value, dict):
            self.lines.append(line)
            self.cells.append(dict(_paths((), value)))
        else:
            self.notes.reject(line, f"{noun} {line} is {_noun(value)}, not an object with fields.", compact(value))

    def table(self, kind: str, encoding: str) -> Table:
        """The finished table; DeskError `no_records` when no object with a field was among the records."""
        paths = list(dict.fromkeys(path for row in self.cells for path in row))
        if not paths and not self.has_envelope:
            raise no_records("it holds no object with fields")
        if len(paths) > MOST_COLUMNS:
            raise DeskError(
                "too_many_columns",
                f"The records hold {len(paths):,} different fields; the desk reads up to {MOST_COLUMNS:,}.",
                "Keys that are themselves data (one per day or id) belong into a field.",
            )
        names, doubts = name_columns([".".join(path) for path in map(_sound, paths)])
        for doubt in doubts:
            self.notes.flag(self.lines[0], doubt)
        columns = [tuple(row.get(path) for row in self.cells) for path in paths]
        frame = text_frame(names, columns)
        return Table(kind, frame, np.array(self.lines, dtype=np.int64), 0, self.notes, encoding)


def _sound(path: tuple[str, ...]) -> list[str]:
    return [cell_text(part) or "" for part in path]


def _paths(above: tuple[str, ...], value: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    for key, item in value.items():
        if isinstance(item, dict) and item:
            yield from _paths((*above, key), item)
        else:
            yield (*above, key), cell_text(item)


def _noun(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, NumberText):
        return "a number"
    return {bool: "true or false", str: "a text", list: "a list"}.get(type(value), "no object")


def no_records(why: str) -> DeskError:
    """The refusal of valid JSON in which no record lies."""
    return DeskError("no_records", f"This is valid JSON, but {why}.", "A list of objects is due, one object a record.")


def empty_json() -> DeskError:
    """The refusal of a JSON file in which nothing stands: a JSON text holds a value, if only []."""
    return DeskError("invalid_json", "The file is empty, so it is not valid JSON.", "Export it again.")


def read_json(decoded: Decoded, data: bytes, may_be_lines: bool) -> Table:
    """The table of a JSON text; NDJSON when the whole is no JSON and its lines are.

    `data` is the text as UTF-8. With `may_be_lines` (a name ending in .ndjson or .jsonl) a line that cannot be read is
    rejected and the others are read; otherwise all lines must be objects. DeskError `invalid_json` names line and column.
    """
    reader, notes = JsonReader(), Notes()
    for line, doubt in decoded.doubts:
        notes.flag(line, doubt)
    try:
        value = reader.read(data)
    except orjson.JSONDecodeError as error:
        table = _read_lines(reader, data, decoded.encoding, may_be_lines, notes)
        if table is None:
            raise _invalid(error) from error
        return table
    rows = _Rows(notes)
    for number, item in enumerate(_records(value, rows), start=1):
        rows.add(number, item, "Record")
    if reader.has_repeats:
        notes.flag(1, "An object names one key twice; the last value was taken.")
    return rows.table("json", decoded.encoding)


def _invalid(error: orjson.JSONDecodeError) -> DeskError:
    return DeskError(
        "invalid_json",
        f"This is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
        "Export it again. One record a line belongs into a file named .ndjson, a table into one named .csv.",
    )


def _records(value: Any, rows: _Rows) -> list[Any]:
    if isinstance(value, list):
        if not any(isinstance(item, dict) for item in value):
            raise no_records("its list holds no object" if value else "its list is empty")
        return value
    if not isinstance(value, dict):
        raise no_records(f"it is {_noun(value)}")
    inner = _enveloped(value)
    if inner is None:
        return [value]
    rows.has_envelope = True
    if any(_plain(key) in _MORE and item is True for key, item in value.items()):
        rows.notes.flag(1, "The page says that there are more records than it holds.")
    return inner


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").replace("@", "").lower()


def _enveloped(value: dict[str, Any], depth: int = 0) -> list[Any] | None:
    """The list of records inside `{"data": [...], "page": 1}` and the like; None when the object is itself a record."""
    holders = [key for key in value if _plain(key) not in _ABOUT_PAGE]
    if len(holders) != 1:
        return None
    inner = value[holders[0]]
    if isinstance(inner, dict) and _plain(holders[0]) in _CONTAINERS and depth < 3:
        return _enveloped(inner, depth + 1)
    if not isinstance(inner, list):
        return None
    if any(isinstance(item, dict) for item in inner):
        return inner
    # An empty page is no error where its name or its company says that it is a page.
    return inner if not inner and (_plain(holders[0]) in _CONTAINERS or len(value) > 1) else None


def _read_lines(reader: JsonReader, data: bytes, encoding: str, may_be_lines: bool, notes: Notes) -> Table | None:
    rows, held, bad = _Rows(notes), 0, 0
    for number, line in enumerate(data.replace(b"\r\n", b"\n").split(b"\n"), start=1):
        if not line.strip():
            if number <= data.count(b"\n"):
                notes.skip(number, "Blank line.")
            continue
        held += 1
        try:
            rows.add(number, reader.read(line), "Line")
        except orjson.JSONDecodeError as error:
            bad += 1
            why = f"Line {number} is not valid JSON at column {error.colno}: {error.msg}."
            notes.reject(number, why, line.decode("utf-8", errors="replace"))
        if reader.has_repeats:
            notes.flag(number, "An object names one key twice; the last value was taken.")
            reader.has_repeats = False
        if notes.rejected and not may_be_lines:
            return None
    if held < 2 or bad == held:
        return None
    return rows.table("ndjson", encoding)

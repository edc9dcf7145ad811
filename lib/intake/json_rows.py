"""Reads a JSON document as a table: a list of records, the list inside an envelope, or one record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import orjson
import pandas as pd

from lib.errors import DeskError
from lib.intake.json_text import JsonReader, NumberText, cell_text, compact
from lib.intake.naming import MOST_COLUMNS, name_columns
from lib.intake.records import HeldRows, Notes, Table, text_frame

Path = tuple[str, ...]
Cells = dict[Path, str | None]

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


class _Rows:
    """Records flattened to paths, on their way into columns."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.lines: list[int] = []
        self.cells: list[Cells] = []
        self.rejected: list[tuple[int, str]] = []
        self.has_envelope = False

    def add(self, number: int, value: Any) -> None:
        """Keep one record, or reject what is none."""
        if isinstance(value, dict):
            self.lines.append(number)
            self.cells.append(flat_cells(value))
        else:
            self.notes.reject(number, no_object(f"Record {number}", value))
            self.rejected.append((number, compact(value)))

    def table(self, encoding: str) -> Table:
        """The finished table; DeskError `no_records` when no object with a field was among the records."""
        paths = list(dict.fromkeys(path for row in self.cells for path in row))
        if not paths and not self.has_envelope:
            raise no_records("it holds no object with fields")
        names = name_paths(paths, self.lines[0] if self.lines else 1, self.notes)
        frame = path_frame(names, paths, self.cells)
        rows = HeldRows(frame, np.array(self.lines, dtype=np.int64), self.rejected)
        return Table("json", names, len(frame), rows, 0, self.notes, encoding)


def flat_cells(value: dict[str, Any]) -> Cells:
    """The fields of one record by their paths."""
    return dict(_paths((), value))


def no_object(what: str, value: Any) -> str:
    """Why a value is no record."""
    return f"{what} is {_noun(value)}, not an object with fields."


def name_paths(paths: Sequence[Path], line: int, notes: Notes) -> list[str]:
    """A column name for each path; DeskError `too_many_columns`."""
    refuse_too_many(len(paths))
    names, doubts = name_columns([".".join(path) for path in map(_sound, paths)])
    for doubt in doubts:
        notes.flag(line, doubt)
    return names


def refuse_too_many(count: int) -> None:
    """Refuse more fields than the desk reads."""
    if count > MOST_COLUMNS:
        raise DeskError(
            "too_many_columns",
            f"The records hold {count:,} different fields; the desk reads up to {MOST_COLUMNS:,}.",
            "Keys that are themselves data (one per day or id) belong into a field.",
        )


def path_frame(names: list[str], paths: Sequence[Path], cells: Sequence[Cells]) -> pd.DataFrame:
    """The records as a frame of text, a missing value where a record lacks the path or holds null."""
    return text_frame(names, [tuple(row.get(path) for row in cells) for path in paths])


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


def read_json(data: bytes, encoding: str, notes: Notes) -> Table:
    """The table of one JSON document, UTF-8, which is held in memory as a whole; DeskError `invalid_json`, `no_records`."""
    reader = JsonReader()
    try:
        value = reader.read(data)
    except orjson.JSONDecodeError as error:
        raise invalid_json(error.lineno, error.colno, error.msg) from error
    rows = _Rows(notes)
    for number, item in enumerate(_records(value, rows), start=1):
        rows.add(number, item)
    if reader.has_repeats:
        notes.flag(1, "An object names one key twice; the last value was taken.")
    return rows.table(encoding)


def invalid_json(line: int, column: int, why: str) -> DeskError:
    """The refusal of what is no JSON, naming the place."""
    return DeskError(
        "invalid_json",
        f"This is not valid JSON: line {line}, column {column}: {why}.",
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

"""Lists inside a record: those whose items are records of their own, and those of named answers that become fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lib.domain.hooks import Unfold
from lib.intake.json_text import cell_text


def at(value: Any, path: str) -> Any:
    """What stands at a dotted path, None where nothing does; a name with dots of its own is found too."""
    if path in ("", "."):
        return value
    if not isinstance(value, dict):
        return None
    if path in value:
        return value[path]
    name, _, rest = path.partition(".")
    return at(value[name], rest) if rest and name in value else None


def spread(record: Any, paths: Sequence[str]) -> Iterator[Any]:
    """The record once for each item of the lists at `paths`, outer ones first, with the item in the list's place."""
    if not paths:
        yield record
        return
    items = at(record, paths[0])
    if not isinstance(items, list) or not items:
        yield from spread(record, paths[1:])
        return
    for item in items:
        yield from spread(_put(record, paths[0].split("."), item), paths[1:])


def unfolded(record: dict[str, Any], unfolds: Sequence[Unfold]) -> dict[str, Any]:
    """The record with its lists of answers as fields, or as one text; a list of another shape stays as it is."""
    for how in unfolds:
        items = at(record, how.at)
        if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
            record = _put(record, how.at.split("."), _together(items, how, _titles(record, how)))
    return record


def _together(items: list[dict[str, Any]], how: Unfold, titles: dict[str, str]) -> Any:
    pairs = [_pair(item, how, titles, place) for place, item in enumerate(items, start=1)]
    if how.is_text:
        return "; ".join(f"{name}: {cell_text(value) or ''}" for name, value in pairs)
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[_free(name, found)] = value
    return found


def _pair(item: dict[str, Any], how: Unfold, titles: dict[str, str], place: int) -> tuple[str, Any]:
    name = next((text for text in (cell_text(at(item, path)) for path in how.name) if text), "")
    paths = [cell_text(item.get("type")) or "" if path == "*" else path for path in how.value]
    value = next((found for found in (at(item, path) for path in paths if path) if found is not None), None)
    return titles.get(name) or name or f"answer {place}", _plain(value)


def _plain(value: Any) -> Any:
    """A choice is its label, several are one text, one value in a list is that value."""
    if isinstance(value, dict):
        if "labels" in value or "label" in value:
            return _plain(value.get("labels", value.get("label")))
        return value
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ", ".join(cell_text(item) or "" for item in value) if len(value) != 1 else value[0]
    return value


def _titles(record: dict[str, Any], how: Unfold) -> dict[str, str]:
    listed = at(record, how.titles) if how.titles else None
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return {cell_text(item.get("id")) or "": cell_text(item.get("title")) or "" for item in items}


def _free(name: str, taken: dict[str, Any]) -> str:
    """A name of its own for a question that is asked twice."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free


def _put(record: Any, names: Sequence[str], value: Any) -> Any:
    """The record with something else at a path; nothing of the one handed in is changed."""
    if not names:
        return value
    return {**record, names[0]: _put(record.get(names[0], {}), names[1:], value)}

"""Reads JSON values without changing a digit: numbers stay the text they were written in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from lib.errors import DeskError

_SURROGATE = re.compile("[\ud800-\udfff]")


class NumberText(str):
    """A number as it stands in the file (281498631867774, 25.67, 0.0)."""

    __slots__ = ()


@dataclass
class JsonReader:
    """Reads JSON texts; `has_repeats` says whether the last one held an object with one key twice (the last one counts)."""

    has_repeats: bool = field(default=False)

    def read(self, text: bytes) -> Any:
        """The value of a UTF-8 JSON text, its numbers as NumberText.

        The strict parser decides whether this is JSON at all, since the standard library also takes NaN and Infinity.
        Raises orjson.JSONDecodeError, and DeskError `nested_too_deep`.
        """
        orjson.loads(text)
        self.has_repeats = False
        try:
            return json.loads(text, parse_int=NumberText, parse_float=NumberText, object_pairs_hook=self._pairs)
        except RecursionError:
            raise _too_deep() from None

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            self.has_repeats = True
        return value


def cell_text(value: Any) -> str | None:
    """One value as the text of a cell: true, false, digits, compact JSON for lists and objects; None for null.

    DeskError `nested_too_deep`.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return _SURROGATE.sub("\ufffd", compact(value))
    except RecursionError:
        raise _too_deep() from None


def _too_deep() -> DeskError:
    return DeskError(
        "nested_too_deep", "This JSON nests its values hundreds deep.", "Export the records as a plain list."
    )


def compact(value: Any) -> str:
    """Compact JSON text of a value that JsonReader read; numbers as they were written."""
    if isinstance(value, NumberText):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{compact(key)}:{compact(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

"""Settings typed as text, read into a dataclass of plain values: one name, one value, one sentence where it does not fit."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from lib.errors import DeskError

Part = TypeVar("Part")
_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")


def with_setting(part: Part, name: str, text: str) -> Part:
    """`part`, a frozen dataclass of text, whole numbers and yes-or-no, with one field set from text.

    What the whole allows is asked by the dataclass itself. DeskError `unknown_setting`, `not_a_number`, `not_yes_or_no`.
    """
    for item in fields(part):  # type: ignore[arg-type]
        if item.name in (name, f"is_{name}"):
            return replace(part, **{item.name: _read(text, getattr(part, item.name))})  # type: ignore[type-var]
    known = ", ".join(item.name.removeprefix("is_") for item in fields(part))  # type: ignore[arg-type]
    raise DeskError("unknown_setting", f"There is no setting {name!r} here.", f"There are {known}.")


def differing(part: object) -> dict[str, Any]:
    """The fields of a dataclass that are not at their defaults, as plain values."""
    plain = type(part)()
    return {
        item.name: getattr(part, item.name)
        for item in fields(part)  # type: ignore[arg-type]
        if getattr(part, item.name) != getattr(plain, item.name)
    }


def _read(text: str, now: object) -> object:
    if isinstance(now, bool):
        if text.strip().lower() not in (*_YES, *_NO):
            raise DeskError("not_yes_or_no", f"{text!r} is neither yes nor no.", "Write yes or no.")
        return text.strip().lower() in _YES
    if isinstance(now, int):
        if not text.strip().isdecimal():
            raise DeskError("not_a_number", f"{text!r} is not a whole number.", "Write digits only.")
        return int(text)
    return text.strip()

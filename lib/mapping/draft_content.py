"""A map that is being drafted as plain values and back: kept as it is, mistakes that are still to be mended included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from lib.domain.maps import Blank, FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.mapping.document import as_plain

_RULE = frozenset(item.name for item in fields(FieldRule))


def as_content(field_map: FieldMap | None) -> dict[str, Any] | None:
    """The map as JSON can hold it; None for none."""
    return None if field_map is None else as_plain(field_map)


def from_content(content: Mapping[str, Any] | None) -> FieldMap | None:
    """The map that `as_content` gave. Nothing is checked: a draft may say what no version may."""
    if content is None:
        return None
    rules = tuple(_rule(item) for item in content["fields"])
    ignored = tuple(IgnoredField(item["source"], item["reason"]) for item in content["ignored"])
    return FieldMap(content["object"], rules, ignored)


def _rule(item: Mapping[str, Any]) -> FieldRule:
    values = {name: value for name, value in item.items() if name in _RULE}
    values["transforms"] = tuple(_step(step) for step in item.get("transforms", ()))
    if "sensitivity" in values:
        values["sensitivity"] = Sensitivity(values["sensitivity"])
    if "blank" in values:
        values["blank"] = Blank(values["blank"])
    return FieldRule(**values)


def _step(step: str | Mapping[str, Any]) -> Transform:
    if isinstance(step, str):
        return Transform(step)
    ((name, options),) = step.items()
    return Transform(name, dict(options))


def same_content(one: FieldMap | None, other: FieldMap | None) -> bool:
    """Whether two maps say the same; a list of options read back is no other list."""
    return as_content(one) == as_content(other)

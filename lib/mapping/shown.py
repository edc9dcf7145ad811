"""What a value looks like to a person: written by its kind, and veiled where its reader may not see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lib.clock import zone
from lib.domain.maps import FieldMap, FieldRule, Sensitivity
from lib.domain.objects import Kind, ObjectType
from lib.mapping.keys import KEYLESS
from lib.mapping.transforms import further_sources

UNREADABLE = "unreadable line"
_LONGEST = 160
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_CAUTION = (Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL)


def shown(value: Any, kind: Kind, timezone: str) -> str:
    """A column value (as `python_lists` or a record has it) as text; times are local, '' stands for none."""
    if isinstance(value, datetime):
        local = value.astimezone(zone(timezone))
        return f"{local.day} {local:%b %Y %H:%M}"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, str):
        return f"{value[:12]}…" if value.startswith(KEYLESS) else cut(value)
    return "" if value is None else _number(value, kind)


def _number(value: Any, kind: Kind) -> str:
    if kind is Kind.MONEY:
        return f"{Decimal(value):,.2f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind is Kind.DURATION:
        return f"{value:,} s"
    return f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def cut(text: str) -> str:
    """One line of at most 160 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def veiled(text: str) -> str:
    """The shape of a text and nothing of what it says: each letter an x, each digit a 9."""
    return _DIGIT.sub("9", _LETTER.sub("x", text))


def as_seen(text: str, sensitivity: Sensitivity, *, is_clear: bool) -> str:
    """`text`, or only its shape where it is personal, or a word where it is confidential, unless `is_clear`."""
    if is_clear or sensitivity in (Sensitivity.PUBLIC, Sensitivity.INTERNAL) or not text:
        return text
    return veiled(text) if sensitivity is Sensitivity.PERSONAL else "hidden"


def sensitivity_of(field_map: FieldMap, kind: ObjectType, target: str) -> Sensitivity:
    """The more careful of what the map and the object say of a column."""
    rule = field_map.rule_for(target)
    own = kind.column(target).sensitivity
    return own if rule is None else max(own, rule.sensitivity, key=_CAUTION.index)


def label_of(field_map: FieldMap, target: str) -> str:
    """What the map calls a column, else the column's own name in words."""
    rule = field_map.rule_for(target)
    return rule.label if rule is not None and rule.label else target.replace("_", " ")


def raw_cells(field_map: FieldMap, target: str, raw: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, cell) of what a raw row brought for a column, in the order its rule reads them; '' where it brought none."""
    if UNREADABLE in raw:
        return [("the whole line", raw[UNREADABLE])]
    rule = field_map.rule_for(target) if target else None
    return [] if rule is None else [(source, str(raw.get(source, ""))) for source in _sources(rule)]


def _sources(rule: FieldRule) -> list[str]:
    named = [rule.source, *further_sources(rule.transforms)]
    return list(dict.fromkeys(source for source in named if source and not source.startswith("@")))

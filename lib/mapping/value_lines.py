"""The values of a field that is translated: each with its rows and what it becomes, and what becomes of the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from lib.domain.maps import FieldRule, Transform
from lib.domain.objects import Kind
from lib.mapping.transforms import TRANSFORMS, source_values
from lib.mapping.transforms.combine import OTHERWISE
from lib.mapping.transforms.shape import MapContext, Scene

VALUE_MAP = "value_map"


@dataclass(frozen=True)
class ValueLine:
    """One distinct value, as it is most often written, the rows that hold it, and what it becomes (None: undecided)."""

    value: str
    rows: int
    becomes: str | None


@dataclass(frozen=True)
class ValueTable:
    """All values of one translated field, the most frequent first, and what `otherwise` does to any other."""

    source: str
    target: str
    lines: tuple[ValueLine, ...]
    otherwise: str
    ours: tuple[str, ...]

    @property
    def undecided(self) -> tuple[ValueLine, ...]:
        """Values in the sample that the table does not know."""
        return tuple(line for line in self.lines if line.becomes is None)


def translation_of(rule: FieldRule) -> Transform | None:
    """The step that translates the field's values, or None."""
    return next((step for step in rule.transforms if step.name == VALUE_MAP), None)


def value_table(rule: FieldRule, raw: pd.DataFrame, context: MapContext) -> ValueTable:
    """Every distinct value that reaches the field's value map in these rows; a rule without one knows no value yet."""
    step = translation_of(rule) or Transform(VALUE_MAP, {"values": {}})
    known = {_folded(key): str(value) for key, value in step.options["values"].items()}
    counts = _before(rule, raw, context).dropna().str.strip().value_counts()
    spellings: dict[str, tuple[str, int]] = {}
    for value, rows in counts.items():
        first, total = spellings.get(_folded(str(value)), (str(value), 0))
        spellings[_folded(str(value))] = (first, total + int(rows))
    lines = [ValueLine(first, total, known.get(fold)) for fold, (first, total) in spellings.items()]
    lines.sort(key=lambda line: -line.rows)
    ours = tuple(dict.fromkeys(known.values()))
    return ValueTable(rule.source, rule.target, tuple(lines), str(step.options.get("otherwise", "keep")), ours)


def with_value(rule: FieldRule, value: str, becomes: str | None) -> FieldRule:
    """The rule that turns one value into ours; None takes the value out of its table again."""
    step = translation_of(rule) or Transform(VALUE_MAP, {"values": {}, "otherwise": "keep"})
    table = {key: ours for key, ours in step.options["values"].items() if _folded(key) != _folded(value)}
    if becomes:
        table[value] = becomes
    return _with(rule, Transform(VALUE_MAP, {**step.options, "values": table}))


def with_otherwise(rule: FieldRule, otherwise: str) -> FieldRule:
    """The rule that does this to every value not in its table: keep, blank, fail, or a text to put."""
    step = translation_of(rule)
    return rule if step is None else _with(rule, Transform(VALUE_MAP, {**step.options, "otherwise": otherwise}))


def _with(rule: FieldRule, step: Transform) -> FieldRule:
    others = [item for item in rule.transforms if item.name != VALUE_MAP]
    place = next((i for i, item in enumerate(rule.transforms) if item.name == VALUE_MAP), len(others))
    # A table of nothing is no step: the values stay as they came.
    steps = [*others[:place], *([step] if step.options["values"] else []), *others[place:]]
    return replace(rule, transforms=tuple(steps))


def _before(rule: FieldRule, raw: pd.DataFrame, context: MapContext) -> pd.Series[Any]:
    """The values as they reach the value map, after the steps before it."""
    values = source_values(raw, rule.source)
    for step in rule.transforms:
        if step.name == VALUE_MAP or TRANSFORMS[step.name].gives != "text":
            break
        values = TRANSFORMS[step.name].run(values, step.options, Scene(raw, context, Kind.STATUS)).column
    return values


def _folded(text: str) -> str:
    return str(text).strip().casefold()


__all__ = ["OTHERWISE", "ValueLine", "ValueTable", "translation_of", "value_table", "with_otherwise", "with_value"]

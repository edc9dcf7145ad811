"""The values of a field that is translated: each with its rows and what it becomes, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.maps import FieldRule, Transform
from lib.domain.objects import Kind
from lib.mapping.transforms import TRANSFORMS, source_values
from lib.mapping.transforms.chain import MOST_VALUES
from lib.mapping.transforms.combine import OTHERWISE
from lib.mapping.transforms.shape import MapContext, Scene
from lib.mapping.value_suggestions import ValueSuggestion, suggested_values

VALUE_MAP = "value_map"


# So many example lines stand beside a value.
_LINES = 3
# A field whose values are this many, and mostly different, is no list of states.
_FREE_TEXT, _FREE_SHARE = 100, 0.5


@dataclass(frozen=True)
class ValueLine:
    """One distinct value, as it is most often written, the rows that hold it, and what it becomes (None: undecided).

    `lines` are the first of its lines in the file; `suggestion` is for a value that is undecided.
    """

    value: str
    rows: int
    becomes: str | None
    lines: tuple[int, ...] = ()
    suggestion: ValueSuggestion | None = None


@dataclass(frozen=True)
class ValueTable:
    """All values of one translated field, the most frequent first, and what `otherwise` does to any other.

    `ours` are the words that values have become so far, and those of the provider's list.
    """

    source: str
    target: str
    lines: tuple[ValueLine, ...]
    otherwise: str
    ours: tuple[str, ...]

    @property
    def undecided(self) -> tuple[ValueLine, ...]:
        """Values in the sample that the table does not know."""
        return tuple(line for line in self.lines if line.becomes is None)

    @property
    def suggested(self) -> dict[str, str]:
        """Undecided values for which there is a suggestion, and what they would become."""
        return {line.value: line.suggestion.becomes for line in self.undecided if line.suggestion}

    @property
    def doubt(self) -> str:
        """Why these are probably no states that could be translated, as a sentence with the way out; '' otherwise."""
        rows, count = sum(line.rows for line in self.lines), len(self.lines)
        if count <= MOST_VALUES and (count <= _FREE_TEXT or count < _FREE_SHARE * rows):
            return ""
        return (
            f"{self.source} has {count:,} different values in {rows:,} rows: this looks like free text and not like a "
            "list of states. Keep it as it came, or cut the state out of it with split or regex_extract before it is "
            "translated."
        )


def translation_of(rule: FieldRule) -> Transform | None:
    """The step that translates the field's values, or None."""
    return next((step for step in rule.transforms if step.name == VALUE_MAP), None)


def value_table(
    rule: FieldRule,
    raw: pd.DataFrame,
    context: MapContext,
    numbers: npt.NDArray[np.int64] | None = None,
    offered: Mapping[str, str] | None = None,
) -> ValueTable:
    """Every distinct value that reaches the field's value map in these rows; a rule without one knows no value yet.

    `numbers` are the rows' lines in the file, counted from 1 where left out; `offered` is the provider's own list
    {theirs: ours}, from which undecided values are suggested.
    """
    step = translation_of(rule) or Transform(VALUE_MAP, {"values": {}})
    decided = {str(theirs): str(ours) for theirs, ours in step.options["values"].items()}
    known = {_folded(theirs): ours for theirs, ours in decided.items()}
    seen = _seen(_before(rule, raw, context), np.arange(1, len(raw) + 1) if numbers is None else numbers)
    undecided = [value for value, _, _ in seen if _folded(value) not in known]
    why = suggested_values(undecided, decided, offered or {})
    lines = tuple(
        ValueLine(value, rows, known.get(_folded(value)), places, why.get(value)) for value, rows, places in seen
    )
    ours = tuple(dict.fromkeys([*known.values(), *(offered or {}).values()]))
    return ValueTable(rule.source, rule.target, lines, str(step.options.get("otherwise", "keep")), ours)


def _seen(values: pd.Series[Any], numbers: npt.NDArray[np.int64]) -> list[tuple[str, int, tuple[int, ...]]]:
    """(spelling, rows, first lines) of each value whatever its case, the most frequent first."""
    codes, distinct = pd.factorize(values.str.strip())
    spellings = [str(text) for text in distinct.tolist()]
    folds = pd.factorize(np.array([_folded(text) for text in spellings], dtype=object))[0]
    filled = np.flatnonzero(codes >= 0)
    written = np.bincount(codes[filled], minlength=len(spellings)).tolist()
    # The most frequent spelling of each fold, the first of those that are equally frequent.
    best: dict[int, int] = {}
    for place, fold in enumerate(folds.tolist()):
        if fold not in best or written[place] > written[best[fold]]:
            best[fold] = place
    of_row = folds[codes[filled]] if spellings else codes[filled]
    lines = numbers[filled[np.argsort(of_row, kind="stable")]].tolist()
    counts = np.bincount(of_row, minlength=len(best)).tolist()
    found, start = [], 0
    for fold, count in enumerate(counts):
        found.append((spellings[best[fold]], count, tuple(lines[start : start + min(_LINES, count)])))
        start += count
    return sorted(found, key=lambda item: -item[1])


def with_value(rule: FieldRule, value: str, becomes: str | None) -> FieldRule:
    """The rule that turns one value into ours; None takes the value out of its table again."""
    return with_values(rule, {value: becomes})


def with_values(rule: FieldRule, decided: Mapping[str, str | None]) -> FieldRule:
    """The rule that turns each of these values into ours; None takes one out of the table again."""
    step = translation_of(rule) or Transform(VALUE_MAP, {"values": {}, "otherwise": "keep"})
    folds = {_folded(value) for value in decided}
    table = {theirs: ours for theirs, ours in step.options["values"].items() if _folded(theirs) not in folds}
    table.update({value: ours for value, ours in decided.items() if ours})
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


__all__ = [
    "OTHERWISE",
    "ValueLine",
    "ValueSuggestion",
    "ValueTable",
    "translation_of",
    "value_table",
    "with_otherwise",
    "with_value",
    "with_values",
]

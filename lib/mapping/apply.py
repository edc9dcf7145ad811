"""Reads rows of text through a map: canonical columns, and a list of every value that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.domain.objects import TEXT_KINDS, Column, object_type
from lib.mapping.check import MapProblem, check_map
from lib.mapping.transforms import READERS, TRANSFORMS, source_values
from lib.mapping.transforms.shape import MapContext, Mask, Outcome, Scene, text_of

REMARK_COLUMNS = ("row", "target", "source", "code", "value")


@dataclass
class Mapped:
    """Rows after a map.

    `frame` has one column per mapped target, of the kinds that `lib.domain.objects.Kind` documents, over a RangeIndex
    in the order of the rows. `failures` and `notes` have the columns row (position), target, source, code and value
    (the raw text): a failed value is NA in the frame; a note is about a value that was read.
    """

    frame: pd.DataFrame
    failures: pd.DataFrame
    notes: pd.DataFrame


# What each rule gave for the same rows before; whoever hands one in sees to it that the rows are the same.
Memory = dict[tuple[str, ...], "tuple[pd.Series[Any], list[pd.DataFrame], list[pd.DataFrame]]"]


def apply_map(field_map: FieldMap, raw: pd.DataFrame, context: MapContext, memory: Memory | None = None) -> Mapped:
    """Read `raw` (text, NA or '' where blank) through the map; pure, and the same for a chunk as for the whole.

    With a `memory` only the rules that are new to it are read, which is what an edit of one field asks for.
    A source the frame lacks counts as blank. The map must be free of problems (`check_map`); DeskError `unknown_column`
    or `unknown_object` where it names a column or object that is none.
    """
    canonical = object_type(field_map.object)
    columns: dict[str, pd.Series[Any]] = {}
    failures: list[pd.DataFrame] = []
    notes: list[pd.DataFrame] = []
    for rule in field_map.fields:
        key = _reading_of(rule, context)
        if memory is None or key not in memory:
            found = _one_column(rule, canonical.column(rule.target), raw, context)
            if memory is not None:
                memory[key] = found
        else:
            found = memory[key]
        columns[rule.target] = found[0]
        failures.extend(found[1])
        notes.extend(found[2])
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(raw)))
    return Mapped(frame, _together(failures), _together(notes))


def _one_column(
    rule: FieldRule, column: Column, raw: pd.DataFrame, context: MapContext
) -> tuple[pd.Series[Any], list[pd.DataFrame], list[pd.DataFrame]]:
    source = source_values(raw, rule.source)
    outcome = _read(rule, column, source, Scene(raw, context, column.kind))
    return outcome.column, _remarks(rule, source, outcome.failed), _remarks(rule, source, outcome.noted)


def _reading_of(rule: FieldRule, context: MapContext) -> tuple[str, ...]:
    """All that what a rule reads depends on, besides the rows: not its label, and not its explanation."""
    return rule.source, rule.target, repr(rule.transforms), repr(context)


def _read(rule: FieldRule, column: Column, source: pd.Series[Any], scene: Scene) -> Outcome:
    """The whole chain, then what the column itself asks for; a row that failed once stays failed."""
    total = Outcome(source)
    for step in _chain(rule, column):
        spec = TRANSFORMS[step.name]
        _add(total, spec.run(total.column, step.options, scene))
        if spec.gives == "text":
            total.column = text_of(total.column)
    if column.kind in TEXT_KINDS:
        _fit(total, column)
    lost = _any(total.failed, len(source))
    if lost.any():
        total.column = total.column.mask(lost)
        total.noted = {code: mask & ~lost for code, mask in total.noted.items()}
    return total


def _chain(rule: FieldRule, column: Column) -> tuple[Transform, ...]:
    reader = READERS.get(column.kind)
    is_read = bool(rule.transforms) and TRANSFORMS[rule.transforms[-1].name].gives != "text"
    return rule.transforms if reader is None or is_read else (*rule.transforms, Transform(reader))


def _add(total: Outcome, step: Outcome) -> None:
    total.column = step.column
    lost = _any(total.failed, len(step.column))
    for code, mask in step.failed.items():
        total.failed[code] = total.failed.get(code, lost & False) | (mask & ~lost)
    for code, mask in step.noted.items():
        total.noted[code] = total.noted.get(code, lost & False) | mask


def _fit(total: Outcome, column: Column) -> None:
    """Trim, and refuse what is longer than the column; cutting it off would be a silent loss."""
    trimmed = total.column.str.strip()
    is_long = (trimmed.str.len() > column.length).fillna(False).to_numpy(dtype=bool)
    _add(total, Outcome(trimmed.mask(trimmed == ""), {"too_long": is_long}))


def _any(masks: dict[str, Mask], length: int) -> Mask:
    found = np.zeros(length, dtype=bool)
    for mask in masks.values():
        found |= mask
    return found


def _remarks(rule: FieldRule, source: pd.Series[Any], masks: dict[str, Mask]) -> list[pd.DataFrame]:
    found = []
    for code, mask in masks.items():
        rows = np.flatnonzero(mask)
        if rows.size:
            values = source.iloc[rows].fillna("").to_numpy()
            found.append(
                pd.DataFrame({"row": rows, "target": rule.target, "source": rule.source, "code": code, "value": values})
            )
    return found


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        empty = pd.DataFrame({name: pd.Series([], dtype="str") for name in REMARK_COLUMNS})
        return empty.astype({"row": "int64"})
    joined = pd.concat(parts, ignore_index=True)
    text = dict.fromkeys(REMARK_COLUMNS[1:], "str")
    return joined.astype({"row": "int64", **text}).sort_values("row", kind="stable", ignore_index=True)


__all__ = ["MapContext", "MapProblem", "Mapped", "Memory", "apply_map", "check_map"]

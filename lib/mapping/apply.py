"""Reads rows of text through a map: canonical columns, and a list of every value that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from lib.domain.maps import FieldMap, FieldRule
from lib.domain.objects import TEXT_KINDS, Column, object_type
from lib.mapping.check import MapProblem, check_map
from lib.mapping.transforms import TRANSFORMS, source_values, whole_chain
from lib.mapping.transforms.shape import (
    TEXT,
    MapContext,
    Mask,
    Outcome,
    Scene,
    arrow_of,
    flags,
    no_rows,
    series_of,
    text_of,
    without,
)


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


@dataclass(frozen=True)
class _Remark:
    """The rows of one target that bear one code, and what stood in them."""

    target: str
    source: str
    code: str
    rows: npt.NDArray[np.intp]
    texts: npt.NDArray[np.object_]


@dataclass(frozen=True)
class _Reading:
    """What a rule made of the rows."""

    column: pd.Series[Any]
    failures: tuple[_Remark, ...]
    notes: tuple[_Remark, ...]


# What each rule gave for the same rows before; whoever hands one in sees to it that the rows are the same.
Memory = dict[tuple[str, ...], _Reading]


def apply_map(field_map: FieldMap, raw: pd.DataFrame, context: MapContext, memory: Memory | None = None) -> Mapped:
    """Read `raw` (text, NA or '' where blank) through the map; pure, and the same for a chunk as for the whole.

    With a `memory` only the rules that are new to it are read, which is what an edit of one field asks for.
    A source the frame lacks counts as blank. The map must be free of problems (`check_map`); DeskError `unknown_column`
    or `unknown_object` where it names a column or object that is none.
    """
    canonical = object_type(field_map.object)
    known: Memory = {} if memory is None else memory
    found: dict[str, _Reading] = {}
    for rule in field_map.fields:
        key = _reading_of(rule, context)
        if key not in known:
            known[key] = _one_column(rule, canonical.column(rule.target), raw, context)
        found[rule.target] = known[key]
    columns = {target: reading.column for target, reading in found.items()}
    return Mapped(
        # No copy: nobody else holds these columns but the memory, and pandas copies on the first write.
        pd.DataFrame(columns, index=pd.RangeIndex(len(raw)), copy=False),
        _together([remark for reading in found.values() for remark in reading.failures]),
        _together([remark for reading in found.values() for remark in reading.notes]),
    )


def _one_column(rule: FieldRule, column: Column, raw: pd.DataFrame, context: MapContext) -> _Reading:
    source = source_values(raw, rule.source)
    outcome = _read(rule, column, source, Scene(raw, context, column.kind))
    return _Reading(outcome.column, _remarks(rule, source, outcome.failed), _remarks(rule, source, outcome.noted))


def _reading_of(rule: FieldRule, context: MapContext) -> tuple[str, ...]:
    """All that what a rule reads depends on, besides the rows: not its label, and not its explanation."""
    return rule.source, rule.target, repr(rule.transforms), repr(context)


def _read(rule: FieldRule, column: Column, source: pd.Series[Any], scene: Scene) -> Outcome:
    """The whole chain, then what the column itself asks for; a row that failed once stays failed."""
    total = Outcome(source)
    for step in whole_chain(rule.transforms, column.kind):
        spec = TRANSFORMS[step.name]
        _add(total, spec.run(total.column, step.options, scene))
        if spec.gives == "text":
            total.column = text_of(total.column)
    if column.kind in TEXT_KINDS:
        _add(total, _fit(total.column, column))
    if total.failed:
        lost = _any(total.failed, len(source))
        # A reader leaves what it cannot read missing; only a step behind it can have filled it up again.
        if total.column.notna().to_numpy()[lost].any():
            total.column = total.column.mask(lost)
        total.noted = {code: mask & ~lost for code, mask in total.noted.items()}
    return total


def _add(total: Outcome, step: Outcome) -> None:
    """Take a step's values, and those of its masks that mark a row: a row fails once, with the code it failed first."""
    total.column = step.column
    length = len(step.column)
    failed = {code: mask for code, mask in step.failed.items() if mask.any()}
    before = _any(total.failed, length) if failed and total.failed else no_rows(length)
    for code, mask in failed.items():
        total.failed[code] = total.failed.get(code, no_rows(length)) | (mask & ~before)
    for code, mask in step.noted.items():
        if mask.any():
            total.noted[code] = total.noted.get(code, no_rows(length)) | mask


def _fit(values: pd.Series[Any], column: Column) -> Outcome:
    """Trim, and refuse what is longer than the column; cutting it off would be a silent loss."""
    text = pc.utf8_trim_whitespace(arrow_of(values))
    # Few columns hold anything near their length in bytes; only those are counted in characters.
    if (pc.max(pc.binary_length(text)).as_py() or 0) <= column.length:
        return Outcome(series_of(text, values.index))
    is_long = pc.greater(pc.utf8_length(text), column.length)
    return Outcome(series_of(without(text, is_long), values.index), {"too_long": flags(is_long)})


def _any(masks: dict[str, Mask], length: int) -> Mask:
    found = no_rows(length)
    for mask in masks.values():
        found |= mask
    return found


def _remarks(rule: FieldRule, source: pd.Series[Any], masks: dict[str, Mask]) -> tuple[_Remark, ...]:
    found = []
    for code, mask in masks.items():
        rows = np.flatnonzero(mask)
        if rows.size:
            texts = source.array.take(rows).to_numpy(dtype=object, na_value="")
            found.append(_Remark(rule.target, rule.source, code, rows, texts))
    return tuple(found)


def _together(remarks: list[_Remark]) -> pd.DataFrame:
    """Remarks as one table, by row and then in the order of the map."""
    counts = [len(remark.rows) for remark in remarks]
    columns = {
        name: np.repeat(np.array([getattr(remark, name) for remark in remarks], dtype=object), counts)
        for name in ("target", "source", "code")
    }
    rows = np.concatenate([np.empty(0, dtype=np.int64), *(remark.rows for remark in remarks)]).astype(np.int64)
    values = np.concatenate([np.empty(0, dtype=object), *(remark.texts for remark in remarks)])
    order = np.argsort(rows, kind="stable")
    text = {name: pd.Series(cells[order], dtype=TEXT) for name, cells in {**columns, "value": values}.items()}
    return pd.DataFrame({"row": rows[order], **text})


__all__ = ["MapContext", "MapProblem", "Mapped", "Memory", "apply_map", "check_map"]

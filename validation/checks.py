"""Checks a mapped frame against its object: every doubt becomes a reason beside its row, and no row is ever lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.objects import ObjectType
from lib.domain.verdicts import Severity
from lib.mapping.keys import TEXT_DTYPE, mapped_dtype
from validation.cross_rules import cross_rules
from validation.reasons import REASONS, severity_of_blank

if TYPE_CHECKING:
    from pandera.pandas import Check

_Rows = npt.NDArray[np.int64]
_NO_ROWS = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class CheckReport:
    """What checking found.

    `reasons` has the columns row (position in the frame), column (the canonical one), code and severity, in the order
    of the rows, each (row, column, code) once. `is_failed` says of each row whether any reason
    blocks it.
    """

    reasons: pd.DataFrame
    is_failed: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Said:
    """One reason about one column, and the rows (positions) that give it."""

    column: str
    code: str
    severity: Severity
    rows: _Rows


def check(
    object_type: ObjectType,
    frame: pd.DataFrame,
    failures: pd.DataFrame,
    notes: pd.DataFrame | None = None,
    *,
    now: datetime,
) -> CheckReport:
    """Every reason that a mapped frame gives, as of `now` (aware), together with those that mapping found already.

    `failures` and `notes` have the columns row (position), target, source, code, value: cells that mapping could not
    read and left blank, and remarks such as an ambiguous time. The frame itself is not changed. A call costs about
    0.02 s however few rows it has, so hand it many. ValueError for a frame that breaks the contract of the mapped
    kinds, and DeskError `unknown_reason` for a code that is not in REASONS: both are bugs of mapping.
    """
    _require_mapped(object_type, frame)
    told = [said for table in (failures, notes) if table is not None for said in _told(object_type, table)]
    said = [*told, *_absent(object_type, frame), *_of_schema(object_type, frame, now, told)]
    return _report([*said, *_across(object_type, frame, told)], len(frame))


def report_of(reasons: pd.DataFrame, count: int) -> CheckReport:
    """The report of `count` rows with these reasons (row, column, code, severity): a row that any of them blocks fails."""
    is_failed = np.zeros(count, dtype=bool)
    is_failed[reasons.loc[reasons["severity"] == Severity.BLOCK.value, "row"].to_numpy()] = True
    return CheckReport(reasons, is_failed)


def _require_mapped(object_type: ObjectType, frame: pd.DataFrame) -> None:
    """Refuse a frame whose columns have not the dtypes that their kinds promise."""
    for column in object_type.columns:
        if column.name in frame and frame[column.name].dtype != mapped_dtype(column.kind):
            raise ValueError(f"{column.name} is {frame[column.name].dtype}, not {mapped_dtype(column.kind)}")


def _told(object_type: ObjectType, table: pd.DataFrame) -> Iterator[_Said]:
    """The reasons in a table of mapping's failures or notes, each with what it weighs now that its cell is blank."""
    for column, code, rows in _grouped(table["target"], table["code"], table["row"]):
        yield _Said(column, code, severity_of_blank(code, object_type.column(column)), rows)


def _grouped(columns: Any, codes: Any, rows: Any) -> Iterator[tuple[str, str, _Rows]]:
    """The rows of each column and code; there are few of these, and many rows."""
    column_of, column_names = pd.factorize(columns)
    code_of, code_names = pd.factorize(codes)
    places, pair_of = rows.to_numpy(dtype="int64"), column_of * max(len(code_names), 1) + code_of
    for pair in pd.unique(pair_of):
        column, code = divmod(int(pair), len(code_names))
        yield str(column_names[column]), str(code_names[code]), places[pair_of == pair]


def _absent(object_type: ObjectType, frame: pd.DataFrame) -> Iterator[_Said]:
    """A required column that is not there at all fails every row."""
    for column in object_type.columns:
        if column.is_required and column.name not in frame:
            yield _said("missing_date", column.name, np.arange(len(frame)))


def _of_schema(object_type: ObjectType, frame: pd.DataFrame, now: datetime, told: Sequence[_Said]) -> Iterator[_Said]:
    """The reasons of the object's schema, and rows without an identifier, which no schema demands."""
    # Pandera takes longer to load than everything else here, and most commands, and a worker at rest, check no rows.
    from validation.schemas import schema  # noqa: PLC0415

    if "external_id" in frame:
        yield _said("missing_key", "external_id", np.flatnonzero(frame["external_id"].isna()), told, ("external_id",))
    for name, column in schema(object_type, now=now).columns.items():
        if name in frame:
            values = frame[name].reset_index(drop=True)
            if not column.nullable:
                yield _said("missing_date", name, np.flatnonzero(values.isna()), told, (name,))
            for held in column.checks:
                yield _said(str(held.name), name, _broken(held, values))


def _broken(held: Check, values: pd.Series[Any]) -> _Rows:
    """The rows that fail a check of a schema.

    Each check is asked by itself: what pandera gathers of the failures of a whole frame takes several times as long as
    finding them, and a person who edits a map waits for it.
    """
    output = held(values).check_output
    return np.flatnonzero(~np.asarray(output, dtype=bool)) if np.ndim(output) else _NO_ROWS


def _across(object_type: ObjectType, frame: pd.DataFrame, told: Sequence[_Said]) -> Iterator[_Said]:
    """The reasons of the rules that look at several columns of a row."""
    for rule in cross_rules(object_type, frame.columns):
        yield _said(rule.code, rule.column, np.flatnonzero(rule.breaks(frame)), told, rule.about)


def _said(code: str, column: str, rows: _Rows, told: Sequence[_Said] = (), about: tuple[str, ...] = ()) -> _Said:
    """A reason, save for rows where mapping gave a better one for a cell it is `about`: it was there and not readable."""
    known = [each.rows for each in told if each.column in about]
    if known and rows.size:
        rows = np.setdiff1d(rows, np.concatenate(known))
    return _Said(column, code, REASONS[code].severity, rows)


def _report(found: Sequence[_Said], count: int) -> CheckReport:
    """The reasons as one table in the order of the rows, within a row in the order in which they were found."""
    kinds: dict[tuple[str, str], _Said] = {}
    said = [each for each in found if each.rows.size]
    for each in said:
        kinds.setdefault((each.column, each.code), each)
    numbers = {kind: number for number, kind in enumerate(kinds)}
    size = max(len(kinds), 1)
    keys = [each.rows * size + numbers[each.column, each.code] for each in said]
    rows, kind_of = np.divmod(np.unique(np.concatenate(keys)) if keys else np.empty(0, dtype=np.int64), size)
    texts = {
        "column": [each.column for each in kinds.values()],
        "code": [each.code for each in kinds.values()],
        "severity": [each.severity.value for each in kinds.values()],
    }
    named = {name: pd.array(values, dtype=TEXT_DTYPE).take(kind_of) for name, values in texts.items()}
    return report_of(pd.DataFrame({"row": rows, **named}), count)

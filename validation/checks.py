"""Checks a mapped frame against its object: every doubt becomes a reason beside its row, and no row is ever lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.errors import SchemaErrors

from lib.domain.objects import ObjectType
from lib.domain.verdicts import Severity
from lib.mapping.keys import TEXT_DTYPE, mapped_dtype
from validation.reasons import REASONS, severity_of_blank
from validation.schemas import NOT_NULL, schema

_LATER_STEPS = ("modified_at", "booked_at", "completed_at", "sold_at")
# Money that is not below zero in the ordinary course of business, as a balance may be.
_GAINED_OR_SPENT = ("amount", "fee", "tax", "cost", "daily_cost")


@dataclass(frozen=True)
class CheckReport:
    """What checking found.

    `reasons` has the columns row (position in the frame), column (the canonical one), code and severity, in the order
    of the rows, each (row, column, code) once. `is_failed` says of each row whether any reason
    blocks it.
    """

    reasons: pd.DataFrame
    is_failed: npt.NDArray[np.bool_]


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
    0.05 s however few rows it has, so hand it many. ValueError for a frame that breaks the contract of the mapped
    kinds, and DeskError `unknown_reason` for a code that is not in REASONS: both are bugs of mapping.
    """
    _require_mapped(object_type, frame)
    told = pd.concat([_told(object_type, table) for table in (failures, notes) if table is not None])
    found = pd.concat([_schema_reasons(object_type, frame, now), *_reasons_across(frame)])
    found["severity"] = found["code"].map({code: reason.severity.value for code, reason in REASONS.items()})
    reasons = pd.concat([told, _without_echoes(found, told)], ignore_index=True)
    reasons = reasons.drop_duplicates(["row", "column", "code"]).sort_values("row", kind="stable", ignore_index=True)
    is_failed = np.zeros(len(frame), dtype=bool)
    is_failed[reasons.loc[reasons["severity"] == Severity.BLOCK.value, "row"].to_numpy()] = True
    return CheckReport(reasons, is_failed)


def _require_mapped(object_type: ObjectType, frame: pd.DataFrame) -> None:
    """Refuse a frame whose columns have not the dtypes that their kinds promise."""
    for column in object_type.columns:
        if column.name in frame and frame[column.name].dtype != mapped_dtype(column.kind):
            raise ValueError(f"{column.name} is {frame[column.name].dtype}, not {mapped_dtype(column.kind)}")


def _reasons(rows: Any, column: Any, code: Any) -> pd.DataFrame:
    table = pd.DataFrame({"row": rows, "column": column, "code": code}, columns=["row", "column", "code"])
    return table.astype({"row": "int64", "column": TEXT_DTYPE, "code": TEXT_DTYPE})


def _told(object_type: ObjectType, table: pd.DataFrame) -> pd.DataFrame:
    """The reasons in a table of mapping's failures or notes, each with what it weighs now that its cell is blank."""
    reasons = _reasons(table["row"].to_numpy(), table["target"].to_numpy(), table["code"].to_numpy())
    pairs = reasons[["column", "code"]].drop_duplicates()
    weights = [severity_of_blank(code, object_type.column(name)).value for name, code in pairs.itertuples(index=False)]
    return reasons.merge(pairs.assign(severity=pd.Series(weights, index=pairs.index, dtype=TEXT_DTYPE)), how="left")


def _schema_reasons(object_type: ObjectType, frame: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The reasons of the object's schema; a required column that is not there fails every row."""
    missing = [c for c in object_type.columns if c.is_required and c.name not in frame]
    tables = [_reasons(np.arange(len(frame)), column.name, "missing_date") for column in missing]
    if "external_id" in frame:
        tables.append(_reasons(np.flatnonzero(frame["external_id"].isna()), "external_id", "missing_key"))
    try:
        schema(object_type, now=now).validate(frame.reset_index(drop=True), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        # A missing column has no index here and was dealt with above.
        cases = cases[cases["index"].notna()]
        code = cases["check"].where(cases["check"] != NOT_NULL, "missing_date")
        tables.append(_reasons(cases["index"].to_numpy(dtype="int64"), cases["column"].to_numpy(), code.to_numpy()))
    return pd.concat(tables, ignore_index=True) if tables else _reasons([], [], [])


def _reasons_across(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """The rules that look at two columns at once, as plain masks: pandera would report each once for every cell."""
    tables = []
    slack = timedelta(days=1)  # a day without a time stands for its midnight, which is not out of order
    for name in _LATER_STEPS:
        if name in frame and "occurred_at" in frame:
            is_early = (frame[name] + slack < frame["occurred_at"]).to_numpy(dtype=bool, na_value=False)
            tables.append(_reasons(np.flatnonzero(is_early), name, "dates_out_of_order"))
    return [*tables, *_negative_amounts(frame)]


def _negative_amounts(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Money below zero, save what is so by its nature: a balance, and an invoice that adjusts another."""
    is_adjustment = np.zeros(len(frame), dtype=bool)
    if "adjustment_to_id" in frame:
        is_adjustment = frame["adjustment_to_id"].notna().to_numpy()
    return [
        _reasons(np.flatnonzero(is_negative & ~is_adjustment), name, "negative_amount")
        for name in _GAINED_OR_SPENT
        if name in frame
        for is_negative in [(frame[name] < 0).to_numpy(dtype=bool, na_value=False)]
    ]


def _without_echoes(found: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Leave out `missing_…` where mapping gave the cell a better reason: it was there and could not be read."""
    if told.empty:
        return found
    is_missing = found["code"].isin(["missing_date", "missing_key"])
    cells = pd.MultiIndex.from_frame(found.loc[is_missing, ["row", "column"]])
    is_echo = is_missing.to_numpy().copy()
    is_echo[is_echo] = cells.isin(pd.MultiIndex.from_frame(told[["row", "column"]]))
    return found[~is_echo]

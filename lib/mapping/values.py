"""Values on their way out of a mapped frame: the Python values that a record has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa

from lib.domain.objects import MICROS, Kind, ObjectType


def python_columns(frame: pd.DataFrame, object_type: ObjectType) -> dict[str, list[Any]]:
    """Each column of a mapped frame as a list of Python values: Decimal, aware datetime, date, int, bool, str or None."""
    return {str(name): _python(frame[name], object_type.column(str(name)).kind) for name in frame.columns}


def _python(column: pd.Series[Any], kind: Kind) -> list[Any]:
    if kind is Kind.TIMESTAMP:
        return [None if moment is pd.NaT else moment.to_pydatetime() for moment in column]
    values = column.array.to_numpy(dtype=object, na_value=None).tolist()
    if kind is Kind.MONEY:
        return [None if value is None else Decimal(value) / MICROS for value in values]
    if kind is Kind.DATE:
        return [None if value is None else date.fromisoformat(value) for value in values]
    return list(values)


def python_lists(table: pa.Table, names: Sequence[str], object_type: ObjectType) -> dict[str, list[Any]]:
    """The same of a few rows out of a chunk, without a frame between; a column that it lacks is wholly missing."""
    return {
        name: _read(table[name].to_pylist(), object_type.column(name).kind)
        if name in table.column_names
        else [None] * table.num_rows
        for name in names
    }


def _read(values: list[Any], kind: Kind) -> list[Any]:
    if kind is Kind.MONEY:
        return [None if value is None else Decimal(value) / MICROS for value in values]
    if kind is Kind.DATE:
        return [None if value is None else date.fromisoformat(value) for value in values]
    return values

"""Values on their way out of a mapped frame: as Python values a database takes, and as JSON a before-image keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

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


def to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Column values of a record as JSON can hold them; `from_json` gives them back exactly."""
    return {name: _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_json(values: Mapping[str, Any], object_type: ObjectType) -> dict[str, Any]:
    """The inverse of `to_json` for the canonical columns of an object; other names pass as they are."""
    kinds = {column.name: column.kind for column in object_type.columns}
    return {name: _unjson(value, kinds.get(name)) for name, value in values.items()}


def _unjson(value: Any, kind: Kind | None) -> Any:
    if value is None or kind is None:
        return value
    if kind is Kind.TIMESTAMP:
        return datetime.fromisoformat(value)
    if kind is Kind.DATE:
        return date.fromisoformat(value)
    return Decimal(value) if kind is Kind.MONEY else value

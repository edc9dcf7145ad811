"""Values on their way out of a mapped table: the Python values that a record has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lib.domain.objects import MICROS, Kind, ObjectType


def python_lists(table: pa.Table, names: Sequence[str], object_type: ObjectType) -> dict[str, list[Any]]:
    """Columns of a few mapped rows as lists of Python values: Decimal, aware datetime, date, int, bool, str or None.

    A column that the table lacks is wholly missing.
    """
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

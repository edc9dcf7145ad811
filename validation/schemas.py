"""One pandera schema per canonical object; each check bears the reason code of the row that fails it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pandera.pandas as pa

from lib.domain.objects import MICROS, TEXT_KINDS, Column, Kind, ObjectType

# Dates that may well lie ahead; every other one tells of something that has happened.
MAY_LIE_AHEAD = frozenset({"scheduled_at", "due_at"})
# The name pandera gives to its own check for a missing value.
NOT_NULL = "not_nullable"

_SLACK = timedelta(days=1)  # a day written somewhere ahead of UTC is not yet the future
_OLDEST = datetime(1990, 1, 1)  # noqa: DTZ001 - the zone is added where it is compared
_LARGEST_NUMBER = 10**12  # fits DECIMAL(18, 6) and stays exact as a float
_LONGEST_SECONDS = 2**31 - 1
_CONTROL = "[\\x00-\\x1f\\x7f]"

_Holds = Callable[["pd.Series[Any]"], "pd.Series[Any]"]


def schema(object_type: ObjectType, *, now: datetime) -> pa.DataFrameSchema:
    """What a mapped frame of this object must be, as of `now` (aware).

    Validate lazily and read `failure_cases`; never with `drop_invalid_rows`, which on a column lets bad rows through
    without a word. Columns without a check are left out: whatever their kind admits is good.
    """
    columns = {column.name: _column(column, now) for column in object_type.columns}
    return pa.DataFrameSchema({name: column for name, column in columns.items() if column.required or column.checks})


def _column(column: Column, now: datetime) -> pa.Column:
    rules = _rules(column, now)
    checks = [pa.Check(holds, name=code, error=code) for code, holds in rules.items()]
    return pa.Column(None, checks, nullable=not column.is_required, required=column.is_required)


def _rules(column: Column, now: datetime) -> dict[str, _Holds]:
    """Reason code → what holds for a good value; pandera leaves missing values out of every check."""
    if column.kind in TEXT_KINDS:
        return _text_rules(column)
    if column.kind is Kind.TIMESTAMP:
        return _moment_rules(column, now)
    if column.kind is Kind.DATE:
        return _day_rules(column, now)
    return _number_rules(column)


def _number_rules(column: Column) -> dict[str, _Holds]:
    match column.kind:
        case Kind.MONEY:
            return {"amount_out_of_range": lambda s: _is_below(s, _LARGEST_NUMBER * MICROS)}
        case Kind.INTEGER | Kind.DECIMAL:
            # A comparison with NaN is false, so one that hides among decimals fails the first of these.
            return {
                "number_out_of_range": lambda s: _is_below(s, _LARGEST_NUMBER),
                "negative_number": lambda s: ~(s < 0),
            }
        case Kind.DURATION:
            return {"number_out_of_range": lambda s: s.abs() <= _LONGEST_SECONDS, "negative_number": lambda s: s >= 0}
    return {}


def _is_below(numbers: pd.Series[Any], limit: int) -> pd.Series[bool]:
    """Nearer to zero than the limit; not by `abs`, under which the smallest 64-bit integer stays negative."""
    return numbers.between(-limit, limit, inclusive="neither")


def _moment_rules(column: Column, now: datetime) -> dict[str, _Holds]:
    rules: dict[str, _Holds] = {
        "date_out_of_range": lambda s: s.dt.year.between(1000, 9999),
        "date_too_old": lambda s: s >= pd.Timestamp(_OLDEST, tz="UTC"),
    }
    if column.name not in MAY_LIE_AHEAD:
        rules["date_in_future"] = lambda s: s <= pd.Timestamp(now + _SLACK)
    return rules


def _day_rules(column: Column, now: datetime) -> dict[str, _Holds]:
    """ISO days of four-digit years sort as text does."""
    oldest, latest = _OLDEST.date().isoformat(), (now + _SLACK).date().isoformat()
    rules: dict[str, _Holds] = {
        "date_out_of_range": lambda s: s.str.fullmatch(r"[1-9]\d{3}-\d\d-\d\d"),
        "date_too_old": lambda s: s >= oldest,
    }
    if column.name not in MAY_LIE_AHEAD:
        rules["date_in_future"] = lambda s: s <= latest
    return rules


def _text_rules(column: Column) -> dict[str, _Holds]:
    rules: dict[str, _Holds] = {"too_long": lambda s: s.str.len() <= column.length}
    if column.kind is Kind.IDENTIFIER:
        rules["control_characters"] = lambda s: ~s.str.contains(_CONTROL)
    return rules

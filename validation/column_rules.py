"""What holds for a good value of each column, by the reason code of the row for which it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as arrow
import pyarrow.compute as pc

from lib.domain.objects import MICROS, TEXT_KINDS, Column, Kind

# Dates that may well lie ahead; every other one tells of something that has happened.
MAY_LIE_AHEAD = frozenset({"scheduled_at", "due_at"})

_OLDEST = date(1990, 1, 1)
_FIRST_YEAR, _LAST_YEAR = 1000, 9999
_LARGEST_NUMBER = 10**12  # fits DECIMAL(18, 6) and stays exact as a float
_LONGEST_SECONDS = 2**31 - 1
_CONTROL = "[\\x00-\\x1f\\x7f]"

_Holds = Callable[["pd.Series[Any]"], "pd.Series[bool] | bool"]


def rules(column: Column, too_late: date) -> dict[str, _Holds]:
    """Reason code → what holds for a good value of this column; a missing value is always good.

    A rule answers True for a column that is good throughout, which its extremes tell without looking at each cell, and
    otherwise row by row. `too_late` is the first day that counts as the future.
    """
    if column.kind in TEXT_KINDS:
        return _text_rules(column)
    if column.kind is Kind.TIMESTAMP:
        return _moment_rules(column, too_late)
    if column.kind is Kind.DATE:
        return _day_rules(column, too_late)
    return _number_rules(column)


def _number_rules(column: Column) -> dict[str, _Holds]:
    match column.kind:
        case Kind.MONEY:
            return {"amount_out_of_range": _inside(_LARGEST_NUMBER * MICROS)}
        case Kind.INTEGER | Kind.DECIMAL:
            return {"number_out_of_range": _inside(_LARGEST_NUMBER), "negative_number": _not_negative}
        case Kind.DURATION:
            return {"number_out_of_range": _inside(_LONGEST_SECONDS + 1), "negative_number": _not_negative}
    return {}


def _inside(limit: int) -> _Holds:
    """Nearer to zero than the limit; not by `abs`, under which the smallest 64-bit integer stays negative."""

    def holds(numbers: pd.Series[Any]) -> pd.Series[bool] | bool:
        # A comparison with NaN is false, so one that hides among decimals is looked at, and fails.
        if numbers.isna().all() or (numbers.max() < limit and numbers.min() > -limit):
            return True
        return _or_missing(numbers.between(-limit, limit, inclusive="neither"), numbers)

    return holds


def _not_negative(numbers: pd.Series[Any]) -> pd.Series[bool] | bool:
    if numbers.isna().all() or numbers.min() >= 0:
        return True
    return _or_missing(~(numbers < 0), numbers)


def _moment_rules(column: Column, too_late: date) -> dict[str, _Holds]:
    rules: dict[str, _Holds] = {
        "date_out_of_range": _within_years,
        "date_too_old": _not_before(pd.Timestamp(_OLDEST, tz="UTC")),
    }
    if column.name not in MAY_LIE_AHEAD:
        rules["date_in_future"] = _before(pd.Timestamp(too_late, tz="UTC"))
    return rules


def _within_years(moments: pd.Series[Any]) -> pd.Series[bool] | bool:
    if moments.isna().all() or (moments.min().year >= _FIRST_YEAR and moments.max().year <= _LAST_YEAR):
        return True
    return _or_missing(moments.dt.year.between(_FIRST_YEAR, _LAST_YEAR), moments)


def _not_before(first: Any) -> _Holds:
    return lambda values: _or_missing(values >= first, values)


def _before(end: Any) -> _Holds:
    return lambda values: _or_missing(values < end, values)


def _day_rules(column: Column, too_late: date) -> dict[str, _Holds]:
    """ISO days of four-digit years sort as text does."""
    rules: dict[str, _Holds] = {"date_out_of_range": _is_day, "date_too_old": _not_before(_OLDEST.isoformat())}
    if column.name not in MAY_LIE_AHEAD:
        rules["date_in_future"] = _before(too_late.isoformat())
    return rules


def _is_day(days: pd.Series[Any]) -> pd.Series[bool] | bool:
    return _or_missing(days.str.fullmatch(r"[1-9]\d{3}-\d\d-\d\d"), days)


def _text_rules(column: Column) -> dict[str, _Holds]:
    rules: dict[str, _Holds] = {"too_long": _at_most(column.length)}
    if column.kind is Kind.IDENTIFIER:
        rules["control_characters"] = _is_visible
    return rules


def _at_most(length: int) -> _Holds:
    def holds(texts: pd.Series[Any]) -> pd.Series[bool] | bool:
        # No text has more characters than bytes, and arrow knows the bytes without reading them.
        longest = pc.max(pc.binary_length(_arrow(texts))).as_py()
        return True if longest is None or longest <= length else _or_missing(texts.str.len() <= length, texts)

    return holds


def _is_visible(texts: pd.Series[Any]) -> pd.Series[bool] | bool:
    if pc.all(pc.ascii_is_printable(_arrow(texts))).as_py() is not False:
        return True
    return _or_missing(~texts.str.contains(_CONTROL), texts)


def _arrow(texts: pd.Series[Any]) -> arrow.ChunkedArray | arrow.Array:
    return arrow.array(texts.array)


def _or_missing(good: pd.Series[Any], values: pd.Series[Any]) -> pd.Series[bool] | bool:
    held = (good | values.isna()).astype(bool)
    return True if held.all() else held

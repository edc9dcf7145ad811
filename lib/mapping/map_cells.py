"""The cells of a map's preview as text: by whole columns, and a failed one with its sign and a few words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from lib.domain.objects import MICROS, Kind

BLANK = "–"
# What a failing cell says in its place; the reasons' own sentences are too long for one.
_FAILING = {
    "unreadable_date": "not a date",
    "date_out_of_range": "no such year",
    "missing_date": "no date",
    "unreadable_money": "not an amount",
    "amount_out_of_range": "too large",
    "unreadable_number": "not a number",
    "number_out_of_range": "too large",
    "unreadable_boolean": "neither yes nor no",
    "unreadable_duration": "not a length of time",
    "unreadable_phone": "not a phone",
    "unreadable_email": "not an address",
    "too_long": "too long",
    "unseen_value": "not decided yet",
    "no_match": "nothing found",
}


def failing(code: str) -> str:
    """What a cell says that could not be read: its sign and a few words."""
    sign = "△" if code == "unseen_value" else "×"
    return f"{sign} {_FAILING.get(code, code.replace('_', ' '))}"


def cell_texts(column: pd.Series[Any], kind: Kind, timezone: str) -> list[str]:
    """The values of a mapped column as text: times in the account's zone, money in its unit, BLANK for nothing."""
    if kind is Kind.TIMESTAMP:
        local = column.dt.tz_convert(timezone).dt.strftime("%Y-%m-%d %H:%M")
        return [BLANK if pd.isna(text) else str(text) for text in local]
    values = column.array.to_numpy(dtype=object, na_value=None).tolist()
    return [BLANK if value is None else _text(value, kind) for value in values]


def _text(value: Any, kind: Kind) -> str:
    if kind is Kind.MONEY:
        return f"{Decimal(value) / MICROS:.2f}"
    if kind is Kind.DURATION:
        minutes, seconds = divmod(int(value), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    if kind is Kind.BOOLEAN:
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)

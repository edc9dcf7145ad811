"""Rules that look at several columns of a row at once, as plain masks: pandera would report each once for every cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as arrow
import pyarrow.compute as pc

from lib.domain.objects import ObjectType

Mask = npt.NDArray[np.bool_]

_UNKNOWN = np.iinfo(np.int64).min  # how a missing moment is counted
_DAY = 86_400_000_000  # in microseconds; a day without a time stands for its midnight, which is not out of order
_DAY_SECONDS = 86_400
# Money that is not below zero in the ordinary course of business, as a balance may be.
_GAINED_OR_SPENT = ("amount", "fee", "tax", "cost", "daily_cost")
# Who is asked for something, and should be reachable.
_REACHED = ("lead", "booking", "quote_request")
# Where a name is that of a person; a campaign may be called anything.
_PEOPLE = ("lead", "job", "call", "booking", "quote_request", "customer")


@dataclass(frozen=True)
class CrossRule:
    """A rule over a row: `breaks` says of each row of a frame that has `column` and all of `beside` whether it breaks it.

    The reason stands beside `column`. `about` names columns whose blank cells are what the rule is about: where mapping
    already said why one of them is blank, the rule is silent. `objects` are those it holds for, () all of them.
    """

    code: str
    column: str
    breaks: Callable[[pd.DataFrame], Mask]
    beside: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()

    def applies_to(self, object_type: ObjectType) -> bool:
        """Whether the rule means anything for this object."""
        has_columns = {self.column, *self.beside} <= set(object_type.column_names)
        return has_columns and (not self.objects or object_type.name in self.objects)


def _moments(frame: pd.DataFrame, name: str) -> npt.NDArray[np.int64]:
    """Microseconds since 1970, the smallest integer where there is no moment."""
    return cast("npt.NDArray[np.int64]", pd.DatetimeIndex(frame[name]).as_unit("us").asi8)


def _numbers(frame: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    """The numbers of a column, NaN where there is none, so that every comparison with one is false."""
    return frame[name].to_numpy("float64", na_value=np.nan)


def _is_filled(frame: pd.DataFrame, name: str) -> Mask:
    return frame[name].notna().to_numpy(dtype=bool)


def _out_of_order(code: str, later: str, earlier: str) -> CrossRule:
    def breaks(frame: pd.DataFrame) -> Mask:
        end, start = _moments(frame, later), _moments(frame, earlier)
        return np.asarray((end != _UNKNOWN) & (start != _UNKNOWN) & (start - _DAY > end))

    return CrossRule(code, later, breaks, (earlier,))


def _negative(name: str) -> CrossRule:
    def breaks(frame: pd.DataFrame) -> Mask:
        is_negative = _numbers(frame, name) < 0
        # An invoice that adjusts another takes away from it by its nature.
        if "adjustment_to_id" in frame and is_negative.any():
            is_negative &= ~_is_filled(frame, "adjustment_to_id")
        return is_negative

    return CrossRule("negative_amount", name, breaks)


def _blank_beside(code: str, filled: str, blank: str) -> CrossRule:
    """`filled` makes no sense, or half of it, while `blank` is blank."""

    def breaks(frame: pd.DataFrame) -> Mask:
        return _is_filled(frame, filled) & ~_is_filled(frame, blank)

    return CrossRule(code, filled, breaks, (blank,), (blank,))


def _same(code: str, column: str, other: str) -> CrossRule:
    return CrossRule(code, column, lambda frame: _equal(frame, column, other), (other,))


def _equal(frame: pd.DataFrame, column: str, other: str) -> Mask:
    return (frame[column] == frame[other]).to_numpy(dtype=bool, na_value=False)


def _no_contact(frame: pd.DataFrame) -> Mask:
    names = [name for name in ("phone", "email") if name in frame]
    return np.asarray(~np.logical_or.reduce([_is_filled(frame, name) for name in names]))


def _at_sign(name: str) -> CrossRule:
    def breaks(frame: pd.DataFrame) -> Mask:
        found = pc.match_substring(arrow.array(frame[name].array), "@")
        return np.asarray(pc.fill_null(found, False), dtype=bool)

    return CrossRule("contact_in_name", name, breaks, objects=_PEOPLE)


def _tax_over_amount(frame: pd.DataFrame) -> Mask:
    return np.asarray(np.abs(_numbers(frame, "tax")) > np.abs(_numbers(frame, "amount")))


def _balance_over_amount(frame: pd.DataFrame) -> Mask:
    """More owed than was asked for, whether the amount includes the tax or not; a credit is none of its business."""
    amount = _numbers(frame, "amount")
    tax = np.nan_to_num(_numbers(frame, "tax")) if "tax" in frame else np.zeros(len(frame))
    return np.asarray((amount >= 0) & (_numbers(frame, "balance") > amount + np.maximum(tax, 0)))


def _more_clicks(frame: pd.DataFrame) -> Mask:
    return np.asarray(_numbers(frame, "clicks") > _numbers(frame, "impressions"))


def _long_call(frame: pd.DataFrame) -> Mask:
    return np.asarray(_numbers(frame, "duration") > _DAY_SECONDS)


CROSS_RULES: tuple[CrossRule, ...] = (
    *(
        _out_of_order("dates_out_of_order", later, "occurred_at")
        for later in ("modified_at", "booked_at", "completed_at", "sold_at")
    ),
    _out_of_order("dates_out_of_order", "completed_at", "booked_at"),
    _out_of_order("due_before_issued", "due_at", "occurred_at"),
    *(_negative(name) for name in _GAINED_OR_SPENT),
    _blank_beside("extension_without_phone", "phone_extension", "phone"),
    _blank_beside("completed_without_booking", "completed_at", "booked_at"),
    _blank_beside("sold_without_amount", "sold_at", "amount"),
    CrossRule("no_contact", "phone", _no_contact, about=("phone", "email"), objects=_REACHED),
    _same("same_phone_twice", "secondary_phone", "phone"),
    _same("refers_to_itself", "merged_to_id", "external_id"),
    _same("refers_to_itself", "adjustment_to_id", "external_id"),
    *(_at_sign(name) for name in ("name", "first_name", "last_name")),
    CrossRule("tax_over_amount", "tax", _tax_over_amount, ("amount",)),
    CrossRule("balance_over_amount", "balance", _balance_over_amount, ("amount",)),
    CrossRule("clicks_over_impressions", "clicks", _more_clicks, ("impressions",)),
    CrossRule("duration_over_a_day", "duration", _long_call, objects=("call",)),
)


def cross_rules(object_type: ObjectType, columns: Any) -> list[CrossRule]:
    """The rules that can be asked of a frame of this object with these columns."""
    there = set(columns)
    return [rule for rule in CROSS_RULES if rule.applies_to(object_type) and {rule.column, *rule.beside} <= there]

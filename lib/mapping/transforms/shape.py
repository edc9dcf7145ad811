"""What every transform shares: its description, the scene it reads in, and the outcome it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.domain.objects import Kind

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class MapContext:
    """What the account says about values that do not say it themselves.

    `timezone` is an IANA name for times without a zone; `phone_region` a two-letter country for numbers without a
    country code; `day_order` is mdy, dmy or ymd; `money_unit` is dollars, cents or micros.
    """

    timezone: str
    phone_region: str = "US"
    day_order: str = "mdy"
    money_unit: str = "dollars"


@dataclass(frozen=True)
class Scene:
    """Where a transform stands: the raw rows around it, the account's context, the kind of the target column."""

    raw: pd.DataFrame
    context: MapContext
    kind: Kind


@dataclass
class Outcome:
    """Values after a transform, with the rows it could not read (`failed`) or must remark on (`noted`) by code.

    `column` has the length of what came in; a failed row is NA. Masks are boolean arrays of the same length.
    """

    column: pd.Series[Any]
    failed: dict[str, Mask] = field(default_factory=dict)
    noted: dict[str, Mask] = field(default_factory=dict)


class OptionKind(StrEnum):
    """What an option may be in a map."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    LIST = "list of text"
    TABLE = "table of text to text"
    ZONE = "time zone name"
    PATTERN = "pattern"


@dataclass(frozen=True)
class Option:
    """One option of a transform; `choices` (empty: free) are the words it accepts."""

    kind: OptionKind = OptionKind.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()
    doc: str = ""


Run = Callable[["pd.Series[Any]", Mapping[str, Any], Scene], Outcome]


@dataclass(frozen=True)
class TransformSpec:
    """One entry of the library. It takes text; it gives `text`, or the name of what it reads, which ends the chain."""

    name: str
    doc: str
    run: Run
    options: Mapping[str, Option] = field(default_factory=dict)
    gives: str = "text"


def text_of(values: pd.Series[Any]) -> pd.Series[Any]:
    """The values as `str` with NA for everything blank; numbers and booleans become their text."""
    text = values if values.dtype == "str" else values.astype("str")
    return text.mask(text.str.strip() == "")


def blank(length: int) -> pd.Series[Any]:
    """A column of nothing but NA, as text."""
    return pd.Series([None] * length, dtype="str")


def over_uniques(values: pd.Series[Any], read: Callable[[pd.Series[Any]], Outcome]) -> Outcome:
    """Run `read` on the distinct filled values only and spread its outcome back over the rows."""
    codes, distinct = pd.factorize(values)
    outcome = read(pd.Series(distinct, dtype="str"))
    filled = codes >= 0
    spread = outcome.column.reindex(codes)
    spread.index = values.index

    def masks(found: dict[str, Mask]) -> dict[str, Mask]:
        return {code: np.append(mask, False)[codes] & filled for code, mask in found.items()}

    return Outcome(spread, masks(outcome.failed), masks(outcome.noted))


def each_unique(values: pd.Series[Any], read: Callable[[str], Any], dtype: Any, code: str) -> Outcome:
    """Read the distinct values one by one; None from `read` is a failure with this code."""

    def reading(distinct: pd.Series[Any]) -> Outcome:
        found = [read(text) for text in distinct.to_list()]
        failed = np.array([value is None for value in found], dtype=bool)
        return Outcome(pd.Series(found, dtype=dtype), {code: failed})

    return over_uniques(values, reading)

"""What every transform shares: its description, the scene it reads in, and the outcome it hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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


# The text of a mapped frame: `str`, which is Arrow underneath and NaN where missing.
TEXT: Any = pd.StringDtype(na_value=np.nan)


def arrow_of(values: pd.Series[Any]) -> pa.Array:
    """The text as one Arrow array, without a copy where it is one already."""
    text = pa.array(values if values.dtype == TEXT else values.astype(TEXT), type=pa.large_string())
    return text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text


def series_of(text: pa.Array, index: pd.Index[Any] | None = None) -> pd.Series[Any]:
    """An Arrow array of text as a column of dtype `str`."""
    return pd.Series(TEXT.__from_arrow__(pa.chunked_array([text])), index=index)


def text_of(values: pd.Series[Any]) -> pd.Series[Any]:
    """The values as `str` with NA for everything blank; numbers and booleans become their text."""
    text = arrow_of(values)
    return series_of(without(text, pc.equal(pc.utf8_trim_whitespace(text), "")), values.index)


def without(text: pa.Array, lost: pa.Array) -> pa.Array:
    """The text with NA where `lost` says yes; only the bits that say what is there are new, not a letter is copied."""
    if not pc.any(lost).as_py():
        return text
    is_there = pc.invert(pc.or_(pc.fill_null(lost, False), text.is_null()))
    _, offsets, written = text.buffers()
    places = np.frombuffer(offsets, dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    return pa.Array.from_buffers(text.type, len(text), [is_there.buffers()[1], pa.py_buffer(places), written])


def flags(found: pa.Array) -> Mask:
    """A mask out of an Arrow array of booleans, in which a missing answer is a no."""
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=bool)


def blank(length: int) -> pd.Series[Any]:
    """A column of nothing but NA, as text."""
    return series_of(pa.nulls(length, pa.large_string()))


def no_rows(length: int) -> Mask:
    """A mask that marks nothing."""
    return np.zeros(length, dtype=bool)


def over_uniques(values: pd.Series[Any], read: Callable[[pd.Series[Any]], Outcome]) -> Outcome:
    """Run `read` on the distinct filled values only and spread its outcome back over the rows."""
    found = arrow_of(values).dictionary_encode()
    outcome = read(series_of(found.dictionary))
    codes = pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False)
    spread = pd.Series(outcome.column.array.take(codes, allow_fill=True), index=values.index)

    def masks(marked: dict[str, Mask]) -> dict[str, Mask]:
        return {
            code: np.append(mask, False)[codes] if mask.any() else no_rows(len(codes)) for code, mask in marked.items()
        }

    return Outcome(spread, masks(outcome.failed), masks(outcome.noted))


def put(total: Outcome, rows: Mask, part: Outcome) -> Outcome:
    """The outcome of all rows with that of some put in (text columns); its codes are those of the whole."""
    if not rows.any():
        return total
    column = pc.replace_with_mask(arrow_of(total.column), pa.array(rows), arrow_of(part.column))
    for whole, some in ((total.failed, part.failed), (total.noted, part.noted)):
        for code, mask in some.items():
            whole[code][rows] = mask
    return Outcome(series_of(column, total.column.index), total.failed, total.noted)


def each_unique(values: pd.Series[Any], read: Callable[[str], Any], dtype: Any, code: str) -> Outcome:
    """Read the distinct values one by one; None from `read` is a failure with this code."""

    def reading(distinct: pd.Series[Any]) -> Outcome:
        found = [read(text) for text in distinct.to_list()]
        failed = np.array([value is None for value in found], dtype=bool)
        return Outcome(pd.Series(found, dtype=dtype), {code: failed})

    return over_uniques(values, reading)

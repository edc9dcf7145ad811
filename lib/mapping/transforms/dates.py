"""Times to UTC and dates to ISO text; a time without a zone is read in the account's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lib.mapping.transforms.date_shapes import ORDERS, take_apart
from lib.mapping.transforms.shape import Mask, Option, OptionKind, Outcome, Scene, TransformSpec, over_uniques

Options = Mapping[str, Any]
YEARS = (1900, 2100)
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}


@dataclass(frozen=True)
class How:
    """How a column of times is to be read; `format` is a strptime format, epoch_s, epoch_ms, or empty for by shape."""

    order: str
    timezone: str
    format: str = ""
    is_whole_days: bool = False


def read_times(text: pd.Series[Any], how: How) -> Outcome:
    """`datetime64[us, UTC]`, NaT with `unreadable_date` where it cannot be read or lies outside 1900 to 2100.

    A local hour that comes twice is taken as the first one (`ambiguous_time` is noted); one that never was is moved
    forward to the next that exists (`nonexistent_time` is noted).
    """
    if how.format in EPOCHS:
        return _done(_epoch(text, EPOCHS[how.format]), {})
    if how.format:
        return _formatted(text, how)
    parts = take_apart(text, how.order)
    written, offset = _assemble(parts), parts["offset"]
    if how.is_whole_days:
        written, offset = written.dt.normalize(), offset.where(offset.isna())
    local, noted = _localise(written.where(offset.isna()), how.timezone)
    absolute = (written - pd.to_timedelta(offset.astype("Float64"), unit="m")).dt.tz_localize("UTC")
    return _done(local.where(offset.isna().to_numpy(dtype=bool), absolute), noted)


def read_days(text: pd.Series[Any], how: How) -> Outcome:
    """ISO dates as text, the day as it is written: a time or zone behind it does not move it."""
    if how.format:
        times = read_times(text, how)
        days = times.column.dt.tz_convert(how.timezone)
        return Outcome(days.dt.strftime("%Y-%m-%d").astype("str"), times.failed)
    written = _assemble(take_apart(text, how.order))
    return Outcome(written.dt.strftime("%Y-%m-%d").astype("str"), {"unreadable_date": _mask(written.isna())})


def _mask(flags: pd.Series[Any]) -> Mask:
    return flags.to_numpy(dtype=bool)


def _done(times: pd.Series[Any], noted: dict[str, Mask]) -> Outcome:
    values = times.where(times.dt.year.between(*YEARS)).dt.as_unit("us")
    return Outcome(values, {"unreadable_date": _mask(values.isna())}, noted)


def _assemble(parts: pd.DataFrame) -> pd.Series[Any]:
    """The written calendar time without its zone; NaT where there is no such day, hour, minute or second."""
    limits = {"year": YEARS, "month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
    is_good = np.ones(len(parts), dtype=bool)
    for name, (low, high) in limits.items():
        is_good &= _mask(parts[name].between(low, high).fillna(False))
    number = {name: parts[name].where(is_good).fillna(1).to_numpy(dtype="int64") for name in (*limits, "micro")}
    months = ((number["year"] - 1970) * 12 + number["month"] - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (number["day"] - 1)
    # The 31st of April would have become the 1st of May.
    is_good &= days.astype("datetime64[M]") == months
    seconds = (number["hour"] * 60 + number["minute"]) * 60 + number["second"]
    micros = days.astype("datetime64[us]") + (seconds * 1_000_000 + number["micro"])
    return pd.Series(micros, index=parts.index).where(is_good)


def _localise(written: pd.Series[Any], timezone: str) -> tuple[pd.Series[Any], dict[str, Mask]]:
    """Local times to UTC, and which of them came twice or never."""
    strict = written.dt.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    is_odd = _mask(strict.isna() & written.notna())
    if not is_odd.any():
        return strict.dt.tz_convert("UTC"), {}
    odd = written[is_odd]
    is_never = _mask(odd.dt.tz_localize(timezone, ambiguous=np.ones(len(odd), dtype=bool), nonexistent="NaT").isna())
    mended = odd.dt.tz_localize(timezone, ambiguous=np.ones(len(odd), dtype=bool), nonexistent="shift_forward")
    values = strict.dt.tz_convert("UTC")
    values[is_odd] = mended.dt.tz_convert("UTC")
    never, twice = is_odd.copy(), is_odd.copy()
    never[is_odd], twice[is_odd] = is_never, ~is_never
    return values, {"nonexistent_time": never, "ambiguous_time": twice}


def _epoch(text: pd.Series[Any], micros_each: int) -> pd.Series[Any]:
    plain = text.str.strip()
    # Twelve digits before the point: years far beyond 2100 fail later, and nothing overflows.
    number = pd.to_numeric(plain.where(plain.str.fullmatch(r"-?[0-9]{1,14}(\.[0-9]+)?")), errors="coerce")
    within = number.where(number.abs() < 5e9 * 1_000_000 / micros_each)
    micros = (within * micros_each).round().astype("Float64").astype("Int64")
    return pd.to_datetime(micros, unit="us", utc=True)


def _formatted(text: pd.Series[Any], how: How) -> Outcome:
    read = pd.to_datetime(text.str.strip(), format=how.format, errors="coerce", utc="%z" in how.format)
    if "%z" in how.format:
        return _done(read, {})
    within = read.where(read.dt.year.between(*YEARS)).astype("datetime64[us]")
    local, noted = _localise(within.dt.normalize() if how.is_whole_days else within, how.timezone)
    return _done(local, noted)


def _how(options: Options, scene: Scene) -> How:
    return How(
        str(options.get("order", scene.context.day_order)),
        str(options.get("timezone", scene.context.timezone)),
        str(options.get("format", "")),
        bool(options.get("whole_days", False)),
    )


def _parse_datetime(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    how = _how(options, scene)
    return over_uniques(values, lambda distinct: read_times(distinct, how))


def _parse_date(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    how = _how(options, scene)
    return over_uniques(values, lambda distinct: read_days(distinct, how))


_ORDER = Option(OptionKind.TEXT, choices=ORDERS, doc="what 3/4/2026 means")
_FORMAT = Option(OptionKind.TEXT, doc="a strptime format, epoch_s or epoch_ms; by shape if left out")
_ZONE = Option(OptionKind.ZONE, doc="the zone of times that name none")
_WHOLE = Option(OptionKind.FLAG, doc="true where only the written day counts, such as 2024/10/03 00:00:00+00")

DATE_TRANSFORMS = (
    TransformSpec(
        "parse_datetime",
        "Reads a time into UTC: 3/14/2025 1:20, 2024/10/03 00:00:00+00, Mar 14, 2025 1:20 PM, epochs.",
        _parse_datetime,
        {"order": _ORDER, "timezone": _ZONE, "format": _FORMAT, "whole_days": _WHOLE},
        gives="timestamp",
    ),
    TransformSpec(
        "parse_date",
        "Reads a day as it is written: 3/14/2025, 2025-03-14, Mar 14, 2025.",
        _parse_date,
        {"order": _ORDER, "timezone": _ZONE, "format": _FORMAT},
        gives="date",
    ),
)

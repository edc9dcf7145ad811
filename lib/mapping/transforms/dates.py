"""Times to UTC and dates to ISO text; a time without a zone is read in the account's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from lib.mapping.transforms.date_shapes import ORDERS, Parts, numbers_of
from lib.mapping.transforms.shape import Mask, Option, OptionKind, Outcome, Scene, TransformSpec, series_of

Options = Mapping[str, Any]
YEARS = (1900, 2100)
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
# The day that a spreadsheet counts as 0; 1900 was no leap year, which Excel does not know, so days before March 1900
# are a day off, and older Excels for the Mac begin in 1904.
SERIALS = {"excel": "1899-12-30", "excel_1904": "1904-01-01"}
_DAY_IN_MILLISECONDS = 86_400_000
Moments = npt.NDArray[np.datetime64]
NOT_A_TIME = np.datetime64("NaT", "us")
_FIRST, _BEYOND = np.datetime64("1900-01-01", "us"), np.datetime64("2101-01-01", "us")


@dataclass(frozen=True)
class How:
    """How a column of times is to be read; `format` is a strptime format, epoch_s, epoch_ms, excel or excel_1904 (days
    since 1899-12-30 or 1904-01-01, in local time), or empty for by shape.
    """

    order: str
    timezone: str
    format: str = ""
    is_whole_days: bool = False


def read_times(text: pd.Series[Any], how: How) -> Outcome:
    """`datetime64[us, UTC]`, NaT with `unreadable_date` where it cannot be read or lies outside 1900 to 2100.

    A local hour that comes twice is taken as the first one (`ambiguous_time` is noted); one that never was is moved
    forward to the next that exists (`nonexistent_time` is noted). A time that brings its offset is neither.
    """
    if how.format in EPOCHS:
        return _done(_epoch(text, EPOCHS[how.format]), {})
    if how.format in SERIALS:
        return _done(*_localise(_days_only(_serial(text, SERIALS[how.format]), how), how.timezone))
    if how.format:
        return _formatted(text, how)
    return _by_shape(text, how)


def _by_shape(text: pd.Series[Any], how: How) -> Outcome:
    parts = numbers_of(text, how.order)
    written = _assemble(parts)
    if how.is_whole_days:
        return _done(*_localise(_days_only(written, how), how.timezone))
    east = (parts.numbers["offset"] * 60_000_000).astype("timedelta64[us]")
    absolute = pd.DatetimeIndex(written - east).tz_localize("UTC")
    if parts.has_zone.all():
        return _done(absolute, {})
    local, noted = _localise(np.where(parts.has_zone, NOT_A_TIME, written), how.timezone)
    return _done(local.where(~parts.has_zone, absolute) if parts.has_zone.any() else local, noted)


def read_days(text: pd.Series[Any], how: How) -> Outcome:
    """ISO dates as text, the day as it is written: a time or zone behind it does not move it."""
    if how.format in SERIALS:
        written = _serial(text, SERIALS[how.format])
    elif how.format:
        times = read_times(text, how)
        written = times.column.dt.tz_convert(how.timezone).dt.tz_localize(None).to_numpy()
    else:
        written = _assemble(numbers_of(text, how.order))
    # There are few different days, however many rows.
    codes, days = pd.factorize(written.astype("datetime64[D]").astype("int64"))
    names = np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    is_lost = np.isnat(written)
    iso = pa.array(names, type=pa.large_string()).take(pa.array(codes, mask=is_lost))
    return Outcome(series_of(iso), {"unreadable_date": is_lost})


def _done(times: pd.DatetimeIndex, noted: dict[str, Mask]) -> Outcome:
    moments = times.tz_localize(None).to_numpy()
    is_within = (moments >= _FIRST) & (moments < _BEYOND)
    return Outcome(
        pd.Series(times if is_within.all() else times.where(is_within)), {"unreadable_date": ~is_within}, noted
    )


def _assemble(parts: Parts) -> Moments:
    """The written calendar time without its zone; NaT where there is no such day, hour, minute or second."""
    limits = {"year": YEARS, "month": (1, 12), "day": (1, 31), "hour": (0, 23), "minute": (0, 59), "second": (0, 59)}
    is_good = parts.is_known.copy()
    for name, (low, high) in limits.items():
        is_good &= (parts.numbers[name] >= low) & (parts.numbers[name] <= high)
    number = {name: np.where(is_good, parts.numbers[name], 1) for name in (*limits, "micro")}
    months = ((number["year"] - 1970) * 12 + number["month"] - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (number["day"] - 1)
    # The 31st of April would have become the 1st of May.
    is_good &= days.astype("datetime64[M]") == months
    seconds = (number["hour"] * 60 + number["minute"]) * 60 + number["second"]
    micros = days.astype("datetime64[us]") + (seconds * 1_000_000 + number["micro"])
    return np.where(is_good, micros, NOT_A_TIME)


def _days_only(written: Moments, how: How) -> Moments:
    return written.astype("datetime64[D]").astype("datetime64[us]") if how.is_whole_days else written


def _localise(written: Moments, timezone: str) -> tuple[pd.DatetimeIndex, dict[str, Mask]]:
    """Local times to UTC, and which of them came twice or never."""
    local = pd.DatetimeIndex(written)
    strict = local.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    is_odd = np.asarray(strict.isna()) & ~np.isnat(written)
    if not is_odd.any():
        return strict.tz_convert("UTC"), {}
    odd, first = local[is_odd], np.ones(is_odd.sum(), dtype=bool)
    never, twice = is_odd.copy(), is_odd.copy()
    never[is_odd] = odd.tz_localize(timezone, ambiguous=first, nonexistent="NaT").isna()
    twice[is_odd] = ~never[is_odd]
    mended = odd.tz_localize(timezone, ambiguous=first, nonexistent="shift_forward")
    moments = strict.tz_convert("UTC").tz_localize(None).to_numpy().copy()
    moments[is_odd] = mended.tz_convert("UTC").tz_localize(None).to_numpy()
    return pd.DatetimeIndex(moments).tz_localize("UTC"), {"nonexistent_time": never, "ambiguous_time": twice}


def _epoch(text: pd.Series[Any], micros_each: int) -> pd.DatetimeIndex:
    # Below 5 thousand million seconds nothing overflows; years beyond 2100 fail later.
    number = _counted(text, 5e9 * 1_000_000 / micros_each)
    return pd.DatetimeIndex(_moments((number * micros_each).round())).tz_localize("UTC")


def _serial(text: pd.Series[Any], first_day: str) -> Moments:
    """Days since the first as written local times; their fractions are only exact to about a millisecond."""
    millis = (_counted(text, 200_000) * _DAY_IN_MILLISECONDS).round()
    return _moments(millis * 1_000) + (np.datetime64(first_day, "us") - np.datetime64(0, "us"))


def _counted(text: pd.Series[Any], limit: float) -> npt.NDArray[np.float64]:
    """The plain numbers of a column, NaN for all else and for what reaches the limit."""
    plain = text.str.strip()
    number = pd.to_numeric(plain.where(plain.str.fullmatch(r"-?[0-9]{1,14}(\.[0-9]+)?")), errors="coerce")
    found = number.to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.abs(found) < limit, found, np.nan)


def _moments(micros: npt.NDArray[np.float64]) -> Moments:
    is_lost = np.isnan(micros)
    return np.where(is_lost, NOT_A_TIME, np.where(is_lost, 0, micros).astype("int64").astype("datetime64[us]"))


def _formatted(text: pd.Series[Any], how: How) -> Outcome:
    read = pd.to_datetime(text.str.strip(), format=how.format, errors="coerce", utc="%z" in how.format)
    if "%z" in how.format:
        return _done(pd.DatetimeIndex(read).as_unit("us"), {})
    within = read.where(read.dt.year.between(*YEARS)).astype("datetime64[us]").to_numpy()
    return _done(*_localise(_days_only(within, how), how.timezone))


def _how(options: Options, scene: Scene) -> How:
    return How(
        str(options.get("order", scene.context.day_order)),
        str(options.get("timezone", scene.context.timezone)),
        str(options.get("format", "")),
        bool(options.get("whole_days", False)),
    )


def _parse_datetime(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    return _blanks_kept(values, read_times(values, _how(options, scene)))


def _parse_date(values: pd.Series[Any], options: Options, scene: Scene) -> Outcome:
    return _blanks_kept(values, read_days(values, _how(options, scene)))


def _blanks_kept(values: pd.Series[Any], outcome: Outcome) -> Outcome:
    """A blank is nothing to read, and no failure."""
    failed = {code: mask & values.notna().to_numpy() for code, mask in outcome.failed.items()}
    return Outcome(outcome.column.set_axis(values.index), failed, outcome.noted)


_ORDER = Option(OptionKind.TEXT, choices=ORDERS, doc="what 3/4/2026 means")
_FORMAT = Option(OptionKind.TEXT, doc="a strptime format, epoch_s, epoch_ms, excel or excel_1904; by shape if left out")
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

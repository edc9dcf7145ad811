"""Takes written dates apart into numbers, shape by shape, without guessing: US, ISO, month names, compact."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

ORDERS = ("mdy", "dmy", "ymd")
_TIME = (
    r"(?:(?:[Tt]|,?\s+(?:at\s+)?)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[Zz]|[A-Z]{3,4}|[+-]\d{2}(?::?\d{2})?)?)?"
)
_WEEKDAY = r"(?:(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*\.?,?\s+)?"
YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME, re.ASCII)
COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
NUMBERED = re.compile(r"(?P<first>\d{1,2})[-/.](?P<middle>\d{1,2})[-/.](?P<last>\d{4}|\d{2})" + _TIME, re.ASCII)
MONTH_DAY = re.compile(
    _WEEKDAY + r"(?P<month>[A-Za-z]{3,9})\.?[\s-]+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(?P<year>\d{4})" + _TIME,
    re.ASCII,
)
DAY_MONTH = re.compile(
    _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+(?P<month>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})" + _TIME,
    re.ASCII,
)

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
MONTHS = (
    {name: number for number, name in enumerate(_MONTHS, 1)}
    | {name[:3]: number for number, name in enumerate(_MONTHS, 1)}
    | {"sept": 9}
)
# Offsets in minutes of the names American exports use; any other name is not read.
ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300,
    "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600,
}  # fmt: skip
PARTS = ("year", "month", "day", "hour", "minute", "second", "micro", "offset")


def take_apart(text: pd.Series[Any], order: str) -> pd.DataFrame:
    """Columns year, month, day, hour, minute, second, micro, offset as Int64, and whether the row `has_time`.

    The offset is in minutes, NA without a zone. A row whose shape is not known has NA throughout. `order` decides what
    3/4/2026 means. Nothing is checked here beyond the shape; an impossible half of the day or zone makes the row NA.
    """
    plain = text.str.strip()
    frames, left = [], plain
    for pattern in (YEAR_FIRST, NUMBERED, COMPACT, MONTH_DAY, DAY_MONTH):
        if left.empty:
            break
        matches = [pattern.fullmatch(value) for value in left.to_list()]
        hit = np.array([match is not None for match in matches], dtype=bool)
        if hit.any():
            rows = [match.groups() for match in matches if match is not None]
            pieces = dict(zip(pattern.groupindex, zip(*rows, strict=True), strict=True))
            frames.append(_numbers(pd.DataFrame(pieces, index=left.index[hit], dtype="str"), order))
        left = left[~hit]
    if not frames:
        return pd.DataFrame(
            {name: pd.array([None] * len(text), dtype="Int64") for name in PARTS}, index=text.index
        ).assign(has_time=False)
    joined = pd.concat(frames).reindex(text.index)
    return joined.assign(has_time=joined["has_time"].fillna(False).astype(bool))


def _numbers(parts: pd.DataFrame, order: str) -> pd.DataFrame:
    if "first" in parts:
        parts = _ordered(parts, order)
    out = pd.DataFrame(index=parts.index)
    for name in ("year", "month", "day", "hour", "minute", "second"):
        out[name] = _integers(parts, name)
    if "month" in parts and out["month"].isna().any():
        out["month"] = out["month"].fillna(parts["month"].str.lower().map(MONTHS).astype("Int64"))
    out["year"] = out["year"].where(parts["year"].str.len() == 4, _century(out["year"]))
    has_time = out["hour"].notna()
    out["micro"] = _micros(parts)
    out["hour"] = _twenty_four(out["hour"], parts)
    out["offset"], is_known = _offsets(parts)
    out["has_time"] = has_time
    is_bad = ~is_known | (has_time & out["hour"].isna())
    out.loc[is_bad, "year"] = pd.NA
    for name in ("hour", "minute", "second", "micro"):
        out[name] = out[name].fillna(0)
    return out


def _ordered(parts: pd.DataFrame, order: str) -> pd.DataFrame:
    names = {"m": "month", "d": "day", "y": "year"}
    # 03/04/2026 ends in its year whatever the order says; only 26/03/04 can begin with one.
    year_last = parts["last"].str.len() == 4
    short = "dmy" if order == "ymd" else order
    late = {names[letter]: parts[column] for letter, column in zip(short, ("first", "middle", "last"), strict=True)}
    if order != "ymd" or year_last.all():
        return parts.assign(**late)
    early = {"year": parts["first"], "month": parts["middle"], "day": parts["last"]}
    return parts.assign(**{name: late[name].where(year_last, early[name]) for name in early})


def _integers(parts: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in parts:
        return pd.Series(pd.NA, index=parts.index, dtype="Int64")
    # There are few different pieces, however many different times.
    codes, pieces = pd.factorize(parts[name])
    numbers = pd.Series(pd.to_numeric(pieces.to_series(), errors="coerce").to_numpy(), dtype="Float64").astype("Int64")
    return pd.Series(numbers.reindex(codes).array, index=parts.index)


def _century(year: pd.Series[Any]) -> pd.Series[Any]:
    """Two digits as POSIX reads them: 69 to 99 lie in the 1900s, 0 to 68 in the 2000s."""
    return (year + 2000).where(year < 69, year + 1900)


def _micros(parts: pd.DataFrame) -> pd.Series[Any]:
    if "fraction" not in parts:
        return pd.Series(0, index=parts.index, dtype="Int64")
    digits = parts["fraction"].str.pad(6, side="right", fillchar="0").str.slice(0, 6)
    return pd.to_numeric(digits).astype("Int64")


def _twenty_four(hour: pd.Series[Any], parts: pd.DataFrame) -> pd.Series[Any]:
    if "half" not in parts or parts["half"].isna().all():
        return hour
    half = parts["half"].str.upper().str.slice(0, 1)
    # 13:00 PM and 0:15 AM contradict themselves.
    twelve = hour.where((hour >= 1) & (hour <= 12)) % 12 + (half == "P").astype("Int64") * 12
    return twelve.where(half.notna(), hour)


def _offsets(parts: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Minutes east of UTC, NA without a zone; and whether the zone, where there is one, is known."""
    if "zone" not in parts:
        return pd.Series(pd.NA, index=parts.index, dtype="Int64"), pd.Series(True, index=parts.index)
    zone = parts["zone"]
    known = {text: _minutes(text) for text in zone.dropna().unique()}
    offset = zone.map(known).astype("Int64")
    return offset, zone.isna() | offset.notna()


def _minutes(zone: str) -> int | None:
    if zone.upper() in ZONES:
        return ZONES[zone.upper()]
    match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", zone)
    if match is None or int(match[2]) > 14 or int(match[3] or 0) > 59:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return -minutes if match[1] == "-" else minutes

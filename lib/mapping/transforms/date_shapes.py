"""Takes written dates apart into numbers, shape by shape, without guessing: US, ISO, month names, compact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from lib.mapping.transforms.layouts import Layout, Numbers, layouts_of
from lib.mapping.transforms.shape import Mask, no_rows

ORDERS = ("mdy", "dmy", "ymd")
_TIME = (
    r"(?:(?:[Tt]|,?\s+(?:at\s+)?)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[Zz]|[A-Z]{3,4}|[+-]\d{2}(?::?\d{2})?)?)?"
)
_WEEKDAY = r"(?:(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*\.?,?\s+)?"
YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TIME, re.ASCII)
# Eight digits are a date only where they begin as one, which `_clock` asks.
COMPACT = re.compile(r"(?P<year>(?P<century>\d{2})\d{2})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
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


@dataclass(frozen=True)
class _Reading:
    """What the shape of a date says of all who have it: the places of its numbers, and what its letters mean.

    `half` is AM or PM or empty, `offset` the minutes of a named zone, `sign` that of a zone of digits (0: none).
    """

    spans: Mapping[str, tuple[int, int]]
    month: int | None
    half: str
    offset: int | None
    sign: int


def take_apart(text: pd.Series[Any], order: str) -> pd.DataFrame:
    """Columns year, month, day, hour, minute, second, micro, offset as Int64, and whether the row `has_time`.

    The offset is in minutes, NA without a zone. A row whose shape is not known has NA throughout. `order` decides what
    3/4/2026 means. Nothing is checked here beyond the shape; an impossible half of the day or zone makes the row NA.
    """
    parts = numbers_of(text, order)
    columns = {name: pd.arrays.IntegerArray(parts.numbers[name], ~parts.is_known) for name in PARTS if name != "offset"}
    offset = pd.arrays.IntegerArray(parts.numbers["offset"], ~(parts.is_known & parts.has_zone))
    return pd.DataFrame({**columns, "offset": offset, "has_time": parts.has_time}, index=text.index)


@dataclass(frozen=True)
class Parts:
    """Written times as numbers, one array a part (`PARTS`); nothing counts where the shape is not known (`is_known`)."""

    numbers: dict[str, Numbers]
    is_known: Mask
    has_time: Mask
    has_zone: Mask


def numbers_of(text: pd.Series[Any], order: str) -> Parts:
    """The numbers of every written time, taken apart shape by shape."""
    count = len(text)
    parts = Parts(
        {name: np.zeros(count, dtype=np.int64) for name in PARTS}, no_rows(count), no_rows(count), no_rows(count)
    )
    for layout in layouts_of(text):
        reading = _reading(layout.shape, order)
        if reading is not None:
            _fill(parts, layout, reading)
    return parts


def _fill(parts: Parts, layout: Layout, reading: _Reading) -> None:
    rows, number = layout.rows, parts.numbers
    for name, span in reading.spans.items():
        if name in PARTS:
            number[name][rows] = layout.number(span)
    start, end = reading.spans["year"]
    if end - start != 4:
        # Two digits as POSIX reads them: 69 to 99 lie in the 1900s, 0 to 68 in the 2000s.
        number["year"][rows] += np.where(number["year"][rows] < 69, 2000, 1900)
    if reading.month is not None:
        number["month"][rows] = reading.month
    is_known = _clock(parts, layout, reading)
    if reading.offset is not None:
        number["offset"][rows] = reading.offset
    elif reading.sign:
        hours, minutes = layout.number(reading.spans["zone_hours"]), layout.number(reading.spans["zone_minutes"])
        number["offset"][rows] = reading.sign * (hours * 60 + minutes)
        is_known &= (hours <= 14) & (minutes <= 59)
    parts.is_known[rows] = is_known
    parts.has_time[rows] = "hour" in reading.spans
    parts.has_zone[rows] = reading.offset is not None or reading.sign != 0


def _clock(parts: Parts, layout: Layout, reading: _Reading) -> Mask:
    """Bring the hour to 24 and the fraction to micros; which rows do not contradict themselves."""
    rows, number = layout.rows, parts.numbers
    is_known = ~no_rows(len(rows))
    if "fraction" in reading.spans:
        start, end = reading.spans["fraction"]
        end = min(end, start + 6)
        number["micro"][rows] = layout.number((start, end)) * 10 ** (6 - (end - start))
    if reading.half:
        hour = number["hour"][rows]
        # 13:00 PM and 0:15 AM contradict themselves.
        is_known = (hour >= 1) & (hour <= 12)
        number["hour"][rows] = hour % 12 + (12 if reading.half == "P" else 0)
    if "century" in reading.spans:
        century = layout.number(reading.spans["century"])
        is_known &= (century == 19) | (century == 20)
    return is_known


@lru_cache(maxsize=4096)
def _reading(shape: str, order: str) -> _Reading | None:
    """What a shape says, or None where it is none of a date."""
    for pattern in (YEAR_FIRST, NUMBERED, COMPACT, MONTH_DAY, DAY_MONTH):
        match = pattern.fullmatch(shape)
        if match:
            return _meaning(match, order)
    return None


def _meaning(match: re.Match[str], order: str) -> _Reading | None:
    found = {name: match.span(name) for name, text in match.groupdict().items() if text}
    if "first" in found:
        found |= dict(zip(_names(match, order), (found["first"], found["middle"], found["last"]), strict=True))
    written = match.string[slice(*found["month"])]
    month = MONTHS.get(written.lower()) if not written.isdigit() else None
    if month is None and not written.isdigit():
        return None
    if month is not None:
        del found["month"]
    zone = match.string[slice(*found["zone"])] if "zone" in found else ""
    offset = ZONES.get(zone.upper())
    if zone and offset is None and not zone[1:2].isdigit():
        return None
    sign = 0 if offset is not None or not zone else (-1 if zone[0] == "-" else 1)
    if sign:
        start, end = found["zone"]
        found |= {"zone_hours": (start + 1, start + 3), "zone_minutes": (start + 3, end)}
    half = match.string[slice(*found["half"])][0].upper() if "half" in found else ""
    return _Reading(found, month, half, offset, sign)


def _names(match: re.Match[str], order: str) -> tuple[str, str, str]:
    """Which part each of three numbers is."""
    # 03/04/2026 ends in its year whatever the order says; only 26/03/04 can begin with one.
    short = order if order != "ymd" or len(match["last"]) == 2 else "dmy"
    first, middle, last = ({"m": "month", "d": "day", "y": "year"}[letter] for letter in short)
    return first, middle, last

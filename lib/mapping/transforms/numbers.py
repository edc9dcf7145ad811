"""Numbers, yes-or-no and spans of time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from lib.domain.objects import Kind
from lib.mapping.transforms.layouts import MOST_DIGITS, Term, digit_places, read_whole_numbers
from lib.mapping.transforms.shape import Option, OptionKind, Outcome, Scene, TransformSpec, each_unique

Options = Mapping[str, Any]
_NUMBER = re.compile(r"[-+−]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?\s?%?", re.ASCII)
_YES = frozenset({"true", "t", "yes", "y", "1", "on"})
_NO = frozenset({"false", "f", "no", "n", "0", "off"})
_CLOCK = re.compile(
    r"(?:(?P<days>\d+)[.:])?(?P<hours>\d+):(?P<minutes>[0-5]?\d):(?P<seconds>[0-5]?\d(?:\.\d+)?)", re.ASCII
)
_MINUTES = re.compile(r"(?P<minutes>\d+):(?P<seconds>[0-5]\d(?:\.\d+)?)", re.ASCII)
_ISO = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII | re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:(?P<days>\d+)\s*d(?:ays?)?)?[\s,]*(?:(?P<hours>\d+(?:\.\d+)?)\s*h(?:(?:ou)?rs?)?)?[\s,]*"
    r"(?:(?P<minutes>\d+(?:\.\d+)?)\s*m(?:in(?:ute)?s?)?)?[\s,]*"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)\s*s(?:ec(?:ond)?s?)?)?(?:[\s,]*(?P<milliseconds>\d+)\s*ms)?",
    re.ASCII | re.IGNORECASE,
)
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SECONDS = {
    "days": Decimal(86_400),
    "hours": Decimal(3_600),
    "minutes": Decimal(60),
    "seconds": Decimal(1),
    "milliseconds": Decimal("0.001"),
}
_UNITS = ("seconds", "minutes", "hours", "milliseconds")
# A number of so many digits times 86,400 is well within 64 bits.
_SPAN_DIGITS = 9
_MOST_SECONDS = 2**31 - 1


def read_number(text: str) -> Decimal | None:
    """One number: `1,234`, `-3.5`, `6.47%` (as 6.47, percentages are in percent); None where it is none."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.rstrip("% ").replace(",", "").replace("−", "-"))


def read_integer(text: str) -> int | None:
    """One whole number of at most 64 bits; `12.0` is 12, `12.5` is none."""
    number = read_number(text)
    # The size is asked first: 1e999 would be a thousand digits long.
    if number is None or number.adjusted() > 18 or number != number.to_integral_value():
        return None
    return int(number) if -(2**63) <= number < 2**63 else None


def read_decimal(text: str) -> float | None:
    """One finite decimal number, as a float; amounts of money never pass here."""
    number = read_number(text)
    return None if number is None or number.adjusted() > 300 else float(number)


def read_boolean(text: str) -> bool | None:
    """true/false, yes/no, y/n, t/f, on/off, 1/0, whatever their case."""
    word = text.strip().casefold()
    return True if word in _YES else (False if word in _NO else None)


def read_duration(text: str, unit: str = "seconds") -> int | None:
    """Whole seconds (half to even) of `0:04:13`, `4:13` (minutes, seconds), `1.02:03:04`, `PT4M`, `4m 13s`, `1.5 h`,
    `2500 ms`, or a number of `unit`; None where it is none, or longer than 68 years.
    """
    plain = text.strip()
    if _PLAIN.fullmatch(plain):
        return _whole(Decimal(plain) * _SECONDS[unit])
    for pattern in (_CLOCK, _MINUTES, _ISO, _WORDS):
        match = pattern.fullmatch(plain)
        parts = {name: value for name, value in match.groupdict().items() if value} if match else {}
        if parts:
            return _whole(sum((Decimal(value) * _SECONDS[name] for name, value in parts.items()), Decimal(0)))
    return None


def _whole(seconds: Decimal) -> int | None:
    return round(seconds) if seconds <= _MOST_SECONDS else None


def _parse_number(values: pd.Series[Any], _options: Options, scene: Scene) -> Outcome:
    if scene.kind is Kind.INTEGER:
        return read_whole_numbers(values, _terms_of_number, read_integer, "unreadable_number")
    return each_unique(values, read_decimal, "Float64", "unreadable_number")


@lru_cache(maxsize=4096)
def _terms_of_number(shape: str) -> tuple[Term, ...] | None:
    """The one term of a whole number of this shape; None for a point, a power of ten or very many digits."""
    plain = shape.strip()
    if read_number(plain) is None or set(plain) & set(".eE") or len(digit_places(plain, (0, len(plain)))) > MOST_DIGITS:
        return None
    return (Term(((0, len(plain)),), -1 if plain[0] in "-−" else 1),)


def _parse_boolean(values: pd.Series[Any], _options: Options, _scene: Scene) -> Outcome:
    return each_unique(values, read_boolean, "boolean", "unreadable_boolean")


def _parse_duration(values: pd.Series[Any], options: Options, _scene: Scene) -> Outcome:
    unit = str(options.get("unit", "seconds"))
    return read_whole_numbers(
        values,
        lambda shape: _terms_of_duration(shape, unit),
        lambda text: read_duration(text, unit),
        "unreadable_duration",
        most=_MOST_SECONDS,
    )


@lru_cache(maxsize=4096)
def _terms_of_duration(shape: str, unit: str) -> tuple[Term, ...] | None:
    """What the numbers of a span of this shape count in seconds; None where there are fractions to be rounded."""
    if _PLAIN.fullmatch(shape):
        parts = {unit: (0, len(shape))}
    else:
        matches = (pattern.fullmatch(shape) for pattern in (_CLOCK, _MINUTES, _ISO, _WORDS))
        match = next((match for match in matches if match and any(match.groupdict().values())), None)
        parts = {name: match.span(name) for name, text in match.groupdict().items() if text} if match else {}
    if not parts or "." in "".join(shape[slice(*span)] for span in parts.values()) or "milliseconds" in parts:
        return None
    if any(end - start > _SPAN_DIGITS for start, end in parts.values()):
        return None
    # 4:75 is no time, and 1:75:00 none either: 59 minutes and seconds are the most that a clock shows.
    most = {"minutes": 59, "seconds": 59} if ":" in shape else {}
    return tuple(
        Term((span,), int(_SECONDS[name]), min(most.get(name, _MOST_SECONDS), _MOST_SECONDS // int(_SECONDS[name])))
        for name, span in parts.items()
    )


NUMBER_TRANSFORMS = (
    TransformSpec("parse_number", "Reads a number: 1,234, -3.5, 6.47%.", _parse_number, gives="number"),
    TransformSpec("parse_boolean", "Reads yes or no: true, no, Y, 0 …", _parse_boolean, gives="boolean"),
    TransformSpec(
        "parse_duration",
        "Reads a span of time into seconds: 0:04:13, 4:13, PT4M, 13s, 13.",
        _parse_duration,
        {"unit": Option(OptionKind.TEXT, choices=_UNITS, doc="what a plain number counts")},
        gives="duration",
    ),
)

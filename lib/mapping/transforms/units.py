"""Units that stand for the same thing in other sizes: exact factors, and a number turned from one into another."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from lib.mapping.transforms.numbers import read_number
from lib.mapping.transforms.shape import Option, OptionKind, Outcome, Scene, TransformSpec, each_unique

# The international yard and pound of 1959 are exact: a foot is 0.3048 m, a pound 0.45359237 kg. A square is the 100
# square feet in which roofers count.
_METRE, _KILOGRAM = Fraction("0.3048"), Fraction("0.45359237")
UNITS: dict[str, dict[str, Fraction]] = {
    "length": {
        "mm": Fraction(1, 1000),
        "cm": Fraction(1, 100),
        "m": Fraction(1),
        "km": Fraction(1000),
        "in": _METRE / 12,
        "ft": _METRE,
        "yd": _METRE * 3,
        "mi": _METRE * 5280,
    },
    "area": {
        "sqm": Fraction(1),
        "sqft": _METRE**2,
        "square": _METRE**2 * 100,
        "acre": _METRE**2 * 43_560,
    },
    "weight": {"g": Fraction(1, 1000), "kg": Fraction(1), "lb": _KILOGRAM, "ton_us": _KILOGRAM * 2000},
    "volume": {"l": Fraction(1), "gal_us": Fraction("3.785411784")},
    "time": {
        "ms": Fraction(1, 1000),
        "s": Fraction(1),
        "min": Fraction(60),
        "h": Fraction(3600),
        "day": Fraction(86_400),
    },
    "share": {"fraction": Fraction(1), "percent": Fraction(1, 100), "basis_point": Fraction(1, 10_000)},
    "count": {"one": Fraction(1), "dozen": Fraction(12), "thousand": Fraction(1000), "million": Fraction(1_000_000)},
}
_SORTS = {unit: sort for sort, units in UNITS.items() for unit in units}
_MOST_DECIMALS = 12
# A number of more digits is an identifier that somebody took for an amount.
_MOST_DIGITS = 30


def unit_problem(options: Mapping[str, Any]) -> str | None:
    """Why one unit cannot be turned into the other, as the rest of a sentence; None where it can."""
    first, second = str(options.get("from")), str(options.get("to"))
    if _SORTS[first] != _SORTS[second]:
        others = ", ".join(UNITS[_SORTS[first]])
        return f"convert_unit cannot turn {first} ({_SORTS[first]}) into {second} ({_SORTS[second]}); use {others}"
    if not 0 <= int(options.get("decimals", 6)) <= _MOST_DECIMALS:
        return f"convert_unit keeps 0 to {_MOST_DECIMALS} decimals"
    return None


def converted(text: str, factor: Fraction, decimals: int) -> str | None:
    """A number times the factor, rounded half to even, without idle zeros; None where it is no number."""
    number = read_number(text)
    if number is None or number.adjusted() > _MOST_DIGITS or number.adjusted() < -_MOST_DIGITS:
        return None
    rounded = round(Fraction(number) * factor, decimals)
    return f"{_exact(rounded, decimals):f}"


def _exact(value: Fraction, decimals: int) -> Decimal:
    scaled = Decimal(int(value * 10**decimals))
    exact = scaled.scaleb(-decimals).normalize()
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def _convert_unit(values: pd.Series[Any], options: Mapping[str, Any], _scene: Scene) -> Outcome:
    sort = UNITS[_SORTS[str(options["from"])]]
    factor, decimals = sort[str(options["from"])] / sort[str(options["to"])], int(options.get("decimals", 6))
    return each_unique(values, lambda text: converted(text, factor, decimals), "str", "unreadable_number")


_UNIT = tuple(_SORTS)

UNIT_TRANSFORMS = (
    TransformSpec(
        "convert_unit",
        "Turns a number from one unit into another, exactly, then rounded; what is no number fails.",
        _convert_unit,
        {
            "from": Option(OptionKind.TEXT, is_required=True, choices=_UNIT, doc="the unit that the provider sends"),
            "to": Option(OptionKind.TEXT, is_required=True, choices=_UNIT, doc="the unit that the column keeps"),
            "decimals": Option(OptionKind.NUMBER, doc="how many decimals to keep at most"),
        },
    ),
)

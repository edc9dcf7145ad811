"""Money: whatever a provider writes, read exactly into micros (1e-6 of the currency unit)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from lib.domain.objects import MICROS
from lib.mapping.transforms.layouts import MOST_DIGITS, Term, digit_places, read_whole_numbers
from lib.mapping.transforms.shape import Option, OptionKind, Outcome, Scene, TransformSpec

UNITS = {"dollars": MICROS, "cents": MICROS // 100, "micros": 1}
INT64 = 2**63
_SIZES = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_CURRENCY = r"(?:[A-Z]{1,3}\s?)?[$€£¥]|[A-Z]{3}"
_POINT = r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)?(?:\.(?P<part>[0-9]*))?"
_COMMA = r"(?P<whole>[0-9]{1,3}(?:[.\s][0-9]{3})+|[0-9]+)?(?:,(?P<part>[0-9]*))?"


def _pattern(number: str) -> re.Pattern[str]:
    sign = r"(?P<sign>[-+−])?"
    # Blanks are never given back (`*+`): shared out among seven places, a hundred of them would take minutes.
    return re.compile(
        rf"(?P<open>\()?\s*+{sign}\s*+(?:{_CURRENCY})?\s*+{sign.replace('sign', 'inner')}\s*+{number}"
        rf"\s*+(?P<size>[KMB])?\s*+(?:{_CURRENCY})?\s*+{sign.replace('sign', 'trailing')}\s*+(?P<close>\))?",
        re.IGNORECASE,
    )


_WITH_POINT, _WITH_COMMA = _pattern(_POINT), _pattern(_COMMA)


def read_money(text: str, unit: str = "dollars", *, has_decimal_comma: bool = False) -> int | None:
    """Micros of one amount, or None where it cannot be read without guessing.

    Reads `$1,234.50`, `(12.00)`, `12.00-`, `US$9.72`, `$342.09K`; with a decimal comma `1.234,50`. Exact: no float is
    involved, and what lies beyond the sixth decimal is rounded half to even.
    """
    match = (_WITH_COMMA if has_decimal_comma else _WITH_POINT).fullmatch(text.strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    whole, part = re.sub(r"\D", "", match["whole"] or ""), match["part"] or ""
    signs = _signs(match)
    if not (whole or part) or len(signs) > 1 or (signs and match["open"]) or len(whole) > 18:
        return None
    is_negative = bool(match["open"]) or (bool(signs) and signs[0] != "+")
    amount = Decimal(f"{whole or 0}.{part or 0}") * _SIZES[(match["size"] or "").upper()] * UNITS[unit]
    micros = int(amount.to_integral_value(ROUND_HALF_EVEN))
    return None if micros >= INT64 else (-micros if is_negative else micros)


def _signs(match: re.Match[str]) -> list[str]:
    return [sign for sign in (match["sign"], match["inner"], match["trailing"]) if sign]


def _parse_money(values: pd.Series[Any], options: Mapping[str, Any], scene: Scene) -> Outcome:
    unit = str(options.get("unit", scene.context.money_unit))
    has_comma = bool(options.get("decimal_comma", False))
    return read_whole_numbers(
        values,
        lambda shape: _terms(shape, unit, has_comma),
        lambda text: read_money(text, unit, has_decimal_comma=has_comma),
        "unreadable_money",
    )


@lru_cache(maxsize=4096)
def _terms(shape: str, unit: str, has_comma: bool) -> tuple[Term, ...] | None:
    """What the digits of an amount of this shape count in micros; None where they need rounding or are very many."""
    match = (_WITH_COMMA if has_comma else _WITH_POINT).fullmatch(shape)
    # An amount of zeros is read by the same rules as any other of its shape.
    if match is None or read_money(shape, unit, has_decimal_comma=has_comma) is None:
        return None
    spans = (match.span("whole"), match.span("part"))
    each, beyond = divmod(_SIZES[(match["size"] or "").upper()] * UNITS[unit], 10 ** len(match["part"] or ""))
    if beyond or len(digit_places(shape, *spans)) + len(str(each)) - 1 > MOST_DIGITS:
        return None
    is_negative = match["open"] or any(sign in "-−" for sign in _signs(match))
    return (Term(spans, -each if is_negative else each),)


MONEY_TRANSFORMS = (
    TransformSpec(
        "parse_money",
        "Reads an amount exactly: $1,234.50, (12.00), -12, US$9.72, $342.09K.",
        _parse_money,
        {
            "unit": Option(OptionKind.TEXT, choices=tuple(UNITS), doc="what a plain number counts"),
            "decimal_comma": Option(OptionKind.FLAG, doc="true where 1.234,50 means 1234.50"),
        },
        gives="money",
    ),
)

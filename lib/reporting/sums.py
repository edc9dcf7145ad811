"""How a number is said to add up: the sum of its days, or the division of its two parts, said aloud."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lib.reporting.amounts import is_money, plain, with_unit

MOST_TERMS = 6


def sum_in_words(values: Sequence[Decimal], unit: str) -> str:
    """`22 + 19 + 25 + … + 18 = 184 leads`; days with nothing are no terms, and one that stands alone is no sum."""
    terms = [value for value in values if value]
    total = with_unit(sum(values, Decimal(0)), unit)
    if len(terms) < 2:
        return total
    said = [_bare(value, unit) for value in terms]
    if len(said) > MOST_TERMS:
        said = [*said[: MOST_TERMS - 2], "…", said[-1]]
    first, *others = said
    steps = [f"- {each[1:]}" if each.startswith("-") else f"+ {each}" for each in others]
    return " ".join([first, *steps, "=", total])


def ratio_in_words(numerator: str, denominator: str, result: str, unit: str) -> str:
    """`$1,234.50 ÷ 96 leads = $12.86 per lead`; a percentage says that it is one of a hundred."""
    times = " × 100" if unit == "percent" else ""
    return f"{numerator} ÷ {denominator}{times} = {result}"


def _bare(value: Decimal, unit: str) -> str:
    return with_unit(value, unit) if is_money(unit) and unit.startswith("USD") else plain(value)

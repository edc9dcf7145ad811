"""Numbers as a reader meets them: money, percentages, counts, and their units in the singular and the plural."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def is_money(unit: str) -> bool:
    """Whether a unit is a currency (three capital letters, as ISO 4217 writes them), also per something: `USD per lead`."""
    currency = unit.partition(" per ")[0]
    return len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()


def plain(value: Decimal) -> str:
    """A number with thousands separators and no needless zeros: `1,234`, `3.5`."""
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def money(value: Decimal, unit: str) -> str:
    """`$1,234.50` for USD, `1,234.50 EUR` for every other currency, `$12.84 per lead`; half a cent rounds up."""
    rounded = value.quantize(CENT, ROUND_HALF_UP)
    currency, per, rest = unit.partition(" per ")
    if currency == "USD":
        return f"{'-' if rounded < 0 else ''}${abs(rounded):,.2f}{per}{rest}"
    return f"{rounded:,.2f} {unit}"


def _singular_word(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def singular(unit: str) -> str:
    """The unit of one: `lead` for `leads`, `quote request` for `quote requests`, `call per day` for `calls per day`."""
    counted, per, rest = unit.partition(" per ")
    *before, last = counted.split(" ")
    return " ".join([*before, _singular_word(last)]) + per + rest


def with_unit(value: Decimal, unit: str) -> str:
    """A value with its unit: `1 lead`, `1,234 leads`, `$42.10`, `33.3 %`."""
    if is_money(unit):
        return money(value, unit)
    if unit == "percent":
        return f"{plain(value)} %"
    return f"{plain(value)} {singular(unit) if abs(value) == 1 else unit}"


def as_number(value: Decimal | None, unit: str) -> int | float | str | None:
    """A value as machines read it: money as a string with its cents, whole numbers as integers."""
    if value is None:
        return None
    if is_money(unit):
        return f"{value.quantize(CENT, ROUND_HALF_UP):f}"
    return int(value) if value == value.to_integral_value() else float(value)

"""Control totals: what a person says the money columns of a file come to, beside what they do come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lib.domain.objects import Kind, ObjectType
from lib.errors import DeskError

_MICRO = Decimal("0.000001")


@dataclass(frozen=True)
class ToldTotal:
    """What a total line of the file itself says of a column, in currency units."""

    line: int
    amount: Decimal


@dataclass(frozen=True)
class ControlTotal:
    """One money column: what was expected (None: nothing was said), what the rows come to, what the file says itself."""

    column: str
    label: str
    expected: Decimal | None
    found: Decimal
    told: tuple[ToldTotal, ...] = ()

    @property
    def difference(self) -> Decimal:
        """How much more the rows come to than was expected; zero where nothing was."""
        return Decimal(0) if self.expected is None else self.found - self.expected

    @property
    def agrees(self) -> bool:
        """Whether the rows come to what was expected, and to what a total line of the file says, where one says it."""
        return not self.difference and (not self.told or any(total.amount == self.found for total in self.told))


def money_columns(kind: ObjectType) -> tuple[str, ...]:
    """The columns of an object that hold money."""
    return tuple(column.name for column in kind.columns if column.kind is Kind.MONEY)


def read_expected(items: Iterable[str], kind: ObjectType) -> dict[str, str]:
    """Sums as a person writes them, `amount=12345.67`, as they are kept: {"amount": "12345.67"}.

    DeskError `bad_control_total` names the one that cannot be read; there is no rounding and no tolerance.
    """
    return dict(_read(item, kind) for item in items)


def _read(item: str, kind: ObjectType) -> tuple[str, str]:
    column, is_given, text = (part.strip() for part in item.partition("="))
    columns = money_columns(kind)
    if not is_given or column not in columns:
        names = ", ".join(columns) or "none"
        noun = kind.name.replace("_", " ")
        raise DeskError(
            "bad_control_total",
            f"{item!r} is no sum of a money column of a {noun}.",
            f"Write COLUMN=AMOUNT, such as amount=12345.67; its money columns are: {names}.",
        )
    try:
        amount = Decimal(text.replace(",", ""))
        is_exact = amount.is_finite() and amount == amount.quantize(_MICRO)
    except InvalidOperation:
        is_exact = False
    if not is_exact:
        raise DeskError(
            "bad_control_total",
            f"{text!r}, the sum expected of {column}, is not an amount of money.",
            "Write it in currency units with a decimal point, such as 12345.67.",
        )
    return column, f"{amount:f}"

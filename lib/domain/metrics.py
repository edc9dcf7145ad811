"""What a number means: one metric definition, complete enough for one clear sentence (R14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lib.domain.objects import Destination, object_type
from lib.domain.signals import Paid, Signal
from lib.domain.verdicts import RowClass

# In the accepted values of a filter: every value but a blank one. The empty text accepts the blank one.
GIVEN = "*"
Where = tuple[tuple[str, tuple[str, ...]], ...]


class Aggregation(StrEnum):
    """How records become a number; a ratio is always computed from two sums, never averaged."""

    COUNT = "count"
    SUM = "sum"
    RATIO = "ratio"


class Surface(StrEnum):
    """Where a metric ends (R22)."""

    REPORT_NOTE = "report_note"
    PORTAL_CARD = "portal_card"
    ADMIN_TASK = "admin_task"
    INCIDENT_ALERT = "incident_alert"
    HEALTH_SIGNAL = "health_signal"


@dataclass(frozen=True)
class MetricTemplate:
    """A metric as a provider template offers it.

    `date_basis` names the record column whose day the metric counts by (`occurred_at`, `booked_at`, …); `column` the
    column that is summed (money in currency units) for SUM, and `weight` one that it is multiplied by first, so that a
    mean weighted by it is a ratio of two sums; `where` pairs of column and accepted values (empty: all genuine records;
    GIVEN: any but a blank); `dimension` the column whose values split it, empty for none; `unit` a plain noun (`leads`,
    `USD`). A RATIO names two other metric keys of the same account in `numerator` and `denominator`.
    `client_meaning` is the client-safe half sentence that explains the number.
    """

    key: str
    label: str
    object: str
    unit: str
    client_meaning: str
    aggregation: Aggregation = Aggregation.COUNT
    date_basis: str = "occurred_at"
    column: str = ""
    weight: str = ""
    where: Where = ()
    dimension: str = ""
    numerator: str = ""
    denominator: str = ""
    surface: Surface = Surface.PORTAL_CARD
    counts_every_class: bool = False

    def takes(self, agreed: Mapping[str, str]) -> bool:
        """Whether records with these texts in the columns of `where` are among those it looks at."""
        return all(accepts(accepted, agreed[column]) for column, accepted in self.where)

    @property
    def tab(self) -> Where:
        """The part of its filter that says which rows of an export it is taken from, whatever is in them."""
        return tuple((column, accepted) for column, accepted in self.where if set(accepted) <= {GIVEN, ""})

    def is_of_tab(self, agreed: Mapping[str, str]) -> bool:
        """Whether records with these texts are of that tab."""
        return all(accepts(accepted, agreed[column]) for column, accepted in self.tab)

    def leaves_out(self, row_class: str) -> bool:
        """Whether records of a class are told beside the number instead of in it (R10)."""
        return row_class != RowClass.GENUINE and not self.counts_every_class

    @property
    def amount(self) -> str:
        """What is summed, by name: the column, or the product of the two."""
        return f"{self.column} by {self.weight}" if self.weight else self.column

    def adds(self, values: Mapping[Any, Any]) -> Decimal:
        """What a record with these values adds to the sum; a blank adds nothing."""
        amount = exact(values[self.column])
        return amount * exact(values[self.weight]) if self.weight else amount

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The columns by which it tells records apart: what it filters by, and its dimension."""
        return tuple(dict.fromkeys([*(column for column, _ in self.where), *filter(None, [self.dimension])]))


def exact(value: Any) -> Decimal:
    """A number as a database gives it back, exact; a blank is zero."""
    if value is None:
        return Decimal(0)
    return value if isinstance(value, Decimal) else Decimal(str(value))


def accepts(accepted: tuple[str, ...], text: str) -> bool:
    """Whether a filter of these values lets a record with this text in its column through; a blank one is empty text."""
    return text in accepted or (GIVEN in accepted and text != "")


@dataclass(frozen=True)
class Metric:
    """A metric of one account: the template, bound to a source and a signal, in one version."""

    id: int
    client_id: int
    account_id: int
    account_key: str
    source_label: str
    signal: Signal
    paid: Paid
    version: int
    template: MetricTemplate

    @property
    def name(self) -> str:
        """`account.metric`, the name by which everybody asks for it."""
        return f"{self.account_key}.{self.template.key}"

    @property
    def table(self) -> str:
        """The table whose records it is counted from; a ratio's is that of its numerator."""
        return object_type(self.template.object).table

    @property
    def destination(self) -> Destination:
        """The database in which that table lies (R7)."""
        return object_type(self.template.object).destination

    def missing_for_a_sentence(self) -> tuple[str, ...]:
        """What R14 misses: empty when source, unit and client meaning are all there."""
        parts = {
            "source label": self.source_label,
            "unit": self.template.unit,
            "client meaning": self.template.client_meaning,
            "label": self.template.label,
        }
        return tuple(name for name, value in parts.items() if not value.strip())

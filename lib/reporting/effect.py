"""What rows would do to a client's numbers: their contributions summed by day, by the rules by which records are rolled up.

A row that creates a record adds what it holds; one that changes a record takes what that held away and adds what it
holds then. So the numbers after are the numbers now and these changes, without anything being written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.metrics import Aggregation, MetricTemplate
from lib.domain.objects import MICROS, Kind, ObjectType
from lib.reporting.local_days import local_days

_MICRO = Decimal("0.000001")
# Sums of micros are exact, and beyond nine million millions they need more than 64 bits.
_WIDE = pa.decimal128(38, 0)
_CLASS, _DAY = "row_class", "day of the metric"


@dataclass
class MetricChanges:
    """What changes of one metric: its value by (local day, dimension value), and how many entries are left out by day.

    `set_apart` are the entries that come in and are not counted, by their class.
    """

    template: MetricTemplate
    values: dict[tuple[date, str], Decimal] = field(default_factory=dict)
    left_out: Counter[tuple[date, str]] = field(default_factory=Counter)
    set_apart: Counter[str] = field(default_factory=Counter)

    @property
    def by_day(self) -> dict[date, Decimal]:
        """The change of each day, every value of the dimension together; days that stay as they are left out."""
        days: dict[date, Decimal] = {}
        for (day, _), value in self.values.items():
            days[day] = days.get(day, Decimal(0)) + value
        return {day: value for day, value in sorted(days.items()) if value}

    @property
    def moved_days(self) -> dict[date, tuple[Decimal, int]]:
        """What each day's value changes by, and how many more entries it leaves out; days that stay are left out."""
        kept: Counter[date] = Counter()
        for (day, _), count in self.left_out.items():
            kept[day] += count
        values = self.by_day
        days = {day: (values.get(day, Decimal(0)), kept[day]) for day in sorted({*values, *kept})}
        return {day: moved for day, moved in days.items() if any(moved)}


class Effect:
    """Gathers the changes of several metrics of one object, batch by batch."""

    def __init__(self, kind: ObjectType, timezone: str, metrics: Mapping[str, MetricTemplate]) -> None:
        self._kind, self._timezone = kind, timezone
        self.changes = {key: MetricChanges(item) for key, item in metrics.items()}

    def add(self, records: pa.Table, sign: int) -> None:
        """Records that come (`sign` 1) or go (-1): `row_class` and the object's columns as a mapped chunk has them.

        Money is in micros, int64 or decimal; a column that is not there is blank in every record.
        """
        for basis, changes in self._by_date_basis().items():
            if basis not in records.column_names or not records.num_rows:
                continue
            for day, values in self._grouped(records, basis, [item.template for item in changes]):
                for item in changes:
                    _take(item, day, values, sign)

    def _by_date_basis(self) -> dict[str, list[MetricChanges]]:
        found: dict[str, list[MetricChanges]] = {}
        for item in self.changes.values():
            found.setdefault(item.template.date_basis, []).append(item)
        return found

    def _grouped(
        self, records: pa.Table, basis: str, metrics: Sequence[MetricTemplate]
    ) -> Iterator[tuple[date, dict[str, Any]]]:
        """Counts and sums of the records that agree in their day, class and every column that a metric looks at."""
        texts = sorted({name for metric in metrics for name in metric.looked_at})
        summed = {metric.amount: metric for metric in metrics if metric.column}
        columns = {_DAY: days_in(records[basis], self._timezone), _CLASS: records[_CLASS]}
        columns |= {name: _text(records, name) for name in texts}
        columns |= {f"sum of {name}": self._amount(records, metric) for name, metric in summed.items()}
        keys = [_DAY, _CLASS, *texts]
        wanted: list[Any] = [([], "count_all"), *((f"sum of {name}", "sum") for name in summed)]
        dated = pa.table(columns).filter(pc.is_valid(columns[_DAY]))
        for row in dated.group_by(keys).aggregate(wanted).to_pylist():
            yield date.fromisoformat(row.pop(_DAY)), row

    def _amount(self, records: pa.Table, metric: MetricTemplate) -> Any:
        if not {name for name in (metric.column, metric.weight) if name} <= set(records.column_names):
            return pa.nulls(records.num_rows, _WIDE)
        if metric.weight:
            return pc.multiply(*(records[name].cast(pa.float64()) for name in (metric.column, metric.weight)))
        is_money = self._kind.column(metric.column).kind is Kind.MONEY
        return records[metric.column].cast(_WIDE) if is_money else records[metric.column]


def days_in(moments: pa.ChunkedArray, timezone: str) -> pa.Array:
    """The local day of each moment as ISO text; only distinct moments are looked at. Dates are days already."""
    if not pa.types.is_timestamp(moments.type):
        return moments.combine_chunks().cast(pa.large_string())
    encoded = moments.combine_chunks().dictionary_encode()
    days = local_days(encoded.dictionary.to_pandas(), timezone)
    return pa.array(days.astype(object).where(days.notna(), None).tolist(), pa.large_string()).take(encoded.indices)


def _text(records: pa.Table, name: str) -> Any:
    if name not in records.column_names:
        return pa.array([""] * records.num_rows, pa.large_string())
    return records[name].cast(pa.large_string()).fill_null("")


def _take(item: MetricChanges, day: date, found: Mapping[str, Any], sign: int) -> None:
    template = item.template
    if not template.takes(found):
        return
    place = day, str(found[template.dimension]) if template.dimension else ""
    if template.leaves_out(found[_CLASS]):
        item.left_out[place] += sign * found["count_all"]
        if sign > 0:
            item.set_apart[found[_CLASS]] += found["count_all"]
        return
    value = _value(template, found)
    item.values[place] = item.values.get(place, Decimal(0)) + sign * value


def _value(template: MetricTemplate, found: Mapping[str, Any]) -> Decimal:
    if template.aggregation is not Aggregation.SUM:
        return Decimal(found["count_all"])
    amount = found[f"sum of {template.amount}_sum"]
    if amount is None:
        return Decimal(0)
    return amount / MICROS if isinstance(amount, Decimal) else Decimal(str(amount)).quantize(_MICRO)

"""What changes of days come to for a client's numbers: each metric's months as they stand and as they would stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lib.db.shared_steps.metric_series import coverage, operands
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.reporting.amounts import as_number
from lib.reporting.effect import Effect, MetricChanges
from lib.reporting.effect_words import MonthEffect, effect_sentence
from lib.reporting.periods import month_of
from lib.reporting.series import PeriodValue, ratio


@dataclass(frozen=True)
class MetricEffect:
    """One metric: its months that change, now and after; how much each day changes; what comes in and is not counted."""

    metric: Metric
    months: tuple[MonthEffect, ...]
    days: dict[date, Decimal]
    set_apart: dict[str, int]

    @property
    def sentence(self) -> str:
        """What changes, in one sentence with the source (R1)."""
        return effect_sentence(self.metric, self.months, self.set_apart)

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        item = self.metric
        months = [
            {
                "month": month.range.first.strftime("%Y-%m"),
                "now": self._number(month.now),
                "after": self._number(month.after),
            }
            for month in self.months
        ]
        changes = {day.isoformat(): self._number(value) for day, value in self.days.items()}
        said = {"label": item.template.label, "source": item.source_label, "signal": item.signal, "paid": item.paid}
        counts = {"months": months, "days": changes, "left_out": self.set_apart}
        return {"metric": item.name, **said, "unit": item.template.unit, **counts, "sentence": self.sentence}

    def _number(self, value: Decimal | None) -> int | float | str | None:
        return as_number(value, self.metric.template.unit)


def rolled_up(tx: UnitOfWork, account: Account, name: str) -> dict[str, Metric]:
    """The metrics of an object that are rolled up, by name: as `roll_up` has it."""
    return {
        metric.name: metric
        for metric in tx.metrics.of_account(account)
        if metric.template.object == name
        and metric.template.aggregation is not Aggregation.RATIO
        and not metric.missing_for_a_sentence()
    }


def metric_effects(
    tx: UnitOfWork, account: Account, name: str, counted: Mapping[str, Metric], effect: Effect
) -> tuple[MetricEffect, ...]:
    """Every metric that was gathered, and each ratio of which a part changes."""
    covered = coverage(tx, account, name)
    found = [_of_metric(tx, item, effect.changes[key], covered) for key, item in counted.items()]
    found.extend(_ratios(tx, account, {item.metric.id: item for item in found}))
    return tuple(sorted(found, key=lambda item: item.metric.id))


def _of_metric(tx: UnitOfWork, metric: Metric, changes: MetricChanges, covered: frozenset[date]) -> MetricEffect:
    days = changes.by_day
    months = tuple(_month(tx, metric, span, days, covered) for span in _months(days))
    return MetricEffect(metric, months, days, dict(changes.set_apart))


def _months(days: Iterable[date]) -> list[DateRange]:
    return sorted({month_of(day) for day in days}, key=lambda span: span.first)


def _month(
    tx: UnitOfWork, metric: Metric, span: DateRange, changes: Mapping[date, Decimal], covered: frozenset[date]
) -> MonthEffect:
    """A month as it stands (None while nothing is known of it) and as it will stand."""
    slices = tx.slices.of(metric, span)
    is_known = bool(slices) or any(span.first <= day <= span.last for day in covered)
    now = sum((item.value for item in slices), Decimal(0))
    change = sum((value for day, value in changes.items() if span.first <= day <= span.last), Decimal(0))
    return MonthEffect(span, now if is_known else None, now + change)


def _ratios(tx: UnitOfWork, account: Account, found: Mapping[int, MetricEffect]) -> Iterator[MetricEffect]:
    """The account's ratios of which a part changes: always from two sums."""
    for metric in tx.metrics.of_account(account):
        if metric.template.aggregation is not Aggregation.RATIO or metric.missing_for_a_sentence():
            continue
        above, below = operands(tx, metric)
        assert below is not None, "a ratio has two parts"
        parts = [(part, found[part.id].days if part.id in found else {}) for part in (above, below)]
        months = _months(day for _, days in parts for day in days)
        covered = [coverage(tx, account, part.template.object) for part, _ in parts] if months else []
        changed = []
        for span in months:
            over, under = (
                _month(tx, part, span, days, seen) for (part, days), seen in zip(parts, covered, strict=True)
            )
            unit = metric.template.unit
            changed.append(
                MonthEffect(
                    span,
                    ratio(_whole(span, over.now), _whole(span, under.now), unit).value,
                    ratio(_whole(span, over.after), _whole(span, under.after), unit).value,
                )
            )
        if changed:
            yield MetricEffect(metric, tuple(changed), {}, {})


def _whole(span: DateRange, value: Decimal | None) -> PeriodValue:
    return PeriodValue(span, value, span.days, complete=True, missing_days=0)

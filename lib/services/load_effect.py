"""Say what approving a load would do to the client's numbers, without writing anything (F49)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.last_versions import last_versions
from lib.db.metric_series import coverage, operands
from lib.db.record_writer import row_groups
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import DateRange, Load
from lib.domain.maps import FieldMap
from lib.domain.metrics import Aggregation, Metric
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.mapping.merged import merged, with_kept
from lib.reporting.amounts import as_number
from lib.reporting.effect import Effect, MetricChanges
from lib.reporting.effect_words import MonthEffect, effect_sentence
from lib.reporting.periods import month_of
from lib.reporting.series import PeriodValue, ratio

Progress = Callable[[str, int, int], None]


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


@dataclass(frozen=True)
class LoadEffect:
    """What a load would do; `is_behind` when another load was committed since its rows were judged."""

    load: Load
    is_behind: bool
    metrics: tuple[MetricEffect, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same for machines."""
        return {"load": self.load.id, "behind": self.is_behind, "metrics": [item.as_dict() for item in self.metrics]}


def effect_stamp(tx: UnitOfWork, load_id: int) -> tuple[int, int, int, int]:
    """The load, its version, and the commits of its object that it was judged after and that there are now.

    While these are the same, so is its effect.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    return load.id, load.version, load.staged_epoch, tx.accounts.epoch(load.account_id, load.object)


def load_effect(tx: UnitOfWork, load_id: int, progress: Progress = lambda *_: None) -> LoadEffect:
    """Every metric of the load's object, now and after its approval; a test import changes none of them.

    DeskError `not_in_review` for a load that is decided on.
    """
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    if load.status is not LoadStatus.IN_REVIEW:
        raise DeskError(
            "not_in_review",
            f"Load {load_id} is {load.status.replace('_', ' ')}; its effect is foretold only while it is in review.",
            "`metrics` shows the numbers as they are.",
        )
    account = tx.accounts.by_id(load.account_id)
    is_behind = load.staged_epoch != tx.accounts.epoch(account.id, load.object)
    if load.is_test:
        return LoadEffect(load, is_behind, ())
    counted = _rolled_up(tx, account, load.object)
    effect = Effect(
        object_type(load.object), account.client_timezone, {name: item.template for name, item in counted.items()}
    )
    _gather(tx, account, load, effect, progress)
    covered = coverage(tx, account, load.object)
    found = [_of_metric(tx, item, effect.changes[name], covered) for name, item in counted.items()]
    found.extend(_ratios(tx, account, {item.metric.id: item for item in found}))
    return LoadEffect(load, is_behind, tuple(sorted(found, key=lambda item: item.metric.id)))


def _rolled_up(tx: UnitOfWork, account: Account, name: str) -> dict[str, Metric]:
    """The metrics of an object that are rolled up, by name: as `roll_up` has it."""
    return {
        metric.name: metric
        for metric in tx.metrics.of_account(account)
        if metric.template.object == name
        and metric.template.aggregation is not Aggregation.RATIO
        and not metric.missing_for_a_sentence()
    }


def _gather(tx: UnitOfWork, account: Account, load: Load, effect: Effect, progress: Progress) -> None:
    kind, field_map = object_type(load.object), tx.maps.by_id(load.map_version_id).field_map
    done = 0
    for rows, mapped in row_groups(tx, load):
        progress("working out the effect", done, load.row_count)
        for verdict in (Verdict.CREATED, Verdict.UPDATED):
            wanted = np.flatnonzero((rows["verdict"] == verdict.value) & ~rows["is_held"])
            if wanted.size:
                values = _values(kind, field_map, rows["row_class"][wanted], mapped.take(wanted))
                if verdict is Verdict.UPDATED:
                    ids = rows["record_id"][wanted]
                    before, values = _before_and_after(tx, account, load, kind, field_map, ids, values)
                    effect.add(before, -1)
                effect.add(values, 1)
        done += mapped.num_rows


def _values(kind: ObjectType, field_map: FieldMap, classes: Any, mapped: pa.Table) -> pa.Table:
    """Class and mapped columns, as the commit would write them."""
    targets = {rule.target for rule in field_map.fields} | {"external_id"}
    names = [name for name in kind.column_names if name in targets and name in mapped.column_names]
    return pa.table({"row_class": pa.array(classes, pa.large_string()), **{name: mapped[name] for name in names}})


def _before_and_after(
    tx: UnitOfWork, account: Account, load: Load, kind: ObjectType, field_map: FieldMap, ids: Any, values: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """What the updated rows replace, and what stands there then."""
    if kind.destination is Destination.TRAFFIC:
        there = last_versions(tx, account, load, kind, values["external_id"].to_pylist())
        return there.filter(there["is_there"]), with_kept(field_map, there, values)
    there = tx.records.images(kind, ids.tolist())
    values = values.take(pc.index_in(there["id"], value_set=pa.array(ids)))
    return there, merged(field_map, there, values)


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

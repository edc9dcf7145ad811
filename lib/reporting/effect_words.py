"""What an approval does to one metric, in a sentence: `Booked jobs from ServiceTitan, October 2026: 131 → 142 jobs`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from lib.domain.imports import DateRange
from lib.domain.metrics import Aggregation, Metric
from lib.reporting.amounts import with_unit
from lib.reporting.periods import range_in_words

_MOST = 4


@dataclass(frozen=True)
class MonthEffect:
    """One month of a metric now and after; None is unknown."""

    range: DateRange
    now: Decimal | None
    after: Decimal | None


def effect_sentence(metric: Metric, months: Sequence[MonthEffect], set_apart: Mapping[str, int]) -> str:
    """The months that change, and what is left out by class.

    A count or sum of months that follow each other is added up; a ratio never is, nor what lies apart.
    """
    subject = f"{metric.template.label} from {metric.source_label}"
    aside = _left_out(set_apart)
    if not months:
        return f"{subject}: nothing changes{aside}."
    is_ratio = metric.template.aggregation is Aggregation.RATIO
    told = list(months) if is_ratio or not _follow_each_other(months) else [_added(months)]
    changes = "; ".join(
        f"{range_in_words(item.range)}: {movement(item, metric.template.unit)}" for item in told[:_MOST]
    )
    more = f"; and {len(told) - _MOST} more months" if len(told) > _MOST else ""
    aside = f"{more}{aside}"
    return f"{subject}, {changes}{aside}."


def _follow_each_other(months: Sequence[MonthEffect]) -> bool:
    return all(later.range.first - earlier.range.last == timedelta(days=1) for earlier, later in pairwise(months))


def movement(item: MonthEffect, unit: str) -> str:
    """`131 → 142 jobs`; what nothing is known of is `unknown`, never zero."""
    after = "unknown" if item.after is None else with_unit(item.after, unit)
    if item.now is None:
        return f"unknown → {after}"
    now = with_unit(item.now, unit)
    # The unit once is enough, unless it is a part of the number as a currency is.
    number, _, noun = now.partition(" ")
    return f"{number if noun and after.endswith(noun) else now} → {after}"


def _added(months: Sequence[MonthEffect]) -> MonthEffect:
    known = [item.now for item in months if item.now is not None]
    whole = DateRange(months[0].range.first, months[-1].range.last)
    after = sum((item.after for item in months if item.after is not None), Decimal(0))
    return MonthEffect(whole, sum(known, Decimal(0)) if known else None, after)


def _left_out(set_apart: Mapping[str, int]) -> str:
    parts = [_counted(count, row_class) for row_class, count in sorted(set_apart.items()) if count]
    if not parts:
        return ""
    verb = "is" if sum(set_apart.values()) == 1 else "are"
    return f"; {' and '.join(parts)} {verb} left out"


def _counted(count: int, row_class: str) -> str:
    noun = "entry" if count == 1 else "entries"
    return f"{count:,} {row_class.replace('_', ' ')} {noun}"

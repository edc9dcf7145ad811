"""The seal of a baseline: a hash over everything its number stands on, so that no later change goes unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lib.domain.imports import DateRange
from lib.reporting.series import DailySeries

SEAL_FORMAT = 1  # what the canonical text holds and in which form; a change of form is a new number

Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class SealedContent:
    """What a baseline seals: the metric by name and version, how its days are counted, and the days themselves.

    `filters` are pairs of column and accepted values (their order carries no meaning), `loads` the ids of the loads
    that the values stand on. A ratio seals its denominator beside its numerator.
    """

    metric: str
    range: DateRange
    definition_version: int
    date_basis: str
    timezone: str
    series: DailySeries
    denominator: DailySeries | None = None
    filters: Filters = ()
    loads: Collection[int] = field(default_factory=tuple)


def _number(value: Decimal) -> str:
    # 5, 5.0 and 5.00 are one number, whatever scale a database gives it back with.
    return format(value.normalize() + 0, "f")


def _series(series: DailySeries, span: DateRange) -> dict[str, Any]:
    inside = {day for day in (*series.days, *series.covered) if span.first <= day <= span.last}
    values: Mapping[date, Any] = {
        day: [_number(each.value), each.is_complete, each.excluded]
        for day, each in series.days.items()
        if day in inside
    }
    return {
        "values": {day.isoformat(): value for day, value in values.items()},
        "coverage": sorted(day.isoformat() for day in inside.intersection(series.covered)),
    }


def canonical_text(content: SealedContent) -> str:
    """The one JSON text of a content: sorted keys, no spaces, ASCII, plain decimals, only the days of the range."""
    parts = {
        "format": SEAL_FORMAT,
        "metric": content.metric,
        "range": content.range.as_dict(),
        "definition_version": content.definition_version,
        "date_basis": content.date_basis,
        "timezone": content.timezone,
        "series": _series(content.series, content.range),
        "denominator": _series(content.denominator, content.range) if content.denominator else None,
        "filters": sorted([column, sorted(accepted)] for column, accepted in content.filters),
        "loads": sorted(set(content.loads)),
    }
    return json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def seal(content: SealedContent) -> str:
    """SHA-256 over the canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_text(content).encode("ascii")).hexdigest()


def verify_seal(content: SealedContent, sealed: str) -> bool:
    """Whether the content is still what was sealed."""
    return seal(content) == sealed

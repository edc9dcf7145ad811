"""What a metric definition must be before anything is counted by it (R3, R14), and which change of one counts otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.domain.maps import Sensitivity
from lib.domain.metrics import GIVEN, Aggregation, MetricTemplate, Surface
from lib.domain.objects import Column, Destination, Kind, ObjectType, object_type
from lib.domain.signals import ObjectSignal
from lib.errors import DeskError
from lib.reporting.amounts import is_money

BLANK = "(blank)"  # how the blank value is written in a filter
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_LONGEST = {"label": 100, "unit": 40, "client_meaning": 500}
_TELLING = frozenset({Kind.STATUS, Kind.TEXT, Kind.IDENTIFIER})
_SUMMED = frozenset({Kind.MONEY, Kind.INTEGER, Kind.DECIMAL, Kind.DURATION})
_LONGEST_DIMENSION = 190


def require_sound(
    item: MetricTemplate, signals: Mapping[str, ObjectSignal], others: Mapping[str, MetricTemplate], currency: str
) -> None:
    """DeskError unless the definition says one clear thing, about one signal.

    `signals` are those of the account's objects, `others` its other metrics by key, `currency` what its money is in.
    """
    if not _KEY.fullmatch(item.key):
        raise DeskError(
            "metric_key_invalid",
            f"{item.key!r} cannot be the key of a metric.",
            "Use up to 60 small letters, digits and _, beginning with a letter.",
        )
    _require_sentence(item)
    if item.object not in signals:
        raise DeskError(
            "object_not_offered", f"This account sends no {item.object}.", f"It sends {', '.join(signals)}."
        )
    kind = object_type(item.object)
    if kind.column(item.date_basis).kind not in (Kind.TIMESTAMP, Kind.DATE):
        dates = [each.name for each in kind.columns if each.kind in (Kind.TIMESTAMP, Kind.DATE)]
        raise DeskError("metric_date_basis", f"{item.date_basis} is no date.", f"Count by {', '.join(dates)}.")
    if item.aggregation is Aggregation.RATIO:
        _require_parts(item, signals, others)
    else:
        _require_column(item, kind)
        _require_filters(item, kind)
    _require_unit(item, kind, others, currency)


def counts_otherwise(old: MetricTemplate, new: MetricTemplate) -> bool:
    """Whether two definitions of one metric may give different numbers; else only the words differ.

    A unit is a word too, unless it says another currency, or percent for one and not for the other.
    """
    same_words = {name: getattr(new, name) for name in ("label", "client_meaning", "unit", "surface")}
    return replace(old, **same_words) != new or _scale(old.unit) != _scale(new.unit)


def changed(item: MetricTemplate, changes: Mapping[str, str]) -> MetricTemplate:
    """The definition with these changes, given as text: label, meaning, unit, surface, date_basis, where.COLUMN.

    A filter is its accepted values parted by commas; `*` is any but a blank one, `(blank)` the blank one, and without a
    value the filter goes. DeskError `unknown_setting`, `unknown_surface`.
    """
    for name, text in changes.items():
        if name == "meaning":
            item = replace(item, client_meaning=text.strip())
        elif name in ("label", "unit", "date_basis"):
            words: dict[str, Any] = {name: text.strip()}
            item = replace(item, **words)
        elif name == "surface":
            item = replace(item, surface=_surface(text.strip()))
        elif name.startswith("where."):
            item = _filtered(item, name.removeprefix("where."), text)
        else:
            raise DeskError(
                "unknown_setting",
                f"{name!r} of a metric cannot be changed.",
                "Change label, meaning, unit, surface, date_basis or where.COLUMN; for anything else add another metric.",
            )
    return item


def _surface(text: str) -> Surface:
    try:
        return Surface(text)
    except ValueError:
        raise DeskError(
            "unknown_surface", f"{text!r} is no place where a metric ends.", f"Use one of {', '.join(Surface)}."
        ) from None


def _filtered(item: MetricTemplate, column: str, text: str) -> MetricTemplate:
    values = tuple(
        dict.fromkeys("" if each == BLANK else each for each in (part.strip() for part in text.split(",")) if each)
    )
    filters = dict(item.where) | {column: values}
    return replace(item, where=tuple((name, accepted) for name, accepted in filters.items() if accepted))


def _require_sentence(item: MetricTemplate) -> None:
    for name, longest in _LONGEST.items():
        text, said = getattr(item, name), name.replace("_", " ")
        if not text.strip():
            raise DeskError(
                "metric_incomplete",
                f"The metric {item.key} has no {said}, so no clear sentence can be made of it.",
                "Give it a label, a unit and a meaning that a client understands.",
            )
        if len(text) > longest:
            raise DeskError("too_long", f"The {said} has {len(text)} characters.", f"Use at most {longest}.")


def _require_parts(
    item: MetricTemplate, signals: Mapping[str, ObjectSignal], others: Mapping[str, MetricTemplate]
) -> None:
    """R3 where two numbers meet: both parts are counted of one signal, paid or not."""
    for key in (item.numerator, item.denominator):
        part = others.get(key)
        if part is None or part.aggregation is Aggregation.RATIO or part.dimension or key == item.key:
            raise DeskError(
                "metric_part_missing",
                f"{key or 'Nothing'} is no total of this account that {item.key} could be divided from.",
                "Name two counts or sums of it that are not split.",
            )
    above, below = others[item.numerator], others[item.denominator]
    if item.numerator == item.denominator:
        raise DeskError("metric_part_missing", f"{item.key} would divide a number by itself.", "Name two numbers.")
    if signals[above.object] != signals[below.object]:
        raise DeskError(
            "signals_mixed",
            f"{above.label} and {below.label} are different signals, which are never divided by one another.",
            "Use two numbers of one signal.",
        )
    is_its_own = (item.object, item.date_basis) == (above.object, above.date_basis)
    if not is_its_own or item.where or item.dimension or item.column or item.weight:
        raise DeskError(
            "metric_ratio_counts", f"{item.key} is a ratio, which counts nothing of its own.", "Change its two parts."
        )


def _require_column(item: MetricTemplate, kind: ObjectType) -> None:
    if item.aggregation is Aggregation.COUNT:
        if item.column or item.weight:
            raise DeskError("metric_column_wrong", f"{item.key} counts, so it sums no column.", "Make it a sum.")
        return
    column = kind.column(item.column)
    if column.kind not in _SUMMED:
        summed = [each.name for each in kind.columns if each.kind in _SUMMED]
        raise DeskError("metric_column_wrong", f"{column.name} is nothing to sum.", f"Sum {', '.join(summed)}.")
    if not item.weight:
        return
    pair = {column.kind, kind.column(item.weight).kind}
    if item.weight == item.column or not pair <= {Kind.INTEGER, Kind.DECIMAL} or kind.destination is Destination.APP:
        raise DeskError(
            "metric_column_wrong",
            f"{column.name} cannot be weighted by {item.weight}.",
            "Weight one count or mean of the traffic figures by another.",
        )


def _require_filters(item: MetricTemplate, kind: ObjectType) -> None:
    for name, accepted in item.where:
        if not _may_tell(kind.column(name)):
            raise DeskError("metric_filter_wrong", f"Nothing is filtered by {name}.", _telling(kind))
        if GIVEN in accepted and len(accepted) > 1:
            raise DeskError(
                "metric_filter_wrong", f"* beside other values of {name} says nothing.", "Write one of them."
            )
    if not item.dimension:
        return
    column = kind.column(item.dimension)
    if not _may_tell(column) or column.length > _LONGEST_DIMENSION:
        raise DeskError("metric_dimension_wrong", f"Nothing is split by {item.dimension}.", _telling(kind))


def _may_tell(column: Column) -> bool:
    """Whether a column's values may stand beside a number that a client reads: short words, about nobody (R6)."""
    return column.kind in _TELLING and column.sensitivity is not Sensitivity.PERSONAL


def _telling(kind: ObjectType) -> str:
    return f"Use one of {', '.join(column.name for column in kind.columns if _may_tell(column))}."


def _require_unit(item: MetricTemplate, kind: ObjectType, others: Mapping[str, MetricTemplate], currency: str) -> None:
    """Money is said in the account's currency, and nothing else is."""
    if item.aggregation is Aggregation.RATIO:
        above, below = (is_money(others[key].unit) for key in (item.numerator, item.denominator))
        is_in_money, expected = above and not below, f"{currency} per "
        is_right = item.unit.startswith(expected) if is_in_money else not is_money(item.unit)
    else:
        is_in_money = bool(item.column) and kind.column(item.column).kind is Kind.MONEY
        expected = currency
        is_right = item.unit == currency if is_in_money else not is_money(item.unit) and item.unit != "percent"
    if not is_right:
        said = f"begin its unit with {expected!r}" if is_in_money else "name what is counted, such as leads or calls"
        raise DeskError(
            "metric_unit_wrong", f"{item.key} cannot be counted in {item.unit!r}.", f"{said[0].upper()}{said[1:]}."
        )


def _scale(unit: str) -> str:
    if is_money(unit):
        return unit.partition(" per ")[0]
    return unit if unit == "percent" else ""

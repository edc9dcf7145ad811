"""Suggests a whole map for a file: every header mapped with a reason, or ignored because nothing fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from lib.domain.maps import UNPLACED, FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.objects import Column, Kind, ObjectType
from lib.domain.providers import ObjectTemplate
from lib.mapping.explanations import EXPLANATIONS
from lib.mapping.headers import humanised, words_of
from lib.mapping.key_column import key_column
from lib.mapping.profile import ColumnProfile, Guess, profile
from lib.mapping.scoring import CHECK_FROM, Score, band, fit_of, score
from lib.mapping.transforms import READERS
from lib.mapping.transforms.date_shapes import NUMBERED

KEY = "external_id"
# The only dates that are always filled may well be the date of the record, but a person should look.
ONLY_DATE = 0.7
REQUIRED_WEIGHT = 1.25
BY_HAND = "placed by hand"


@dataclass(frozen=True)
class _Setting:
    """What the suggestion knows besides the columns."""

    object_type: ObjectType
    template: ObjectTemplate | None
    owner: str
    timezone: str


@dataclass(frozen=True)
class _Placed:
    column: ColumnProfile
    target: Column
    score: Score


def suggest(
    frame: pd.DataFrame, object_type: ObjectType, template: ObjectTemplate | None, *, owner: str, timezone: str
) -> FieldMap:
    """A complete map of the frame's headers: each mapped with its confidence and reason, or ignored as UNPLACED.

    `frame` is a sample of the rows or all of them, as text. All pairs of column and target are weighed at once, so no
    column takes a place that fits another better. A column whose values are of another kind is never suggested. Where
    nothing fits the required date, it is left out, and `check_map` says so. `timezone` is the account's IANA name.
    """
    setting = _Setting(object_type, template, owner, timezone)
    columns = profile(frame)
    placed = {item.column.name: item for item in _place(columns, setting)}
    fields: list[FieldRule] = []
    for column in columns:
        if column.name in placed:
            fields.append(_rule(placed[column.name], setting))
    fields = _with_value_maps(fields, setting)
    ignored = tuple(IgnoredField(column.name, UNPLACED) for column in columns if column.name not in placed)
    return FieldMap(object_type.name, tuple(fields), ignored)


def placed_by_hand(
    column: ColumnProfile,
    target: str,
    object_type: ObjectType,
    template: ObjectTemplate | None,
    *,
    owner: str,
    timezone: str,
) -> FieldRule:
    """The rule for a column that a person placed, with the steps a suggestion would have given it.

    DeskError `unknown_column` for a target that the object does not have.
    """
    setting = _Setting(object_type, template, owner, timezone)
    rule = _rule(_Placed(column, object_type.column(target), Score(1.0, BY_HAND)), setting)
    table = template.value_maps.get(target) if template else None
    return _translated(rule, target, table, setting) if table else rule


def _place(columns: Sequence[ColumnProfile], setting: _Setting) -> list[_Placed]:
    """One assignment over all pairs; the key is settled first, since only its values can prove it."""
    placed: list[_Placed] = []
    key = key_column(columns, setting.object_type.name, setting.template)
    if key and KEY in setting.object_type.column_names:
        placed.append(_Placed(key[0], setting.object_type.column(KEY), key[1]))
    free = [column for column in columns if not key or column.name != key[0].name]
    targets = [target for target in setting.object_type.columns if target.name != KEY]
    scores = [
        [score(column, target, setting.object_type.name, setting.template) for target in targets] for column in free
    ]
    if free:
        # The fourth power: one certain pair outweighs two doubtful ones.
        weights = np.array([[item.confidence**4 for item in row] for row in scores])
        # Where one column could be either, the date that every record needs goes before the dates that some have.
        weights *= np.array([REQUIRED_WEIGHT if target.is_required else 1.0 for target in targets])
        for row, position in zip(*linear_sum_assignment(weights, maximize=True), strict=True):
            if scores[row][position].confidence >= CHECK_FROM:
                placed.append(_Placed(free[row], targets[position], scores[row][position]))
    return _with_date(placed, free, setting)


def _with_date(placed: list[_Placed], free: Sequence[ColumnProfile], setting: _Setting) -> list[_Placed]:
    """Add the required date where no name told it and one column alone could be it."""
    target = setting.object_type.column(setting.object_type.date_column)
    taken = {item.column.name for item in placed}
    if any(item.target.name == target.name for item in placed):
        return placed
    possible = [
        column
        for column in free
        if column.name not in taken and column.guess in {Guess.TIMESTAMP, Guess.DATE} and fit_of(column, target) == 1.0
    ]
    if len(possible) != 1:
        return placed
    why = "no name tells the date; this is the only unplaced column of dates that is always filled"
    return [*placed, _Placed(possible[0], target, Score(ONLY_DATE, why))]


def _rule(item: _Placed, setting: _Setting) -> FieldRule:
    return FieldRule(
        source=item.column.name,
        target=item.target.name,
        transforms=_chain(item.column, item.target, setting),
        label=humanised(item.column.name),
        owner=setting.owner,
        explanation=EXPLANATIONS[item.target.name],
        sensitivity=item.target.sensitivity,
        confidence=item.score.confidence,
        reason=item.score.reason + _date_doubt(item),
    )


def _date_doubt(item: _Placed) -> str:
    if item.target.kind not in {Kind.TIMESTAMP, Kind.DATE}:
        return ""
    if item.column.day_order == "mixed":
        return "; its days contradict every order, so some will not be read"
    if not item.column.day_order and any(NUMBERED.fullmatch(text.strip()) for text in item.column.examples):
        return "; no day above the 12th proves whether the month or the day comes first, so the usual order is taken"
    if item.column.is_whole_days:
        return "; every time is midnight UTC, so the day is taken as written"
    return ""


def _chain(column: ColumnProfile, target: Column, setting: _Setting) -> tuple[Transform, ...]:
    """The reading step of the target, with everything that the values or the provider tell written out."""
    options: dict[str, Any] = {}
    template = setting.template
    if target.kind in {Kind.TIMESTAMP, Kind.DATE}:
        zone = template.timezone if template and template.timezone != "account" else setting.timezone
        usual = template.day_order if template else "mdy"
        # Where the year stands first the order is not needed; what may come later is read in the usual one.
        options = {"order": column.day_order if column.day_order in {"mdy", "dmy"} else usual, "timezone": zone}
        if column.guess in {Guess.EPOCH_SECONDS, Guess.EPOCH_MILLISECONDS}:
            options["format"] = column.guess.value
        if column.is_whole_days and target.kind is Kind.TIMESTAMP:
            options["whole_days"] = True
    elif target.kind is Kind.MONEY:
        options = {"unit": _unit(column, template)}
    reader = READERS.get(target.kind)
    return (Transform("trim"),) if reader is None else (Transform(reader, options),)


def _unit(column: ColumnProfile, template: ObjectTemplate | None) -> str:
    words = words_of(column.name).split()
    for unit in ("cents", "micros"):
        if unit in words:
            return unit
    return template.money_unit if template else "dollars"


def _with_value_maps(fields: list[FieldRule], setting: _Setting) -> list[FieldRule]:
    """Add the provider's value maps: to the field that fills the target, or to a second reading of the status."""
    maps = setting.template.value_maps if setting.template else {}
    by_target = {rule.target: rule for rule in fields}
    done: list[FieldRule] = []
    for rule in fields:
        table = maps.get(rule.target)
        done.append(_translated(rule, rule.target, table, setting) if table else rule)
        if rule.target == "status" and "outcome" in maps and "outcome" not in by_target:
            done.append(_translated(rule, "outcome", maps["outcome"], setting))
    return done


def _translated(rule: FieldRule, target: str, table: dict[str, str], setting: _Setting) -> FieldRule:
    # A value that is not in the table is left blank and noted: no status is guessed.
    step = Transform("value_map", {"values": dict(table), "otherwise": "blank"})
    return FieldRule(
        source=rule.source,
        target=target,
        transforms=(*rule.transforms, step),
        label=rule.label if rule.target == target else "Outcome",
        owner=rule.owner,
        explanation=EXPLANATIONS[target],
        sensitivity=setting.object_type.column(target).sensitivity,
        confidence=rule.confidence,
        reason=f"{rule.reason}; its values are translated by the provider's list",
    )


__all__ = ["band", "suggest"]

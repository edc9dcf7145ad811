"""Suggests a whole map for a file: every header mapped with a reason, or ignored because nothing fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lib.domain.mapping.learned import Learned, Level
from lib.domain.maps import UNPLACED, FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.objects import Column, Kind, ObjectType
from lib.domain.providers import ObjectTemplate
from lib.mapping.by_values import told_by_values
from lib.mapping.explanations import EXPLANATIONS
from lib.mapping.headers import humanised, name_of
from lib.mapping.key_column import key_column
from lib.mapping.profile import ColumnProfile, Guess, profile
from lib.mapping.remembered import REMEMBERED, header_key, in_words
from lib.mapping.scoring import CHECK_FROM, NO_FIT, Score, fit_of, score
from lib.mapping.transforms import READERS
from lib.mapping.transforms.date_shapes import NUMBERED
from lib.mapping.wording import unit_of

KEY = "external_id"
REQUIRED_WEIGHT = 1.25
# What this very client decided goes before any name.
OWN_WEIGHT = 1.3
BY_HAND = "placed by hand"
_TRANSLATION = "value_map"
_MONEY_UNITS = {"cents": "cents", "micros": "micros"}
_TIME_UNITS = {
    **dict.fromkeys(("min", "mins", "minutes"), "minutes"),
    **dict.fromkeys(("hour", "hours", "hrs"), "hours"),
}


@dataclass(frozen=True)
class _Setting:
    """What the suggestion knows besides the columns."""

    object_type: ObjectType
    template: ObjectTemplate | None
    owner: str
    timezone: str
    learned: Mapping[str, Learned] = field(default_factory=dict)
    headers: frozenset[str] = frozenset()

    def memory_of(self, column: ColumnProfile) -> Learned | None:
        """What is believed of a column: left out, or a target that its values fit; None otherwise."""
        known = self.learned.get(header_key(column.name))
        if known is None or not known.target:
            return known
        if known.target not in self.object_type.column_names:
            return None
        if known.target == KEY:
            return known if column.is_key_like else None
        return known if fit_of(column, self.object_type.column(known.target)) > 0 else None


@dataclass(frozen=True)
class _Placed:
    column: ColumnProfile
    target: Column
    score: Score


def suggest(
    frame: pd.DataFrame,
    object_type: ObjectType,
    template: ObjectTemplate | None,
    *,
    owner: str,
    timezone: str,
    learned: Mapping[str, Learned] | None = None,
) -> FieldMap:
    """A complete map of the frame's headers: each mapped with its confidence and reason, or ignored as UNPLACED.

    `frame` is a sample of the rows or all of them, as text. All pairs of column and target are weighed at once, so no
    column takes a place that fits another better. A column whose values are of another kind is never suggested. Where
    nothing fits the required date, it is left out, and `check_map` says so. `timezone` is the account's IANA name.

    `learned` is what is believed of headers, by `header_key` (see `remembered.nearest`). It wins over every synonym and
    loses to values of another kind; a wider memory than the client's own loses to the very name of a column, too.
    """
    columns = profile(frame)
    headers = frozenset(column.name for column in columns)
    setting = _Setting(object_type, template, owner, timezone, learned or {}, headers)
    placed = {item.column.name: item for item in _place(columns, setting)}
    fields: list[FieldRule] = []
    for column in columns:
        if column.name in placed:
            fields.append(_rule(placed[column.name], setting))
    fields = _with_value_maps(fields, setting)
    ignored = tuple(
        IgnoredField(column.name, _why_out(column, setting)) for column in columns if column.name not in placed
    )
    return FieldMap(object_type.name, tuple(fields), ignored)


def _why_out(column: ColumnProfile, setting: _Setting) -> str:
    known = setting.memory_of(column)
    return in_words(known) if known is not None and not known.target else UNPLACED


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
    placed = _key(columns, setting)
    free = [column for column in columns if not placed or column.name != placed[0].column.name]
    targets = [target for target in setting.object_type.columns if target.name != KEY]
    scores = [_scores(column, targets, setting) for column in free]
    if free:
        # SciPy takes a third of a second to load; only who maps fields needs it.
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

        # The fourth power: one certain pair outweighs two doubtful ones.
        weights = np.array([[item.confidence**4 for item in row] for row in scores])
        # Where one column could be either, the date that every record needs goes before the dates that some have.
        weights *= np.array([REQUIRED_WEIGHT if target.is_required else 1.0 for target in targets])
        weights *= np.array([[OWN_WEIGHT if _is_own(column, setting) else 1.0] for column in free])
        for row, position in zip(*linear_sum_assignment(weights, maximize=True), strict=True):
            if scores[row][position].confidence >= CHECK_FROM:
                placed.append(_Placed(free[row], targets[position], scores[row][position]))
    return _with_values(placed, free, setting)


def _key(columns: Sequence[ColumnProfile], setting: _Setting) -> list[_Placed]:
    """The column that identifies a row: the one a person approved, else by its name and its values; none without."""
    if KEY not in setting.object_type.column_names:
        return []
    target, own_name = setting.object_type.column(KEY), setting.template.key if setting.template else ""
    possible = []
    for column in columns:
        known = setting.memory_of(column)
        # Only this client's own memory goes before the key that the provider itself names.
        is_named = bool(own_name) and name_of(column.name) == name_of(own_name)
        if known is None or (is_named and known.level is not Level.CLIENT):
            possible.append(column)
        elif known.target == KEY:
            return [_Placed(column, target, Score(REMEMBERED[known.level], in_words(known)))]
    key = key_column(possible, setting.object_type.name, setting.template)
    return [_Placed(key[0], target, key[1])] if key else []


def _scores(column: ColumnProfile, targets: Sequence[Column], setting: _Setting) -> list[Score]:
    """The scores of one column for every target: what is remembered, and what is surer than that."""
    by_name = [score(column, target, setting.object_type.name, setting.template) for target in targets]
    known = setting.memory_of(column)
    if known is None:
        return by_name
    surest = REMEMBERED[known.level]
    remembered = Score(surest, in_words(known))
    is_own = known.level is Level.CLIENT
    return [
        remembered if target.name == known.target else (NO_FIT if is_own or item.confidence <= surest else item)
        for target, item in zip(targets, by_name, strict=True)
    ]


def _is_own(column: ColumnProfile, setting: _Setting) -> bool:
    known = setting.memory_of(column)
    return known is not None and known.level is Level.CLIENT


def _with_values(placed: list[_Placed], free: Sequence[ColumnProfile], setting: _Setting) -> list[_Placed]:
    """Add what no name told and the values alone do."""
    taken = {item.column.name for item in placed}
    filled = {item.target.name for item in placed}
    columns = [column for column in free if column.name not in taken and setting.memory_of(column) is None]
    targets = [target for target in setting.object_type.columns if target.name not in filled]
    found = told_by_values(columns, targets, setting.object_type.date_column)
    return [*placed, *(_Placed(*each) for each in found)]


def _rule(item: _Placed, setting: _Setting) -> FieldRule:
    return FieldRule(
        source=item.column.name,
        target=item.target.name,
        transforms=_remembered_chain(item, setting) or _chain(item.column, item.target, setting),
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
        told = unit_of(column.name, _MONEY_UNITS)
        options = {"unit": told or (template.unit_of_money(column.name) if template else "dollars")}
    elif target.kind is Kind.DURATION and (unit := unit_of(column.name, _TIME_UNITS)):
        options = {"unit": unit}
    reader = READERS.get(target.kind)
    return (Transform("trim"),) if reader is None else (Transform(reader, options),)


def _remembered_chain(item: _Placed, setting: _Setting) -> tuple[Transform, ...]:
    """The steps this client approved for the header; none where the values or the file contradict them."""
    known = setting.memory_of(item.column)
    if known is None or known.target != item.target.name:
        return ()
    proven = item.column.day_order if item.column.day_order in {"mdy", "dmy"} else ""
    for step in known.transforms:
        contradicts = bool(proven) and step.options.get("order", proven) != proven
        if contradicts or set(step.options.get("sources", ())) - setting.headers:
            return ()
    return known.transforms


def _with_value_maps(fields: list[FieldRule], setting: _Setting) -> list[FieldRule]:
    """Add the provider's value maps: to the field that fills the target, or to a second reading of the status."""
    maps = setting.template.value_maps if setting.template else {}
    by_target = {rule.target: rule for rule in fields}
    done: list[FieldRule] = []
    for rule in fields:
        table = maps.get(rule.target)
        is_translated = any(step.name == _TRANSLATION for step in rule.transforms)
        done.append(_translated(rule, rule.target, table, setting) if table and not is_translated else rule)
        if rule.target == "status" and "outcome" in maps and "outcome" not in by_target:
            done.append(_translated(rule, "outcome", maps["outcome"], setting))
    return done


def _translated(rule: FieldRule, target: str, table: dict[str, str], setting: _Setting) -> FieldRule:
    # A value that is not in the table is left blank and noted: no status is guessed.
    step = Transform(_TRANSLATION, {"values": dict(table), "otherwise": "blank"})
    # A remembered status may be translated already, and the outcome is translated from the provider's own words.
    plain = tuple(item for item in rule.transforms if item.name != _TRANSLATION)
    return FieldRule(
        source=rule.source,
        target=target,
        transforms=(*plain, step),
        label=rule.label if rule.target == target else "Outcome",
        owner=rule.owner,
        explanation=EXPLANATIONS[target],
        sensitivity=setting.object_type.column(target).sensitivity,
        confidence=rule.confidence,
        reason=f"{rule.reason}; its values are translated by the provider's list",
    )

"""Edit a map that is being drafted; every edit is checked again on the server, whatever the browser sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.maps import FieldMap, FieldRule, IgnoredField, Transform
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.errors import DeskError
from lib.mapping.drafts import MapDraft, Refusal, Sample
from lib.mapping.edits import LEFT_OUT, FieldLine, edited, field_lines, read_again, runnable, with_step
from lib.mapping.profile import profile
from lib.mapping.suggest import placed_by_hand
from lib.mapping.transforms import source_values
from lib.mapping.value_lines import with_otherwise, with_value
from lib.providers import template

__all__ = [
    "LEFT_OUT",
    "MapDraft",
    "Refusal",
    "Sample",
    "edit",
    "place",
    "read_field_again",
    "set_otherwise",
    "set_steps",
    "set_value",
    "values_of",
    "without_broken",
]

# So many values are offered to choose from.
_OFFERED = 200


def edit(tx: UnitOfWork, draft: MapDraft, edits: Sequence[tuple[str, str, str]]) -> MapDraft:
    """Make edits of (line name, what, new value); whatever may not be is refused by name, and the rest is made.

    A browser can send anything: a locked column, a target that does not exist, a line that is not there.
    """
    tx.actor.require(Right.EDIT_MAPS)
    account, field_map = tx.accounts.by_key(draft.account), _begun(draft)
    refusals: list[Refusal] = []
    kind = object_type(draft.object)

    def place(source: str, target: str) -> FieldRule:
        return _placed(account, draft, source, target)

    for name, what, value in edits:
        lines = {line.name: line for line in field_lines(field_map, draft.headers)}
        if name not in lines:
            refusals.append(Refusal(name, "There is no such field in this map.", "Reload the page."))
            continue
        try:
            field_map = edited(field_map, lines[name], what, value.strip(), kind, place)
        except DeskError as trouble:
            refusals.append(Refusal(name, trouble.message, trouble.hint))
    return draft.changed(field_map, tuple(refusals))


def place(tx: UnitOfWork, draft: MapDraft, source: str, target: str, reason: str = "") -> MapDraft:
    """Answer for one column of the sample: a target, or LEFT_OUT with the reason (R9).

    DeskError `edit_refused` for a column or a target that is none, and for leaving out without a reason.
    """
    tx.actor.require(Right.EDIT_MAPS)
    account, field_map = tx.accounts.by_key(draft.account), _begun(draft)
    if source not in draft.headers:
        raise DeskError("edit_refused", f"The sample has no column {source!r}.", "Reload the page.")
    if target == LEFT_OUT and not reason.strip():
        raise DeskError("edit_refused", f"{source} is left out without a reason.", "Say why nobody needs it.")
    if source not in {line.source for line in field_lines(field_map, draft.headers)}:
        field_map = replace(field_map, ignored=(*field_map.ignored, IgnoredField(source, reason.strip())))

    def placed(source: str, target: str) -> FieldRule:
        return _placed(account, draft, source, target)

    for what, value in (("target", target), ("reason", reason.strip())):
        line = next(line for line in field_lines(field_map, draft.headers) if line.source == source)
        if what == "target" or line.ignored is not None:
            field_map = edited(field_map, line, what, value, object_type(draft.object), placed)
    return draft.changed(field_map)


def read_field_again(tx: UnitOfWork, draft: MapDraft, source: str, target: str) -> MapDraft:
    """Fill one more column from a field that fills one already."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(draft.account)
    again = read_again(
        _begun(draft), source, target, object_type(draft.object), lambda s, t: _placed(account, draft, s, t)
    )
    return draft.changed(again)


def set_steps(
    tx: UnitOfWork, draft: MapDraft, name: str, chain: str, options: Mapping[str, Mapping[str, Any]]
) -> MapDraft:
    """Set a line's chain from its short form, then options of steps ({step: {option: value}}) on top of it.

    A step is added where the chain has it not; None or '' takes an option out. DeskError `map_invalid` where the chain
    cannot be read; a chain that is readable and wrong is a problem of the draft, said at its place.
    """
    tx.actor.require(Right.EDIT_MAPS)
    line = _line(draft, name)
    assert line.rule is not None
    field_map = edited(_begun(draft), line, "transforms", chain, object_type(draft.object), _nowhere)
    for step, wanted in options.items():
        line = next(item for item in field_lines(field_map, draft.headers) if item.name == name)
        assert line.rule is not None
        before = next((dict(item.options) for item in line.rule.transforms if item.name == step), {})
        after = {option: value for option, value in {**before, **wanted}.items() if value not in (None, "")}
        field_map = with_step(field_map, line, Transform(step, after))
    return draft.changed(field_map)


def _nowhere(source: str, target: str) -> FieldRule:
    raise AssertionError(f"{source} is not placed anew in {target} by changing its steps")


def set_value(tx: UnitOfWork, draft: MapDraft, target: str, value: str, becomes: str | None) -> MapDraft:
    """Decide what one value of a translated field becomes; None leaves it undecided again."""
    tx.actor.require(Right.EDIT_MAPS)
    return _with_rule(draft, target, lambda rule: with_value(rule, value, becomes))


def set_otherwise(tx: UnitOfWork, draft: MapDraft, target: str, otherwise: str) -> MapDraft:
    """Decide what becomes of every value that is not in the table."""
    tx.actor.require(Right.EDIT_MAPS)
    return _with_rule(draft, target, lambda rule: with_otherwise(rule, otherwise))


def values_of(tx: UnitOfWork, draft: MapDraft, target: str) -> list[str]:
    """The distinct values of the sample that fill a column, the most frequent first."""
    tx.actor.require(Right.EDIT_MAPS)
    rule = _begun(draft).rule_for(target)
    if rule is None or draft.sample is None:
        return []
    values = source_values(draft.sample.frame, rule.source).dropna().str.strip()
    return [str(value) for value in values.value_counts().head(_OFFERED).index]


def without_broken(draft: MapDraft) -> FieldMap:
    """What of the draft can run, for a preview while a mistake is being mended."""
    return runnable(_begun(draft), object_type(draft.object))


def _begun(draft: MapDraft) -> FieldMap:
    if draft.field_map is None:
        raise DeskError("no_draft", "There is no map to edit yet.", "Take the suggestion first, or bring a map file.")
    return draft.field_map


def _line(draft: MapDraft, name: str) -> FieldLine:
    for line in field_lines(_begun(draft), draft.headers):
        if line.name == name and line.rule is not None:
            return line
    raise DeskError("edit_refused", f"No mapped field of this map is called {name}.", "Give it a target first.")


def _placed(account: Account, draft: MapDraft, source: str, target: str) -> FieldRule:
    """The rule for a field placed by hand, from what the sample shows of it."""
    known = {column.name: column for column in draft.sample.columns} if draft.sample else {}
    column = known.get(source) or profile(pd.DataFrame({source: pd.Series([], dtype="str")}))[0]
    offered = template(account.provider).object(draft.object)
    zone = account.timezone or account.client_timezone
    kind = object_type(draft.object)
    return placed_by_hand(column, target, kind, offered, owner=account.owner_email, timezone=zone)


def _with_rule(draft: MapDraft, target: str, change: Callable[[FieldRule], FieldRule]) -> MapDraft:
    field_map = _begun(draft)
    if field_map.rule_for(target) is None:
        raise DeskError("edit_refused", f"Nothing fills {target} in this map.", "Map a field to it first.")
    rules = tuple(change(rule) if rule.target == target else rule for rule in field_map.fields)
    return draft.changed(replace(field_map, fields=rules))

"""One field of a draft by itself: its steps with their help and a preview of each, and every edit of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lib.db.unit_of_work import UnitOfWork
from lib.domain.maps import FieldMap, FieldRule, Sensitivity, Transform
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Right
from lib.domain.publishing.client_words import TextProblem
from lib.errors import DeskError
from lib.mapping.chain_edits import (
    Filling,
    filling_of,
    typed_option,
    with_filling,
    with_moved_step,
    with_new_step,
    with_options,
    without_step,
)
from lib.mapping.chain_text import short_form
from lib.mapping.client_safe import explanation_problems
from lib.mapping.drafts import MapDraft
from lib.mapping.edits import field_lines
from lib.mapping.map_cells import BLANK
from lib.mapping.shown import sensitivity_of, veiled
from lib.mapping.step_preview import StepCell, StepLine, StepPreview, step_preview
from lib.mapping.suggest import KEY
from lib.mapping.transforms import TRANSFORMS, chain_problem, step_problems
from lib.mapping.transforms.manual import OptionHelp, TransformHelp, manual, option_help, transform_help
from lib.mapping.value_lines import with_values
from lib.providers.context import map_context

__all__ = [
    "FieldForm",
    "Filling",
    "OptionHelp",
    "StepPreview",
    "StepView",
    "TransformHelp",
    "add_step",
    "change_options",
    "example_step",
    "field_form",
    "manual",
    "move_step",
    "option_help",
    "set_filling",
    "set_values",
    "take_step_out",
]

_CAREFUL = frozenset({Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL})
# What is edited elsewhere: a value map's values have a step of the page to themselves.
_ELSEWHERE = frozenset({("value_map", "values")})
Change = Callable[[FieldRule], FieldRule]


@dataclass(frozen=True)
class StepView:
    """One step of the chain: its name and help (None for a step that the library lacks), its options as a form shows
    them, and what is wrong with it ('' where nothing is).
    """

    name: str
    help: TransformHelp | None
    options: tuple[tuple[OptionHelp, str | bool], ...]
    problem: str


@dataclass(frozen=True)
class FieldForm:
    """Everything that is asked about one mapped field.

    `problem` is what is wrong with the chain as a whole; the preview is None without a sample.
    """

    target: str
    steps: tuple[StepView, ...]
    problem: str
    preview: StepPreview | None
    filling: Filling
    filled_with: str
    blank: str
    explanation_problems: tuple[TextProblem, ...]
    is_required: bool
    is_key: bool


def field_form(tx: UnitOfWork, draft: MapDraft, name: str, *, is_clear: bool = False) -> FieldForm:
    """One mapped field by the name of its line.

    Personal values show only their shape unless `is_clear` is asked for by somebody who may approve loads.
    """
    tx.actor.require(Right.EDIT_MAPS)
    is_clear = is_clear and tx.actor.may(Right.APPROVE_LOADS)
    field_map, rule = _found(draft, name)
    kind = object_type(draft.object)
    column = kind.column(rule.target)
    preview = _preview(tx, draft, field_map, rule, kind, is_clear=is_clear)
    filling, filled_with = filling_of(rule)
    return FieldForm(
        target=rule.target,
        steps=tuple(_step_view(step) for step in rule.transforms),
        problem=chain_problem(rule.transforms, column.kind) or "",
        preview=preview,
        filling=filling,
        filled_with=filled_with,
        blank=rule.blank.value,
        explanation_problems=explanation_problems(rule.explanation),
        is_required=column.is_required,
        is_key=rule.target == KEY,
    )


def example_step(entry: TransformHelp) -> str:
    """The step of an entry's example, as it stands in a map."""
    return short_form((entry.example.step(entry.name),))


def add_step(tx: UnitOfWork, draft: MapDraft, name: str, step: str, typed: Mapping[str, str | bool]) -> MapDraft:
    """Add a step with options as they were typed; DeskError `step_refused` names what is wrong with it."""
    return _changed(tx, draft, name, lambda rule: with_new_step(rule, step, typed))


def take_step_out(tx: UnitOfWork, draft: MapDraft, name: str, place: int) -> MapDraft:
    """Take the step at `place` (from 0) out of the field's chain."""
    return _changed(tx, draft, name, lambda rule: without_step(rule, place))


def move_step(tx: UnitOfWork, draft: MapDraft, name: str, place: int, by: int) -> MapDraft:
    """Move the step at `place` (from 0) down by so many places, or up where `by` is negative."""
    return _changed(tx, draft, name, lambda rule: with_moved_step(rule, place, by))


def change_options(tx: UnitOfWork, draft: MapDraft, name: str, place: int, typed: Mapping[str, str | bool]) -> MapDraft:
    """Change options of the step at `place` as they were typed; DeskError `step_refused` names what is wrong."""
    return _changed(tx, draft, name, lambda rule: with_options(rule, place, typed))


def set_filling(tx: UnitOfWork, draft: MapDraft, name: str, filling: str, text: str) -> MapDraft:
    """Take the field's value from the file, fill its blanks, or put a text in every row."""
    tx.actor.require(Right.EDIT_MAPS)
    if filling not in set(Filling):
        raise DeskError("step_refused", f"A value cannot come from {filling!r}.", f"Use one of {', '.join(Filling)}.")
    return _changed(tx, draft, name, lambda rule: with_filling(rule, Filling(filling), text))


def set_values(tx: UnitOfWork, draft: MapDraft, target: str, decided: Mapping[str, str]) -> MapDraft:
    """Decide several values of a translated field at once, as {theirs: ours}."""
    tx.actor.require(Right.EDIT_MAPS)
    if draft.field_map is None or draft.field_map.rule_for(target) is None:
        raise DeskError("edit_refused", f"Nothing fills {target} in this map.", "Map a field to it first.")
    rules = tuple(with_values(rule, decided) if rule.target == target else rule for rule in draft.field_map.fields)
    return draft.changed(replace(draft.field_map, fields=rules))


def _found(draft: MapDraft, name: str) -> tuple[FieldMap, FieldRule]:
    if draft.field_map is not None:
        for line in field_lines(draft.field_map, draft.headers):
            if line.name == name and line.rule is not None:
                return draft.field_map, line.rule
    raise DeskError("edit_refused", f"No mapped field of this map is called {name}.", "Give it a target first.")


def _changed(tx: UnitOfWork, draft: MapDraft, name: str, change: Change) -> MapDraft:
    tx.actor.require(Right.EDIT_MAPS)
    field_map, found = _found(draft, name)
    rules = tuple(change(rule) if rule is found else rule for rule in field_map.fields)
    return draft.changed(replace(field_map, fields=rules))


def _step_view(step: Transform) -> StepView:
    spec = TRANSFORMS.get(step.name)
    problem = next(iter(step_problems(step)), "")
    if spec is None:
        return StepView(step.name, None, (), problem)
    entry = transform_help(step.name)
    options = tuple(
        (option, typed_option(spec.options[option.name], step.options.get(option.name)))
        for option in entry.options
        if (step.name, option.name) not in _ELSEWHERE
    )
    return StepView(step.name, entry, options, problem)


def _preview(
    tx: UnitOfWork, draft: MapDraft, field_map: FieldMap, rule: FieldRule, kind: ObjectType, *, is_clear: bool
) -> StepPreview | None:
    if draft.sample is None or not len(draft.sample.frame):
        return None
    account = tx.accounts.by_key(draft.account)
    seen = step_preview(rule, kind, draft.sample.first_rows, map_context(account, draft.object))
    if is_clear or sensitivity_of(field_map, kind, rule.target) not in _CAREFUL:
        return seen
    return replace(seen, lines=tuple(_veiled(line) for line in seen.lines))


def _veiled(line: StepLine) -> StepLine:
    """The shapes of a line's values; what a lost cell says of itself stays."""
    cells = tuple(cell if cell.code else StepCell(_shape(cell.text)) for cell in line.cells)
    return replace(line, came=_shape(line.came), cells=cells)


def _shape(text: str) -> str:
    return text if text == BLANK else veiled(text)

"""Edits of a map, one field at a time: each gives a new map, or says in one sentence why it is not made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from lib.domain.maps import Blank, FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.domain.objects import ObjectType
from lib.errors import DeskError
from lib.mapping.chain_text import read_short_form
from lib.mapping.check import check_map, place_of

# What a field's target says when the field is left out on purpose.
LEFT_OUT = "left out"
# As many characters as the database keeps.
LENGTHS = {"label": 190, "owner": 254, "explanation": 500, "reason": 500}
EDITABLE = ("target", "transforms", "label", "owner", "explanation", "sensitivity", "reason", "blank")

Place = Callable[[str, str], FieldRule]
T = TypeVar("T")


@dataclass(frozen=True)
class FieldLine:
    """One line of the map as it is edited: a mapped field, or one left out. `name` tells two readings of one apart."""

    name: str
    rule: FieldRule | None
    ignored: IgnoredField | None

    @property
    def source(self) -> str:
        """The field as the provider calls it."""
        return self.rule.source if self.rule else self.ignored.source if self.ignored else ""

    @property
    def target(self) -> str:
        """The column it fills, or LEFT_OUT."""
        return self.rule.target if self.rule else LEFT_OUT


def field_lines(field_map: FieldMap, headers: Sequence[str]) -> tuple[FieldLine, ...]:
    """Every line of the map in the order of the file's columns; what the file lacks comes last."""
    order = {header: place for place, header in enumerate(headers)}
    answers: list[FieldRule | IgnoredField] = [*field_map.fields, *field_map.ignored]
    answers.sort(key=lambda answer: order.get(answer.source, len(order)))
    seen: dict[str, int] = {}
    lines = []
    for answer in answers:
        seen[answer.source] = times = seen.get(answer.source, 0) + 1
        name = answer.source if times == 1 else f"{answer.source} ({times})"
        is_rule = isinstance(answer, FieldRule)
        lines.append(FieldLine(name, answer if is_rule else None, None if is_rule else answer))  # type: ignore[arg-type]
    return tuple(lines)


def edited(field_map: FieldMap, line: FieldLine, key: str, value: str, kind: ObjectType, place: Place) -> FieldMap:
    """The map with one thing of one line changed; DeskError `edit_refused` says why it is not.

    `place(source, target)` gives the rule for a field that is placed anew. A column that is then filled twice is no
    refusal: `check_map` says so, and a person who swaps two fields gets through.
    """
    if key not in EDITABLE:
        raise DeskError("edit_refused", f"{key.capitalize()} is not edited here.", "It follows from the file itself.")
    if key == "target":
        return _retargeted(field_map, line, value, kind, place)
    if len(value) > LENGTHS.get(key, len(value)):
        raise DeskError(
            "edit_refused", f"That {key} has {len(value)} characters.", f"Use at most {LENGTHS[key]} of them."
        )
    if line.ignored is not None:
        if key != "reason":
            raise DeskError("edit_refused", f"A field that is left out has no {key}.", "Give it a target first.")
        return _swapped(field_map, line, replace(line.ignored, reason=value))
    assert line.rule is not None
    if key == "transforms":
        chain = read_short_form(value, line.source, line.rule.transforms)
        return _swapped(field_map, line, replace(line.rule, transforms=chain))
    if key == "sensitivity":
        return _swapped(field_map, line, replace(line.rule, sensitivity=_sensitivity(value)))
    if key == "blank":
        return _swapped(field_map, line, replace(line.rule, blank=_blank(value)))
    return _swapped(field_map, line, replace(line.rule, **{key: value}))  # type: ignore[arg-type]


def with_step(field_map: FieldMap, line: FieldLine, step: Transform) -> FieldMap:
    """The map with this step in the line's chain: in the place of the one of its name, else at the end."""
    assert line.rule is not None
    steps = line.rule.transforms
    names = [item.name for item in steps]
    after = tuple(step if item.name == step.name else item for item in steps) if step.name in names else (*steps, step)
    return _swapped(field_map, line, replace(line.rule, transforms=after))


def read_again(field_map: FieldMap, source: str, target: str, kind: ObjectType, place: Place) -> FieldMap:
    """The map with one more column filled from a source that fills one already."""
    _known(target, kind)
    return replace(field_map, fields=(*field_map.fields, place(source, target)))


def runnable(field_map: FieldMap, kind: ObjectType) -> FieldMap:
    """The map without what cannot run, so that a preview shows the rest while a mistake is being mended."""
    broken = {problem.place for problem in check_map(field_map, None, kind) if not problem.is_about_words}
    kept: dict[str, FieldRule] = {}
    for index, rule in enumerate(field_map.fields):
        if place_of(index, rule.source) not in broken:
            kept.setdefault(rule.target, rule)
    return replace(field_map, fields=tuple(kept.values()))


def _retargeted(field_map: FieldMap, line: FieldLine, target: str, kind: ObjectType, place: Place) -> FieldMap:
    if target == line.target:
        return field_map
    if target == LEFT_OUT:
        is_read_elsewhere = sum(rule.source == line.source for rule in field_map.fields) > 1
        return _swapped(field_map, line, None if is_read_elsewhere else IgnoredField(line.source, ""))
    _known(target, kind)
    return _swapped(field_map, line, place(line.source, target))


def _known(target: str, kind: ObjectType) -> None:
    if target not in kind.column_names:
        raise DeskError(
            "edit_refused",
            f"A {kind.name.replace('_', ' ')} has no column {target!r}.",
            "Choose one of the list, or leave the field out.",
        )


def _swapped(field_map: FieldMap, line: FieldLine, answer: FieldRule | IgnoredField | None) -> FieldMap:
    """The map with the line's answer replaced in its place, or taken out where there is none."""
    new_rule = answer if isinstance(answer, FieldRule) else None
    new_ignored = answer if isinstance(answer, IgnoredField) else None
    fields = _exchanged(field_map.fields, line.rule, new_rule)
    ignored = _exchanged(field_map.ignored, line.ignored, new_ignored)
    return replace(field_map, fields=fields, ignored=ignored)


def _exchanged(items: tuple[T, ...], old: T | None, new: T | None) -> tuple[T, ...]:
    if old is None:
        return items if new is None else (*items, new)
    place = next(index for index, item in enumerate(items) if item is old)
    return (*items[:place], *(() if new is None else (new,)), *items[place + 1 :])


def _sensitivity(value: str) -> Sensitivity:
    try:
        return Sensitivity(value)
    except ValueError:
        raise DeskError(
            "edit_refused", f"There is no sensitivity {value!r}.", f"Use one of {', '.join(Sensitivity)}."
        ) from None


def _blank(value: str) -> Blank:
    try:
        return Blank(value)
    except ValueError:
        raise DeskError(
            "edit_refused", f"A blank cell cannot {value!r} a value.", f"Use one of {', '.join(Blank)}."
        ) from None

"""Edits of a chain step by step: add one, take one out, move it, change its options; each checked before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from lib.domain.maps import FieldRule, Transform
from lib.errors import DeskError
from lib.mapping.transforms import TRANSFORMS, step_problems
from lib.mapping.transforms.shape import Option, OptionKind

# What stands for a text of no characters, where an empty field means that the option is left out.
NOTHING = '""'
_BETWEEN = "="


class Filling(StrEnum):
    """Where a field's value comes from: the file alone, the file with a text for blanks, or a text in every row."""

    FILE = "file"
    DEFAULT = "default"
    ALWAYS = "always"


_FILLING = {Filling.DEFAULT: "default", Filling.ALWAYS: "constant"}


def with_new_step(rule: FieldRule, name: str, typed: Mapping[str, str | bool]) -> FieldRule:
    """The rule with one more step: at the end, or before a step that ends the chain.

    DeskError `step_refused` names the step and what is wrong with it.
    """
    step = _checked(len(rule.transforms) + 1, Transform(name, _read(name, typed, {})))
    steps = rule.transforms
    is_ended = bool(steps) and steps[-1].name in TRANSFORMS and TRANSFORMS[steps[-1].name].gives != "text"
    place = len(steps) - (is_ended and TRANSFORMS[name].gives == "text")
    return replace(rule, transforms=(*steps[:place], step, *steps[place:]))


def without_step(rule: FieldRule, place: int) -> FieldRule:
    """The rule without the step at `place`, counted from 0; DeskError `step_refused` where there is none."""
    _at(rule, place)
    return replace(rule, transforms=(*rule.transforms[:place], *rule.transforms[place + 1 :]))


def with_moved_step(rule: FieldRule, place: int, by: int) -> FieldRule:
    """The rule with the step at `place` as many places further down (or up, below 0), as far as the chain goes."""
    step = _at(rule, place)
    others = [*rule.transforms[:place], *rule.transforms[place + 1 :]]
    others.insert(min(max(place + by, 0), len(others)), step)
    return replace(rule, transforms=tuple(others))


def with_options(rule: FieldRule, place: int, typed: Mapping[str, str | bool]) -> FieldRule:
    """The rule with options of the step at `place` as they were typed; those that were not asked stay.

    DeskError `step_refused` names the step and what is wrong with it.
    """
    step = _at(rule, place)
    changed = _checked(place + 1, Transform(step.name, _read(step.name, typed, step.options)))
    return replace(rule, transforms=(*rule.transforms[:place], changed, *rule.transforms[place + 1 :]))


def typed_option(option: Option, value: Any) -> str | bool:
    """A value as it stands in a form, which `with_options` reads back; None for an option that is left out."""
    if option.kind is OptionKind.FLAG:
        return bool(value)
    if value is None:
        return ""
    if option.kind is OptionKind.LIST:
        return "\n".join(str(item) for item in value)
    if option.kind is OptionKind.TABLE:
        return "\n".join(f"{theirs} {_BETWEEN} {ours}" for theirs, ours in value.items())
    return NOTHING if value == "" else str(value)


def _at(rule: FieldRule, place: int) -> Transform:
    if not 0 <= place < len(rule.transforms):
        raise DeskError("step_refused", f"The chain has no step {place + 1}.", "Reload the page.")
    return rule.transforms[place]


def _checked(number: int, step: Transform) -> Transform:
    if problems := step_problems(step):
        said = problems[0]
        raise DeskError("step_refused", f"Step {number}, {step.name}: {said}.", "Correct it; nothing was changed.")
    return step


def _read(name: str, typed: Mapping[str, str | bool], before: Mapping[str, Any]) -> dict[str, Any]:
    """The step's options after what was typed; a name that is no option is kept, so that the check says so."""
    spec = TRANSFORMS.get(name)
    options = dict(before)
    for key, text in typed.items():
        option = spec.options.get(key) if spec else None
        value = text if option is None else _value(option, text)
        if value is None:
            options.pop(key, None)
        else:
            options[key] = value
    return options


def _value(option: Option, text: str | bool) -> Any:
    """What was typed as the option's own kind, None where it is left out; text that is not of its kind stays text."""
    if isinstance(text, bool) or not text:
        return text or None
    if option.kind is OptionKind.LIST:
        return [line.strip() for line in text.splitlines() if line.strip()] or None
    if option.kind is OptionKind.TABLE:
        return _table(text) or None
    if option.kind is OptionKind.NUMBER:
        plain = text.strip()
        # Any other digits than ours would be read by int() too.
        return int(plain) if plain.isascii() and plain.removeprefix("-").isdigit() and len(plain) < 10 else text
    return "" if text == NOTHING else text


def _table(text: str) -> dict[str, str]:
    lines = [line.partition(_BETWEEN) for line in text.splitlines() if line.strip()]
    lame = next((theirs for theirs, between, _ in lines if not between), None)
    if lame is not None:
        hint = f"Write one value a line, theirs {_BETWEEN} ours."
        raise DeskError("step_refused", f"The line {lame.strip()!r} of the values says not what it becomes.", hint)
    return {theirs.strip(): ours.strip() for theirs, _, ours in lines}


def filling_of(rule: FieldRule) -> tuple[Filling, str]:
    """Where the field's value comes from, and the text that the map itself puts."""
    for filling in (Filling.ALWAYS, Filling.DEFAULT):
        step = next((step for step in rule.transforms if step.name == _FILLING[filling]), None)
        if step is not None:
            return filling, str(step.options.get("value", ""))
    return Filling.FILE, ""


def with_filling(rule: FieldRule, filling: Filling, text: str) -> FieldRule:
    """The rule that takes its value from there; DeskError `step_refused` where the text is missing."""
    bare = replace(rule, transforms=tuple(step for step in rule.transforms if step.name not in _FILLING.values()))
    if filling is Filling.FILE:
        return bare
    if not text.strip():
        raise DeskError("step_refused", "The text to put is missing.", "Write it, or take the value from the file.")
    if filling is Filling.DEFAULT:
        return with_new_step(bare, "default", {"value": text})
    # Whatever the file says is put aside before any other step looks at it.
    return replace(bare, transforms=(Transform("constant", {"value": text}), *bare.transforms))

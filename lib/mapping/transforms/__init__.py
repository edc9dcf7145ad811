"""The transform library: every step a map may name, with its options and what it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from lib.domain.maps import Transform
from lib.domain.objects import Kind
from lib.mapping.transforms.combine import COMBINE_TRANSFORMS, source_values
from lib.mapping.transforms.contact import CONTACT_TRANSFORMS
from lib.mapping.transforms.dates import DATE_TRANSFORMS, EPOCHS, SERIALS
from lib.mapping.transforms.money import MONEY_TRANSFORMS
from lib.mapping.transforms.numbers import NUMBER_TRANSFORMS
from lib.mapping.transforms.shape import Option, OptionKind, TransformSpec
from lib.mapping.transforms.text import TEXT_TRANSFORMS

TRANSFORMS: dict[str, TransformSpec] = {
    spec.name: spec
    for spec in (
        *TEXT_TRANSFORMS,
        *COMBINE_TRANSFORMS,
        *DATE_TRANSFORMS,
        *MONEY_TRANSFORMS,
        *NUMBER_TRANSFORMS,
        *CONTACT_TRANSFORMS,
    )
}

# The reading step that a kind implies where the chain does not end in one; kinds not named here stay text.
READERS: dict[Kind, str] = {
    Kind.TIMESTAMP: "parse_datetime",
    Kind.DATE: "parse_date",
    Kind.MONEY: "parse_money",
    Kind.INTEGER: "parse_number",
    Kind.DECIMAL: "parse_number",
    Kind.BOOLEAN: "parse_boolean",
    Kind.DURATION: "parse_duration",
    Kind.PHONE: "parse_phone",
    Kind.EMAIL: "email",
}
# A phone or an e-mail address, once read, is still text and may stand in a text column.
STILL_TEXT = frozenset({"text", "phone", "email"})


def further_sources(transforms: tuple[Transform, ...]) -> tuple[str, ...]:
    """The source paths that a chain reads besides the rule's own."""
    return tuple(str(source) for step in transforms for source in step.options.get("sources", ()) or ())


def step_problems(step: Transform) -> list[str]:
    """What is wrong with one step, each as the rest of a sentence; empty where nothing is."""
    spec = TRANSFORMS.get(step.name)
    if spec is None:
        return [f"there is no transform {step.name!r}; the library has {', '.join(TRANSFORMS)}"]
    problems = []
    for name, value in step.options.items():
        option = spec.options.get(name)
        if option is None:
            known = ", ".join(spec.options) or "none"
            problems.append(f"{step.name} has no option {name!r}; its options are: {known}")
        elif (wrong := _wrong_value(option, value)) is not None:
            problems.append(f"the option {name} of {step.name} {wrong}")
    missing = [name for name, option in spec.options.items() if option.is_required and name not in step.options]
    problems.extend(f"{step.name} needs its option {name}" for name in missing)
    return problems or _odd_values(step)


def _wrong_value(option: Option, value: Any) -> str | None:
    """Why the value does not fit the option, or None."""
    is_right = {
        OptionKind.TEXT: isinstance(value, str),
        OptionKind.ZONE: isinstance(value, str) and _is_zone(value),
        OptionKind.PATTERN: isinstance(value, str) and _is_pattern(value),
        OptionKind.NUMBER: isinstance(value, int) and not isinstance(value, bool),
        OptionKind.FLAG: isinstance(value, bool),
        OptionKind.LIST: isinstance(value, list | tuple) and bool(value) and all(isinstance(v, str) for v in value),
        OptionKind.TABLE: isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(v, str) for v in value.values()),
    }[option.kind]
    if not is_right:
        return f"must be a {option.kind}, not {value!r}"
    if option.choices and value not in option.choices:
        return f"must be one of {', '.join(option.choices)}, not {value!r}"
    return None


def _odd_values(step: Transform) -> list[str]:
    if step.name == "split" and (step.options["part"] == 0 or not step.options["separator"]):
        return ["split counts its parts from 1 (or -1 from the end) and needs a separator that is not empty"]
    if step.name == "replace" and not step.options["find"]:
        return ["replace needs something to find"]
    if step.name == "regex_extract" and not 0 <= step.options.get("group", 1) <= max(
        1, re.compile(step.options["pattern"]).groups
    ):
        return [f"the pattern of regex_extract has no group {step.options['group']}"]
    form = step.options.get("format", "")
    if step.name in {"parse_datetime", "parse_date"} and form and form not in {*EPOCHS, *SERIALS} and "%" not in form:
        return [
            f"the format {form!r} is neither epoch_s, epoch_ms, excel, excel_1904 nor a strptime format such as %d.%m.%Y"
        ]
    return []


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # an unknown zone is a KeyError, an odd path one of the others
        return False
    return True


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def chain_problem(transforms: tuple[Transform, ...], kind: Kind) -> str | None:
    """Why the chain cannot fill a column of this kind, or None: a step that reads a type must end it, and fit."""
    gives = [TRANSFORMS[step.name].gives for step in transforms if step.name in TRANSFORMS]
    for name, given in zip([step.name for step in transforms][:-1], gives[:-1], strict=False):
        if given != "text":
            return f"{name} reads a {given}, so it must be the last step"
    if not gives or gives[-1] == "text":
        return None
    wanted = READERS.get(kind)
    if wanted is None:
        return (
            None if gives[-1] in STILL_TEXT else f"a {gives[-1]} cannot stand in a column of {kind.replace('_', ' ')}"
        )
    if TRANSFORMS[wanted].gives != gives[-1]:
        return f"the column wants a {kind}, and {transforms[-1].name} reads a {gives[-1]}; end with {wanted}"
    return None


__all__ = [
    "READERS",
    "TRANSFORMS",
    "chain_problem",
    "further_sources",
    "source_values",
    "step_problems",
]

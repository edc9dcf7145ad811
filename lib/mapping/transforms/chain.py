"""What is wrong with a step or a chain before it runs: its options, its order, and whether it fits its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from phonenumbers import SUPPORTED_REGIONS

from lib.domain.maps import Transform
from lib.domain.objects import Kind
from lib.mapping.transforms.cover import cover_problem
from lib.mapping.transforms.dates import EPOCHS, SERIALS
from lib.mapping.transforms.library import READERS, STILL_TEXT, TRANSFORMS
from lib.mapping.transforms.patterns import groups_of, pattern_problem
from lib.mapping.transforms.shape import Option, OptionKind
from lib.mapping.transforms.units import unit_problem

# A table of more values is no list of states, and a page of it could not be looked through.
MOST_VALUES = 10_000
_FORMATS = {*EPOCHS, *SERIALS}


def further_sources(transforms: tuple[Transform, ...]) -> tuple[str, ...]:
    """The source paths that a chain reads besides the rule's own."""
    return tuple(str(source) for step in transforms for source in step.options.get("sources", ()) or ())


def whole_chain(transforms: tuple[Transform, ...], kind: Kind) -> tuple[Transform, ...]:
    """The chain with the reading step that a column of this kind implies, where it does not end in one."""
    reader = READERS.get(kind)
    last = TRANSFORMS.get(transforms[-1].name) if transforms else None
    is_read = last is not None and last.gives != "text"
    return transforms if reader is None or is_read else (*transforms, Transform(reader))


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
        elif (wrong := wrong_value(option, value)) is not None:
            problems.append(f"the option {name} of {step.name} {wrong}")
    missing = [name for name, option in spec.options.items() if option.is_required and name not in step.options]
    problems.extend(f"{step.name} needs its option {name}" for name in missing)
    return problems or _odd_values(step)


def wrong_value(option: Option, value: Any) -> str | None:
    """Why the value does not fit the option, as the rest of a sentence; None where it does."""
    if option.kind is OptionKind.PATTERN and isinstance(value, str):
        return pattern_problem(value)
    is_right = {
        OptionKind.TEXT: isinstance(value, str),
        OptionKind.ZONE: isinstance(value, str) and _is_zone(value),
        OptionKind.PATTERN: False,
        OptionKind.NUMBER: isinstance(value, int) and not isinstance(value, bool),
        OptionKind.FLAG: isinstance(value, bool),
        OptionKind.LIST: isinstance(value, list | tuple) and bool(value) and all(isinstance(v, str) for v in value),
        OptionKind.TABLE: isinstance(value, Mapping)
        and bool(value)
        and all(isinstance(v, str) for v in value.values()),
    }[option.kind]
    if not is_right:
        return f"must be a {option.kind}, not {_short(value)}"
    if option.choices and value not in option.choices:
        return f"must be one of {', '.join(option.choices)}, not {_short(value)}"
    return None


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 80 else f"{said[:79]}…"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # an unknown zone is a KeyError, an odd path one of the others
        return False
    return True


def _odd_values(step: Transform) -> list[str]:
    """What no single option shows: options that do not go together, numbers and words that mean nothing."""
    asked = _ODD.get(step.name)
    odd = asked(step.options) if asked else cover_problem(step.name, step.options)
    return [odd] if odd else []


def _odd_split(options: Mapping[str, Any]) -> str | None:
    if options["part"] == 0 or not options["separator"]:
        return "split counts its parts from 1 (or -1 from the end) and needs a separator that is not empty"
    return None


def _odd_replace(options: Mapping[str, Any]) -> str | None:
    return None if options["find"] else "replace needs something to find"


def _odd_pattern(options: Mapping[str, Any]) -> str | None:
    group = options.get("group", 1)
    most = max(1, groups_of(options["pattern"]))
    return None if 0 <= group <= most else f"the pattern of regex_extract has no group {group}"


def _odd_date(options: Mapping[str, Any]) -> str | None:
    form = options.get("format", "")
    if not form or form in _FORMATS or "%" in form:
        return None
    return f"the format {form!r} is neither epoch_s, epoch_ms, excel, excel_1904 nor a strptime format such as %d.%m.%Y"


def _odd_region(options: Mapping[str, Any]) -> str | None:
    region = options.get("region", "US")
    if region.upper() in SUPPORTED_REGIONS:
        return None
    return f"there is no phone region {region!r}; write two letters, such as US, CA or GB"


def _odd_table(options: Mapping[str, Any]) -> str | None:
    count = len(options["values"])
    if count <= MOST_VALUES:
        return None
    return (
        f"the value map has {count:,} values, and {MOST_VALUES:,} is the most: this is free text and not a list of "
        "states, so keep it as it came, or cut the state out of it with split or regex_extract first"
    )


_ODD: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "split": _odd_split,
    "replace": _odd_replace,
    "regex_extract": _odd_pattern,
    "parse_datetime": _odd_date,
    "parse_date": _odd_date,
    "parse_phone": _odd_region,
    "phone_extension": _odd_region,
    "value_map": _odd_table,
    "convert_unit": unit_problem,
}


def chain_problem(transforms: tuple[Transform, ...], kind: Kind) -> str | None:
    """Why the chain cannot fill a column of this kind, or None: a step that reads a type must end it, and fit."""
    gives = [TRANSFORMS[step.name].gives for step in transforms if step.name in TRANSFORMS]
    for name, given in zip([step.name for step in transforms][:-1], gives[:-1], strict=False):
        if given != "text":
            verb = "gives" if given in {"hash", "mask"} else "reads"
            return f"{name} {verb} a {given}, so it must be the last step"
    if not gives or gives[-1] == "text":
        return None
    return _ending_problem(transforms[-1].name, gives[-1], kind)


def _ending_problem(name: str, given: str, kind: Kind) -> str | None:
    wanted = READERS.get(kind)
    if wanted is None:
        return None if given in STILL_TEXT else f"a {given} cannot stand in a column of {kind.replace('_', ' ')}"
    if TRANSFORMS[wanted].gives == given:
        return None
    if given in {"hash", "mask"}:
        return f"the column wants a {kind}, and after {name} nothing can be read any more; choose a column of text"
    return f"the column wants a {kind}, and {name} reads a {given}; end with {wanted}"

"""A chain of transforms as one line: in YAML's short form, to be edited, and in words, to be read."""

from __future__ import annotations

from typing import Any

import yaml

from lib.domain.maps import Transform
from lib.domain.objects import Kind
from lib.errors import DeskError
from lib.mapping.document import plain_step
from lib.mapping.map_reader import read_steps
from lib.mapping.transforms import READERS
from lib.mapping.yaml_text import load_yaml

_ORDERS = {"mdy": "m/d/y", "dmy": "d/m/y", "ymd": "y/m/d"}
_READS = {
    "parse_boolean": "yes or no",
    "parse_duration": "length of time",
    "parse_number": "number",
    "parse_phone": "phone",
    "email": "e-mail address",
}
_WIDE = 1_000_000
_TABLE = "value_map"
# A value map of more values is no line that anybody reads; it stands by its name alone, and its values elsewhere.
MOST_IN_LINE = 20


def short_form(transforms: tuple[Transform, ...]) -> str:
    """The chain on one line, as `trim, parse_money: {unit: cents}`; empty for no step.

    A value map of more than 20 values is its name alone, which `read_short_form` understands where it is given the
    chain that is being edited.
    """
    return ", ".join(_TABLE if _is_long(step) else _bare(plain_step(step)) for step in transforms)


def _is_long(step: Transform) -> bool:
    return step.name == _TABLE and len(step.options.get("values", ())) > MOST_IN_LINE


def _bare(step: Any) -> str:
    """One step; YAML lets the braces of a mapping of one key go inside a list."""
    text = yaml.safe_dump([step], default_flow_style=True, sort_keys=False, allow_unicode=True, width=_WIDE)
    inner = text.strip()[1:-1]
    return inner[1:-1] if inner.startswith("{") else inner


def read_short_form(text: str, source: str, known: tuple[Transform, ...] = ()) -> tuple[Transform, ...]:
    """The chain that one line says; DeskError `map_invalid` with what is wrong about it and the mend.

    A `value_map` without its values keeps those of `known`, the chain as it stands.
    """
    try:
        steps = load_yaml(f"[{text}]")
    except DeskError as trouble:
        raise DeskError(
            "map_invalid",
            f"The steps of {source} cannot be read as written.",
            "Write names with commas between them, options in braces: `trim, parse_money: {unit: cents}`.",
        ) from trouble
    table = next((step for step in known if step.name == _TABLE), None)
    if table is not None and isinstance(steps, list):
        steps = [plain_step(table) if step == _TABLE else step for step in steps]
    return read_steps(source, steps)


def in_words(transforms: tuple[Transform, ...], kind: Kind) -> str:
    """What the chain does, in a few words, together with the reading that the column itself implies."""
    said = [_step(step) for step in transforms]
    reader = READERS.get(kind)
    if reader and (not transforms or transforms[-1].name != reader):
        said.append(_step(Transform(reader)))
    if len(said) > 1 and "trim" in said:
        said.remove("trim")
    return ", then ".join(said) or "as it came"


def _step(step: Transform) -> str:
    options = step.options
    if step.name in {"parse_datetime", "parse_date"}:
        shape = options.get("format") or _ORDERS.get(str(options.get("order", "")), "by its shape")
        zone = options.get("timezone")
        return f"date {shape}" + (f", {zone}" if zone else "")
    if step.name == "parse_money":
        return f"money, {options.get('unit', 'as the account says')}"
    if step.name == "value_map":
        count = len(options.get("values", ()))
        return f"value map, {count} value{'s' * (count != 1)}"
    if step.name in {"constant", "default"}:
        return f"{step.name} “{options.get('value', '')}”"
    return _READS.get(step.name, step.name.replace("_", " "))

"""The manual of the transform library as data: each step with its options, their defaults, and an example that is run.

The command line prints it, the field's form shows it as help, and a test runs every example: what is written here is
what happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.domain.maps import Transform
from lib.domain.objects import Kind
from lib.mapping.transforms.chain import MOST_VALUES
from lib.mapping.transforms.library import TRANSFORMS


@dataclass(frozen=True)
class Example:
    """One value before and after a step: `before` as it came, `after` as a preview shows it in a column of `kind`.

    `options` are those of the step; `others` the cells of further sources in the same row.
    """

    before: str
    after: str
    options: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = Kind.TEXT

    def step(self, name: str) -> Transform:
        """The step as the example uses it."""
        return Transform(name, dict(self.options))


@dataclass(frozen=True)
class OptionHelp:
    """One option as it is explained: `default` in words (what happens where it is left out), `example` as it is typed."""

    name: str
    kind: str
    is_required: bool
    choices: tuple[str, ...]
    doc: str
    default: str
    example: str


@dataclass(frozen=True)
class TransformHelp:
    """One step as it is explained; `gives` is `text`, or what it reads, which ends the chain."""

    name: str
    group: str
    doc: str
    gives: str
    options: tuple[OptionHelp, ...]
    example: Example


_REQUIRED = ""
_AS_ACCOUNT = "as the account says"

GROUPS: dict[str, tuple[str, ...]] = {
    "Text": ("trim", "collapse_spaces", "upper", "lower", "title", "replace", "digits", "blank_words"),
    "Parts": ("split", "regex_extract", "join", "coalesce"),
    "Fixed values": ("constant", "default", "value_map"),
    "Numbers": ("convert_unit", "parse_number", "parse_money", "parse_duration", "parse_boolean"),
    "Dates": ("parse_datetime", "parse_date"),
    "Contacts": ("parse_phone", "phone_extension", "email"),
    "Out of sight": ("hash", "mask"),
}

_EXAMPLES: dict[str, Example] = {
    "trim": Example("  Denver ", "Denver"),
    "collapse_spaces": Example(" Dana   Whitfield", "Dana Whitfield"),
    "upper": Example("co", "CO"),
    "lower": Example("Booked", "booked"),
    "title": Example("MAIN STREET", "Main Street"),
    "replace": Example("AC/Heating", "AC and Heating", {"find": "/", "with": " and "}),
    "digits": Example("JOB-0042", "0042"),
    "blank_words": Example("n/a", "–", {"words": ["n/a", "--"]}),
    "split": Example("Whitfield, Dana", "Dana", {"separator": ",", "part": 2}),
    "regex_extract": Example("Invoice 4711 (paid)", "4711", {"pattern": r"Invoice (\d+)"}),
    "join": Example("12 Main St", "12 Main St, Apt 4", {"sources": ["Unit"], "separator": ", "}, {"Unit": "Apt 4"}),
    "coalesce": Example("", "(303) 555-0142", {"sources": ["Mobile"]}, {"Mobile": "(303) 555-0142"}),
    "constant": Example("anything", "US", {"value": "US"}),
    "default": Example("", "unknown", {"value": "unknown"}),
    "value_map": Example("Canceled", "lost", {"values": {"Canceled": "lost", "Done": "completed"}}),
    "convert_unit": Example("12.5", "20.1168", {"from": "mi", "to": "km"}),
    "parse_number": Example("1,234", "1234", kind=Kind.INTEGER),
    "parse_money": Example("$1,234.50", "1234.50", kind=Kind.MONEY),
    "parse_duration": Example("4:13", "4 min 13 s", kind=Kind.DURATION),
    "parse_boolean": Example("Y", "yes", kind=Kind.BOOLEAN),
    "parse_datetime": Example(
        "3/14/2025 1:20 PM",
        "2025-03-14 19:20",
        {"order": "mdy", "timezone": "America/Denver"},
        kind=Kind.TIMESTAMP,
    ),
    "parse_date": Example("14.3.2025", "2025-03-14", {"order": "dmy"}, kind=Kind.DATE),
    "parse_phone": Example("(303) 555-0142 x12", "+13035550142", kind=Kind.PHONE),
    "phone_extension": Example("(303) 555-0142 x12", "12"),
    "email": Example(" Dana@Example.com ", "dana@example.com", kind=Kind.EMAIL),
    "hash": Example("dana@example.com", "1889d47bc6aab78d"),
    "mask": Example("303-555-0142", "********0142"),
}

# What happens where an option is left out, and what one types for it.
_OPTIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("replace", "find"): (_REQUIRED, "/"),
    ("replace", "with"): ("nothing is put there", " and "),
    ("blank_words", "words"): (_REQUIRED, "[n/a, '--']"),
    ("split", "separator"): (_REQUIRED, "','"),
    ("split", "part"): (_REQUIRED, "2"),
    ("regex_extract", "pattern"): (_REQUIRED, r"'Invoice (\d+)'"),
    ("regex_extract", "group"): ("1, or the whole match where there is no group", "0"),
    ("join", "sources"): (_REQUIRED, "[Last Name]"),
    ("join", "separator"): ("one blank", "', '"),
    ("coalesce", "sources"): (_REQUIRED, "[Mobile, Home Phone]"),
    ("constant", "value"): (_REQUIRED, "US"),
    ("default", "value"): (_REQUIRED, "unknown"),
    ("value_map", "values"): (_REQUIRED, "{Canceled: lost, Done: completed}"),
    ("value_map", "otherwise"): ("keep", "blank"),
    ("convert_unit", "from"): (_REQUIRED, "mi"),
    ("convert_unit", "to"): (_REQUIRED, "km"),
    ("convert_unit", "decimals"): ("6", "2"),
    ("parse_money", "unit"): (_AS_ACCOUNT, "cents"),
    ("parse_money", "decimal_comma"): ("false", "true"),
    ("parse_duration", "unit"): ("seconds", "minutes"),
    ("parse_datetime", "order"): (_AS_ACCOUNT, "dmy"),
    ("parse_datetime", "timezone"): (_AS_ACCOUNT, "America/Denver"),
    ("parse_datetime", "format"): ("by the value's own shape", "'%d.%m.%Y %H:%M'"),
    ("parse_datetime", "whole_days"): ("false", "true"),
    ("parse_date", "order"): (_AS_ACCOUNT, "dmy"),
    ("parse_date", "timezone"): (_AS_ACCOUNT, "America/Denver"),
    ("parse_date", "format"): ("by the value's own shape", "excel"),
    ("parse_phone", "region"): (_AS_ACCOUNT, "GB"),
    ("phone_extension", "region"): (_AS_ACCOUNT, "GB"),
    ("hash", "salt"): ("no salt", "harbor"),
    ("hash", "length"): ("16", "32"),
    ("mask", "keep_first"): ("0", "1"),
    ("mask", "keep_last"): ("4", "2"),
    ("mask", "sign"): ("*", "'•'"),
}


def manual() -> tuple[TransformHelp, ...]:
    """Every step of the library, group by group."""
    return tuple(transform_help(name) for names in GROUPS.values() for name in names)


def transform_help(name: str) -> TransformHelp:
    """The manual's entry of one step of the library; KeyError for a name that is none."""
    spec = TRANSFORMS[name]
    group = next(group for group, names in GROUPS.items() if name in names)
    options = tuple(
        OptionHelp(key, option.kind.value, option.is_required, option.choices, option.doc, *_OPTIONS[name, key])
        for key, option in spec.options.items()
    )
    doc = spec.doc
    if name == "value_map":
        doc += f" At most {MOST_VALUES:,} values."
    return TransformHelp(name, group, doc, spec.gives, options, _EXAMPLES[name])


def option_help(option: OptionHelp) -> str:
    """One option in one line: what it is, what it takes, what happens without it, and an example."""
    takes = f"one of {', '.join(option.choices)}" if option.choices else option.kind
    left_out = "must be given" if option.is_required else f"left out: {option.default}"
    return f"{option.doc[0].upper()}{option.doc[1:]}; {takes}; {left_out}; such as {option.example}"

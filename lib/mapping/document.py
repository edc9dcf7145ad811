"""A field map as a file: hand-editable YAML that says what it is; and the fingerprint of what a map says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from lib.domain.maps import Blank, FieldMap, FieldRule, Transform
from lib.domain.objects import object_type
from lib.mapping.map_reader import FORMAT, load_map
from lib.mapping.transforms import TRANSFORMS
from lib.mapping.yaml_text import dump_yaml

_HEADER = """\
# A field map of Connector Desk: for every field that comes in, the column it becomes, or why it is left out.
#
#   format       how this file is written: {format}; a desk that is older than the file says so
#   object       what one row is: {object}
#   fields       one entry a mapped field
#     source       the field as the provider calls it; nested JSON is written parent.child
#     target       the column it becomes, each used once:
{targets}
#     transforms   steps in order, each a name or a name with options ({{split: {{separator: ",", part: 1}}}}):
{transforms}
#                  A last step that reads (date, money, phone …) is added by the column where it is left out.
#                  What each does, with its options and an example: python -m lib transforms
#     label        the field's name for people          owner        the person who answers for it
#     explanation  a sentence of 20 to 200 characters that a client may read: no personal data, no jargon
#     sensitivity  public, internal, personal or confidential
#     confidence   0 to 1, how sure the suggestion was  reason       why it was suggested
#     blank        a blank cell of an update: clear (unless said otherwise) or keep what stands there
#   ignored      one entry a field left out on purpose: source and reason
#
# Every field of a file must stand under fields or under ignored. Values such as 00501, yes and 2024-01-01 are text.
"""


def dump_map(field_map: FieldMap) -> str:
    """The map as YAML under a header that explains it; `load_map` gives the same map back."""
    return _header(field_map.object) + "\n" + dump_yaml({"format": FORMAT, **as_plain(field_map)})


def as_plain(field_map: FieldMap) -> dict[str, Any]:
    """What the map says as plain values, in the order and with the keys of the file."""
    return {
        "object": field_map.object,
        "fields": [_plain_rule(rule) for rule in field_map.fields],
        "ignored": [{"source": item.source, "reason": item.reason} for item in field_map.ignored],
    }


def fingerprint(field_map: FieldMap) -> str:
    """SHA-256 (hex) of the map's canonical JSON: equal exactly where everything the map says is equal."""
    text = json.dumps(as_plain(field_map), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def plain_step(step: Transform) -> str | dict[str, Any]:
    """One step as it stands in the file: its name, or its name with options."""
    return {step.name: _plain_options(step.options)} if step.options else step.name


def _plain_rule(rule: FieldRule) -> dict[str, Any]:
    steps = [plain_step(step) for step in rule.transforms]
    return {
        "source": rule.source,
        "target": rule.target,
        **({"transforms": steps} if steps else {}),
        "label": rule.label,
        "owner": rule.owner,
        "explanation": rule.explanation,
        "sensitivity": rule.sensitivity.value,
        "confidence": rule.confidence,
        "reason": rule.reason,
        **({} if rule.blank is Blank.CLEAR else {"blank": rule.blank.value}),
    }


def _plain_options(options: Mapping[str, Any]) -> dict[str, Any]:
    kinds: tuple[tuple[type, type], ...] = ((Mapping, dict), (tuple, list))
    plain = dict(options)
    for name, value in plain.items():
        for seen, wanted in kinds:
            if isinstance(value, seen):
                plain[name] = wanted(value)
    return plain


def _header(name: str) -> str:
    canonical = object_type(name)
    targets = _wrapped([c.name + (" (required)" if c.is_required else "") for c in canonical.columns])
    return _HEADER.format(
        format=FORMAT, object=name.replace("_", " "), targets=targets, transforms=_wrapped(list(TRANSFORMS))
    )


def _wrapped(words: list[str]) -> str:
    lines, line = [], "#                 "
    for index, word in enumerate(words):
        piece = f" {word}" + ("," if index < len(words) - 1 else "")
        if len(line) + len(piece) > 118:
            lines.append(line)
            line = "#                 "
        line += piece
    return "\n".join([*lines, line])


__all__ = ["as_plain", "dump_map", "fingerprint", "load_map", "plain_step"]

"""Rows that a person types: in the provider's own words, so that the account's own map reads them like any other row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from lib.domain.maps import RECEIVED_AT, FieldMap
from lib.domain.objects import object_type
from lib.errors import DeskError
from lib.mapping.transforms import further_sources


@dataclass(frozen=True)
class EntryField:
    """One field to type: the provider's name for it, and what it becomes; `target` is '' for one that others join."""

    source: str
    label: str
    target: str
    is_key: bool
    is_required: bool


def entry_fields(field_map: FieldMap) -> tuple[EntryField, ...]:
    """The fields that a map reads, key and required ones first; each once, however many columns it fills."""
    kind, found = object_type(field_map.object), dict[str, EntryField]()
    for rule in field_map.fields:
        if rule.source and rule.source != RECEIVED_AT and rule.source not in found:
            is_key = rule.target == "external_id"
            label = rule.label or rule.source
            found[rule.source] = EntryField(
                rule.source, label, rule.target, is_key, kind.column(rule.target).is_required
            )
    for rule in field_map.fields:
        for source in further_sources(rule.transforms):
            found.setdefault(source, EntryField(source, source, "", False, False))
    return tuple(sorted(found.values(), key=lambda item: (not item.is_key, not item.is_required)))


def in_its_words(field_map: FieldMap, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by the provider's names: a field may also be called by the column that it becomes.

    DeskError `unknown_field` names the fields there are, `field_twice` one typed under two names, `id_missing` and
    `field_missing` what no row can do without.
    """
    fields = entry_fields(field_map)
    by_name = {item.target: item.source for item in fields if item.target} | {
        item.source: item.source for item in fields
    }
    row: dict[str, str] = {}
    for name, text in typed.items():
        source = by_name.get(name)
        if source is None:
            raise DeskError(
                "unknown_field",
                f"The map of {field_map.object.replace('_', ' ')} reads no field {name!r}.",
                f"Its fields are {', '.join(item.source for item in fields)}.",
            )
        if source in row:
            raise DeskError("field_twice", f"{source!r} was given twice.", "Give each field once.")
        row[source] = text.strip()
    for item in fields:
        if item.is_key and not row.get(item.source):
            raise DeskError(
                "id_missing",
                f"A row entered by hand needs its {item.source}, and has none.",
                "Give it as the provider shows it: then the provider's own record updates this one when it comes.",
            )
    return row


def require_filled(field_map: FieldMap, row: Mapping[str, str]) -> None:
    """Refuse a whole row without a field that every record needs; DeskError `field_missing`."""
    missing = [item.source for item in entry_fields(field_map) if item.is_required and not row.get(item.source)]
    if missing:
        raise DeskError(
            "field_missing",
            f"A row entered by hand needs its {missing[0]}, and has none.",
            f"Give {', '.join(missing)}.",
        )


def as_file(field_map: FieldMap, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Typed rows as one JSON object a line with every field of the map, since a field left out and a blank one differ."""
    sources = [item.source for item in entry_fields(field_map)]
    return b"".join(orjson.dumps({name: row.get(name, "") for name in sources}) + b"\n" for row in rows)

"""A field of a map as a row of the database, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from lib.domain.maps import Blank, FieldMap, FieldRule, Sensitivity, Transform
from lib.domain.objects import object_type


def rule_of(row: Row[Any]) -> FieldRule:
    """The rule that a row of a mapped field keeps."""
    return FieldRule(
        source=row.source,
        target=row.target_column,
        transforms=tuple(Transform(item["name"], item["options"]) for item in row.transforms),
        label=row.label,
        owner=row.owner,
        explanation=row.explanation,
        sensitivity=Sensitivity(row.sensitivity),
        confidence=row.confidence_pct / 100,
        reason=row.reason,
        blank=Blank(row.blank),
    )


def field_rows(version_id: int, field_map: FieldMap) -> list[dict[str, Any]]:
    """The rows that keep a map: its mapped fields in order, then those that are left out."""
    table = object_type(field_map.object).table
    mapped = [
        {
            "source": rule.source,
            "target_column": rule.target,
            "transforms": [{"name": step.name, "options": step.options} for step in rule.transforms],
            "label": rule.label,
            "owner": rule.owner,
            "explanation": rule.explanation,
            "sensitivity": rule.sensitivity,
            "confidence_pct": round(rule.confidence * 100),
            "reason": rule.reason,
            "blank": rule.blank,
        }
        for rule in field_map.fields
    ]
    ignored = [
        {
            "source": item.source,
            "target_column": "",
            "transforms": [],
            "label": "",
            "owner": "",
            "explanation": "",
            "sensitivity": Sensitivity.INTERNAL,
            "confidence_pct": 0,
            "reason": item.reason,
            "blank": Blank.CLEAR,
        }
        for item in field_map.ignored
    ]
    return [
        {"map_version_id": version_id, "position": position, "target_table": table, **values}
        for position, values in enumerate(mapped + ignored)
    ]

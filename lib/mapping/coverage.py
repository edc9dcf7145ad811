"""How much of what comes in a map takes in, and what it leaves lying for want of a place."""

from __future__ import annotations

from dataclasses import dataclass

from lib.domain.maps import UNPLACED, FieldMap
from lib.domain.objects import object_type
from lib.mapping.placement import placement


@dataclass(frozen=True)
class Coverage:
    """Fields that fill a column, those left out on purpose, the names of those that only lack a place, required columns.

    `missing` are required columns that nothing fills; `is_thin`: so little is answered for that the map is probably of
    another export, or of another object.
    """

    placed: int
    left_out: int
    unplaced: tuple[str, ...]
    missing: tuple[str, ...]
    is_thin: bool

    @property
    def fields(self) -> int:
        """Every field that the map answers for."""
        return self.placed + self.left_out + len(self.unplaced)


def coverage(field_map: FieldMap) -> Coverage:
    """What of its fields a map places."""
    unplaced = tuple(item.source for item in field_map.ignored if item.reason == UNPLACED)
    required = [column.name for column in object_type(field_map.object).columns if column.is_required]
    return Coverage(
        placed=len(field_map.fields),
        left_out=len(field_map.ignored) - len(unplaced),
        unplaced=unplaced,
        missing=tuple(name for name in required if field_map.rule_for(name) is None),
        is_thin=placement(field_map, field_map.sources).is_too_few,
    )

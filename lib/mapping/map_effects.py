"""What the updated rows of a preview would change in the records that stand, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ValueChange:
    """One column of one record: what it is called, what stands there, what would; each also as its shape where careful."""

    field: str
    was: str
    becomes: str
    was_veiled: str
    becomes_veiled: str


@dataclass(frozen=True)
class ChangedRow:
    """One updated row: its line in the file, and what it changes."""

    line: int
    changes: tuple[ValueChange, ...]


@dataclass(frozen=True)
class MapEffect:
    """What updated rows change: of `compared` rows, how many change each field, the most first, and some of the rows."""

    compared: int = 0
    fields: tuple[tuple[str, int], ...] = ()
    rows: tuple[ChangedRow, ...] = ()

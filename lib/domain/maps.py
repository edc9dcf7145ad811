"""A field map: for every incoming field, the column it becomes or the reason it is ignored on purpose (R9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Sensitivity(StrEnum):
    """How carefully a field is shown: stakeholders never see personal or confidential ones, logs never hold them."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    CONFIDENTIAL = "confidential"


class Blank(StrEnum):
    """What an update with a blank cell does to the value that stands there: it goes, or it stays."""

    CLEAR = "clear"
    KEEP = "keep"


class Band(StrEnum):
    """How sure a suggestion is, for people; unattended use needs `strong` or better for required fields."""

    CERTAIN = "certain"
    STRONG = "strong"
    CHECK = "check"
    NONE = "none"


@dataclass(frozen=True)
class Transform:
    """One step of a chain: a name from the transform library and its options."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldRule:
    """One mapped field: source path → target column, through a chain of transforms.

    `confidence` (0 to 1) and `reason` say how the rule came about; `owner` is the person who answers for the field,
    `explanation` the client-safe sentence about it. `blank` says what a blank cell of an update does; a cell that could
    not be read and was let in without its value is blank too.
    """

    source: str
    target: str
    transforms: tuple[Transform, ...] = ()
    label: str = ""
    owner: str = ""
    explanation: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    confidence: float = 1.0
    reason: str = ""
    blank: Blank = Blank.CLEAR


@dataclass(frozen=True)
class IgnoredField:
    """A field left out on purpose, and why."""

    source: str
    reason: str


@dataclass(frozen=True)
class FieldMap:
    """The content of one map version: every field of a header set answered for."""

    object: str
    fields: tuple[FieldRule, ...]
    ignored: tuple[IgnoredField, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source path that the map answers for, mapped first."""
        return tuple(rule.source for rule in self.fields) + tuple(item.source for item in self.ignored)

    def rule_for(self, target: str) -> FieldRule | None:
        """The rule that fills the target column, or None."""
        return next((rule for rule in self.fields if rule.target == target), None)

    @property
    def keeping(self) -> frozenset[str]:
        """The columns that a blank cell of an update leaves as they are."""
        return frozenset(rule.target for rule in self.fields if rule.blank is Blank.KEEP)


UNPLACED = "unplaced: nothing fits"

# A source that every delivery has: the moment it was received, for providers that send no time of their own.
RECEIVED_AT = "@received_at"

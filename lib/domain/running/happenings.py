"""One line of the timeline: who did what to which thing, and of which kind it is (F99)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# What can be asked for at once: each kind with the subjects of the lines that are of it.
KINDS: dict[str, tuple[str, ...]] = {
    "setup": ("account", "desk"),
    "maps": ("map_version", "learned_mapping", "provider_synonym"),
    "runs": ("delivery", "load", "job", "dead_letter"),
    "numbers": ("baseline", "statement"),
    "tasks": ("task",),
    "people": ("person", "client"),
}


@dataclass(frozen=True)
class Happening:
    """One line: `person` is an address; `account` the key of the account it is about, '' where it is about none alone."""

    at: datetime
    person: str
    action: str
    subject_type: str
    subject_id: int
    detail: Mapping[str, Any] = field(default_factory=dict)
    account: str = ""

    @property
    def kind(self) -> str:
        """The word of KINDS, '' for what belongs to none."""
        return next((name for name, subjects in KINDS.items() if self.subject_type in subjects), "")

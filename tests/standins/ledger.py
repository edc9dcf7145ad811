"""What a provider holds: records that are made, changed and deleted at known moments, so that a clock alone says what is there.

The same seed gives the same history. A record of a ledger is a plain dict with `id`, `createdOn`, `modifiedOn` and
`active`; what else stands in it a stand-in adds from the number of the record and of its version.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Change:
    """At this moment a record was made, changed or (no longer active) deleted; `version` counts from 0."""

    at: datetime
    number: int
    version: int
    is_active: bool = True


Details = Callable[[Change, datetime], dict[str, Any]]


def _nothing_more(_change: Change, _made: datetime) -> dict[str, Any]:
    return {}


@dataclass
class Ledger:
    """The history of one object. `details(change, made)` are the fields of its own, after a change of what was made then."""

    changes: list[Change]
    details: Details = _nothing_more
    first_id: int = 281_498_631_000_000
    _moments: list[datetime] = field(default_factory=list)

    @classmethod
    def grown(
        cls,
        seed: int,
        first: datetime,
        days: int,
        a_day: int,
        details: Details = _nothing_more,
    ) -> Ledger:
        """Some `a_day` records a day, of which a third change within three days and one in twenty is deleted."""
        draw = random.Random(seed)
        changes = []
        number = 0
        for day in range(days):
            for _ in range(a_day):
                at = (first + timedelta(days=day, seconds=draw.randrange(86_400))).replace(microsecond=0)
                changes.append(Change(at, number, 0))
                if draw.random() < 1 / 3:
                    later = at + timedelta(seconds=draw.randrange(1, 3 * 86_400))
                    changes.append(Change(later, number, 1, draw.random() > 0.15))
                number += 1
        return cls(sorted(changes, key=lambda item: (item.at, item.number)), details)

    def add(self, at: datetime, number: int, version: int = 0, *, is_active: bool = True) -> None:
        """One more change of the history."""
        self.changes.append(Change(at, number, version, is_active))
        self.changes.sort(key=lambda item: (item.at, item.number))
        self._moments = []

    def upto(self, now: datetime) -> list[Change]:
        """Every change until now, oldest first."""
        if len(self._moments) != len(self.changes):
            self._moments = [item.at for item in self.changes]
        return self.changes[: bisect_right(self._moments, now)]

    def held(self, now: datetime) -> dict[int, dict[str, Any]]:
        """Every record as it stands now, by number, deleted ones too."""
        made: dict[int, datetime] = {}
        found: dict[int, dict[str, Any]] = {}
        for item in self.upto(now):
            made.setdefault(item.number, item.at)
            found[item.number] = self.record(item, made[item.number])
        return found

    def record(self, item: Change, made: datetime) -> dict[str, Any]:
        """A record as one change left it."""
        told = {"id": self.first_id + item.number, "createdOn": _z(made), "modifiedOn": _z(item.at)}
        return {**told, "active": item.is_active, **self.details(item, made)}


def _z(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

"""What a change would do, foretold: how rows come out otherwise, and which numbers move and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any

# How many of the newest deliveries are looked at, and the choices a person has.
DEFAULT_DELIVERIES = 5
DELIVERY_CHOICES = (3, 5, 10, 20)
# Deliveries of more rows together are not looked at all, since what counts of them is held in memory.
MOST_ROWS = 500_000


@dataclass(frozen=True)
class ImpactSample:
    """Rows that change alike, as text before and after, what is personal veiled; `line` is the first of them."""

    before: str
    after: str
    rows: int
    delivery_id: int
    line: int


@dataclass(frozen=True)
class RowChange:
    """One kind of change: `code` is refused, let_in, class, key, duplicate or value; `subject` the reason or the column."""

    code: str
    subject: str
    rows: int
    samples: tuple[ImpactSample, ...] = ()


@dataclass(frozen=True)
class NumberChange:
    """One month of one metric; `change` reads `142 → 131 jobs`, `sentence` says why. `now` and `after` are for machines."""

    metric: str
    label: str
    source: str
    signal: str
    paid: str
    month: str
    change: str
    sentence: str
    now: int | float | str | None = None
    after: int | float | str | None = None


@dataclass(frozen=True)
class DeliveryRead:
    """A delivery that was run through both sides; `is_counted` where the numbers stand on it already."""

    delivery_id: int
    load_id: int
    file_name: str
    received_at: str
    rows: int
    is_counted: bool


@dataclass(frozen=True)
class Impact:
    """What came of one object's deliveries. `missed` says what could not be looked at, `stops` which loads would no
    longer come in; `verdicts` counts rows by `created → failed`.
    """

    object: str
    looked_at: tuple[DeliveryRead, ...] = ()
    missed: tuple[str, ...] = ()
    rows: int = 0
    changed: int = 0
    verdicts: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[RowChange, ...] = ()
    numbers: tuple[NumberChange, ...] = ()
    stops: tuple[str, ...] = ()

    def of(self, code: str) -> int:
        """How many rows change in this way."""
        return sum(item.rows for item in self.changes if item.code == code)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they are stored and as machines read them."""
        return asdict(self)

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> Impact:
        """The impact that `as_dict` wrote."""
        changes = tuple(
            RowChange(**{**item, "samples": tuple(ImpactSample(**each) for each in item["samples"])})
            for item in stored["changes"]
        )
        return cls(
            **{
                **stored,
                "looked_at": tuple(DeliveryRead(**item) for item in stored["looked_at"]),
                "missed": tuple(stored["missed"]),
                "changes": changes,
                "numbers": tuple(NumberChange(**item) for item in stored["numbers"]),
                "stops": tuple(stored["stops"]),
            }
        )


@dataclass(frozen=True)
class Change:
    """What is to be foretold: a version of the map of an object, or other rules for all that an account sends.

    `settings` are written as an account's are (`policy.missing_date`: `hold`), `adds` are class rules as they are
    stored, `removes` the numbers of class rules; `most` deliveries of each object are looked at.
    """

    object: str = ""
    version: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    adds: tuple[Mapping[str, Any], ...] = ()
    removes: tuple[int, ...] = ()
    most: int = DEFAULT_DELIVERIES

    @property
    def is_of_map(self) -> bool:
        """Whether it is about a map and not about rules."""
        return self.version > 0

    @property
    def subject(self) -> str:
        """The name under which the newest impact of this very change is kept."""
        if self.is_of_map:
            return f"map {self.object} {self.version}"
        told = repr((sorted(self.settings.items()), [sorted(item.items()) for item in self.adds], self.removes))
        return f"rules {blake2b(told.encode(), digest_size=12).hexdigest()}"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as a job carries them."""
        return asdict(self)

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> Change:
        """The change that `as_dict` wrote."""
        return cls(**{**stored, "adds": tuple(stored["adds"]), "removes": tuple(stored["removes"])})

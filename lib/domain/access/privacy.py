"""A person whose numbers pass through the desk: what they are known by, where they were found, what an erasure did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.errors import DeskError


@dataclass(frozen=True)
class Sought:
    """Who is looked for: phones as E.164, e-mail addresses in small letters, names as folded words."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether anything tells them from everybody else: a name alone may be many people's."""
        return bool(self.phones or self.emails)

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """(kind, value) of what tells them from everybody else."""
        return (*(("phone", phone) for phone in self.phones), *(("email", email) for email in self.emails))

    def without_names(self) -> Sought:
        """The same person, told by phone and e-mail alone."""
        return Sought(self.phones, self.emails)


@dataclass(frozen=True)
class Sighting:
    """One place outside records and payloads where a text speaks of the person.

    `key` finds the line in its table; `stays` says why it cannot be changed, '' where an erasure changes it.
    """

    table: str
    key: Mapping[str, int | str]
    columns: tuple[str, ...]
    stays: str = ""

    @property
    def called(self) -> str:
        """The line as a person reads it: `tasks 12`."""
        return f"{self.table} {' '.join(str(value) for value in self.key.values())}"


@dataclass
class Traces:
    """Where a person was found. Rows by load, records by object, all by number; deliveries whose kept file speaks of them.

    `rows` holds every row that is about them, `chunks` every payload chunk of loads with such rows, `speaking` the chunks
    in which a text speaks of them: rows are found by keyed hashes, too, which stay when they are emptied.
    """

    rows: dict[int, set[int]] = field(default_factory=dict)
    records: dict[str, set[int]] = field(default_factory=dict)
    files: set[int] = field(default_factory=set)
    chunks: set[int] = field(default_factory=set)
    speaking: set[int] = field(default_factory=set)
    receipts: set[int] = field(default_factory=set)
    sightings: list[Sighting] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How much there is, for people and machines."""
        return {
            "records": sum(len(ids) for ids in self.records.values()),
            "rows": sum(len(places) for places in self.rows.values()),
            "files": len(self.files),
            "receipts": len(self.receipts),
            "texts": sum(not item.stays for item in self.sightings),
            "staying": sum(bool(item.stays) for item in self.sightings),
        }

    @property
    def is_gone(self) -> bool:
        """Whether nothing that could be changed speaks of them any more."""
        return not (self.speaking or self.files or self.receipts or any(not item.stays for item in self.sightings))

    def add_rows(self, load_id: int, places: set[int]) -> None:
        """Further rows of a load that are about the person."""
        if places:
            self.rows.setdefault(load_id, set()).update(places)

    def add_records(self, name: str, ids: set[int]) -> None:
        """Further records of an object."""
        if ids:
            self.records.setdefault(name, set()).update(ids)


@dataclass(frozen=True)
class Erasure:
    """One erasure as it is reported: its number, who asked and why, and what was changed; no personal value."""

    id: int
    client_id: int | None
    asked_by: str
    at: str
    reason: str
    is_finished: bool
    counts: Mapping[str, int]


def require_somebody(sought: Sought) -> None:
    """DeskError `nobody_named` where nothing says who is looked for."""
    if not (sought.is_certain or sought.names):
        raise DeskError(
            "nobody_named", "Nobody was named, so nothing was looked for.", "Give a phone, an e-mail address or a name."
        )

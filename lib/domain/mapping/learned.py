"""What approved maps have taught the desk: that a header became a column, or was left out, and for whom that holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lib.domain.maps import Transform

# How a provider without a template of its own is called; its accounts have nothing in common.
NO_PROVIDER = "other"


class Level(StrEnum):
    """For whom a memory holds; the nearest one is believed."""

    CLIENT = "client"
    PROVIDER = "provider"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Lesson:
    """What one field of an approved map teaches: its header, and the target it became ('' where it was left out).

    `key` is the header as it is compared. `transforms` and `reason` may hold a client's values and words, so they never
    leave the client; `may_travel` says whether the header itself may.
    """

    key: str
    written: str
    target: str
    transforms: tuple[Transform, ...]
    reason: str
    may_travel: bool


@dataclass(frozen=True)
class Learned:
    """One thing remembered: `times` counts the approvals at the client's level, the clients that say so at wider ones.

    `account` and `person` say who taught it last; both are '' for whoever may not see that client. `transforms` and
    `reason` are empty at the wider levels.
    """

    id: int
    level: Level
    provider: str
    object: str
    key: str
    written: str
    target: str
    transforms: tuple[Transform, ...]
    reason: str
    times: int
    account: str
    person: str
    learned_at: datetime
    is_forgotten: bool = False


@dataclass(frozen=True)
class OwnSynonym:
    """A name that somebody taught the desk for a column of one provider's object, beside its template's."""

    id: int
    provider: str
    object: str
    written: str
    target: str
    person: str
    added_at: datetime

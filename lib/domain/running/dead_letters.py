"""Dead letters: one line a failure that was given up, lines of one cause as one group, and what replaying would bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from lib.domain.running.failed_work import Step, Subject


class LetterStatus(StrEnum):
    """Where a line stands. `snoozed` is said of a group only: its open lines wait for a day."""

    OPEN = "open"
    REPLAYING = "replaying"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    DISCARDED = "discarded"


# A line in one of these places still holds its rows up.
HELD_UP = (LetterStatus.OPEN, LetterStatus.REPLAYING)


@dataclass(frozen=True)
class Worth:
    """What held-up rows come to: the sum of one column of money over those that could be read."""

    amount: Decimal
    currency: str
    column: str


@dataclass(frozen=True)
class DeadLetter:
    """One failure. `rows` are held up by it (0: not known), `tries` how often it was tried, `status` where it stands.

    `reason` is why it is closed or discarded, `decided_by` the address of who did so ('' where it closed by itself);
    `replay_load_id` the load that brought its rows in.
    """

    id: int
    fingerprint: str
    account_id: int
    client_id: int
    object: str
    step: Step
    code: str
    column: str
    subject: Subject
    subject_id: int
    delivery_id: int | None
    sentence: str
    mend: str
    rows: int
    worth_micros: int | None
    worth_column: str
    first_seen: datetime
    last_seen: datetime
    tries: int
    status: LetterStatus
    snoozed_until: datetime | None
    reason: str
    decided_by: str
    decided_at: datetime | None
    replay_job_id: int | None
    replay_load_id: int | None


@dataclass(frozen=True)
class Tally:
    """How many lines of a group stand somewhere, and how many rows they hold."""

    lines: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Group:
    """Every line of one cause. `lines`, `rows`, `worth` and the moments are of those held up, or of all once none is.

    `account`, `client` and `object` are keys, `field` the column in words ('' for none), `owner` the address of whoever
    answers for the account, `age` the time since `first_seen`, `what_it_is_worth` the worth or the count in words;
    `told` has the tally of each status.
    """

    fingerprint: str
    account: str
    source_label: str
    client: str
    object: str
    step: Step
    code: str
    column: str
    field: str
    sentence: str
    mend: str
    owner: str
    status: LetterStatus
    lines: int
    rows: int
    worth: Worth | None
    what_it_is_worth: str
    first_seen: datetime
    last_seen: datetime
    age: timedelta
    tries: int
    snoozed_until: datetime | None
    reason: str
    told: dict[LetterStatus, Tally]

    @property
    def is_held_up(self) -> bool:
        """Whether anything of it still waits, also where it is snoozed."""
        return self.status in (*HELD_UP, LetterStatus.SNOOZED)


@dataclass(frozen=True)
class GroupDetail:
    """A group with its newest lines, newest first; `more` is how many lines are not among them."""

    group: Group
    lines: tuple[DeadLetter, ...]
    more: int


@dataclass(frozen=True)
class Cell:
    """One row of a preview: its line in the file, its cell as it came, what it reads as now, and why it still fails."""

    line_no: int
    source: str
    raw: str
    mapped: str
    why: str


@dataclass(frozen=True)
class DeliveryPreview:
    """What loading one delivery again would do to the rows that are held up; `why_not` says why it cannot be told."""

    delivery_id: int
    file_name: str
    rows: int
    going_in: int
    failing: int
    why_not: str = ""


@dataclass(frozen=True)
class ReplayPreview:
    """Before and after: held-up rows through the current map. `still` are (why, rows) of those that would fail again."""

    sentence: str
    rows: int
    going_in: int
    failing: int
    unknown: int
    still: tuple[tuple[str, int], ...]
    deliveries: tuple[DeliveryPreview, ...]
    samples: tuple[Cell, ...]

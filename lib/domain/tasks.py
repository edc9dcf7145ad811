"""Tasks: something that waits for a person, opened once for its cause and closed when the cause is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from lib.clock import zone
from lib.domain.people import Actor, Right, Role

# A resolved task was closed by a person although its cause may still be there; a closed one's cause is gone.
OPEN, RESOLVED, CLOSED = "open", "resolved", "closed"

LOAD_REVIEW, MAP_REVIEW, CONTROL_TOTALS, STALE = "load_review", "map_review", "control_totals", "stale"
UNSEEN_VALUE, DRIFT, CORRECTION = "unseen_value", "drift", "correction"
REPORT_NOTE = "report_note"
WAITING_RECEIPTS = "waiting_receipts"
BREAKER = "breaker"
SILENCE = "silence"
DEAD_LETTER = "dead_letter"
LAPSED_GATE = "lapsed_gate"


class TaskSeverity(StrEnum):
    """How much a task weighs: a client is shown less or something else, work is held up, or a decision of every day."""

    INCIDENT = "incident"
    WARNING = "warning"
    ROUTINE = "routine"


@dataclass(frozen=True)
class TaskKind:
    """What is known of every task of a kind: how much it matters, in how many days it is due, the right it takes to do."""

    words: str
    severity: TaskSeverity
    days: int
    needs: Right


KINDS: dict[str, TaskKind] = {
    LOAD_REVIEW: TaskKind("Decide on a load", TaskSeverity.ROUTINE, 2, Right.APPROVE_LOADS),
    MAP_REVIEW: TaskKind("Approve a map", TaskSeverity.ROUTINE, 2, Right.APPROVE_MAPS),
    CONTROL_TOTALS: TaskKind("Totals disagree", TaskSeverity.WARNING, 1, Right.APPROVE_LOADS),
    UNSEEN_VALUE: TaskKind("Unseen value", TaskSeverity.WARNING, 2, Right.APPROVE_MAPS),
    DRIFT: TaskKind("Columns changed", TaskSeverity.WARNING, 2, Right.APPROVE_LOADS),
    DEAD_LETTER: TaskKind("Failed work", TaskSeverity.WARNING, 2, Right.APPROVE_LOADS),
    WAITING_RECEIPTS: TaskKind("Webhooks wait", TaskSeverity.WARNING, 1, Right.APPROVE_MAPS),
    STALE: TaskKind("Stale connector", TaskSeverity.WARNING, 1, Right.MANAGE_ACCOUNTS),
    REPORT_NOTE: TaskKind("Report note not sent", TaskSeverity.WARNING, 1, Right.PUBLISH),
    SILENCE: TaskKind("Provider is silent", TaskSeverity.INCIDENT, 1, Right.MANAGE_ACCOUNTS),
    BREAKER: TaskKind("Provider left alone", TaskSeverity.INCIDENT, 1, Right.MANAGE_ACCOUNTS),
    LAPSED_GATE: TaskKind("A proof lapsed", TaskSeverity.INCIDENT, 1, Right.MANAGE_ACCOUNTS),
    CORRECTION: TaskKind("Published number moved", TaskSeverity.INCIDENT, 1, Right.PUBLISH),
}


@dataclass(frozen=True)
class Task:
    """One row of `tasks`. `link` names a page and its address; `detail` is what tells whether the cause is gone.

    `account` and `client` are keys, `owner` and `closed_by` addresses; `closed_by` is '' where it closed by itself.
    `due_on` is a day of the client's, in `timezone`. `is_handed_over` where a person chose its owner, whom no rule
    replaces then.
    """

    id: int
    client_id: int
    client: str
    account_id: int
    account: str
    owner: str
    owner_id: int
    kind: str
    cause: str
    sentence: str
    link: str
    status: str
    opened_at: datetime
    due_on: date
    closed_at: datetime | None
    closed_because: str
    timezone: str
    closed_by: str = ""
    is_handed_over: bool = False
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The page where it is done."""
        return self.link.partition("?")[0]

    @property
    def address(self) -> dict[str, str]:
        """What stands in that page's address."""
        asked = self.link.partition("?")[2]
        return dict(part.split("=", 1) for part in asked.split("&") if "=" in part)

    @property
    def severity(self) -> TaskSeverity:
        """How much it weighs."""
        return KINDS[self.kind].severity

    @property
    def words(self) -> str:
        """What kind of task it is, in a few words."""
        return KINDS[self.kind].words

    @property
    def weight(self) -> tuple[int, date, int]:
        """What to look at first sorts first: incidents, then what is due soonest, then what is oldest."""
        return list(TaskSeverity).index(self.severity), self.due_on, self.id

    def age(self, now: datetime) -> timedelta:
        """How long it has waited, or did wait until it was closed."""
        return (self.closed_at or now) - self.opened_at

    def is_overdue(self, now: datetime) -> bool:
        """Whether the day it was due on is over where its client is, and it is still open."""
        return self.status == OPEN and self.due_on < now.astimezone(zone(self.timezone)).date()


@dataclass(frozen=True)
class Cause:
    """Something that waits for a person as the desk stands now; `cause` names it and nothing else.

    `not_by` is the id of somebody who may not do it, because a second person is asked for.
    """

    account_id: int
    kind: str
    cause: str
    sentence: str
    link: str
    detail: dict[str, Any] = field(default_factory=dict)
    not_by: int | None = None


@dataclass(frozen=True)
class Causes:
    """What waits, by the name of its cause; of loads beyond number `looked_to` nothing is known (None: all were seen)."""

    found: dict[str, Cause]
    looked_to: int | None = None


def answers_for(
    kind: str, owner_id: int, client_id: int, people: Sequence[Actor], not_by: int | None = None
) -> int | None:
    """Who a task belongs to by rule, of the active `people`: the account's owner, where they may do it.

    Where they have left, lost the right or the client, or may not do it a second time (`not_by`): whoever may, data
    owners before admins, who sees few clients before who sees all. None where nobody of the desk may.
    """
    able = [
        person
        for person in people
        if person.may(KINDS[kind].needs) and person.may_see(client_id) and person.person_id != not_by
    ]
    if any(person.person_id == owner_id for person in able):
        return owner_id
    chosen = min(
        able, default=None, key=lambda each: (each.role is Role.ADMIN, each.client_ids is None, each.person_id)
    )
    return None if chosen is None else chosen.person_id

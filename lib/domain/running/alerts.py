"""Alerts: the states that somebody is told of, who asked to be told and when not, and what changed since they were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from lib.clock import zone
from lib.domain.tasks import TaskSeverity
from lib.domain.wording import counted
from lib.errors import DeskError

SENDING, PUT_OFF, SENT, REFUSED, UNKNOWN, DROPPED = "sending", "put_off", "sent", "refused", "unknown", "dropped"
# A message names so many changes and counts the rest; who was away for a week reads the desk, not a telegram.
_NAMED = 12

What = Literal["new", "worse", "better", "over"]

# What a person is told of who did not say from which severity on.
USUAL_LEAST = TaskSeverity.WARNING
LEAST_IN_WORDS = {
    TaskSeverity.INCIDENT: "incidents only",
    TaskSeverity.WARNING: "warnings and incidents",
    TaskSeverity.ROUTINE: "everything that waits",
}
_WEIGHT = {severity: weight for weight, severity in enumerate(reversed(TaskSeverity))}


@dataclass(frozen=True)
class AlertState:
    """Something that stands now and that people may want to be told of.

    `key` stays the same for as long as it stands, whatever its severity. `sentence` is fixed words with the account's
    label and key: nothing of what a provider sent. `link` is a page of the desk with its address.
    """

    key: str
    client_id: int
    account_id: int
    severity: TaskSeverity
    sentence: str
    link: str


@dataclass(frozen=True)
class Told:
    """What a subscriber was told of one state last."""

    key: str
    client_id: int
    severity: TaskSeverity
    sentence: str


@dataclass(frozen=True)
class Change:
    """One line of an alert: a state that is new, worse, better or over since its reader was last told of it."""

    what: What
    key: str
    client_id: int
    severity: TaskSeverity
    sentence: str
    link: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the reader need not keep it in mind any longer."""
        return self.what == "over"


@dataclass(frozen=True)
class QuietHours:
    """Between `first` and `until` nothing is sent, by the clock of the person's time zone; it may lie over midnight."""

    first: time
    until: time

    def __str__(self) -> str:
        return f"{self.first:%H:%M}-{self.until:%H:%M}"

    def holds(self, now: datetime, timezone: str) -> bool:
        """Whether it is quiet at this moment."""
        there = now.astimezone(zone(timezone)).time()
        if self.first <= self.until:
            return self.first <= there < self.until
        return there >= self.first or there < self.until


@dataclass(frozen=True)
class Subscription:
    """Who is told, where, from which severity on, and when not.

    `destination` is a reference to a secret that names the place, '' for the person's own e-mail address. `version`
    changes with every message and setting, so that two workers never send the same.
    """

    id: int
    person_id: int
    email: str
    destination: str
    least: TaskSeverity
    quiet: QuietHours | None
    timezone: str
    version: int = 0

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing may be sent now."""
        return self.quiet is not None and self.quiet.holds(now, self.timezone)


@dataclass(frozen=True)
class AlertMessage:
    """One message to a subscriber: what it said, and what became of it."""

    id: int
    subscription_id: int
    email: str
    destination: str
    status: str
    changes: tuple[Change, ...]
    attempts: int
    answer: str
    created_at: datetime
    taken_until: datetime | None = None
    next_try_at: datetime | None = None
    ended_at: datetime | None = None


def quiet_hours(text: str) -> QuietHours | None:
    """Read `22:00-07:00`; None where nothing is given. DeskError `not_quiet_hours`."""
    if not text.strip():
        return None
    first, _, until = text.partition("-")
    try:
        found = QuietHours(time.fromisoformat(first.strip()), time.fromisoformat(until.strip()))
        is_fine = found.first != found.until and found.first.tzinfo is None and found.until.tzinfo is None
    except ValueError:
        is_fine = False
    if not is_fine:
        raise DeskError("not_quiet_hours", f"{text!r} are no quiet hours.", "Write them as 22:00-07:00.")
    return found


def weight_of(severity: TaskSeverity) -> int:
    """How much it matters, as a number to sort by; an incident is the most."""
    return _WEIGHT[severity]


def severity_named(text: str) -> TaskSeverity:
    """The severity of this name; DeskError `unknown_severity`."""
    try:
        return TaskSeverity(text)
    except ValueError:
        known = ", ".join(TaskSeverity)
        raise DeskError("unknown_severity", f"There is no severity {text!r}.", f"Choose one of {known}.") from None


def changes_since(told: Mapping[str, Told], states: Iterable[AlertState], least: TaskSeverity) -> tuple[Change, ...]:
    """What a subscriber is to hear of: the states of at least that severity, against what they were told, worst first.

    Nothing where nothing changed, however often it is asked. What fell below their severity is over for them.
    """
    found: list[Change] = []
    standing = {state.key: state for state in states if _WEIGHT[state.severity] >= _WEIGHT[least]}
    for state in standing.values():
        before = told.get(state.key)
        what: What = "new"
        if before is not None:
            if before.severity is state.severity:
                continue
            what = "worse" if _WEIGHT[state.severity] > _WEIGHT[before.severity] else "better"
        found.append(Change(what, state.key, state.client_id, state.severity, state.sentence, state.link))
    for key, before in told.items():
        if key not in standing:
            found.append(Change("over", key, before.client_id, before.severity, before.sentence))
    return tuple(sorted(found, key=lambda item: (item.is_over, -_WEIGHT[item.severity])))


def title_of(changes: Iterable[Change]) -> str:
    """`Connector Desk: 1 incident, 2 over`."""
    found = Counter("over" if item.is_over else str(item.severity) for item in changes)
    return "Connector Desk: " + ", ".join(f"{found[word]} {word}" for word in (*TaskSeverity, "over") if found[word])


def text_of(changes: Iterable[Change], desk_url: str = "") -> str:
    """The message in plain text, one change a paragraph; with the way there where the desk has an address.

    Changes that read alike are one, with their number.
    """
    alike: dict[tuple[str, str, str], list[Change]] = {}
    for item in changes:
        alike.setdefault((item.what, item.severity, item.sentence), []).append(item)
    lines = [_line(items[0], len(items), desk_url) for items in list(alike.values())[:_NAMED]]
    if len(alike) > _NAMED:
        lines.append(f"{counted(len(alike) - _NAMED, 'change')} more; the desk shows them.")
    return "\n\n".join(lines)


def worst_of(changes: Iterable[Change]) -> TaskSeverity | None:
    """The worst that stands; None where the message only says what is over."""
    standing = [item.severity for item in changes if not item.is_over]
    return max(standing, key=_WEIGHT.__getitem__, default=None)


def _line(change: Change, times: int, desk_url: str) -> str:
    word = {"new": str(change.severity).capitalize(), "worse": f"Now {change.severity}", "over": "Over"}
    said = f"{word.get(change.what, f'Now only {change.severity}')}: {change.sentence}"
    said += f" ({times} times)" if times > 1 else ""
    return f"{said}\n{desk_url}/{change.link}" if desk_url and change.link else said

"""The monthly report note: where one may stand, who asked for it, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from lib.domain.imports import DateRange

SENDING, PUT_OFF, SENT, REFUSED, UNKNOWN = "sending", "put_off", "sent", "refused", "unknown"
# When nothing more is waited for: the note of a month goes out by this day of the next, saying what is missing.
LATEST_DAY = 5
TRIES = 6
_FIRST_PAUSE = timedelta(minutes=5)

Answered = Literal["sent", "later", "refused", "unknown"]


@dataclass(frozen=True)
class Subscriber:
    """Somebody who asked for the notes of a client, and since when."""

    client_id: int
    client_key: str
    timezone: str
    person_id: int
    since: datetime


@dataclass(frozen=True)
class SentNote:
    """One line of the log: what was sent to whom, or why not."""

    id: int
    client_id: int
    month: str
    email: str
    status: str
    statement_ids: tuple[int, ...]
    message_id: str
    attempts: int
    answer: str
    ended_at: datetime | None


@dataclass(frozen=True)
class MailAnswer:
    """What became of one message: `later` is a temporary refusal; `unknown` that the server never said whether it took it."""

    what: Answered
    words: str


def month_before(day: date) -> DateRange:
    """The calendar month that ended before this day's."""
    last = day.replace(day=1) - timedelta(days=1)
    return DateRange(last.replace(day=1), last)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: five minutes, and twice as long each time."""
    return _FIRST_PAUSE * (1 << (attempts - 1))


def month_key(month: DateRange) -> str:
    """`2026-10`."""
    return f"{month.first:%Y-%m}"

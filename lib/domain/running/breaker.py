"""The breaker of an account: after enough failures in a row its provider is left alone, then tried with one call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lib.domain.running.retrying import LONGEST_ASKED, POLICIES, ErrorClass

# So many failures in a row open it, and so many warn that it is about to (F131).
OPENS_AT = 5
WARNS_AT = 3
# How long the provider is left alone, doubled each time a trial fails.
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
# A trial whose worker never came back does not keep everybody else waiting for ever.
TRIAL_LASTS = timedelta(minutes=15)


class BreakerPlace(StrEnum):
    """Closed lets everything through, open nothing, half open one trial."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Standing(StrEnum):
    """What the owner is told of: nothing, that it is about to open, that it has."""

    CALM = "calm"
    WARNED = "warned"
    OPENED = "opened"


@dataclass(frozen=True)
class BreakerState:
    """Where one account's breaker stands.

    `failures` are those in a row, `times_opened` how often in a row it opened without a success between, `try_at` when
    the next trial may be (of a half-open one: when it counts as lost); `error_class` and `sentence` are the last failure's.
    """

    place: BreakerPlace = BreakerPlace.CLOSED
    failures: int = 0
    times_opened: int = 0
    opened_at: datetime | None = None
    try_at: datetime | None = None
    error_class: str = ""
    sentence: str = ""

    @property
    def standing(self) -> Standing:
        """What the owner is to know."""
        if self.place is not BreakerPlace.CLOSED:
            return Standing.OPENED
        return Standing.WARNED if self.failures >= WARNS_AT else Standing.CALM


@dataclass(frozen=True)
class Turn:
    """Whether the provider may be called now; if not, `wait_until` says when to ask again. `after` is the new state."""

    after: BreakerState
    wait_until: datetime | None = None

    @property
    def is_mine(self) -> bool:
        """Whether to go ahead."""
        return self.wait_until is None


def turn_at(state: BreakerState, now: datetime) -> Turn:
    """May the provider be called? Closed: yes. Open: not before its time, then it is half open and this is its trial."""
    if state.place is BreakerPlace.CLOSED:
        return Turn(state)
    assert state.try_at is not None, "what is not closed says when it may be tried"
    if now < state.try_at:
        return Turn(state, state.try_at)
    return Turn(replace(state, place=BreakerPlace.HALF_OPEN, try_at=now + TRIAL_LASTS))


def after_failure(
    state: BreakerState, kind: ErrorClass, sentence: str, now: datetime, retry_after: float | None = None
) -> BreakerState:
    """The state after a call that failed. Trouble that is not the provider's changes nothing.

    A failed trial opens it for twice as long. One that fails while it is open already (it began before) counts, and
    does not prolong the pause.
    """
    policy = POLICIES[kind]
    if not policy.counts:
        return state
    told = replace(state, failures=state.failures + 1, error_class=str(kind), sentence=sentence)
    if state.place is BreakerPlace.OPEN:
        return told
    if state.place is BreakerPlace.CLOSED and not policy.opens_at_once and told.failures < OPENS_AT:
        return told
    times = state.times_opened + 1
    asked = timedelta(seconds=min(max(retry_after or 0.0, 0.0), LONGEST_ASKED))
    pause = max(asked, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(times - 1, 20)))
    opened_at = state.opened_at or now
    return replace(told, place=BreakerPlace.OPEN, times_opened=times, opened_at=opened_at, try_at=now + pause)


def after_success(_state: BreakerState) -> BreakerState:
    """The state after a call that came through: closed, and nothing is held against the provider."""
    return BreakerState()

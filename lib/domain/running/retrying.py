"""Trying again: which class a trouble is of, how often work that met it is tried, and how long it pauses between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lib.errors import DeskError

# A number from 0 (included) to 1 (left out), drawn anew each time; a seeded one makes a run repeatable.
Jitter = Callable[[], float]

# Nobody is believed who asks to be left alone for longer.
LONGEST_ASKED = 24 * 3600.0
# Below this a pause is none.
_SHORTEST = 1.0


class ErrorClass(StrEnum):
    """Whose trouble it is, which decides whether another try can help."""

    # The provider says that we ask too often, or that a quota is used up.
    RATE_LIMITED = "rate_limited"
    # The provider does not answer, answers too late, or says that the trouble is its own.
    UNAVAILABLE = "unavailable"
    # The provider does not know us (any more): no try helps before a person has given it other credentials.
    REFUSED = "refused"
    # What was asked for cannot be done as it stands, however often it is tried.
    BROKEN = "broken"
    # The desk's own: a database that is away or busy, a fault of its code.
    OURS = "ours"


@dataclass(frozen=True)
class RetryPolicy:
    """How often work is tried in all, the most it pauses after the first try, and the most it ever pauses (seconds).

    `counts` says whether the trouble is the provider's, so that its breaker counts it; `opens_at_once` whether one is
    enough.
    """

    tries: int
    first_pause: float = 0.0
    longest_pause: float = 0.0
    counts: bool = False
    opens_at_once: bool = False


POLICIES: dict[ErrorClass, RetryPolicy] = {
    ErrorClass.RATE_LIMITED: RetryPolicy(tries=8, first_pause=30, longest_pause=3600, counts=True),
    ErrorClass.UNAVAILABLE: RetryPolicy(tries=6, first_pause=15, longest_pause=1800, counts=True),
    ErrorClass.REFUSED: RetryPolicy(tries=1, counts=True, opens_at_once=True),
    ErrorClass.BROKEN: RetryPolicy(tries=1),
    ErrorClass.OURS: RetryPolicy(tries=5, first_pause=5, longest_pause=300),
}

# Trouble that says it is final and is not: another worker is about to notice that it lost its job.
_PASSES = frozenset({"load_taken_over"})
# Codes that say by themselves whose trouble it is. What is not here and may pass is ours; what may not is broken.
_BY_CODE: dict[str, ErrorClass] = {
    "rate_limited": ErrorClass.RATE_LIMITED,
    "unavailable": ErrorClass.UNAVAILABLE,
    "refused": ErrorClass.REFUSED,
    "unexpected": ErrorClass.OURS,
}


def class_of(trouble: DeskError) -> ErrorClass:
    """Whose trouble this is: by its code, else by whether it may pass."""
    named = _BY_CODE.get(trouble.code)
    if named is not None:
        return named
    return ErrorClass.OURS if may_pass(trouble) else ErrorClass.BROKEN


def may_pass(trouble: DeskError) -> bool:
    """Whether the same call may succeed later without anybody changing anything."""
    return trouble.is_retryable or trouble.code in _PASSES


def may_try_again(trouble: DeskError, attempts: int) -> bool:
    """Whether work that met this trouble at its `attempts`-th try has another one."""
    return may_pass(trouble) and attempts < POLICIES[class_of(trouble)].tries


def pause_after(policy: RetryPolicy, attempts: int, retry_after: float | None, draw: float) -> float:
    """Seconds to wait after the `attempts`-th try (1 is the first), at least one.

    Exponential with full jitter: anywhere between nothing and the first pause doubled at each try up to the longest, so
    that many who failed together do not come back together (Brooker, "Exponential Backoff and Jitter", AWS 2015).
    Where the other side said how long to stay away, that long first, up to a day.
    """
    ceiling = min(policy.longest_pause, policy.first_pause * 2.0 ** min(attempts - 1, 60))
    asked = min(max(retry_after or 0.0, 0.0), LONGEST_ASKED)
    return max(_SHORTEST, asked + ceiling * draw)

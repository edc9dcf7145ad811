"""Schedules: a cron expression in a time zone, the moments it names, and the few minutes an account stands aside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cronsim import CronSim, CronSimError

from lib.clock import zone
from lib.errors import DeskError

# Accounts whose schedules name the same minute begin within so many seconds of each other.
_SPREAD_SECONDS = 240
# More missed runs than this are said as this many.
MOST_MISSED = 1000


@dataclass(frozen=True)
class Schedule:
    """One row of `sync_schedules`. `timezone` is '' for the account's own, `zone` the one that holds.

    `next_run_at` is None while it is off. `skipped` counts runs that were due and were not queued, `note` says why the
    last of them was not.
    """

    id: int
    account_id: int
    client_id: int
    account: str
    kind: str
    object: str
    cron: str
    timezone: str
    zone: str
    is_on: bool
    next_run_at: datetime | None
    last_due_at: datetime | None
    last_job_id: int | None
    skipped: int
    note: str


def require_cron(cron: str) -> str:
    """The expression with single blanks; DeskError `not_a_cron` where it names no moment at all.

    Five fields: minute, hour, day of month, month, day of week. Seconds are not taken: no provider is asked that often.
    """
    text = " ".join(cron.split())
    how = "Write minute, hour, day of month, month and day of week, as in 15 6 * * *."
    if len(text.split()) != 5:
        raise DeskError("not_a_cron", f"{cron!r} has not the five fields of a cron expression.", how)
    try:
        next(CronSim(text, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        why = str(error).lower() or "it names no day that ever comes"
        raise DeskError("not_a_cron", f"{cron!r} is not a cron expression: {why}.", how) from error
    return text


def aside_of(key: str) -> timedelta:
    """How long after the minute an account begins: always the same for it, and spread over accounts."""
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return timedelta(seconds=drawn % _SPREAD_SECONDS)


def next_after(cron: str, timezone: str, moment: datetime) -> datetime:
    """The first moment after `moment` that the expression names on that zone's clocks, in UTC.

    At the change of clocks it does as Debian's cron: a time of day that is skipped comes as soon as the clocks go on,
    one that is repeated comes once, the first time; what comes every hour or oftener goes by the hours that pass.
    """
    here = moment.astimezone(zone(timezone))
    for found in CronSim(cron, here):
        # In the hour that is repeated the library names its first pass, also when asked from within the second.
        if (then := found.astimezone(UTC)) > moment:
            return then
    raise DeskError("not_a_cron", f"{cron!r} names no moment that ever comes.")


def next_run(cron: str, timezone: str, key: str, moment: datetime) -> datetime:
    """When the account called `key` is next to begin after `moment`."""
    aside = aside_of(key)
    return next_after(cron, timezone, moment - aside) + aside


def runs_between(cron: str, timezone: str, key: str, first: datetime, last: datetime) -> int:
    """How many runs there are from `first`, which is one itself, to `last`, both included; at most MOST_MISSED."""
    count, moment = 0, first
    while moment <= last and count < MOST_MISSED:
        count += 1
        moment = next_run(cron, timezone, key, moment)
    return count

"""What time it is, in UTC, asked in one place so that a test can answer instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from lib.errors import DeskError

Clock = Callable[[], datetime]
# Lets so many seconds go by.
Sleep = Callable[[float], None]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The IANA time zone called `name`; DeskError `unknown_timezone` when there is none.

    Remembered, because the list of names is read from the disk each time it is asked for.
    """
    if name not in available_timezones():
        raise DeskError(
            "unknown_timezone", f"There is no time zone called {name!r}.", "Use an IANA name such as America/Denver."
        )
    return ZoneInfo(name)

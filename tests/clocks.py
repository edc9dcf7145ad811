"""A clock that a test sets: the desk's time passes when it says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class SetClock:
    """Stands still until it is put on."""

    now: datetime = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """What time it is."""
        return self.now

    def put_on(self, **span: float) -> datetime:
        """So much later, said as `timedelta` takes it."""
        self.now += timedelta(**span)
        return self.now

"""How fast an account may send: a bucket of tokens each, filled by the minute."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Pace:
    """A minute's worth may come at once, and then as many as the minute allows; counted by each server for itself."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._buckets: dict[int, tuple[float, float]] = {}

    def wait_seconds(self, account_id: int, per_minute: int) -> int:
        """Take one token: 0 where there was one, else the whole seconds until there is."""
        now = self._monotonic()
        left, since = self._buckets.get(account_id, (float(per_minute), now))
        left = min(float(per_minute), left + (now - since) * per_minute / 60)
        if left < 1:
            self._buckets[account_id] = (left, now)
            return math.ceil((1 - left) * 60 / per_minute)
        self._buckets[account_id] = (left - 1, now)
        return 0

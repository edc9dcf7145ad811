"""How fast somebody may ask: a bucket of tokens for each key, filled as its window goes by."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

# Whoever is forgotten begins anew, so only many thousands of addresses at once gain anything by it.
_MOST_KEYS = 20_000
_PREFIX = 64


class Pace:
    """As many as `limit` may come at once, and then that many in each `window` seconds; each server counts for itself."""

    def __init__(
        self, limit: int = 60, window: float = 60.0, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._window, self._monotonic = limit, window, monotonic
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def wait_seconds(self, key: Hashable, limit: int | None = None) -> int:
        """Take one token: 0 where there was one, else the whole seconds until there is. `limit` is this key's own."""
        most = self._limit if limit is None else limit
        left, now = self._left(key, most)
        self._keep(key, left - 1 if left >= 1 else left, now)
        return self._until(left, most)

    def look(self, key: Hashable, limit: int | None = None) -> int:
        """The same answer without taking a token."""
        most = self._limit if limit is None else limit
        return self._until(self._left(key, most)[0], most)

    def _left(self, key: Hashable, most: int) -> tuple[float, float]:
        now = self._monotonic()
        left, since = self._buckets.get(key, (float(most), now))
        return min(float(most), left + (now - since) * most / self._window), now

    def _until(self, left: float, most: int) -> int:
        return 0 if left >= 1 else math.ceil((1 - left) * self._window / most)

    def _keep(self, key: Hashable, left: float, now: float) -> None:
        # Taken out and put back, the ones that came longest ago stand first.
        self._buckets.pop(key, None)
        self._buckets[key] = (left, now)
        if len(self._buckets) > _MOST_KEYS:
            del self._buckets[next(iter(self._buckets))]


def address_of(scope: Mapping[str, Any]) -> str:
    """The client's address as it is counted: a whole network of IPv6 is one visitor; empty where there is none.

    Behind a proxy on this machine the server has put the visitor's own address here (`X-Forwarded-For`); of other
    proxies it believes those that `FORWARDED_ALLOW_IPS` names.
    """
    client = scope.get("client")
    if not client:
        return ""
    try:
        address = ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        kept = int(address) >> (128 - _PREFIX) << (128 - _PREFIX)
        return f"{IPv6Address(kept)}/{_PREFIX}"
    return str(address)

"""What was seen in the last minutes: looking at the same thing again and again is one line of the audit log."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from lib.db.audit.chain import Noted

_WITHIN = timedelta(minutes=10)
_MOST = 10_000
_Key = tuple[int, int | None, str, int, str]


class SeenLately:
    """Remembered in one process, for all its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[_Key, datetime] = {}

    def fresh(self, lines: Sequence[Noted]) -> list[Noted]:
        """Those of the lines that tell of something that was not seen by the same person within ten minutes."""
        with self._lock:
            once = {_key(line): line for line in lines}
            return [line for key, line in once.items() if not self._is_known(key, line.at)]

    def remember(self, lines: Sequence[Noted]) -> None:
        """These are written down."""
        with self._lock:
            for line in lines:
                self._seen.pop(_key(line), None)
                self._seen[_key(line)] = line.at
            while len(self._seen) > _MOST:
                del self._seen[next(iter(self._seen))]

    def _is_known(self, key: _Key, at: datetime) -> bool:
        before = self._seen.get(key)
        return before is not None and abs(at - before) < _WITHIN


def _key(line: Noted) -> _Key:
    return (line.person_id, line.client_id, line.subject_type, line.subject_id, line.detail)

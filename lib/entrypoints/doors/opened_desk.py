"""The desk behind the doors of a server, and how they ask who is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor
from lib.pipeline.opening import open_desk

# Who sends these cookies: a door is told how a browser is known, and knows nothing of browsers itself.
Asking = Callable[[Desk, Mapping[str, str]], Actor]


class OpenedDesk:
    """The desk behind a server's doors, opened when the first of them is asked; where that fails, the next asks again."""

    def __init__(self, opening: Callable[[], Desk] = open_desk) -> None:
        self._opening, self._desk, self._lock = opening, list[Desk](), Lock()

    def __call__(self) -> Desk:
        """The desk; it may block, and raises DeskError while a database is away."""
        if self._desk:
            return self._desk[0]
        # Not under the lock: while a database is away nobody waits for the others' patience besides their own.
        desk = self._opening()
        with self._lock:
            if not self._desk:
                self._desk.append(desk)
        if desk is not self._desk[0]:
            desk.close()
        return self._desk[0]

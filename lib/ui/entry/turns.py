"""Runs take turns: a few work at once, the others wait in line, so that fifty clicks do not slow one another down.

Python works on one run at a time, however many there are. Fifty that share it all end late; one after another the first
ones end at once and the last no later. Whoever works for long gives up their place and goes on beside the line.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
# Two would wait for one another's interpreter: at fifty people p95 is 1.7 s with two, 1.5 s with one, 2.5 s without turns.
_PLACES = 1
# A run that takes longer than this is no click any more, and nobody waits for its end.
_LONGEST_S = 0.4


class Turns:
    """A line in front of `places`; `longest` seconds after somebody went in, their place counts as free."""

    def __init__(self, places: int, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._places, self._longest, self._clock = places, longest, clock
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()
        self._inside: dict[object, float] = {}

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._line)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn and work in it."""
        mine = object()
        self._go_in(mine)
        try:
            yield
        finally:
            self._go_out(mine)

    def _go_in(self, mine: object) -> None:
        called = threading.Event()
        with self._lock:
            if not self._line and self._wait() <= 0:
                self._inside[mine] = self._clock()
                return
            self._line.append(called)
        while True:
            with self._lock:
                is_first, pause = self._line[0] is called, self._wait()
                if is_first and pause <= 0:
                    self._line.popleft()
                    self._inside[mine] = self._clock()
                    self._call_first()
                    return
                called.clear()
            called.wait(pause if is_first else None)

    def _go_out(self, mine: object) -> None:
        with self._lock:
            del self._inside[mine]
            self._call_first()

    def _call_first(self) -> None:
        if self._line:
            self._line[0].set()

    def _wait(self) -> float:
        """Seconds until a place is free for sure; 0 where one is free now."""
        now = self._clock()
        ends = sorted(since + self._longest - now for since in self._inside.values() if now - since < self._longest)
        return 0.0 if len(ends) < self._places else ends[len(ends) - self._places]


_TURNS = Turns(_PLACES, _LONGEST_S)
_MINE = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """A run's turn, from its first line to its last. Within a turn it is that turn still: fragments run in their page."""
    if getattr(_MINE, "has_turn", False):
        yield
        return
    with _TURNS.taken():
        _MINE.has_turn = True
        try:
            yield
        finally:
            _MINE.has_turn = False


def in_turn(part: Callable[P, R]) -> Callable[P, R]:
    """For a fragment, which runs without the page around it: it takes its turn too."""

    @wraps(part)
    def taken(*args: P.args, **kwargs: P.kwargs) -> R:
        with turn():
            return part(*args, **kwargs)

    return taken

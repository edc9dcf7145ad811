"""How a worker's process is told to end: by a signal, or because the server that started it is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# What the job in hand has, to come to a safe step, once nobody is left who could ask twice.
_PATIENCE_SECONDS = 8.0


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """While the block runs, call `stop` at the first SIGTERM or SIGINT; the second one ends the process at once.

    A job that is left in the middle is not lost: its lease runs out and the next worker takes it over.
    """
    asked: list[int] = []

    def told(number: int, _frame: FrameType | None) -> None:
        if asked:
            os._exit(128 + number)
        asked.append(number)
        stop()

    before = {number: signal.signal(number, told) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_with_parent(stop: Callable[[], None]) -> None:
    """End this process when its standard input ends, which it does however the process at the other end does.

    The job in hand has a moment to come to a safe step; one that does not is left as it stands.
    """

    def watch() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        stop()
        time.sleep(_PATIENCE_SECONDS)
        os._exit(0)

    threading.Thread(target=watch, name="parent", daemon=True).start()

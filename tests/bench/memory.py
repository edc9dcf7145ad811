"""How much memory a process has taken at most, with the processes it started."""

from __future__ import annotations

import os
from pathlib import Path


def peak_mb() -> float:
    """The sum of the peaks (MB) of this process and of its living descendants.

    Not by getrusage: its maximum outlives exec, so that a small child of a large parent begins with the parent's.
    """
    return sum(_peak_kb(pid) for pid in _with_descendants(os.getpid())) / 1024


def _with_descendants(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found.extend(_with_descendants(int(child)))
    return found


def _peak_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)

"""Named points of the road at which a test may kill or hold this process, to see what it leaves behind.

A test names one in DESK_FAILPOINT, as `kill batch-committed 2`: at the second time the point is reached. Nobody else
sets that variable, and without it each point costs one comparison.
"""

from __future__ import annotations

import os
import signal

# In the order of the road. Where a name says "written", "finished" or "reversed" it is not committed yet.
POINTS = (
    "received",
    "load-opened",
    "batch-written",
    "batch-committed",
    "load-finished",
    "load-in-review",
    "load-counted",
    "approval-begun",
    "records-written",
    "load-committed",
    "undo-begun",
    "records-reversed",
    "load-undone",
)
_how, _point, _times = (*os.environ.get("DESK_FAILPOINT", "").split(), "", "", "")[:3]
_left = int(_times or 1)


def reached(point: str) -> None:
    """Say that a point is reached; where a test asked for it, the process ends (`kill`) or stands still (`hold`) here."""
    global _left  # noqa: PLW0603 - a countdown of this process
    if point != _point:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL if _how == "kill" else signal.SIGSTOP)

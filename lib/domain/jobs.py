"""Jobs: the kinds of long work, where one may stand, and how far it is told to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
IMPORT, APPROVE, UNDO, UNDO_PREVIEW, PURGE = "import", "approve", "undo", "undo_preview", "purge"
IMPACT = "impact"
# What a person waits for, what was asked for, and what comes round by itself.
URGENT, ASKED, ROUTINE = 20, 10, 0
# Told how far long work is: the stage, how much of it is done, and how much there is (0: unknown).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class JobLine:
    """How far a job is. `rate` is rows a second; `total`, `rate` and `seconds_left` are None until they are known.

    `load_id` is the load it decides on, or the one its import writes; `result` is what a finished one came to.
    """

    id: int
    status: str
    stage: str
    done: int
    total: int | None
    rate: float | None
    seconds_left: float | None
    error: str
    load_id: int | None
    delivery_id: int
    kind: str = IMPORT
    account: str = ""
    object: str = ""
    file_name: str = ""
    result: dict[str, int] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.status not in (QUEUED, RUNNING)

"""Tasks: something that waits for an account's owner, opened once for its cause and closed when the cause is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OPEN, CLOSED = "open", "closed"
# The kinds of causes.
UNSEEN_VALUE, DRIFT, CORRECTION = "unseen_value", "drift", "correction"
REPORT_NOTE = "report_note"
WAITING_RECEIPTS = "waiting_receipts"
BREAKER = "breaker"
SILENCE = "silence"
DEAD_LETTER = "dead_letter"


@dataclass(frozen=True)
class Task:
    """One row of `tasks`. `link` names a page and its address; `detail` is what tells whether the cause is gone."""

    id: int
    client_id: int
    account_id: int
    owner: str
    kind: str
    cause: str
    sentence: str
    link: str
    status: str
    opened_at: datetime
    closed_at: datetime | None
    closed_because: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The page where it is done."""
        return self.link.partition("?")[0]

    @property
    def address(self) -> dict[str, str]:
        """What stands in that page's address."""
        asked = self.link.partition("?")[2]
        return dict(part.split("=", 1) for part in asked.split("&") if "=" in part)

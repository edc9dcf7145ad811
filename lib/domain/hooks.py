"""How an account takes webhooks, and what one that came in is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HookSettings:
    """What an account says of its webhooks; `sender` names one of lib/providers/senders.py, and empty is its template's."""

    sender: str = ""
    # Receipts wait this long, or until there are so many, and then become one delivery.
    window_seconds: int = 60
    window_rows: int = 500
    requests_per_minute: int = 30_000

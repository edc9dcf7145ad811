"""What a row of daily visit figures is known by where a provider gives it no id: its day and everything it is split by."""

from __future__ import annotations

IDENTITY = ("day", "campaign_id", "campaign", "page", "query", "device")

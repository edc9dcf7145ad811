"""What to do about a comparison, in one sentence (R6)."""

from __future__ import annotations

from lib.reporting.compare import Comparison


def next_action(comparison: Comparison) -> str:
    """The one thing to do next: make it comparable, complete it, wait, watch, or look into what moved."""
    if not comparison.is_comparable:
        return "Choose periods that can be set side by side, or capture a new baseline."
    if not comparison.is_complete:
        return "Import the days that are missing, then compare again."
    if comparison.is_ordinary is None:
        return "Wait for more days before saying anything about the movement."
    return "Keep watching." if comparison.is_ordinary else "Look into what moved, and say so in the report."

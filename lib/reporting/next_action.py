"""What to do about a comparison, in one sentence (R6)."""

from __future__ import annotations

from lib.reporting.compare import Comparison


def next_action(comparison: Comparison) -> str:
    """The one thing to do next: make it comparable, complete it, wait, watch, or look into what moved."""
    if not comparison.is_comparable:
        anew = ", or capture a new baseline" if comparison.beside == "baseline" else ""
        return f"Choose periods that can be set side by side{anew}."
    if not comparison.is_complete:
        return "Import the days that are missing, then compare again."
    if comparison.is_ordinary is None:
        return "Wait for more days before saying anything about the movement."
    if comparison.beside != "baseline":
        # Two live periods are a look, and nothing may be said of it to anybody (R4).
        return "Capture a baseline before anything is said of this."
    return "Keep watching." if comparison.is_ordinary else "Look into what moved, and say so in the report."

"""How a number of things is said, and how several are named."""

from __future__ import annotations

from collections.abc import Sequence


def counted(count: int, noun: str, many: str = "") -> str:
    """`1 row`, `4,969 rows`; `many` is for a noun that does not only take an s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """`Calls`, `Calls and Jobs`, `Calls, Jobs and Leads`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

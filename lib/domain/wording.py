"""How a number of things is said."""

from __future__ import annotations


def counted(count: int, noun: str, many: str = "") -> str:
    """`1 row`, `4,969 rows`; `many` is for a noun that does not only take an s."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"

"""The name of a row of a load in a file that leaves the desk and comes back: nobody can make one up."""

from __future__ import annotations

import hmac
import re

_SHAPE = re.compile(r"(\d{1,18})-(\d{1,10})-([0-9a-f]{16})")


def row_id(load_id: int, row_no: int, key: bytes) -> str:
    """`12-345-0123456789abcdef`: load, ordinal, and 64 bits of an HMAC-SHA-256 of both under the desk's key."""
    return f"{load_id}-{row_no}-{_check(load_id, row_no, key)}"


def read_row_id(text: str, key: bytes) -> tuple[int, int] | None:
    """The load and the ordinal that a name stands for; None for one that this desk has not given out."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    load_id, row_no = int(found[1]), int(found[2])
    return (load_id, row_no) if hmac.compare_digest(found[3], _check(load_id, row_no, key)) else None


def _check(load_id: int, row_no: int, key: bytes) -> str:
    return hmac.new(key, f"error file\n{load_id}.{row_no}".encode(), "sha256").hexdigest()[:16]

"""The name of a row of a load in a file that leaves the desk and comes back: nobody can make one up."""

from __future__ import annotations

import hmac
import re
from typing import NamedTuple

_SHAPE = re.compile(r"(\d{1,18})-(\d{1,10})-(\d{1,18})-([0-9a-f]{16})")


class RowName(NamedTuple):
    """What a name stands for: a load, an ordinal, and the newest edit of the load that the file knew of, 0 for none."""

    load_id: int
    row_no: int
    up_to: int


def row_id(load_id: int, row_no: int, up_to: int, key: bytes) -> str:
    """`12-345-67-0123456789abcdef`: what `RowName` says, and 64 bits of an HMAC-SHA-256 of it under the desk's key."""
    return f"{load_id}-{row_no}-{up_to}-{_check(load_id, row_no, up_to, key)}"


def read_row_id(text: str, key: bytes) -> RowName | None:
    """What a name stands for; None for one that this desk has not given out."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    name = RowName(int(found[1]), int(found[2]), int(found[3]))
    return name if hmac.compare_digest(found[4], _check(*name, key)) else None


def _check(load_id: int, row_no: int, up_to: int, key: bytes) -> str:
    return hmac.digest(key, f"error file\n{load_id}.{row_no}.{up_to}".encode(), "sha256").hex()[:16]

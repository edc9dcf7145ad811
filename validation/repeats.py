"""Finds a page that was delivered twice: a stretch of rows that stood in the file before, in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# Fewer equal rows in a row, or so near to each other, may be equal by chance: two clicks of one person, a daily zero.
_FEWEST = 10


@dataclass(frozen=True)
class RepeatedPage:
    """The longest repeat: `length` rows from position `start` on equal those `distance` rows before them.

    `rows` counts the rows of all such repeats in the file.
    """

    start: int
    length: int
    distance: int
    rows: int


def repeated_page(hashes: npt.NDArray[Any]) -> RepeatedPage | None:
    """The longest stretch of at least ten rows that repeats an earlier one at least ten rows before; None for none.

    `hashes` are integers, texts or bytes (`S…`), one a row.
    """
    distance = _distance_to_same(_numbers(hashes))
    # A stretch ends where the distance to the row's equal changes.
    starts = np.flatnonzero(np.diff(distance, prepend=-1))
    lengths = np.diff(starts, append=len(distance))
    is_page = (distance[starts] >= _FEWEST) & (lengths >= _FEWEST)
    if not is_page.any():
        return None
    starts, lengths = starts[is_page], lengths[is_page]
    longest = int(np.argmax(lengths))
    start, far = int(starts[longest]), int(distance[starts[longest]])
    # The third time a page comes it goes on where the second ended, and the stretch is as long as both.
    return RepeatedPage(start, min(int(lengths[longest]), far), far, int(lengths.sum()))


def _numbers(hashes: npt.NDArray[Any]) -> npt.NDArray[np.uint64]:
    """Each hash as one number; two of a file's rows share one by chance once in 2^64."""
    if hashes.dtype.kind in "iu":
        return hashes.astype(np.uint64)
    if hashes.dtype.kind != "S":
        return pd.factorize(hashes)[0].astype(np.uint64)
    width = -(-hashes.dtype.itemsize // 8) * 8
    words = np.ascontiguousarray(hashes.astype(f"S{width}")).view(np.uint64).reshape(len(hashes), width // 8)
    mixed = np.zeros(len(hashes), dtype=np.uint64)
    for word in words.T:
        # The multiplier of FNV-1a (64 bits), which lets every word count.
        mixed = (mixed ^ word) * np.uint64(0x100000001B3)
        mixed ^= mixed >> np.uint64(32)
    return mixed


def _distance_to_same(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """How many rows before each row its equal stands last, 0 where there is none."""
    codes, _ = pd.factorize(numbers)
    order = np.argsort(codes, kind="stable")
    is_again = np.diff(codes[order], prepend=-1) == 0
    distance = np.zeros(len(numbers), dtype=np.int64)
    again = np.flatnonzero(is_again)
    distance[order[again]] = order[again] - order[again - 1]
    return distance

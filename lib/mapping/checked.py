"""The rows of a delivery after mapping, checking and marking: light arrays over the whole file, no payload in them.

The payload goes into compressed chunks as soon as a batch is done, so memory grows with the number of rows and not with
their width.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class CheckedRows:
    """Consecutive rows, one place a row in every array.

    `lines` are file lines; `external_ids` text; `hashes` S32 content hashes; `modified` datetime64[us] (NaT unknown);
    `groups` text, '' none; `is_failed` whether a reason blocks the row; `classes` RowClass values; `reasons` codes
    joined by blanks, with the column after a colon; `id_hash`, `phone_hash`, `email_hash` keyed hashes or None.
    """

    lines: npt.NDArray[np.int64]
    external_ids: npt.NDArray[np.object_]
    hashes: npt.NDArray[np.bytes_]
    modified: npt.NDArray[np.datetime64]
    groups: npt.NDArray[np.object_]
    is_failed: npt.NDArray[np.bool_]
    classes: npt.NDArray[np.object_]
    reasons: npt.NDArray[np.object_]
    id_hash: npt.NDArray[np.object_]
    phone_hash: npt.NDArray[np.object_]
    email_hash: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class CheckedBatch:
    """One batch: its rows, and the lines of JSON that are kept of it (raw as it came, mapped as it was read)."""

    first_row: int
    rows: CheckedRows
    raw_lines: list[bytes]
    mapped_lines: list[bytes]
    days: tuple[date, date] | None


@dataclass(frozen=True)
class Classified:
    """The verdict and class of every row of a load, and the record that a created, updated or unchanged row stands for.

    `verdicts` holds Verdict values, `record_ids` ids (0 where there is none), `reasons` the final codes.
    """

    verdicts: npt.NDArray[np.object_]
    classes: npt.NDArray[np.object_]
    reasons: npt.NDArray[np.object_]
    record_ids: npt.NDArray[np.int64]
    reason_counts: dict[str, int] = field(default_factory=dict)


def joined(parts: list[CheckedRows]) -> CheckedRows:
    """The rows of several batches as one."""
    names = CheckedRows.__dataclass_fields__
    if not parts:
        return nothing()
    return CheckedRows(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def nothing() -> CheckedRows:
    """No rows at all: a file with a header and nothing below it."""
    text = np.empty(0, dtype=object)
    return CheckedRows(
        np.empty(0, dtype=np.int64),
        text,
        np.empty(0, dtype="S32"),
        np.empty(0, dtype="datetime64[us]"),
        text,
        np.empty(0, dtype=bool),
        text,
        text,
        text,
        text,
        text,
    )


def unreadable(lines: list[int]) -> CheckedRows:
    """Rows for lines that could not be read: each fails as `unreadable_line` and is known by nothing."""
    count = len(lines)
    blank = np.full(count, "", dtype=object)
    none = np.full(count, None, dtype=object)
    return CheckedRows(
        lines=np.array(lines, dtype=np.int64),
        external_ids=blank,
        hashes=np.zeros(count, dtype="S32"),
        modified=np.full(count, np.datetime64("NaT"), dtype="datetime64[us]"),
        groups=blank,
        is_failed=np.ones(count, dtype=bool),
        classes=np.full(count, "genuine", dtype=object),
        reasons=np.full(count, "unreadable_line", dtype=object),
        id_hash=none,
        phone_hash=none,
        email_hash=none,
    )


def reason_texts(count: int, reasons: pd.DataFrame) -> npt.NDArray[np.object_]:
    """One text a row out of a table of reasons (row, column, code): `code:column` joined by blanks, '' for none."""
    texts = np.full(count, "", dtype=object)
    if len(reasons):
        named = reasons["code"].where(
            reasons["column"].isna() | (reasons["column"] == ""), reasons["code"] + ":" + reasons["column"]
        )
        grouped = named.groupby(reasons["row"], sort=False).agg(" ".join)
        texts[grouped.index.to_numpy(dtype=np.int64)] = grouped.to_numpy(dtype=object)
    return texts


def count_reasons(reasons: npt.NDArray[np.object_]) -> dict[str, int]:
    """How many rows give each code, most frequent first."""
    counts: dict[str, int] = {}
    for text, count in Counter(reasons.tolist()).items():
        for code in {item.partition(":")[0] for item in text.split()}:
            counts[code] = counts.get(code, 0) + count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

"""Rows of a batch after mapping, checking and marking: light arrays, and beside them the payload that is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.domain.rows.matching import BY_PERSON, NEW_BY_PERSON, NEW_RECORD

if TYPE_CHECKING:
    import pandas as pd

Texts = npt.NDArray[np.object_]
# The reasons of a row have a thousand characters; what is left is for what is said of it later (` in_file`).
_MOST_REASONS = 980


@dataclass(frozen=True)
class CheckedRows:
    """Consecutive rows, one place a row in every array.

    `lines` are file lines; `external_ids` text; `hashes` content hashes of 16 bytes; `modified` datetime64[us] (NaT unknown);
    `groups` text, '' none; `is_failed` whether a reason blocks the row; `classes` RowClass values; `reasons` codes
    joined by blanks, with the column after a colon; `id_hash`, `phone_hash`, `email_hash` keyed hashes, int64 or null;
    `is_masked` whether the phone is a stand-in; `chosen` the record that a person gave the row (0 none, -1 a new one).
    """

    lines: npt.NDArray[np.int64]
    external_ids: Texts
    hashes: Texts
    modified: npt.NDArray[np.datetime64]
    groups: Texts
    is_failed: npt.NDArray[np.bool_]
    classes: Texts
    reasons: Texts
    id_hash: pa.Array
    phone_hash: pa.Array
    email_hash: pa.Array
    is_masked: npt.NDArray[np.bool_]
    chosen: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class CheckedBatch:
    """One batch: its rows, the tables that are kept of it (raw as it came, mapped as it was read), and its days."""

    first_row: int
    rows: CheckedRows
    raw: pa.Table
    mapped: pa.Table | None
    days: tuple[date, date] | None


@dataclass(frozen=True)
class Judged:
    """The verdict, class and reasons of each row against what is known, and the record that it stands for (0: none)."""

    verdicts: Texts
    classes: Texts
    reasons: Texts
    record_ids: npt.NDArray[np.int64]


@dataclass
class Earlier:
    """What the rows of a file further up have made known: the first genuine lead of each homeowner's request."""

    groups: dict[str, str] = field(default_factory=dict)


def unreadable(first_row: int, lines: list[int], texts: list[str]) -> CheckedBatch:
    """A batch of lines that could not be read: each fails as `unreadable_line` and is known by nothing."""
    count = len(lines)
    blank, unknown = np.full(count, "", dtype=object), pa.nulls(count, pa.int64())
    rows = CheckedRows(
        lines=np.array(lines, dtype=np.int64),
        external_ids=blank,
        hashes=np.full(count, b"", dtype=object),
        modified=np.full(count, np.datetime64("NaT"), dtype="datetime64[us]"),
        groups=blank,
        is_failed=np.ones(count, dtype=bool),
        classes=np.full(count, "genuine", dtype=object),
        reasons=np.full(count, "unreadable_line", dtype=object),
        id_hash=unknown,
        phone_hash=unknown,
        email_hash=unknown,
        is_masked=np.zeros(count, dtype=bool),
        chosen=np.zeros(count, dtype=np.int64),
    )
    raw = pa.table({"unreadable line": pa.array(texts, pa.large_string())})
    return CheckedBatch(first_row, rows, raw, None, None)


def reason_texts(count: int, reasons: pd.DataFrame) -> Texts:
    """One text a row out of a table of reasons (row, column, code): `code:column` joined by blanks, '' for none."""
    texts = np.full(count, "", dtype=object)
    codes, columns = reasons["code"].tolist(), reasons["column"].fillna("").tolist()
    for row, code, column in zip(reasons["row"].tolist(), codes, columns, strict=True):
        word = f"{code}:{column}" if column else code
        texts[row] = f"{texts[row]} {word}" if texts[row] else word
    return texts


def kept_reasons(texts: Iterable[str]) -> list[str]:
    """The reasons of each row as far as there is room to keep them: what is said of its last cells goes first."""
    return [text if len(text) <= _MOST_REASONS else _shortened(text) for text in texts]


def _shortened(text: str) -> str:
    # What people said of the row, and what the rows around it make of it, stands without a column and has to stay.
    words = text.split()
    for place in reversed(range(len(words))):
        if ":" in words[place]:
            del words[place]
        if len(" ".join(words)) <= _MOST_REASONS:
            break
    return " ".join(words)


def texts_of(column: pa.ChunkedArray) -> Texts:
    """A kept column of texts with '' where there is none."""
    return np.array(column.fill_null("").to_pylist(), dtype=object)


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """A kept column in one piece."""
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def masked_phones(mapped: pa.Table) -> npt.NDArray[np.bool_]:
    """Where the provider says that the phone number of a mapped row is a stand-in."""
    if "phone_is_masked" not in mapped.column_names:
        return np.zeros(mapped.num_rows, dtype=bool)
    return np.asarray(mapped["phone_is_masked"].fill_null(False), dtype=bool)


def chosen_records(rows: pa.Table) -> npt.NDArray[np.int64]:
    """The record that a person gave each kept row: 0 where nobody did, -1 where it is to be a new one."""
    ids = np.asarray(rows["record_id"].fill_null(0), dtype=np.int64)
    is_chosen = np.asarray(pc.match_substring(rows["reasons"], BY_PERSON), dtype=bool)
    is_new = np.asarray(pc.match_substring(rows["reasons"], NEW_BY_PERSON), dtype=bool)
    return np.where(is_new, NEW_RECORD, np.where(is_chosen, ids, 0))


def codes_of(text: str) -> set[str]:
    """The codes in a row's reasons."""
    return {word.partition(":")[0] for word in text.split()}

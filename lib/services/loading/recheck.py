"""Look at a staged load a second time, when something was committed between its review and its approval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.rows.matching import MATCH_CODES, SAME_RECORD
from lib.domain.verdicts import GOES_IN, RowClass, Verdict
from lib.mapping.checked import (
    CheckedRows,
    Judged,
    chosen_records,
    codes_of,
    kept_reasons,
    masked_phones,
    one_array,
    texts_of,
)
from lib.mapping.keys import CONTENT_HASH
from lib.mapping.person_words import IGNORED, RECLASSED
from lib.mapping.row_counts import RowCounts

# What classifying adds to a row's reasons; a second look decides on these anew.
_OWN = frozenset({"unchanged", "class_marketplace_duplicate"}) | MATCH_CODES


def rows_again(rows: pa.Table, mapped: pa.Table) -> CheckedRows:
    """The light rows of a chunk from what was kept of it; only those that may be judged again are not failed."""
    verdicts, classes, reasons = texts_of(rows["verdict"]), texts_of(rows["row_class"]), texts_of(rows["reasons"])
    codes = [codes_of(text) for text in reasons]
    # A person's word on a row stands, whatever is known meanwhile.
    is_settled = np.array([IGNORED in found for found in codes], dtype=bool)
    is_reclassed = np.array([RECLASSED in found for found in codes], dtype=bool)
    groups = texts_of(mapped["group_id"]) if "group_id" in mapped.column_names else np.full(rows.num_rows, "", object)
    count = rows.num_rows
    # Beside another row of its record only, which may be known under another id no more.
    is_beside = np.array([SAME_RECORD in found for found in codes], dtype=bool)
    return CheckedRows(
        lines=np.asarray(rows["line_no"], dtype=np.int64),
        external_ids=texts_of(mapped["external_id"]),
        hashes=np.array(mapped[CONTENT_HASH].to_pylist(), dtype=object),
        modified=np.full(count, np.datetime64("NaT"), dtype="datetime64[us]"),
        # A class that a person gave is not decided again, so such a row is in no group.
        groups=np.where(is_reclassed, "", groups),
        is_failed=(verdicts == Verdict.FAILED) | ((verdicts == Verdict.DUPLICATE) & ~is_beside) | is_settled,
        classes=np.where(is_reclassed, classes, [_marked(text) for text in classes]),
        reasons=np.array([_without_own(text) for text in reasons], dtype=object),
        id_hash=one_array(rows["id_hash"]),
        phone_hash=one_array(rows["phone_hash"]),
        email_hash=one_array(rows["email_hash"]),
        is_masked=masked_phones(mapped),
        chosen=chosen_records(rows),
    )


def corrected(rows: pa.Table, again: CheckedRows, judged: Judged) -> tuple[pa.Table, pa.Table]:
    """The rows that came out differently: as they were, and as they are now."""
    may_change = ~again.is_failed
    was_new = may_change & (texts_of(rows["verdict"]) == Verdict.CREATED) & (judged.verdicts == Verdict.CREATED)
    # Created either way: the id that was reserved for it first is still its own.
    ids = np.where(was_new, np.asarray(rows["record_id"].fill_null(0)), judged.record_ids)
    reasons = kept_reasons(judged.reasons)
    now, was_reasons = rows, texts_of(rows["reasons"])
    for name, values in (
        ("verdict", pa.array(judged.verdicts, pa.large_string())),
        ("row_class", pa.array(judged.classes, pa.large_string())),
        ("reasons", pa.array(reasons, pa.large_string())),
        ("record_id", pa.array(ids, mask=ids == 0)),
    ):
        now = now.set_column(now.schema.get_field_index(name), name, values)
    is_other = np.zeros(rows.num_rows, dtype=bool)
    for name in ("verdict", "row_class", "record_id"):
        is_other |= np.asarray(rows[name].to_pandas().fillna(0) != now[name].to_pandas().fillna(0))
    # By another way to the same record: what becomes of its links is another matter.
    is_other |= [_matching(was) != _matching(is_) for was, is_ in zip(was_reasons, reasons, strict=True)]
    mask = pa.array(is_other & may_change)
    return rows.filter(mask), now.filter(mask)


def recount(tx: UnitOfWork, load: Load, was: list[pa.Table], now: list[pa.Table], epoch: int) -> Load:
    """Write the counters of a load after some of its rows came out differently."""
    counts, held = counts_after(load, was, now)
    return tx.loads.recount(load, counts, held, epoch)


def counts_after(load: Load, was: Sequence[pa.Table], now: Sequence[pa.Table]) -> tuple[RowCounts, int]:
    """The counters of a load, and how many rows are held back from its commit, once rows `was` came out as `now`."""
    counts, held = RowCounts.of(load), load.held
    for sign, tables in ((-1, was), (1, now)):
        for table in tables:
            verdicts, classes, reasons = (texts_of(table[name]) for name in ("verdict", "row_class", "reasons"))
            counts.add(verdicts, classes, reasons, sign)
            is_held = np.asarray(table["is_held"].fill_null(False), dtype=bool)
            held += sign * int(is_held[np.isin(verdicts, [str(verdict) for verdict in GOES_IN])].sum())
    return counts, held


def _matching(text: str) -> set[str]:
    return set(text.split()) & MATCH_CODES if text else set()


def _marked(row_class: str) -> str:
    # A resale is decided against what is known, so a second look starts from genuine again.
    return str(RowClass.GENUINE) if row_class == RowClass.MARKETPLACE_DUPLICATE else row_class


def _without_own(reasons: str) -> str:
    return " ".join(code for code in reasons.split() if code not in _OWN)

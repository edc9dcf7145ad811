"""Judge some rows of a load again together with every row that hangs on them, as if the file had arrived that way.

Rows hang on each other by their id (one of them counts) and, where a provider sells a request twice, by its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import ObjectType
from lib.domain.rows.matching import MATCH_CODES, SAME_RECORD
from lib.domain.verdicts import RowClass, Severity, Verdict
from lib.mapping.checked import (
    CheckedRows,
    Judged,
    Texts,
    chosen_records,
    codes_of,
    kept_reasons,
    masked_phones,
    one_array,
    texts_of,
)
from lib.mapping.classes import PRECEDENCE, class_code
from lib.mapping.keys import CONTENT_HASH, FileKeys
from lib.mapping.person_words import HELD, IGNORED, RECLASSED, Flags, Words
from lib.providers import template
from validation.reasons import severity_of

# What is found anew whenever a row is judged, beside what its cells say.
_FOUND_ANEW = frozenset({"unchanged", "in_file", "class_marketplace_duplicate", HELD, IGNORED, RECLASSED}) | MATCH_CODES
_ROWS = ("row_no", "line_no", "verdict", "row_class", "reasons", "is_held", "id_hash", "phone_hash", "email_hash")


def hanging_together(
    tx: UnitOfWork, account: Account, load: Load, fresh: CheckedRows | None, touched: Sequence[int]
) -> tuple[list[int], set[int]]:
    """The ordinals of all rows whose verdict or class may follow from these rows, themselves included; and the hashes
    of the ids among which it is decided anew which row counts.

    `fresh` are the touched rows as they read now, where cells of theirs were changed.
    """
    ids = set(tx.rows.at(load.id, touched)["id_hash"].drop_null().to_pylist())
    ids |= set(fresh.id_hash.drop_null().to_pylist()) if fresh is not None else set()
    near = set(touched) | set(tx.rows.sharing_ids(load.id, sorted(ids)))
    if SAME_RECORD in load.reasons:
        near |= set(tx.rows.places(load.id, limit=load.row_count, reason=SAME_RECORD))
    if template(account.provider).object(load.object).resale_group:
        near |= _of_their_groups(tx, load, fresh, sorted(near))
    return sorted(near), ids


def _of_their_groups(tx: UnitOfWork, load: Load, fresh: CheckedRows | None, near: Sequence[int]) -> set[int]:
    """Every row of a homeowner's request that one of these rows belongs to, or belonged to before it was mended."""
    _, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", near)
    groups = set(_column(mapped, "group_id")) if mapped is not None else set()
    groups |= set(fresh.groups) if fresh is not None else set()
    wanted = pa.array(sorted(groups - {""}), pa.large_string())
    found: set[int] = set()
    if not len(wanted):
        return found
    for first, table in tx.payloads.tables(load.delivery_id, load.id, "mapped"):
        if "group_id" in table.column_names:
            is_in = pc.is_in(table["group_id"].cast(pa.large_string()), value_set=wanted)
            found.update((first + np.flatnonzero(np.asarray(is_in))).tolist())
    return found


def as_kept(kind: ObjectType, rows: pa.Table, mapped: pa.Table | None, row_nos: Sequence[int]) -> CheckedRows:
    """Rows as they were staged, from what is kept of them; `mapped` holds those of `row_nos`, in order."""
    count = rows.num_rows
    places = pc.index_in(rows["row_no"], value_set=pa.array(row_nos, pa.int64())) if mapped is not None else None
    table = mapped.take(places) if mapped is not None and places is not None else pa.table({"none": pa.nulls(count)})
    modified = (
        table["modified_at"] if "modified_at" in table.column_names else pa.nulls(count, pa.timestamp("us", "UTC"))
    )
    verdicts, reasons = texts_of(rows["verdict"]), texts_of(rows["reasons"])
    hashes = table[CONTENT_HASH].to_pylist() if CONTENT_HASH in table.column_names else [b""] * count
    return CheckedRows(
        lines=np.asarray(rows["line_no"], dtype=np.int64),
        external_ids=_column(table, "external_id"),
        hashes=np.array(hashes, dtype=object),
        modified=np.asarray(modified.cast(pa.timestamp("us")), dtype="datetime64[us]"),
        groups=_column(table, "group_id"),
        is_failed=np.array([_fails(kind, *said) for said in zip(verdicts, reasons, strict=True)], dtype=bool),
        classes=np.array(
            [_own_class(*said) for said in zip(texts_of(rows["row_class"]), reasons, strict=True)], object
        ),
        reasons=np.array([_own_reasons(text) for text in reasons], dtype=object),
        id_hash=one_array(rows["id_hash"]),
        phone_hash=one_array(rows["phone_hash"]),
        email_hash=one_array(rows["email_hash"]),
        is_masked=masked_phones(table),
        chosen=chosen_records(rows),
    )


def as_chosen(rows: CheckedRows, row_nos: Sequence[int], was: pa.Table) -> CheckedRows:
    """Rows that were read anew, with the record that a person has given them before."""
    mine = was.filter(pc.is_in(was["row_no"], value_set=pa.array(row_nos, pa.int64())))
    return replace(rows, chosen=chosen_records(mine))


def _fails(kind: ObjectType, verdict: str, reasons: str) -> bool:
    """Whether a row's cells fail it, also where a person's word hides that."""
    if IGNORED not in codes_of(reasons):
        return verdict == Verdict.FAILED
    return any(severity_of(word, kind) is Severity.BLOCK for word in reasons.split())


def _own_class(row_class: str, reasons: str) -> str:
    """What a row's marks make it, without a person's word and without the rows around it."""
    codes = codes_of(reasons)
    if RECLASSED in codes:
        return next((str(kind) for kind in PRECEDENCE[:-1] if class_code(kind) in codes), str(RowClass.GENUINE))
    return str(RowClass.GENUINE) if row_class == RowClass.MARKETPLACE_DUPLICATE else row_class


def _own_reasons(text: str) -> str:
    return " ".join(word for word in text.split() if word not in _FOUND_ANEW)


def in_order(parts: Sequence[tuple[Sequence[int], CheckedRows]]) -> tuple[npt.NDArray[np.int64], CheckedRows]:
    """Rows from several hands as one run in the order of the file, and their ordinals."""
    row_nos = np.concatenate([np.asarray(places, dtype=np.int64) for places, _ in parts])
    order = np.argsort(row_nos, kind="stable")
    joined = {}
    for item in fields(CheckedRows):
        columns = [getattr(rows, item.name) for _, rows in parts]
        if isinstance(columns[0], np.ndarray):
            joined[item.name] = np.concatenate(columns)[order]
        else:
            joined[item.name] = pa.concat_arrays(columns).take(pa.array(order))
    return row_nos[order], CheckedRows(**joined)


def losers(rows: CheckedRows, near: Flags, was: pa.Table) -> Flags:
    """Which rows lose to another of their id: those of whole ids (`near`) are compared anew, any other stays."""
    keys = FileKeys()
    places = np.flatnonzero(near)
    # In the order of the lines: a line that could not be read stands last in a load, wherever it was in the file.
    places = places[np.argsort(rows.lines[places], kind="stable")]
    keys.add(rows.external_ids[places], rows.modified[places], rows.is_failed[places])
    is_beside = np.array([SAME_RECORD in codes_of(text) for text in texts_of(was["reasons"])], dtype=bool)
    is_loser: Flags = ~near & ~is_beside & np.asarray(texts_of(was["verdict"]) == Verdict.DUPLICATE)
    is_loser[places[keys.losers()]] = True
    return is_loser


def keeping_ids(judged: Judged, was: pa.Table, keys: pa.Array) -> Judged:
    """The same with the ids that were reserved for rows which are still created, and still the same thing."""
    is_same = texts_of(was["verdict"]) == Verdict.CREATED
    is_same &= np.asarray(pc.equal(one_array(was["id_hash"]), keys).fill_null(False))
    is_same &= judged.verdicts == Verdict.CREATED
    ids = np.where(is_same, np.asarray(was["record_id"].fill_null(0)), judged.record_ids)
    return Judged(judged.verdicts, judged.classes, judged.reasons, ids)


def settled(was: pa.Table, rows: CheckedRows, judged: Judged, words: Words, is_loser: Flags) -> pa.Table:
    """The rows as they are now, with the columns that `was` has."""
    verdicts = judged.verdicts.copy()
    verdicts[is_loser] = Verdict.DUPLICATE.value
    verdicts[words.is_ignored] = Verdict.IGNORED.value
    ids = np.where(is_loser | words.is_ignored, 0, judged.record_ids)
    reasons = judged.reasons.copy()
    reasons[is_loser] = [" ".join(word for word in text.split() if word != "unchanged") for text in reasons[is_loser]]
    for where, code in (
        (is_loser, "in_file"),
        (words.is_held, HELD),
        (words.is_ignored, IGNORED),
        (words.classes != "", RECLASSED),
    ):
        reasons[where] = [f"{text} {code}".strip() for text in reasons[where]]
    now = {
        **{name: was[name] for name in _ROWS},
        "verdict": pa.array(verdicts, pa.large_string()),
        "row_class": pa.array(judged.classes, pa.large_string()),
        "reasons": pa.array(kept_reasons(reasons), pa.large_string()),
        "is_held": pa.array(words.is_held),
        "id_hash": rows.id_hash,
        "phone_hash": rows.phone_hash,
        "email_hash": rows.email_hash,
        "record_id": pa.array(ids, mask=ids == 0),
    }
    return pa.table(now).select(was.column_names)


def _column(table: pa.Table, name: str) -> Texts:
    if name not in table.column_names:
        return np.full(table.num_rows, "", dtype=object)
    return texts_of(table[name])

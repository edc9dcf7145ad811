"""Judge some rows of a load again together with every row that hangs on them, as if the file had arrived that way.

Rows hang on each other by their id (one of them counts) and, where a provider sells a request twice, by its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.repositories.loads import Counts
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.matching import AMBIGUOUS, MATCH_CODES, NEW_RECORD, SAME_RECORD
from lib.domain.objects import Kind, ObjectType, object_type
from lib.domain.verdicts import RowClass, Severity, Verdict
from lib.mapping.checked import CheckedBatch, CheckedRows, Judged, Texts, chosen_records, codes_of, masked_phones
from lib.mapping.classes import PRECEDENCE, class_code
from lib.mapping.keys import CONTENT_HASH, FileKeys
from lib.mapping.packing import packed
from lib.providers import template
from lib.reporting.periods import local_days
from validation.reasons import severity_of

HELD, IGNORED, RECLASSED = "held", "ignored_by_person", "class_by_person"
# What is found anew whenever a row is judged, beside what its cells say.
_FOUND_ANEW = frozenset({"unchanged", "in_file", "class_marketplace_duplicate", HELD, IGNORED, RECLASSED}) | MATCH_CODES
_ROWS = ("row_no", "line_no", "verdict", "row_class", "reasons", "is_held", "id_hash", "phone_hash", "email_hash")
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Words:
    """A person's word on rows, one place a row: held, ignored, the class they gave ('' none), and the record they chose
    for it (0 none, -1 a new one).
    """

    is_held: Flags
    is_ignored: Flags
    classes: Texts
    chosen: npt.NDArray[np.int64]


def words_on(rows: pa.Table) -> Words:
    """What people have said of these rows so far."""
    codes = [codes_of(text) for text in _texts(rows["reasons"])]
    is_reclassed = np.array([RECLASSED in found for found in codes], dtype=bool)
    return Words(
        np.array(rows["is_held"].to_pylist(), dtype=bool),
        np.array([IGNORED in found for found in codes], dtype=bool),
        np.where(is_reclassed, _texts(rows["row_class"]), "").astype(object),
        chosen_records(rows),
    )


def with_words(words: Words, rows: pa.Table, row_nos: Sequence[int], **said: bool | str | int) -> Words:
    """The same after something was said of some of the rows: `is_held`, `is_ignored`, `classes` or `chosen`.

    '' and 0 take it back. Who releases a row that may be one of several records, and chooses none, has it made a new one.
    """
    changed = {item.name: getattr(words, item.name).copy() for item in fields(words)}
    where = np.isin(np.asarray(rows["row_no"]), list(row_nos))
    for name, value in said.items():
        changed[name][where] = value
    if said.get("is_held") is False and "chosen" not in said:
        is_ambiguous = np.array([AMBIGUOUS in codes_of(text) for text in _texts(rows["reasons"])], dtype=bool)
        changed["chosen"][where & is_ambiguous] = NEW_RECORD
    return Words(**changed)


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
    verdicts, reasons = _texts(rows["verdict"]), _texts(rows["reasons"])
    hashes = table[CONTENT_HASH].to_pylist() if CONTENT_HASH in table.column_names else [b""] * count
    return CheckedRows(
        lines=np.asarray(rows["line_no"], dtype=np.int64),
        external_ids=_column(table, "external_id"),
        hashes=np.array(hashes, dtype=object),
        modified=np.asarray(modified.cast(pa.timestamp("us")), dtype="datetime64[us]"),
        groups=_column(table, "group_id"),
        is_failed=np.array([_fails(kind, *said) for said in zip(verdicts, reasons, strict=True)], dtype=bool),
        classes=np.array([_own_class(*said) for said in zip(_texts(rows["row_class"]), reasons, strict=True)], object),
        reasons=np.array([_own_reasons(text) for text in reasons], dtype=object),
        id_hash=_whole(rows["id_hash"]),
        phone_hash=_whole(rows["phone_hash"]),
        email_hash=_whole(rows["email_hash"]),
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


def to_judge(rows: CheckedRows, words: Words, *, is_alone: Flags) -> CheckedRows:
    """The rows as people want them judged: an ignored one is as if it had not arrived, a given class is given.

    One that `is_alone` is taken out of its group, so that its class stays.
    """
    given = words.classes != ""
    return CheckedRows(
        **{
            **{item.name: getattr(rows, item.name) for item in fields(rows)},
            "is_failed": rows.is_failed | words.is_ignored,
            "classes": np.where(given, words.classes, rows.classes).astype(object),
            "groups": np.where(is_alone, "", rows.groups).astype(object),
            "chosen": words.chosen,
        }
    )


def losers(rows: CheckedRows, near: Flags, was: pa.Table) -> Flags:
    """Which rows lose to another of their id: those of whole ids (`near`) are compared anew, any other stays."""
    keys = FileKeys()
    places = np.flatnonzero(near)
    # In the order of the lines: a line that could not be read stands last in a load, wherever it was in the file.
    places = places[np.argsort(rows.lines[places], kind="stable")]
    keys.add(rows.external_ids[places], rows.modified[places], rows.is_failed[places])
    is_beside = np.array([SAME_RECORD in codes_of(text) for text in _texts(was["reasons"])], dtype=bool)
    is_loser: Flags = ~near & ~is_beside & np.asarray(_texts(was["verdict"]) == Verdict.DUPLICATE)
    is_loser[places[keys.losers()]] = True
    return is_loser


def keeping_ids(judged: Judged, was: pa.Table, keys: pa.Array) -> Judged:
    """The same with the ids that were reserved for rows which are still created, and still the same thing."""
    is_same = _texts(was["verdict"]) == Verdict.CREATED
    is_same &= np.asarray(pc.equal(_whole(was["id_hash"]), keys).fill_null(False))
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
        "reasons": pa.array([text[:980] for text in reasons], pa.large_string()),
        "is_held": pa.array(words.is_held),
        "id_hash": rows.id_hash,
        "phone_hash": rows.phone_hash,
        "email_hash": rows.email_hash,
        "record_id": pa.array(ids, mask=ids == 0),
    }
    return pa.table(now).select(was.column_names)


def write(
    tx: UnitOfWork, delivery: Delivery, load: Load, now: pa.Table, read: Sequence[tuple[Sequence[int], CheckedBatch]]
) -> None:
    """Write the rows over those that were there, and what was read anew of the mended ones over what was kept."""
    tx.rows.correct(load.id, now)
    for row_nos, batch in read:
        if batch.mapped is not None:
            _cover(tx, delivery, load, batch.mapped)
            places = {row_no: place for place, row_no in enumerate(row_nos)}
            tx.payloads.replace_rows(delivery, load.id, "mapped", places, batch.mapped)


def _cover(tx: UnitOfWork, delivery: Delivery, load: Load, like: pa.Table) -> None:
    """Lines that could not be read have no place among the mapped rows; give all of them one before one is filled."""
    covered = tx.payloads.covered(delivery.id, load.id, "mapped")
    if covered < load.row_count:
        missing = load.row_count - covered
        blank = pa.table([pa.nulls(missing, column.type) for column in like.columns], names=like.column_names)
        seq = tx.payloads.count(delivery.id, load.id, "mapped")
        tx.payloads.keep(delivery, load.id, "mapped", packed(covered, blank), seq)


def close(
    tx: UnitOfWork,
    account: Account,
    delivery: Delivery,
    load: Load,
    counts: tuple[Counts, int],
    *,
    are_days_new: bool,
) -> Load:
    """Write the counters, and the days where they were taken from the rows; fails when somebody else was faster."""
    days = (load.range_from, load.range_to)
    if are_days_new and not delivery.is_range_given:
        days = _days(tx, account, load) or (None, None)
        if (delivery.range_from, delivery.range_to) == (load.range_from, load.range_to) != days:
            tx.deliveries.mark_days(delivery, *days)
    return tx.loads.retouch(load, counts[0], counts[1], days)


def may_move_days(tx: UnitOfWork, account: Account, load: Load, batch: CheckedBatch, touched: Sequence[int]) -> bool:
    """Whether rows that were read anew can move the first or the last day of their load; asked before they are written."""
    ends = {load.range_from, load.range_to}
    if batch.days is not None and (None in ends or batch.days[0] < min(ends) or batch.days[1] > max(ends)):  # type: ignore[type-var, operator]
        return True
    found, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", touched)
    if mapped is None:
        return False
    days = _first_and_last(account, object_type(load.object), [mapped.filter(_sound(tx.rows.at(load.id, found)))])
    return days is not None and bool(ends & set(days))


def _days(tx: UnitOfWork, account: Account, load: Load) -> tuple[date, date] | None:
    """The first and the last local day of the rows that do not fail."""
    parts = []
    for first, mapped in tx.payloads.tables(load.delivery_id, load.id, "mapped"):
        rows = tx.rows.columns(load.id, first, first + mapped.num_rows - 1)
        parts.append(mapped.filter(_sound(rows)))
    return _first_and_last(account, object_type(load.object), parts)


def _sound(rows: pa.Table) -> pa.ChunkedArray:
    return pc.not_equal(rows["verdict"], Verdict.FAILED.value)


def _first_and_last(account: Account, kind: ObjectType, parts: Sequence[pa.Table]) -> tuple[date, date] | None:
    found = [part[kind.date_column].drop_null() for part in parts if kind.date_column in part.column_names]
    ends: list[Any] = [end.as_py() for column in found if len(column) for end in (pc.min(column), pc.max(column))]
    if not ends:
        return None
    if kind.column(kind.date_column).kind is not Kind.DATE:
        moments = pd.Series(ends).astype(pd.DatetimeTZDtype("us", "UTC"))
        ends = list(local_days(moments, account.client_timezone))
    return date.fromisoformat(min(ends)), date.fromisoformat(max(ends))


def _column(table: pa.Table, name: str) -> Texts:
    if name not in table.column_names:
        return np.full(table.num_rows, "", dtype=object)
    return _texts(table[name])


def _texts(column: pa.ChunkedArray) -> Texts:
    return np.array(column.fill_null("").to_pylist(), dtype=object)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)

"""Judge rows of a load again after a person's hand was on them, with all that hang on them, by the steps of an import."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import object_type
from lib.mapping.checked import CheckedBatch, CheckedRows, Earlier, Judged, unreadable
from lib.mapping.person_words import Words, to_judge, with_words, words_on
from lib.pipeline.loading.matching import settle_matches
from lib.pipeline.loading.staging import checked
from lib.services.loading import classify, recheck, settle_rows, translate, write_settled
from lib.services.privacy import empty_again
from lib.services.reviewing import fix_rows


def settle(
    desk: Desk,
    tx: UnitOfWork,
    load: Load,
    *,
    edited: Sequence[int] = (),
    said: tuple[Sequence[int], dict[str, bool | str | int]] = ((), {}),
    is_alone: bool = False,
) -> Load:
    """Read the edited rows anew, judge them and the decided ones with all that hang on them, and write what changed.

    With `is_alone` the rows around them are left as they are: they are written already.
    """
    account, delivery = tx.accounts.by_id(load.account_id), tx.deliveries.by_id(load.delivery_id)
    read = read_rows(desk, tx, load, fix_rows.raw_now(tx, load, edited)) if edited else []
    fresh = settle_rows.in_order([(places, batch.rows) for places, batch in read])[1] if read else None
    touched = sorted({*edited, *said[0]})
    near, ids = (touched, set[int]()) if is_alone else settle_rows.hanging_together(tx, account, load, fresh, touched)
    was = tx.rows.at(load.id, near)
    rows = _rows(tx, load, was, read)
    words = with_words(words_on(was), was, said[0], **said[1])
    judged, judged_rows = _judged(tx, account, load, rows, words)
    judged = classify.with_new_ids(tx, settle_rows.keeping_ids(judged, was, rows.id_hash))
    compared = np.array([key in ids for key in rows.id_hash.to_pylist()], dtype=bool)
    now = settle_rows.settled(was, rows, judged, words, settle_rows.losers(judged_rows, compared, was))
    moves = any(write_settled.may_move_days(tx, account, load, batch, places) for places, batch in read)
    write_settled.write(tx, delivery, load, now, read)
    counts = recheck.counts_after(load, [was], [now])
    return settle_matches(tx, write_settled.close(tx, account, delivery, load, counts, are_days_new=moves))


def read_rows(
    desk: Desk, tx: UnitOfWork, load: Load, raw: fix_rows.RawRows
) -> list[tuple[Sequence[int], CheckedBatch]]:
    """The rows as they read now: those with cells, and those that are still lines nobody can read."""
    account = tx.accounts.by_id(load.account_id)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    found: list[tuple[Sequence[int], CheckedBatch]] = []
    if raw.row_nos:
        received_at = tx.deliveries.by_id(load.delivery_id).received_at
        mapped = translate.translate(account, field_map, raw.frame, received_at)
        batch = checked(desk, account, field_map, 0, raw.lines, raw.frame, mapped)
        erased = empty_again.erased_people(tx, account, field_map, desk.hash_key)
        found.append((raw.row_nos, batch if erased is None else erased.emptied(batch)[0]))
    if raw.unread:
        found.append((raw.unread, unreadable(0, list(raw.unread_lines), list(raw.unread_texts))))
    return found


def _rows(tx: UnitOfWork, load: Load, was: pa.Table, read: Sequence[tuple[Sequence[int], CheckedBatch]]) -> CheckedRows:
    """Every row that is judged: those read anew, and all others as they are kept."""
    anew = {row_no for places, _ in read for row_no in places}
    kept = was.filter(pa.array([row_no not in anew for row_no in was["row_no"].to_pylist()], pa.bool_()))
    parts: list[tuple[Sequence[int], CheckedRows]] = [
        (places, settle_rows.as_chosen(batch.rows, places, was)) for places, batch in read
    ]
    if kept.num_rows:
        places, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", kept["row_no"].to_pylist())
        as_kept = settle_rows.as_kept(object_type(load.object), kept, mapped, places)
        parts.append((kept["row_no"].to_pylist(), as_kept))
    return settle_rows.in_order(parts)[1]


def _judged(
    tx: UnitOfWork, account: Account, load: Load, rows: CheckedRows, words: Words
) -> tuple[Judged, CheckedRows]:
    """Verdicts and classes; judged a second time where what is known would overrule the class that a person gave."""
    alone = np.zeros(len(rows), dtype=bool)
    asked = to_judge(rows, words, is_alone=alone)
    judged = classify.judge_rows(tx, account, load.object, asked, Earlier())
    overruled = (words.classes != "") & (judged.classes != words.classes)
    if overruled.any():
        asked = to_judge(rows, words, is_alone=overruled)
        judged = classify.judge_rows(tx, account, load.object, asked, Earlier())
    return judged, asked

"""Write rows of a load that were judged again: over those that were there, with the counters and the days of the load."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.objects import Kind, ObjectType, object_type
from lib.domain.verdicts import Verdict
from lib.mapping.checked import CheckedBatch
from lib.mapping.packing import packed
from lib.mapping.row_counts import RowCounts
from lib.reporting.local_days import local_days


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
    counts: tuple[RowCounts, int],
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

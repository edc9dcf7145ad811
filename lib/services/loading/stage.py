"""Stage a load: its rows written down batch by batch, out of sight until the last one stands, then opened for review.

Every batch is a transaction of its own, so an import that is stopped in the middle goes on where it stopped, and
nobody waits for a lock in the meantime. What is written counts only once the load leaves `mapped`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.readings import ReadingFacts
from lib.domain.imports import Delivery, Load
from lib.domain.maps import RECEIVED_AT, UNPLACED
from lib.domain.people import Right
from lib.domain.settings.retention import is_kept
from lib.domain.states import SPENT_LOADS, LoadStatus
from lib.domain.verdicts import GOES_IN, RowClass, Verdict
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.mapping.check import answered
from lib.mapping.checked import CheckedBatch, Earlier, Judged, kept_reasons
from lib.mapping.keys import FileKeys
from lib.mapping.packing import Chunk, packed
from lib.mapping.row_counts import RowCounts
from lib.mapping.tally import Tally
from lib.mapping.transforms import further_sources

# What is kept of a batch: `raw` and `mapped`, each as compressed chunks.
Payload = dict[str, list[Chunk]]


def earlier_load(
    tx: UnitOfWork,
    delivery: Delivery,
    name: str,
    version: MapVersion,
    read_options: dict[str, Any],
    *,
    is_test: bool,
) -> Load | None:
    """The load that this delivery, object and map version already have, unless it is spent (settled question 4).

    One that was read in another way (another sheet, another header row) is another load.
    """
    found = tx.loads.latest_of(delivery.id, name, version.id, is_test=is_test)
    is_same = found is not None and found.status not in SPENT_LOADS and found.read_options == read_options
    return found if is_same else None


def require_key(version: MapVersion, facts: ReadingFacts) -> None:
    """Refuse a file that lacks the column its map takes the key from.

    Keyed by their whole content instead, rows that are known already would all become records a second time.
    """
    rule = version.field_map.rule_for("external_id")
    if rule is None or not rule.source:
        return
    if not {rule.source, *further_sources(rule.transforms)} & set(facts.columns):
        raise DeskError(
            "key_missing",
            f"The file has no column {rule.source!r}, which version {version.version} of the map takes as the key, "
            "so nothing was imported.",
            "Send the file with that column, or approve a map that uses another key.",
        )


def begin_load(
    tx: UnitOfWork,
    account: Account,
    delivery: Delivery,
    version: MapVersion,
    facts: ReadingFacts,
    read_options: dict[str, Any],
    *,
    is_test: bool,
) -> Load:
    """Open a load without rows, or take up again the one that was stopped before all of its rows were there."""
    tx.actor.require(Right.IMPORT)
    # Two who bring the same file at once must not both find that nobody has begun.
    tx.deliveries.lock(delivery.id)
    begun = earlier_load(tx, delivery, version.object, version, read_options, is_test=is_test)
    if begun is not None:
        return begun
    load = tx.loads.open_load(
        delivery,
        name=version.object,
        map_version_id=version.id,
        is_test=is_test,
        read_options=read_options,
        warnings=_warnings(delivery, version, facts),
        arriving=facts.arrived,
        epoch=tx.accounts.epoch(account.id, version.object),
    )
    tx.audit.note("load opened", "load", load.id, account.client_id, delivery=delivery.id, rows=facts.arrived)
    return load


def keys_so_far(tx: UnitOfWork, load: Load, earlier: Earlier, tally: Tally) -> FileKeys:
    """The ids of the rows that an earlier, interrupted try has written; what else they made known is noted too."""
    keys = FileKeys()
    for first, table in tx.payloads.tables(load.delivery_id, load.id, "mapped"):
        rows = tx.rows.columns(load.id, first, first + table.num_rows - 1)
        modified = table["modified_at"] if "modified_at" in table.column_names else pa.nulls(table.num_rows)
        moments = modified.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
        is_failed = np.array([verdict == Verdict.FAILED for verdict in rows["verdict"].to_pylist()], dtype=bool)
        ids = table["external_id"].to_pylist()
        tally.add(table, is_failed)
        keys.add(np.array(ids, dtype=object), np.asarray(moments, dtype="datetime64[us]"), is_failed)
        if "group_id" in table.column_names:
            classes = rows["row_class"].to_pylist()
            for row_class, group, key, is_lost in zip(
                classes, table["group_id"].to_pylist(), ids, is_failed, strict=True
            ):
                if group and row_class == RowClass.GENUINE and not is_lost:
                    earlier.groups.setdefault(group, key)
    return keys


def payload_of(account: Account, batch: CheckedBatch) -> Payload:
    """What is kept of a batch beside its rows, compressed: the cells as they came, where the account keeps any, and as
    they were mapped.
    """
    kept = {"raw": batch.raw} if is_kept(account.retention_days) else {}
    if batch.mapped is not None:
        kept["mapped"] = batch.mapped
    return {kind: packed(batch.first_row, table) for kind, table in kept.items()}


def add_batch(
    tx: UnitOfWork, delivery: Delivery, load: Load, batch: CheckedBatch, judged: Judged, payload: Payload
) -> Load:
    """Write the next rows of a load, their payload and the counters; DeskError when somebody else writes them too."""
    first, last = _span(load, batch.days)
    # First of all: whoever else writes this load waits here, and then learns that it has moved on.
    advanced = tx.loads.advance(load, _more(load, judged), first, last)
    for kind, chunks in payload.items():
        tx.payloads.keep(delivery, load.id, kind, chunks, tx.payloads.count(delivery.id, load.id, kind))
    tx.rows.add_rows(load.id, _rows(batch, judged))
    return advanced


def finish_load(tx: UnitOfWork, delivery: Delivery, load: Load, facts: ReadingFacts, keys: FileKeys) -> Load:
    """All rows are there: find those that lose to another row of the file, and open the load for review."""
    losers = keys.losers().tolist()
    counts = _with_duplicates(load, tx.rows.mark_duplicates(load.id, losers), len(losers))
    first, last = (
        (delivery.range_from, delivery.range_to)
        if delivery.is_range_given or load.range_from is None
        else (load.range_from, load.range_to)
    )
    tx.deliveries.mark_read(delivery, load.row_count, facts.as_dict(), first, last)
    done = tx.loads.advance(load, counts, first, last)
    return tx.loads.move(tx.loads.move(done, LoadStatus.CHECKED), LoadStatus.IN_REVIEW)


def require_stopped(tx: UnitOfWork, load_id: int) -> Load:
    """The load, when not all of its rows are there yet; DeskError `not_stopped` otherwise."""
    tx.actor.require(Right.IMPORT)
    load = tx.loads.by_id(load_id)
    if load.status is not LoadStatus.MAPPED:
        raise DeskError(
            "not_stopped",
            f"Load {load_id} is {load.status.replace('_', ' ')}; only one that was stopped while it was written goes on, "
            "or is dropped.",
            f"Turn it down with `reject {load_id}`, or undo it.",
        )
    return load


def drop_load(tx: UnitOfWork, load_id: int) -> Load:
    """Give up a load that was stopped before all of its rows were there; the file can be imported anew."""
    load = require_stopped(tx, load_id)
    emptied = tx.loads.advance(load, RowCounts(), None, None)
    failed = tx.loads.move(emptied, LoadStatus.FAILED, error_note="Stopped before all rows were there, and dropped.")
    tx.rows.drop(load_id)
    tx.payloads.drop(load.delivery_id, load_id, ("raw", "mapped"))
    tx.audit.note("load dropped", "load", load_id, load.client_id, rows=load.row_count)
    return failed


def require_replaceable(tx: UnitOfWork, load: Load) -> None:
    """Only a load that nobody has decided on can give way to another reading of its file."""
    tx.actor.require(Right.IMPORT)
    if load.status is not LoadStatus.IN_REVIEW:
        raise DeskError(
            "not_in_review",
            f"Load {load.id} is {load.status.replace('_', ' ')}, so its file is not read again for it.",
            "Import the file anew.",
        )


def give_way(tx: UnitOfWork, load: Load, note: str) -> None:
    """Close a load under review because another reading of its file takes its place."""
    require_replaceable(tx, load)
    tx.loads.move(load, LoadStatus.REJECTED, error_note=note)
    tx.audit.note("load replaced", "load", load.id, load.client_id, why=note)


def _more(load: Load, judged: Judged) -> RowCounts:
    counts = RowCounts.of(load)
    counts.add(judged.verdicts, judged.classes, judged.reasons)
    return counts


def _with_duplicates(load: Load, was: list[tuple[str, str, int]], losers: int) -> RowCounts:
    counts = RowCounts.of(load)
    for verdict, row_class, rows in was:
        counts.verdicts[verdict] -= rows
        counts.verdicts[Verdict.DUPLICATE] += rows
        if verdict in GOES_IN:
            counts.going_in[row_class] -= rows
        if verdict == Verdict.IGNORED:
            counts.reasons["unchanged"] -= rows
    counts.reasons["in_file"] += losers
    return counts


def _rows(batch: CheckedBatch, judged: Judged) -> pa.Table:
    rows, count = batch.rows, len(batch.rows)
    return pa.table(
        {
            "row_no": pa.array(np.arange(batch.first_row, batch.first_row + count)),
            "line_no": pa.array(rows.lines),
            "verdict": pa.array(judged.verdicts, pa.string()),
            "row_class": pa.array(judged.classes, pa.string()),
            "reasons": pa.array(kept_reasons(judged.reasons), pa.string()),
            "id_hash": rows.id_hash,
            "phone_hash": rows.phone_hash,
            "email_hash": rows.email_hash,
            "record_id": pa.array(judged.record_ids, mask=judged.record_ids == 0),
        }
    )


def _span(load: Load, days: tuple[date, date] | None) -> tuple[date | None, date | None]:
    if days is None or load.range_from is None or load.range_to is None:
        return days or (load.range_from, load.range_to)
    return min(load.range_from, days[0]), max(load.range_to, days[1])


def _warnings(delivery: Delivery, version: MapVersion, facts: ReadingFacts) -> list[str]:
    return list(_warned(delivery, version, facts))


def _warned(delivery: Delivery, version: MapVersion, facts: ReadingFacts) -> Iterator[str]:
    known = answered(version.field_map)
    unanswered = [column for column in facts.columns if column not in known and column not in delivery.added]
    expected = dict.fromkeys(rule.source for rule in version.field_map.fields if rule.source != RECEIVED_AT)
    absent = [source for source in expected if source and source not in facts.columns]
    nowhere = sum(item.reason == UNPLACED for item in version.field_map.ignored)
    if not delivery.is_range_given:
        yield "The date range was taken from the rows, so its first and last day may be unfinished."
    if delivery.is_partial:
        yield "This is a partial delivery: it makes no day complete and supports no claim."
    if unanswered:
        yield f"New and in no map, {counted(len(unanswered), 'column')}: {', '.join(unanswered[:5])}."
    if absent:
        yield f"Mapped but missing from the file, {counted(len(absent), 'column')}: {', '.join(absent[:5])}."
    if nowhere:
        yield f"Left out because nothing fits, {counted(nowhere, 'column')}."
    if facts.flagged_count:
        yield f"Read with a doubt, {counted(facts.flagged_count, 'line')}; the delivery lists them."
    if facts.rejected_count:
        yield f"Could not be read and counted as failed, {counted(facts.rejected_count, 'line')}."

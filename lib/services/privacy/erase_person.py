"""Erase a person: their words and marks go, batch by batch, and every number that stood on their rows stays.

What is to be emptied is written down by number before the first batch, so that whoever is stopped in the middle goes on
where nothing points at the person any more. Hashes, verdicts, reasons, versions and who wrote a record last stay, so an
undo still works: it puts emptied rows back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from lib.db.shared_steps.forgotten_rows import going_of
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.privacy import Erasure, Traces
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.rows.fixes import rows_of_runs, runs_of
from lib.domain.settings.retention import without_cells
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.mapping.forgetting import Going, Rows, without_mapped, without_raw
from lib.mapping.masked_sample import is_plain
from lib.mapping.mentions import Mentions
from lib.mapping.packing import pack, unpack

Counts = dict[str, int]
_LISTED = 100


def begin(tx: UnitOfWork, who: Mentions, marks: list[list[Any]], reason: str, traces: Traces) -> tuple[int, Traces]:
    """Write down what is to be emptied, and that they are emptied again when they come again; the erasure's number.

    One of the same person that was stopped is taken up: what it had set out to empty comes back with what was found now.
    DeskError `reason_missing`, or `reason_names_them` where the reason would keep what is to go.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    words = reason.strip()
    if not words:
        raise DeskError("reason_missing", "An erasure needs a reason.", "Say who asked for it and when, with --reason.")
    refuse_secrets([("the reason", words)])
    if who.is_in(words):
        raise DeskError(
            "reason_names_them",
            "The reason names the person, and it stays when they are gone.",
            "Say it without their name, phone or address: `asked by letter on 3 March`.",
        )
    client_id = None if tx.actor.client_ids is None else next(iter(tx.actor.client_ids))
    begun = tx.erasures.unfinished(client_id, marks)
    if begun is not None:
        return begun.id, _with_planned(traces, begun.detail)
    number = tx.erasures.begin(client_id, marks, words[:500], _plan(traces))
    tx.erasures.add_erased(client_id, marks, number)
    tx.audit.note("erasure begun", "erasure", number, client_id, **traces.counts)
    return number, traces


def empty_chunk(tx: UnitOfWork, chunk_id: int, traces: Traces, who: Mentions) -> Counts:
    """Take the person out of one chunk of rows; its rows stay."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    found = tx.traces.chunk(chunk_id)
    if found is None or found[0].kind == "file":
        return {}
    place, body = found
    load, table = tx.loads.by_id(place.load_id), unpack(body)
    numbers = np.arange(place.first_row, place.first_row + table.num_rows)
    if place.kind == "before":
        numbers = np.asarray(table["row_no"], dtype=np.int64)
    rows: Rows = np.isin(numbers, sorted(traces.rows.get(load.id, ())))
    going = going_of(tx, load)
    if place.kind == "raw":
        emptied = without_raw(table, rows, going.kept_sources, who)
    else:
        emptied = without_mapped(table, rows, going, who)
    if emptied.equals(table):
        return {}
    tx.traces.rewrite_chunk(place.id, pack(place.first_row, emptied).body)
    return {"chunks": 1}


def empty_records(tx: UnitOfWork, name: str, ids: Sequence[int]) -> Counts:
    """Take the personal columns out of records of one object."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    kind = object_type(name)
    standing = tx.records.standing(kind, ids)
    done = 0
    for load_id, load in tx.loads.with_ids(standing["load_id"].tolist()).items():
        mine = standing["id"][standing["load_id"] == load_id].tolist()
        done += tx.traces.empty_records(kind, mine, going_of(tx, load).columns)
    return {"records": done}


def empty_edits(tx: UnitOfWork, load_id: int, places: Sequence[int]) -> Counts:
    """Take the texts out that people laid over cells of these rows, where such a cell goes."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    kept = going_of(tx, tx.loads.by_id(load_id)).kept_sources
    return {"edits": tx.edits.forget_cells(load_id, places, kept)}


def drop_file(tx: UnitOfWork, delivery_id: int) -> Counts:
    """Let the file of a delivery go, with the cells that its reading quoted: its rows are kept, emptied.

    Not while a load is read from it: then nothing changes, and `waiting` says so.
    """
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    if any(load.status is LoadStatus.MAPPED for load in tx.loads.of_delivery(delivery_id)):
        return {"waiting": 1}
    delivery = tx.deliveries.by_id(delivery_id)
    bare = without_cells(delivery.facts)
    if bare != delivery.facts:
        tx.deliveries.mark_facts(delivery, bare)
    # What was foretold from these rows holds samples of them.
    tx.impacts.forget(tx.accounts.by_id(delivery.account_id))
    return {"files": int(bool(tx.payloads.drop(delivery_id, 0, ("file",))))}


def empty_parked(tx: UnitOfWork, ids: Sequence[int], who: Mentions) -> Counts:
    """Take the person out of webhooks that wait; what their maps use for ids, dates and numbers stays."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    done = 0
    for item in tx.traces.parked():
        if item.id in ids:
            kept = _kept_of(tx, item.account_id)
            tx.traces.rewrite_parked(item, orjson.dumps(_emptied(orjson.loads(item.body), kept, who, "")))
            done += 1
    return {"receipts": done}


def redact_texts(tx: UnitOfWork, name: str, who: Mentions) -> Counts:
    """Put something else in the place of each mention in the texts of one table, where they may be changed."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    done = 0
    for line in list(tx.traces.speaking(name, who.patterns())):
        changed: dict[str, Any] = {}
        for column, text in line.texts.items():
            if not tx.traces.why_staying(name, column):
                changed |= _redacted(tx, name, column, text, who)
        if changed:
            tx.traces.rewrite(name, line.key, changed)
            done += 1
    return {"texts": done}


def note_done(tx: UnitOfWork, number: int, counts: Counts) -> None:
    """Write down what a batch has changed."""
    tx.erasures.note(tx.erasures.by_id(number), "done", counts)


def finish(tx: UnitOfWork, number: int, left: Counts, *, is_gone: bool) -> Erasure:
    """Write down that nothing is left to do but what stays; the report. One that is not done stays to be taken up."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    begun = tx.erasures.by_id(number)
    if is_gone:
        tx.erasures.note(begun, "finished", left)
    report = next(item for item in reports(tx) if item.id == number)
    tx.audit.note("person erased" if is_gone else "erasure waits", "erasure", number, begun.client_id, **report.counts)
    return report


def reports(tx: UnitOfWork) -> tuple[Erasure, ...]:
    """What was erased, newest first: who asked, why, and how much; nobody's name."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    return tuple(_report(tx, row) for row in tx.erasures.listed(_LISTED))


def _report(tx: UnitOfWork, row: Any) -> Erasure:
    counts: Counts = {}
    lines = tx.erasures.lines(row.id)
    for line in lines:
        for name, number in line.detail.items():
            counts[name] = counts.get(name, 0) + number
    is_finished = any(line.step == "finished" for line in lines)
    return Erasure(row.id, row.client_id, row.email, row.at.isoformat(), row.reason, is_finished, counts)


def _plan(traces: Traces) -> dict[str, Any]:
    return {
        "rows": {str(load_id): runs_of(sorted(places)) for load_id, places in traces.rows.items()},
        "records": {name: sorted(ids) for name, ids in traces.records.items()},
        "files": sorted(traces.files),
        "receipts": sorted(traces.receipts),
    }


def _with_planned(traces: Traces, plan: dict[str, Any]) -> Traces:
    for load_id, runs in plan["rows"].items():
        traces.add_rows(int(load_id), set(rows_of_runs(runs)))
    for name, ids in plan["records"].items():
        traces.add_records(name, set(ids))
    traces.files |= set(plan["files"])
    traces.receipts |= set(plan["receipts"])
    return traces


def _kept_of(tx: UnitOfWork, account_id: int) -> frozenset[str] | None:
    """The cells that any approved map of an account keeps; None where it has none."""
    account = tx.accounts.by_id(account_id)
    versions = [version for name in account.signals if (version := tx.maps.approved(account, name)) is not None]
    kept = [Going.of(version.field_map).kept_sources for version in versions]
    return frozenset().union(*kept) if kept else None


def _emptied(value: Any, kept: frozenset[str] | None, who: Mentions, path: str) -> Any:
    if isinstance(value, dict):
        return {name: _emptied(item, kept, who, f"{path}.{name}" if path else name) for name, item in value.items()}
    if isinstance(value, list):
        return [_emptied(item, kept, who, path) for item in value]
    is_staying = is_plain(str(value)) if kept is None else path in kept
    return who.redacted_value(value) if is_staying else "" if isinstance(value, str) else None


def _redacted(tx: UnitOfWork, name: str, column: str, text: str, who: Mentions) -> dict[str, Any]:
    if not who.is_in(text):
        return {}
    if (name, column) == ("row_edits", "value"):
        return {column: None}
    if tx.traces.is_json(name, column):
        said = orjson.loads(text)
        other = who.redacted_value(said)
        return {} if other == said else {column: other}
    return {column: tx.traces.fits(name, column, who.redacted(text))}

"""Turn the kept rows of a load into records, and back: the one place that writes records.

What an update replaces is kept as a before-image, chunk by chunk, so that an undo can put it back. Traffic rows are
versions and need none; for them only what was last seen of the external object is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd

from lib.db.repositories.payloads import pack
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.verdicts import Verdict
from lib.mapping.content import dated_by_receipt, row_hashes
from lib.mapping.keys import read_row_texts
from lib.mapping.touched import Touched
from lib.mapping.values import python_columns, to_json

_WRITTEN = (Verdict.CREATED, Verdict.UPDATED)
_SEEN = ("content_hash", "row_class", "load_id")
_CHUNK_ROWS = 1000


def write_records(tx: UnitOfWork, account: Account, load: Load) -> Touched:
    """Write every created and updated row of the load as a record; the days that moved come back."""
    kind = object_type(load.object)
    touched = Touched(kind, account.client_timezone)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    targets = {rule.target for rule in field_map.fields} | {"external_id"}
    # A lead keeps the moment it was first received, however often it is delivered.
    lasting = dated_by_receipt(field_map)
    columns = [name for name in kind.column_names if name in targets]
    before: list[bytes] = []
    traffic: list[dict[str, Any]] = []
    for first, lines in tx.payloads.rows(load.delivery_id, load.id, "mapped"):
        rows = [row for row in tx.rows.between(load.id, first, first + len(lines) - 1) if row.verdict in _WRITTEN]
        if not rows:
            continue
        kept = [lines[row.row_no - first] for row in rows]
        frame = read_row_texts(kept, kind)[columns]
        touched.add_frame(frame)
        values = _values(frame, kind, rows, row_hashes(field_map, frame, kept))
        created = [value for row, value in zip(rows, values, strict=True) if row.verdict == Verdict.CREATED]
        updated = [
            {name: cell for name, cell in value.items() if name not in lasting}
            for row, value in zip(rows, values, strict=True)
            if row.verdict == Verdict.UPDATED
        ]
        if kind.destination is Destination.TRAFFIC:
            traffic.extend(_traffic_rows(rows, values))
            before.extend(_seen_before(tx, account, kind, updated))
        else:
            tx.records.add_records(account, kind, load.id, created)
            before.extend(_replace(tx, kind, load, updated, touched))
        tx.external_objects.add_objects(
            account, kind.name, kind.table, load.id, [_seen(item, load) for item in created]
        )
        tx.external_objects.change_objects([_seen(item, load) for item in updated])
    if traffic:
        tx.traffic.write(account, kind.name, load.id, traffic)
        # A row may have lain on another day before.
        touched.add_records([{"day": day} for day in tx.traffic.days_of_versions(account, kind.name, load.id)])
    _keep_before(tx, load, before)
    return touched


def _values(
    frame: pd.DataFrame, kind: ObjectType, rows: Sequence[Any], hashes: npt.NDArray[np.bytes_]
) -> list[dict[str, Any]]:
    """One dict a record: id, class, content hash and the mapped columns."""
    columns = python_columns(frame, kind)
    names = list(columns)
    return [
        {
            "id": row.record_id,
            "row_class": row.row_class,
            "content_hash": content_hash.decode(),
            **dict(zip(names, cells, strict=True)),
        }
        for row, content_hash, cells in zip(rows, hashes, zip(*columns.values(), strict=True), strict=True)
    ]


def _replace(
    tx: UnitOfWork, kind: ObjectType, load: Load, updated: list[dict[str, Any]], touched: Touched
) -> list[bytes]:
    """Update records; one line for each with what it held before."""
    there = tx.records.by_ids(kind, [value["id"] for value in updated])
    lines, olds = [], []
    for value in updated:
        record = there[value["id"]]._mapping
        old = {name: record[name] for name in value if name not in ("id", "external_id")}
        olds.append(old)
        marks = {"load_id": record["load_id"], "version": record["version"]}
        lines.append(orjson.dumps({"id": value["id"], "values": to_json(old | marks)}))
    touched.add_records(olds)
    tx.records.change_records(kind, load.id, updated)
    return lines


def _seen_before(tx: UnitOfWork, account: Account, kind: ObjectType, updated: list[dict[str, Any]]) -> list[bytes]:
    known = tx.external_objects.known(account, kind.name, [value["external_id"] for value in updated])
    return [
        orjson.dumps({"id": found.record_id, "values": {name: getattr(found, name) for name in _SEEN}})
        for found in known.values()
    ]


def _traffic_rows(rows: Sequence[Any], values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "row_no": row.row_no,
            "record_id": value["id"],
            **{name: cell for name, cell in value.items() if name not in ("id", "content_hash")},
        }
        for row, value in zip(rows, values, strict=True)
    ]


def _seen(value: dict[str, Any], load: Load) -> dict[str, Any]:
    return {
        "record_id": value["id"],
        "external_id": value["external_id"],
        "content_hash": value["content_hash"],
        "row_class": value["row_class"],
        "load_id": load.id,
    }


def _keep_before(tx: UnitOfWork, load: Load, lines: list[bytes]) -> None:
    if lines:
        chunks = [pack(start, lines[start : start + _CHUNK_ROWS]) for start in range(0, len(lines), _CHUNK_ROWS)]
        tx.payloads.keep(tx.deliveries.by_id(load.delivery_id), load.id, "before", chunks)

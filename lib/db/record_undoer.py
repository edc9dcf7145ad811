"""Take a load's records back: every row it wrote is reversed, kept because it changed since, or could not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.verdicts import Verdict
from lib.mapping.touched import Touched
from lib.mapping.values import from_json

_BATCH = 1000


@dataclass
class Undone:
    """What became of each row that the load had created or updated, by ordinal."""

    touched: Touched
    reversed: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    could_not: list[int] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The three counts, which add up to the rows that the load had written."""
        return {"reversed": len(self.reversed), "kept": len(self.kept), "could_not": len(self.could_not)}


def undo_records(tx: UnitOfWork, account: Account, load: Load, *, is_preview: bool = False) -> Undone:
    """Reverse every record that nobody changed since; a preview decides the same and writes nothing."""
    kind = object_type(load.object)
    undone = Undone(Touched(kind, account.client_timezone))
    before = _before_images(tx, load)
    rows = tx.rows.of(load.id, (Verdict.CREATED, Verdict.UPDATED))
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        if kind.destination is Destination.TRAFFIC:
            _undo_traffic(tx, load, batch, before, undone, is_preview)
        else:
            _undo_app(tx, kind, load, batch, before, undone, is_preview)
    return undone


def _undo_app(
    tx: UnitOfWork,
    kind: ObjectType,
    load: Load,
    batch: Sequence[Any],
    before: dict[int, dict[str, Any]],
    undone: Undone,
    is_preview: bool,
) -> None:
    there = tx.records.by_ids(kind, [row.record_id for row in batch])
    removed: list[int] = []
    restored: list[int] = []
    for row in batch:
        record = there.get(row.record_id)
        old = before.get(row.record_id)
        if record is None or (row.verdict == Verdict.UPDATED and old is None):
            undone.could_not.append(row.row_no)
        elif record.load_id != load.id or record.version != (old["version"] + 1 if old else 1):
            undone.kept.append(row.row_no)
        else:
            undone.reversed.append(row.row_no)
            (restored if old else removed).append(row.record_id)
    if is_preview:
        return
    undone.touched.add_records([dict(there[record_id]._mapping) for record_id in removed + restored])
    tx.records.remove(kind, removed)
    tx.external_objects.remove(removed)
    olds = {record_id: from_json(before[record_id], kind) for record_id in restored}
    undone.touched.add_records(list(olds.values()))
    for record_id, values in olds.items():
        tx.records.restore(kind, record_id, {**values, "updated_at": tx.now})
    tx.external_objects.change_objects([{"record_id": key, **_seen(values)} for key, values in olds.items()])


def _undo_traffic(
    tx: UnitOfWork,
    load: Load,
    batch: Sequence[Any],
    before: dict[int, dict[str, Any]],
    undone: Undone,
    is_preview: bool,
) -> None:
    """Traffic rows vanish with their load; only what was last seen of the external object has to be put back."""
    last = tx.external_objects.last_loads([row.record_id for row in batch])
    removed: list[int] = []
    changed: list[dict[str, Any]] = []
    for row in batch:
        old = before.get(row.record_id)
        if last.get(row.record_id) is None or (row.verdict == Verdict.UPDATED and old is None):
            undone.could_not.append(row.row_no)
        elif last[row.record_id] != load.id:
            undone.kept.append(row.row_no)
        else:
            undone.reversed.append(row.row_no)
            if old:
                changed.append({"record_id": row.record_id, **_seen(old)})
            else:
                removed.append(row.record_id)
    if is_preview:
        return
    tx.external_objects.remove(removed)
    tx.external_objects.change_objects(changed)


def _seen(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("content_hash", "row_class", "load_id")}


def _before_images(tx: UnitOfWork, load: Load) -> dict[int, dict[str, Any]]:
    images: dict[int, dict[str, Any]] = {}
    for _, lines in tx.payloads.rows(load.delivery_id, load.id, "before"):
        for line in lines:
            image = orjson.loads(line)
            images[image["id"]] = image["values"]
    return images

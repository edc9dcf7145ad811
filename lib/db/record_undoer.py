"""Take a load's records back: every row it wrote is reversed, kept because it changed since, or could not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.states import LoadStatus
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
    before = _Before(tx, load)
    rows = tx.rows.of(load.id, (Verdict.CREATED, Verdict.UPDATED))
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        if kind.destination is Destination.TRAFFIC:
            _undo_traffic(tx, load, batch, before, undone, is_preview)
        else:
            _undo_app(tx, kind, load, batch, before, undone, is_preview)
    if kind.destination is Destination.TRAFFIC and not is_preview:
        days = tx.traffic.days_of_versions(account, kind.name, load.id)
        undone.touched.add_records([{"day": day} for day in days])
    return undone


def _undo_app(
    tx: UnitOfWork,
    kind: ObjectType,
    load: Load,
    batch: Sequence[Any],
    before: _Before,
    undone: Undone,
    is_preview: bool,
) -> None:
    there = tx.records.by_ids(kind, [row.record_id for row in batch])
    removed: list[int] = []
    restored: dict[int, dict[str, Any]] = {}
    for row in batch:
        record = there.get(row.record_id)
        old = before.images.get(row.record_id)
        if record is None or (row.verdict == Verdict.UPDATED and old is None):
            undone.could_not.append(row.row_no)
        elif record.load_id != load.id or record.version != (old["version"] + 1 if old else 1):
            undone.kept.append(row.row_no)
        else:
            undone.reversed.append(row.row_no)
            standing = before.standing(row.record_id)
            if standing:
                restored[row.record_id] = standing
            else:
                removed.append(row.record_id)
    if is_preview:
        return
    undone.touched.add_records([dict(there[record_id]._mapping) for record_id in [*removed, *restored]])
    tx.records.remove(kind, removed)
    tx.external_objects.remove(removed)
    olds = {record_id: from_json(values, kind) for record_id, values in restored.items()}
    undone.touched.add_records(list(olds.values()))
    for record_id, values in olds.items():
        tx.records.restore(kind, record_id, {**values, "updated_at": tx.now})
    tx.external_objects.change_objects([{"record_id": key, **_seen(values)} for key, values in olds.items()])


def _undo_traffic(
    tx: UnitOfWork,
    load: Load,
    batch: Sequence[Any],
    before: _Before,
    undone: Undone,
    is_preview: bool,
) -> None:
    """Traffic rows vanish with their load; only what was last seen of the external object has to be put back."""
    last = tx.external_objects.last_loads([row.record_id for row in batch])
    removed: list[int] = []
    changed: list[dict[str, Any]] = []
    for row in batch:
        old = before.images.get(row.record_id)
        if last.get(row.record_id) is None or (row.verdict == Verdict.UPDATED and old is None):
            undone.could_not.append(row.row_no)
        elif last[row.record_id] != load.id:
            undone.kept.append(row.row_no)
        else:
            undone.reversed.append(row.row_no)
            standing = before.standing(row.record_id)
            if standing:
                changed.append({"record_id": row.record_id, **_seen(standing)})
            else:
                removed.append(row.record_id)
    if is_preview:
        return
    tx.external_objects.remove(removed)
    tx.external_objects.change_objects(changed)


def _seen(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("content_hash", "row_class", "load_id")}


class _Before:
    """What a load's updates replaced, by record id."""

    def __init__(self, tx: UnitOfWork, load: Load) -> None:
        self._tx, self.load = tx, load
        self._earlier: dict[int, _Before] = {}
        self.images: dict[int, dict[str, Any]] = {}
        for _, lines in tx.payloads.rows(load.delivery_id, load.id, "before"):
            for line in lines:
                image = orjson.loads(line)
                self.images[image["id"]] = image["values"]

    @cached_property
    def created(self) -> set[int]:
        """The records that the load made."""
        return {row.record_id for row in self._tx.rows.of(self.load.id, (Verdict.CREATED,))}

    def standing(self, record_id: int) -> dict[str, Any] | None:
        """What to put back, or None where nothing of the record stands any more.

        An earlier load that was undone under this one kept its rows only because this one had changed them, so they must
        not come back with it: then it is what stood before that load. Where retention has taken that image, the one at
        hand is the best there is.
        """
        image = self.images.get(record_id)
        if image is None:
            return None
        earlier = self._before(image["load_id"])
        if earlier.load.status is not LoadStatus.UNDONE:
            return image
        if record_id in earlier.created:
            return None
        return earlier.standing(record_id) if record_id in earlier.images else image

    def _before(self, load_id: int) -> _Before:
        if load_id not in self._earlier:
            self._earlier[load_id] = _Before(self._tx, self._tx.loads.by_id(load_id))
        return self._earlier[load_id]

"""Take a load's records back: every row it wrote is reversed, kept because it changed since, or could not be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.shared_steps.record_writer import THING_COLUMNS
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.states import LoadStatus
from lib.domain.verdicts import Verdict
from lib.mapping.packing import joined
from lib.mapping.touched import Touched

Outlook = dict[str, npt.NDArray[Any]]
_GROUP_ROWS = 25_000
_SEEN = ["id", "content_hash", "row_class", "load_id"]
_NOT_OF_THE_RECORD = frozenset({"row_no", *THING_COLUMNS})
Seen = tuple[str, str, int] | None


@dataclass
class Undone:
    """How many of the rows that the load had created or updated were reversed, kept, or could not be."""

    touched: Touched
    reversed: int = 0
    kept: int = 0
    could_not: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The three counts, which add up to the rows that the load had written."""
        return {"reversed": self.reversed, "kept": self.kept, "could_not": self.could_not}


def undo_records(
    tx: UnitOfWork,
    account: Account,
    load: Load,
    *,
    is_preview: bool = False,
    progress: Progress = lambda *_: None,
) -> Undone:
    """Reverse every record that nobody changed since; a preview decides the same and writes nothing."""
    kind = object_type(load.object)
    undone = Undone(Touched(kind, account.client_timezone))
    before = _Before(tx, load)
    has_aliases = tx.accounts.has_aliases(account, kind.name)
    progress("undoing", 0, load.row_count)
    for first in range(0, load.row_count, _GROUP_ROWS):
        rows = _written(tx.rows.outlook(load.id, first, first + _GROUP_ROWS - 1))
        if len(rows["row_no"]):
            if not is_preview and kind.destination is Destination.APP:
                _touch(tx, kind, load, rows, undone.touched)
            _undo_rows(tx, kind, load, rows, before, undone, is_preview=is_preview, has_aliases=has_aliases)
        progress("undoing", min(first + _GROUP_ROWS, load.row_count), load.row_count)
    if kind.destination is Destination.TRAFFIC and not is_preview:
        days = tx.traffic.days_of_versions(account, kind.name, load.id)
        undone.touched.add_days(kind.date_column, days)
    return undone


def _touch(tx: UnitOfWork, kind: ObjectType, load: Load, rows: Outlook, touched: Touched) -> None:
    """Note the days on which the load's rows were counted: from what is kept of them, else from all that it spans."""
    row_nos = rows["row_no"].tolist()
    found, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", row_nos)
    if mapped is not None:
        touched.add_rows(mapped)
    if len(found) < len(row_nos):
        gone = rows["record_id"][~np.isin(rows["row_no"], found)]
        touched.add_rows(tx.records.dated(kind, gone.tolist()))


def _written(rows: Outlook) -> Outlook:
    is_written = np.isin(rows["verdict"], [Verdict.CREATED.value, Verdict.UPDATED.value]) & ~rows["is_held"]
    return {name: values[is_written] for name, values in rows.items()}


def _undo_rows(
    tx: UnitOfWork,
    kind: ObjectType,
    load: Load,
    rows: Outlook,
    before: _Before,
    undone: Undone,
    *,
    is_preview: bool,
    has_aliases: bool,
) -> None:
    is_traffic = kind.destination is Destination.TRAFFIC
    ids: npt.NDArray[np.int64] = rows["record_id"]
    is_update = rows["verdict"] == Verdict.UPDATED.value
    there = (tx.external_objects if is_traffic else tx.records).standing(kind, ids.tolist())
    place = _places(there["id"], ids)
    image = (
        _places(np.asarray(before.images["id"]), ids)
        if before.images is not None
        else np.full(len(ids), -1, dtype=np.int64)
    )
    is_lost = (place < 0) | (is_update & (image < 0))
    is_ours = np.zeros(len(ids), dtype=bool)
    is_ours[place >= 0] = there["load_id"][place[place >= 0]] == load.id
    if not is_traffic:
        is_ours &= _is_version(there["version"], place, before, image)
    is_reversed = ~is_lost & is_ours
    undone.could_not += int(is_lost.sum())
    undone.kept += int((~is_lost & ~is_ours).sum())
    undone.reversed += int(is_reversed.sum())
    if not is_preview and is_reversed.any():
        _reverse(tx, kind, ids[is_reversed], before, undone.touched, is_traffic=is_traffic, has_aliases=has_aliases)


def _is_version(
    versions: npt.NDArray[np.int64], place: npt.NDArray[np.int64], before: _Before, image: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Whether each record stands at the very version that the load wrote: nobody has changed it since."""
    wrote = np.ones(len(place), dtype=np.int64)
    if before.images is not None and "version" in before.images.column_names:
        old = np.asarray(before.images["version"], dtype=np.int64)
        wrote[image >= 0] = old[image[image >= 0]] + 1
    stands = np.zeros(len(place), dtype=np.int64)
    stands[place >= 0] = versions[place[place >= 0]]
    return np.asarray(stands == wrote, dtype=np.bool_)


def _reverse(
    tx: UnitOfWork,
    kind: ObjectType,
    ids: npt.NDArray[np.int64],
    before: _Before,
    touched: Touched,
    *,
    is_traffic: bool,
    has_aliases: bool,
) -> None:
    restored = before.standing(ids.tolist())
    back = set() if restored is None else set(restored["id"].to_pylist())
    removed = [record_id for record_id in ids.tolist() if record_id not in back]
    if not is_traffic:
        tx.records.remove(kind, removed)
    tx.external_objects.remove(removed)
    if has_aliases:
        gone = set(removed)
        things = before.things(ids.tolist())
        _restore_things(tx, {thing: seen for thing, seen in things.items() if thing not in gone})
    if restored is None or not restored.num_rows:
        return
    if not is_traffic:
        touched.add_rows(restored)
        now = pa.array([tx.now] * restored.num_rows, pa.timestamp("us", "UTC"))
        place = restored.schema.get_field_index("updated_at")
        tx.records.overwrite(kind, restored.set_column(place, "updated_at", now))
    if not has_aliases:
        tx.external_objects.change_objects(restored.select(_SEEN))


def _restore_things(tx: UnitOfWork, things: dict[int, Seen]) -> None:
    """What was last seen of the things through which records were updated; an id that the load had linked is forgotten.

    A record that several ids name is not told by the one that it has its own id from.
    """
    tx.external_objects.remove([thing for thing, seen in things.items() if seen is None])
    back = [(thing, *seen) for thing, seen in things.items() if seen is not None]
    if back:
        tx.external_objects.change_objects(pa.table(dict(zip(_SEEN, zip(*back, strict=True), strict=True))))


def _places(known: npt.NDArray[np.int64], ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each id its place among those known, -1 where it is not."""
    found = pc.index_in(pa.array(ids), value_set=pa.array(known))
    return np.asarray(found.fill_null(-1), dtype=np.int64)


class _Before:
    """What a load's updates replaced: one image a record, or None where it updated nothing (or nothing is kept)."""

    def __init__(self, tx: UnitOfWork, load: Load) -> None:
        self._tx, self.load = tx, load
        self._earlier: dict[int, _Before] = {}

    @cached_property
    def images(self) -> pa.Table | None:
        """All images, by record id in `id`."""
        parts = [table for _, table in self._tx.payloads.tables(self.load.delivery_id, self.load.id, "before")]
        return joined(parts) if parts else None

    @cached_property
    def created(self) -> set[int]:
        """The records that the load made."""
        rows = self._tx.rows.outlook(self.load.id, 0, self.load.row_count)
        return set(rows["record_id"][rows["verdict"] == Verdict.CREATED.value].tolist())

    def standing(self, ids: list[int]) -> pa.Table | None:
        """What to put back of these records; one of which nothing stands any more is left out.

        An earlier load that was undone under this one kept its rows only because this one had changed them, so they must
        not come back with it: then it is what stood before that load. Where retention has taken that image, the one at
        hand is the best there is.
        """
        if self.images is None:
            return None
        mine = self.images.filter(pc.is_in(self.images["id"], value_set=pa.array(ids))).select(
            [name for name in self.images.column_names if name not in _NOT_OF_THE_RECORD]
        )
        parts = []
        for load_id in pc.unique(mine["load_id"]).to_pylist():
            written = mine.filter(pc.equal(mine["load_id"], load_id))
            earlier = self._before(load_id)
            parts.extend([written] if earlier.load.status is not LoadStatus.UNDONE else earlier.under(written))
        return joined(parts) if parts else None

    def things(self, ids: list[int]) -> dict[int, Seen]:
        """What stood of each thing before these records were updated through it; None where it was not there.

        As with the records, what lies under an undone load comes off with it.
        """
        if self.images is None:
            return {}
        mine = self.images.filter(pc.is_in(self.images["id"], value_set=pa.array(ids)))
        found: dict[int, Seen] = {}
        for line in mine.select([name for name in (*_SEEN, *THING_COLUMNS) if name in mine.column_names]).to_pylist():
            if line.get("thing_id") is None:
                found[line["id"]] = (line["content_hash"], line["row_class"], line["load_id"])
            else:
                is_new = line["thing_load"] is None
                found[line["thing_id"]] = (
                    None if is_new else (line["thing_hash"], line["thing_class"], line["thing_load"])
                )
        for load_id in pc.unique(mine["load_id"]).to_pylist():
            earlier = self._before(load_id)
            if earlier.load.status is LoadStatus.UNDONE:
                found |= earlier.things(mine.filter(pc.equal(mine["load_id"], load_id))["id"].to_pylist())
        return found

    def under(self, written: pa.Table) -> list[pa.Table]:
        """What stood before this undone load wrote these records; they themselves where that is no longer kept."""
        ids = [record_id for record_id in written["id"].to_pylist() if record_id not in self.created]
        known = set() if self.images is None else set(self.images["id"].to_pylist())
        lost = [record_id for record_id in ids if record_id not in known]
        found = self.standing([record_id for record_id in ids if record_id in known])
        kept = written.filter(pc.is_in(written["id"], value_set=pa.array(lost, pa.int64())))
        return [part for part in (found, kept) if part is not None]

    def _before(self, load_id: int) -> _Before:
        if load_id not in self._earlier:
            self._earlier[load_id] = _Before(self._tx, self._tx.loads.by_id(load_id))
        return self._earlier[load_id]

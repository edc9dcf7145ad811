"""Turn the kept rows of a load into records: the one place that writes records.

What an update replaces is kept as a before-image, so that an undo can put it back. Traffic rows are versions and need
none; for them only what was last seen of the external object is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.db.shared_steps.last_versions import last_versions
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.objects import Destination, ObjectType, object_type
from lib.domain.rows.matching import NEW_LINKS
from lib.domain.verdicts import Verdict
from lib.errors import DeskError
from lib.mapping.keys import CONTENT_HASH, hash_texts
from lib.mapping.merged import merged, with_kept
from lib.mapping.packing import Chunk, joined, pack
from lib.mapping.touched import Touched

Outlook = dict[str, npt.NDArray[Any]]
_GROUP_ROWS = 25_000
# Beside a before-image: the thing through which the record was updated, and what was last seen of that.
THING_COLUMNS = ("thing_id", "thing_hash", "thing_class", "thing_load")


def write_records(tx: UnitOfWork, account: Account, load: Load, progress: Progress = lambda *_: None) -> Touched:
    """Write every created and updated row of the load that nobody holds as a record; the days that moved come back."""
    kind = object_type(load.object)
    touched = Touched(kind, account.client_timezone)
    writer = _TrafficWriter if kind.destination is Destination.TRAFFIC else _RecordWriter
    write = writer(tx, account, load, kind, touched)
    done = 0
    progress("committing", 0, load.row_count)
    for rows, mapped in row_groups(tx, load):
        write.rows(rows, mapped)
        done += mapped.num_rows
        progress("committing", done, load.row_count)
    write.close()
    return touched


def write_released(tx: UnitOfWork, account: Account, load: Load, row_nos: Sequence[int]) -> Touched:
    """Write these rows of a load that is committed already, as its commit would have; the days that moved come back."""
    kind = object_type(load.object)
    touched = Touched(kind, account.client_timezone)
    writer = _LateTrafficWriter if kind.destination is Destination.TRAFFIC else _RecordWriter
    write = writer(tx, account, load, kind, touched)
    places, mapped = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", row_nos)
    if mapped is None or len(places) < len(set(row_nos)):
        raise DeskError(
            "rows_not_kept",
            f"Rows of load {load.id} that were held are no longer kept, so they cannot be written.",
            "Bring the file again: what is known already is not written twice.",
        )
    write.rows(tx.rows.outlook_at(load.id, places), mapped)
    write.close()
    return touched


def row_groups(tx: UnitOfWork, load: Load) -> Iterator[tuple[Outlook, pa.Table]]:
    """The rows of a load with their canonical values, some ten thousand at a time."""
    gathered: list[pa.Table] = []
    first = count = 0
    for start, table in tx.payloads.tables(load.delivery_id, load.id, "mapped"):
        first = start if not gathered else first
        gathered.append(table)
        count += table.num_rows
        if count >= _GROUP_ROWS:
            yield tx.rows.outlook(load.id, first, first + count - 1), joined(gathered)
            gathered, count = [], 0
    if gathered:
        yield tx.rows.outlook(load.id, first, first + count - 1), joined(gathered)


class _RecordWriter:
    """Writes records of the app database."""

    def __init__(self, tx: UnitOfWork, account: Account, load: Load, kind: ObjectType, touched: Touched) -> None:
        self.tx, self.account, self.load, self.kind, self.touched = tx, account, load, kind, touched
        self.field_map = tx.maps.by_id(load.map_version_id).field_map
        targets = {rule.target for rule in self.field_map.fields} | {"external_id"}
        self._columns = [name for name in kind.column_names if name in targets]
        is_matched = not NEW_LINKS.isdisjoint(load.reasons)
        self._has_aliases = is_matched or tx.accounts.has_aliases(account, kind.name)
        if is_matched:
            tx.accounts.note_aliases(account, kind.name)

    def rows(self, rows: Outlook, mapped: pa.Table) -> None:
        """Write the rows of one group."""
        for verdict, write in ((Verdict.CREATED, self.create), (Verdict.UPDATED, self.update)):
            wanted = np.flatnonzero((rows["verdict"] == verdict.value) & ~rows["is_held"])
            if wanted.size:
                write(self._values({name: values[wanted] for name, values in rows.items()}, mapped.take(wanted)))

    def _values(self, rows: Outlook, mapped: pa.Table) -> pa.Table:
        """Ordinal, record id, class, content hash and the mapped columns of each row."""
        values = {
            "row_no": pa.array(rows["row_no"]),
            "id": pa.array(rows["record_id"]),
            "row_class": pa.array(rows["row_class"], pa.large_string()),
            "content_hash": hash_texts(mapped[CONTENT_HASH]),
        }
        return pa.table(values | {name: mapped[name] for name in self._columns if name in mapped.column_names})

    def create(self, values: pa.Table) -> None:
        """New records, and their external objects."""
        self.touched.add_rows(values)
        self.tx.records.add_records(self.account, self.kind, self.load.id, values.drop_columns(["row_no"]))
        self._add_objects(values)

    def update(self, values: pa.Table) -> None:
        """Records that are there already; what they held is kept."""
        there = self.tx.records.images(self.kind, values["id"].to_pylist())
        values = values.take(pc.index_in(there["id"], value_set=values["id"].combine_chunks()))
        self.touched.add_rows(values)
        self.touched.add_rows(there)
        things = self._things(values) if self._has_aliases else None
        self._keep_before(values["row_no"], there if things is None else joined_beside(there, things))
        now = merged(self.field_map, there, values)
        for name, column in (
            ("load_id", pa.array([self.load.id] * there.num_rows)),
            ("version", pc.add(there["version"], 1)),
            ("updated_at", pa.array([self.tx.now] * there.num_rows, pa.timestamp("us", "UTC"))),
        ):
            now = now.set_column(now.schema.get_field_index(name), name, column)
        self.tx.records.overwrite(self.kind, now)
        if things is None:
            self._change_objects(values)
        else:
            self._change_things(values, things)

    def close(self) -> None:
        """Nothing is left to do."""

    def _things(self, values: pa.Table) -> pa.Table:
        """The thing of each row and what was last seen of it: nothing, where the row gives a record another id.

        Columns thing_id, thing_hash, thing_class, thing_load; without aliases a thing has the id of its record.
        """
        ids = values["external_id"]
        known = self.tx.external_objects.known(self.account, self.kind.name, ids.to_pylist())
        met = known.take(pc.index_in(ids.combine_chunks(), value_set=known["external_id"].cast(ids.type)))
        is_new = np.asarray(met["id"].is_null())
        first = self.tx.records.reserve_ids(int(is_new.sum()))
        new = pa.array(first + np.cumsum(is_new) - 1, pa.int64())
        columns = (pc.coalesce(met["id"], new), met["content_hash"], met["row_class"], met["load_id"])
        return pa.table(dict(zip(THING_COLUMNS, columns, strict=True)))

    def _change_things(self, values: pa.Table, things: pa.Table) -> None:
        """Write what was seen of things that are known, and link those that were not to their records."""
        named = joined_beside(values.rename_columns({"id": "record_id"}), things.select(["thing_id"]))
        named = named.rename_columns({"thing_id": "id"})
        is_new = pc.is_null(things["thing_load"])
        known = named.filter(pc.invert(is_new))
        if known.num_rows:
            self._change_objects(known)
        added = named.filter(is_new).select(["id", "record_id", "external_id", "content_hash", "row_class"])
        if added.num_rows:
            name, table = self.kind.name, self.kind.table
            self.tx.external_objects.add_objects(self.account, name, table, self.load.id, added)

    def _add_objects(self, values: pa.Table) -> None:
        seen = values.select(["external_id", "content_hash", "row_class"]).append_column("record_id", values["id"])
        self.tx.external_objects.add_objects(self.account, self.kind.name, self.kind.table, self.load.id, seen)

    def _change_objects(self, values: pa.Table) -> None:
        seen = values.select(["id", "content_hash", "row_class"])
        self.tx.external_objects.change_objects(seen.append_column("load_id", pa.array([self.load.id] * seen.num_rows)))

    def _keep_before(self, row_nos: pa.ChunkedArray, there: pa.Table) -> None:
        images = there.append_column("row_no", row_nos)
        first, last = pc.min(row_nos).as_py(), pc.max(row_nos).as_py()
        chunk = pack(first, images)
        delivery = self.tx.deliveries.by_id(self.load.delivery_id)
        seq = self.tx.payloads.count(delivery.id, self.load.id, "before")
        self.tx.payloads.keep(delivery, self.load.id, "before", [Chunk(first, last - first + 1, chunk.body)], seq)


def joined_beside(left: pa.Table, right: pa.Table) -> pa.Table:
    """Two tables of as many rows as one."""
    for name in right.column_names:
        left = left.append_column(name, right[name])
    return left


class _TrafficWriter(_RecordWriter):
    """Writes rows of the traffic database: all of them at its end, in one transaction of that database."""

    def __init__(self, tx: UnitOfWork, account: Account, load: Load, kind: ObjectType, touched: Touched) -> None:
        super().__init__(tx, account, load, kind, touched)
        self._parts: list[pa.Table] = []

    def create(self, values: pa.Table) -> None:
        """Rows of things that were not known."""
        self._gather(values)
        self._add_objects(values)

    def update(self, values: pa.Table) -> None:
        """Newer versions of things that are known; what was last seen of each is kept."""
        self._gather(self._with_kept(values))
        there = self.tx.external_objects.seen(values["id"].to_pylist())
        places = pc.index_in(there["id"], value_set=values["id"].combine_chunks())
        self._keep_before(values["row_no"].take(places), there)
        self._change_objects(values)

    def _with_kept(self, values: pa.Table) -> pa.Table:
        if not self.field_map.keeping:
            return values
        keys = values["external_id"].to_pylist()
        return with_kept(self.field_map, last_versions(self.tx, self.account, self.load, self.kind, keys), values)

    def close(self) -> None:
        """Write what was gathered."""
        if not self._parts:
            return
        self._put()
        # A row may have lain on another day before.
        days = self.tx.traffic.days_of_versions(self.account, self.kind.name, self.load.id)
        self.touched.add_days(self.kind.date_column, days)

    def _put(self) -> None:
        self.tx.traffic.write(self.account, self.kind.name, self.load.id, self._parts)

    def _gather(self, values: pa.Table) -> None:
        self.touched.add_rows(values)
        names = ["record_id" if name == "id" else name for name in values.column_names]
        self._parts.append(values.rename_columns(names).drop_columns(["content_hash"]))


class _LateTrafficWriter(_TrafficWriter):
    """Writes released rows beside those that the load has written already."""

    def _put(self) -> None:
        self.tx.traffic.write(self.account, self.kind.name, self.load.id, self._parts, is_more=True)

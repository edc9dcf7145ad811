"""Things as the provider knows them: object type and external id, with the hash last seen."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, delete, func, select

from lib.db.bulk import among, batches
from lib.db.columnar import fetch_columns, fetch_numbers_of, insert_columns, overwrite_columns, select_joined
from lib.db.repositories.base import Repository
from lib.db.tables.records import integration_external_objects, integration_object_links
from lib.domain.accounts import Account
from lib.domain.objects import OBJECTS, ObjectType

_objects, _links = integration_external_objects, integration_object_links
_RECORD_ID = func.coalesce(_links.c.record_id, _objects.c.id)
_AT_ONCE = 5_000
_SEEN = ("id", "content_hash", "row_class", "load_id")


class ExternalObjectRepository(Repository):
    """One row a thing. It has the id of the record it became; a link says so where it is another name for a record."""

    def known(self, account: Account, name: str, external_ids: Iterable[str]) -> pa.Table:
        """What is known of these ids, one row each, in no order; an id that is not known is not in the answer.

        Columns external_id, id, record_id (our record), and as last seen: content_hash, row_class, load_id.
        """
        columns = {
            "external_id": _objects.c.external_id,
            "id": _objects.c.id,
            "record_id": _RECORD_ID,
            "content_hash": _objects.c.content_hash,
            "row_class": _objects.c.row_class,
            "load_id": _objects.c.load_id,
        }
        source = _objects.outerjoin(_links, _links.c.external_object_id == _objects.c.id)
        of_object = (_objects.c.account_id == account.id, _objects.c.object == name, self.tx.visible(_objects))
        # Where nothing is asked about, or nothing is there, one empty question still gives the columns of the answer.
        wanted = [*batches(sorted(set(external_ids)), _AT_ONCE)] if self._has_any(account, name) else []
        parts = []
        for some in wanted or [[]]:
            such = self._beside_each_other(some, *of_object)
            found = select_joined(self.connection, columns, source, *of_object, such)
            parts.append(found.filter(pc.is_in(found["external_id"], pa.array(some, pa.large_string()))))
        return pa.concat_tables(parts)

    def _beside_each_other(self, wanted: list[str], *of_object: ColumnElement[bool]) -> ColumnElement[bool]:
        """A condition that these ids, in order, meet: all from the first to the last where few others lie between.

        A stretch of the key is read several times as quickly as each id is looked up.
        """
        if not wanted:
            return _objects.c.external_id.in_(wanted)
        # Never BETWEEN: MariaDB compares two literals by the connection's collation, and takes 'A' to 'a' for one id.
        stretch = (_objects.c.external_id >= wanted[0]) & (_objects.c.external_id <= wanted[-1])
        enough = select(_objects.c.id).where(*of_object, stretch).limit(2 * len(wanted) + 1).subquery()
        count = self.connection.execute(select(func.count()).select_from(enough)).scalar_one()
        return stretch if count <= 2 * len(wanted) else _objects.c.external_id.in_(wanted)

    def _has_any(self, account: Account, name: str) -> bool:
        """Whether anything of the object is known: a first import has nothing to look up."""
        statement = select(_objects.c.id).where(
            _objects.c.account_id == account.id, _objects.c.object == name, self.tx.visible(_objects)
        )
        return self.connection.execute(statement.limit(1)).first() is not None

    def called(self, account_ids: Iterable[int], external_id: str) -> list[tuple[str, int]]:
        """(object, record id) of every thing of these accounts with this external id."""
        found: list[tuple[str, int]] = []
        for batch in batches(account_ids):
            statement = (
                select(_objects.c.object, _RECORD_ID.label("record_id"))
                .outerjoin(_links, _links.c.external_object_id == _objects.c.id)
                .where(
                    _objects.c.account_id.in_(batch),
                    # Named one by one, so that the key of account, object and id serves.
                    _objects.c.object.in_(list(OBJECTS)),
                    _objects.c.external_id == external_id,
                    self.tx.visible(_objects),
                )
            )
            found.extend((row.object, row.record_id) for row in self.all(statement))
        return found

    def add_objects(self, account: Account, name: str, table: str, load_id: int, rows: pa.Table) -> None:
        """Write new things; `rows` has record_id, external_id, content_hash and row_class.

        A thing has the id of its record; where it is another name for a record that is there, `rows` has an `id` too,
        and the thing is linked to that record.
        """
        ids = rows["id"] if "id" in rows.column_names else rows["record_id"]
        named = ("external_id", "content_hash", "row_class")
        insert_columns(
            self.connection,
            _objects,
            pa.table({"id": ids, **{column: rows[column] for column in named}}),
            {
                "client_id": account.client_id,
                "account_id": account.id,
                "object": name,
                "load_id": load_id,
                "first_seen_at": self.tx.now,
                "last_seen_at": self.tx.now,
            },
        )
        if "id" in rows.column_names:
            insert_columns(
                self.connection,
                _links,
                pa.table({"external_object_id": ids, "record_id": rows["record_id"]}),
                {"client_id": account.client_id, "record_table": table, "load_id": load_id, "linked_at": self.tx.now},
            )

    def seen(self, ids: Iterable[int]) -> pa.Table:
        """What was last seen of these things: id, content_hash, row_class, load_id."""
        return fetch_columns(self.connection, _objects, _SEEN, ids, self.tx.visible(_objects))

    def standing(self, kind: ObjectType, ids: Iterable[int]) -> dict[str, npt.NDArray[np.int64]]:
        """The load in which each of these things was last seen: id and load_id; one that is gone is not there."""
        columns = {"id": _objects.c.id, "load_id": _objects.c.load_id}
        of_kind = (_objects.c.object == kind.name, self.tx.visible(_objects))
        return fetch_numbers_of(self.connection, columns, _objects.c.id, ids, *of_kind)

    def change_objects(self, rows: pa.Table) -> None:
        """Write what was last seen; `rows` has id, content_hash, row_class and load_id."""
        kept = ("id", "client_id", "account_id", "object", "external_id", "first_seen_at")
        there = fetch_columns(self.connection, _objects, kept, rows["id"].to_pylist(), self.tx.visible(_objects))
        overwrite_columns(
            self.connection, _objects, there.join(rows, "id", join_type="inner"), {"last_seen_at": self.tx.now}
        )

    def remove(self, ids: Iterable[int]) -> None:
        """Forget things that an undone load had made known."""
        wanted = list(ids)
        for table, key in (
            (_links, _links.c.external_object_id),
            (_objects, _objects.c.id),
        ):
            for found in among(key, wanted):
                self.run(delete(table).where(found))

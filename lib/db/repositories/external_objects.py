"""Things as the provider knows them: object type and external id, with the hash last seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import delete, select

from lib.db.bulk import among, batches
from lib.db.columnar import fetch_columns, fetch_numbers_of, insert_columns, overwrite_columns
from lib.db.repositories.base import Repository
from lib.db.tables.records import integration_external_objects, integration_object_links
from lib.domain.accounts import Account
from lib.domain.objects import OBJECTS, ObjectType

_objects = integration_external_objects
_SEEN = ("id", "content_hash", "row_class", "load_id")


@dataclass(frozen=True)
class Known:
    """What is known of one external id: our record and the content it was last seen with."""

    id: int
    record_id: int
    content_hash: str
    row_class: str
    load_id: int


class ExternalObjectRepository(Repository):
    """One row a thing; the link beside it says which record of ours it became."""

    def known(self, account: Account, name: str, external_ids: Iterable[str]) -> dict[str, Known]:
        """What is known of these ids; an id that is not known is not in the answer."""
        found: dict[str, Known] = {}
        if not self._has_any(account, name):
            return found
        for batch in batches(external_ids):
            statement = (
                select(
                    _objects.c.external_id,
                    _objects.c.id,
                    integration_object_links.c.record_id,
                    _objects.c.content_hash,
                    _objects.c.row_class,
                    _objects.c.load_id,
                )
                .join(integration_object_links, integration_object_links.c.external_object_id == _objects.c.id)
                .where(
                    _objects.c.account_id == account.id,
                    _objects.c.object == name,
                    _objects.c.external_id.in_(batch),
                    self.tx.visible(_objects),
                )
            )
            found.update({key: Known(*rest) for key, *rest in self.connection.execute(statement)})
        return found

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
                select(_objects.c.object, integration_object_links.c.record_id)
                .join(integration_object_links, integration_object_links.c.external_object_id == _objects.c.id)
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
        """Write new things and their links; `rows` has record_id, external_id, content_hash and row_class.

        A thing has the id of its record; where it is another name for a record that is there, `rows` has an `id` too.
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
        insert_columns(
            self.connection,
            integration_object_links,
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
            (integration_object_links, integration_object_links.c.external_object_id),
            (_objects, _objects.c.id),
        ):
            for found in among(key, wanted):
                self.run(delete(table).where(found))

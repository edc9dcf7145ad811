"""Things as the provider knows them: object type and external id, with the hash last seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from lib.db.bulk import batches, insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.records import integration_external_objects, integration_object_links
from lib.domain.accounts import Account
from lib.domain.objects import OBJECTS

_objects = integration_external_objects


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
        for batch in batches(external_ids):
            statement = (
                select(_objects, integration_object_links.c.record_id)
                .join(integration_object_links, integration_object_links.c.external_object_id == _objects.c.id)
                .where(
                    _objects.c.account_id == account.id,
                    _objects.c.object == name,
                    _objects.c.external_id.in_(batch),
                    self.tx.visible(_objects),
                )
            )
            for row in self.connection.execute(statement):
                found[row.external_id] = Known(row.id, row.record_id, row.content_hash, row.row_class, row.load_id)
        return found

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

    def last_loads(self, ids: Iterable[int]) -> dict[int, int]:
        """For each of these things the load it was last seen in; one that is gone is not in the answer."""
        found: dict[int, int] = {}
        for batch in batches(ids):
            statement = select(_objects.c.id, _objects.c.load_id).where(
                _objects.c.id.in_(batch), self.tx.visible(_objects)
            )
            found.update({row.id: row.load_id for row in self.connection.execute(statement)})
        return found

    def add_objects(
        self, account: Account, name: str, table: str, load_id: int, rows: Sequence[dict[str, Any]]
    ) -> None:
        """Write new things and their links; each row has record_id, external_id, content_hash, row_class."""
        common = {"client_id": account.client_id, "load_id": load_id}
        insert_many(
            self.connection,
            _objects,
            [
                {
                    "id": row["record_id"],
                    "account_id": account.id,
                    "object": name,
                    "external_id": row["external_id"],
                    "content_hash": row["content_hash"],
                    "row_class": row["row_class"],
                    "first_seen_at": self.tx.now,
                    "last_seen_at": self.tx.now,
                    **common,
                }
                for row in rows
            ],
        )
        insert_many(
            self.connection,
            integration_object_links,
            [
                {
                    "external_object_id": row["record_id"],
                    "record_table": table,
                    "record_id": row["record_id"],
                    "linked_at": self.tx.now,
                    **common,
                }
                for row in rows
            ],
        )

    def change_objects(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write what was last seen; each row has record_id, content_hash, row_class, load_id."""
        if not rows:
            return
        statement = (
            update(_objects)
            .where(_objects.c.id == bindparam("b_id"))
            .values(
                content_hash=bindparam("b_hash"),
                row_class=bindparam("b_class"),
                load_id=bindparam("b_load"),
                last_seen_at=self.tx.now,
            )
        )
        values = [
            {
                "b_id": row["record_id"],
                "b_hash": row["content_hash"],
                "b_class": row["row_class"],
                "b_load": row["load_id"],
            }
            for row in rows
        ]
        for batch in batches(values):
            self.run(statement, batch)

    def remove(self, ids: Iterable[int]) -> None:
        """Forget things that an undone load had made known."""
        for batch in batches(ids):
            self.run(delete(integration_object_links).where(integration_object_links.c.external_object_id.in_(batch)))
            self.run(delete(_objects).where(_objects.c.id.in_(batch)))

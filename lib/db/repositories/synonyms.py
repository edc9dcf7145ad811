"""Names that people taught for a provider's columns; they hold for every account of the provider."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, delete, select

from lib.db.repositories.base import Repository
from lib.db.tables.learned import provider_synonyms as table
from lib.db.tables.people import people
from lib.domain.mapping.learned import OwnSynonym
from lib.errors import NotFound


class SynonymRepository(Repository):
    """One row a name; a name stands for one column of a provider's object."""

    def of_provider(self, provider: str, name: str) -> list[OwnSynonym]:
        """The names taught for one object of a provider, the latest first."""
        found = self.all(
            self._select()
            .where(table.c.provider == provider, table.c.object == name)
            .order_by(table.c.added_at.desc(), table.c.id.desc())
        )
        return [_synonym(row) for row in found]

    def by_id(self, synonym_id: int) -> OwnSynonym:
        """One of them; NotFound otherwise."""
        row = self.one(self._select().where(table.c.id == synonym_id))
        if row is None:
            raise NotFound("synonym", synonym_id, "`map synonym list` shows those there are.")
        return _synonym(row)

    def add_synonym(self, provider: str, name: str, key: str, written: str, target: str) -> OwnSynonym:
        """Write a name down, in the place of what it stood for before."""
        self.run(delete(table).where(table.c.provider == provider, table.c.object == name, table.c.header == key))
        synonym_id = self.add(
            table,
            provider=provider,
            object=name,
            header=key,
            written=written,
            target=target,
            added_by=self.tx.actor.person_id,
            added_at=self.tx.now,
        )
        return self.by_id(synonym_id)

    def remove(self, synonym_id: int) -> None:
        """Take a name away."""
        self.run(delete(table).where(table.c.id == synonym_id))

    def _select(self) -> Select[Any]:
        return select(table, people.c.email).join(people, people.c.id == table.c.added_by)


def _synonym(row: Row[Any]) -> OwnSynonym:
    return OwnSynonym(row.id, row.provider, row.object, row.written, row.target, row.email, row.added_at)

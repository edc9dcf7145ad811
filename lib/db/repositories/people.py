"""People of the desk and the clients they may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.people import people, person_clients
from lib.domain.people import Actor, Role


class PeopleRepository(Repository):
    """Asked before anybody is known, so it is the one repository that a scope does not narrow."""

    def by_email(self, email: str) -> Actor | None:
        """The active person with this address, or None."""
        return self._actor(people.c.email == email.strip().lower())

    def by_id(self, person_id: int) -> Actor | None:
        """The active person with this id, or None."""
        return self._actor(people.c.id == person_id)

    def every(self) -> list[Actor]:
        """Every active person, by address."""
        found = self.all(select(people).where(people.c.is_active).order_by(people.c.email))
        scopes: dict[int, set[int]] = {row.id: set() for row in found}
        for item in self.all(select(person_clients.c.person_id, person_clients.c.client_id)):
            scopes.get(item.person_id, set()).add(item.client_id)
        return [_actor(row, scopes[row.id]) for row in found]

    def names_of(self, person_ids: Iterable[int | None]) -> dict[int | None, str]:
        """What active people are called, by id: their name, else their address; whoever is not there is left out."""
        wanted = {person_id for person_id in person_ids if person_id is not None}
        statement = select(people.c.id, people.c.name, people.c.email).where(
            people.c.id.in_(wanted), people.c.is_active
        )
        return {row.id: row.name or row.email for row in (self.all(statement) if wanted else [])}

    def add_person(self, email: str, name: str, role: Role, client_id: int | None) -> Actor:
        """Add a person who sees every client, or, where one is named, only that."""
        person_id = self.add(
            people,
            email=email.strip().lower(),
            name=name,
            role=role,
            sees_every_client=client_id is None,
            is_active=True,
            created_at=self.tx.now,
        )
        if client_id is not None:
            self.run(insert(person_clients).values(person_id=person_id, client_id=client_id))
        actor = self.by_id(person_id)
        assert actor is not None
        return actor

    def signed_out_since(self, person_id: int) -> datetime | None:
        """When this person was last signed out everywhere; None when they never were."""
        row = self.one(select(people.c.signed_out_since).where(people.c.id == person_id))
        return None if row is None else row.signed_out_since

    def sign_out(self, person_id: int) -> None:
        """Refuse every sign-in of this person that was issued up to now."""
        self.run(update(people).where(people.c.id == person_id).values(signed_out_since=self.tx.now))

    def _actor(self, condition: object) -> Actor | None:
        row = self.one(select(people).where(condition, people.c.is_active))  # type: ignore[arg-type]
        if row is None or row.sees_every_client:
            return None if row is None else _actor(row, ())
        found = self.all(select(person_clients.c.client_id).where(person_clients.c.person_id == row.id))
        return _actor(row, [item.client_id for item in found])


def _actor(row: Row[Any], client_ids: Iterable[int]) -> Actor:
    return Actor(row.id, row.email, row.name, Role(row.role), None if row.sees_every_client else frozenset(client_ids))

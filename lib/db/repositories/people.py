"""People of the desk and the clients they may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select, update

from lib.db.bulk import insert_many
from lib.db.repositories.base import Repository
from lib.db.tables.people import people, person_clients
from lib.domain.access.addresses import folded
from lib.domain.access.members import LOCAL_ADMIN, Member
from lib.domain.people import Actor, Role


class PeopleRepository(Repository):
    """Asked before anybody is known, so it is the one repository that a scope does not narrow."""

    def by_email(self, email: str) -> Actor | None:
        """The active person with this address, or None."""
        return self._actor(people.c.email == folded(email))

    def by_id(self, person_id: int) -> Actor | None:
        """The active person with this id, or None."""
        return self._actor(people.c.id == person_id)

    def every(self) -> list[Actor]:
        """Every active person, by address."""
        return [member.actor for member in self._members(people.c.is_active)]

    def members(self) -> list[Member]:
        """Everybody, removed people too, by address."""
        return self._members()

    def member(self, email: str) -> Member | None:
        """The person with this address, also when they were removed; None where nobody ever had it."""
        found = self._members(people.c.email == folded(email))
        return found[0] if found else None

    def names_of(self, person_ids: Iterable[int | None]) -> dict[int | None, str]:
        """What people are called, by id: their name, else their address; also of those who left, as what they did stays."""
        wanted = {person_id for person_id in person_ids if person_id is not None}
        statement = select(people.c.id, people.c.name, people.c.email).where(people.c.id.in_(wanted))
        return {row.id: row.name or row.email for row in (self.all(statement) if wanted else [])}

    def add_person(
        self,
        email: str,
        name: str,
        role: Role,
        client_ids: Sequence[int] | None,
        invited_until: datetime | None = None,
    ) -> Actor:
        """Add a person who sees these clients, every client where it is None."""
        person_id = self.add(
            people,
            email=folded(email),
            name=name,
            role=role,
            sees_every_client=client_ids is None,
            is_active=True,
            invited_until=invited_until,
            created_at=self.tx.now,
            changed_at=self.tx.now,
        )
        self._see(person_id, client_ids)
        actor = self.by_id(person_id)
        assert actor is not None
        return actor

    def change(self, person_id: int, name: str, role: Role, client_ids: Sequence[int] | None) -> None:
        """What they are called, what they may, and which clients they see: every client where it is None."""
        self._set(person_id, name=name, role=role, sees_every_client=client_ids is None, changed_at=self.tx.now)
        self.run(delete(person_clients).where(person_clients.c.person_id == person_id))
        self._see(person_id, client_ids)

    def invite(self, person_id: int, until: datetime) -> None:
        """An invitation that nobody has followed yet stands until then."""
        self._set(person_id, invited_until=until, changed_at=self.tx.now)

    def remove(self, person_id: int) -> None:
        """They are of this desk no more; what they did stays, and so does what they could see, for a way back."""
        self._set(person_id, is_active=False, changed_at=self.tx.now)

    def put_back(self, person_id: int) -> None:
        """They are of this desk again, as they were."""
        self._set(person_id, is_active=True, changed_at=self.tx.now)

    def arrive(self, person_id: int, issued_at: datetime) -> None:
        """They came by a sign-in of that moment; an invitation has done its work."""
        self._set(person_id, signed_in_at=issued_at, last_seen_at=self.tx.now, invited_until=None)

    def see(self, person_id: int) -> None:
        """They are here now."""
        self._set(person_id, last_seen_at=self.tx.now)

    def sign_out(self, person_id: int) -> None:
        """Refuse every sign-in of this person so far, one that a provider's clock dated ahead of ours included."""
        newest = self.connection.execute(select(people.c.signed_in_at).where(people.c.id == person_id)).scalar_one()
        self._set(person_id, signed_out_since=max(self.tx.now, newest or self.tx.now))

    def hold_admins(self) -> None:
        """Wait for whoever is just taking an admin away, and let others wait: all of them write this one row first.

        Two admins who remove one another at once write different rows, and a cluster would let both through.
        """
        self.run(update(people).where(people.c.email == LOCAL_ADMIN).values(changed_at=self.tx.now))

    def _members(self, *conditions: ColumnElement[bool]) -> list[Member]:
        found = self.all(select(people).where(*conditions).order_by(people.c.email))
        scopes: dict[int, set[int]] = {row.id: set() for row in found}
        statement = select(person_clients.c.person_id, person_clients.c.client_id)
        if len(found) == 1:
            statement = statement.where(person_clients.c.person_id == found[0].id)
        if any(not row.sees_every_client for row in found):
            for item in self.all(statement):
                scopes.get(item.person_id, set()).add(item.client_id)
        return [_member(row, scopes[row.id]) for row in found]

    def _actor(self, condition: ColumnElement[bool]) -> Actor | None:
        found = self._members(condition, people.c.is_active)
        return found[0].actor if found else None

    def _see(self, person_id: int, client_ids: Sequence[int] | None) -> None:
        rows = [{"person_id": person_id, "client_id": client_id} for client_id in client_ids or ()]
        if rows:
            insert_many(self.connection, person_clients, rows)

    def _set(self, person_id: int, **values: Any) -> None:
        self.run(update(people).where(people.c.id == person_id).values(**values))


def _member(row: Row[Any], client_ids: Iterable[int]) -> Member:
    scope = None if row.sees_every_client else frozenset(client_ids)
    return Member(
        actor=Actor(row.id, row.email, row.name, Role(row.role), scope),
        is_active=bool(row.is_active),
        added_at=row.created_at,
        changed_at=row.changed_at,
        invited_until=row.invited_until,
        signed_in_at=row.signed_in_at,
        signed_out_since=row.signed_out_since,
        last_seen_at=row.last_seen_at,
    )

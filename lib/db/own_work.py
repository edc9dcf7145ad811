"""The part of a unit of work that is everybody's own: what a verb is handed that anybody may run, a client's person too.

Somebody without the right to see rows reads through the portal's connection, which reaches its views and writes nothing.
What such a person writes all the same, their sign-ins and the notes they get, is written through this and nothing else,
so that no verb of theirs has a table of somebody else's in its hands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, Self, TypeVar, overload

from lib.db.repositories.audit import AuditRepository
from lib.db.repositories.own_affairs import OwnAffairsRepository
from lib.db.repositories.portal import PortalRepository
from lib.db.session import Session
from lib.db.transactions import once
from lib.domain.people import Actor

Kind = TypeVar("Kind")


class Kept(Generic[Kind]):
    """A repository of a unit of work: made when it is first asked for, and kept for the rest of the transaction."""

    def __init__(self, kind: Callable[[Session], Kind]) -> None:
        self.kind = kind

    def __set_name__(self, owner: type[OwnWork], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, tx: None, owner: type[OwnWork]) -> Self: ...

    @overload
    def __get__(self, tx: OwnWork, owner: type[OwnWork]) -> Kind: ...

    def __get__(self, tx: OwnWork | None, owner: type[OwnWork]) -> Self | Kind:
        if tx is None:
            return self
        # Found there from now on, as Python looks into an object before it asks a descriptor that only reads.
        found: Kind = tx.__dict__.setdefault(self._name, self.kind(tx.session))
        return found


class OwnWork:
    """A transaction in which a person changes what is their own."""

    own = Kept(OwnAffairsRepository)  # the person's own sign-ins and notes
    portal = Kept(PortalRepository)  # what a client is shown, through the portal's views
    audit = Kept(AuditRepository)

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.session.actor

    @property
    def now(self) -> datetime:
        """The moment the transaction began."""
        return self.session.now

    def once(self, key: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do `work` exactly once under `key`, also when the answer of COMMIT was lost; call it first."""
        return once(self.session.connection, key, work)

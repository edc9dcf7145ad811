"""One transaction and the person it runs for: what every repository stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Table, true

from lib.domain.people import Actor
from lib.errors import NotAllowed


@dataclass(frozen=True)
class Session:
    """A transaction of the app database, the way to the traffic database, who asks, and the moment it began.

    `portal_engine` is how the portal's views are read; None where the connection itself is the portal's. Who sees
    summaries only has no way to the traffic database: `traffic` is None.
    """

    connection: Connection
    traffic: Engine | None
    actor: Actor
    now: datetime
    portal_engine: Engine | None = None

    @property
    def traffic_engine(self) -> Engine:
        """The traffic database; NotAllowed where there is no way to it."""
        if self.traffic is None:
            raise NotAllowed(f"{self.actor.email} has no way to the traffic database.")
        return self.traffic

    def visible(self, table: Table) -> ColumnElement[bool]:
        """The condition that keeps a query inside the clients this person may see: no scope, no query."""
        if self.actor.client_ids is None:
            return true()
        return client_of(table).in_(sorted(self.actor.client_ids))


def client_of(table: Table) -> ColumnElement[int]:
    """The column that says whose a row is."""
    return table.c.id if table.name == "clients" else table.c.client_id

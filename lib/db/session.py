"""One transaction and the person it runs for: what every repository stands on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Table, true

from lib.domain.people import Actor


@dataclass(frozen=True)
class Session:
    """A transaction of the app database, the way to the traffic database, who asks, and the moment it began.

    `portal_engine` is how the portal's views are read where the portal has a database user of its own, else None.
    """

    connection: Connection
    traffic_engine: Engine
    actor: Actor
    now: datetime
    portal_engine: Engine | None = None

    def visible(self, table: Table) -> ColumnElement[bool]:
        """The condition that keeps a query inside the clients this person may see: no scope, no query."""
        if self.actor.client_ids is None:
            return true()
        column = table.c.id if table.name == "clients" else table.c.client_id
        return column.in_(sorted(self.actor.client_ids))

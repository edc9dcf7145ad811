"""Clients: the service businesses the desk reports to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from lib.db.repositories.base import Repository
from lib.db.tables.people import clients
from lib.domain.accounts import Client
from lib.errors import NotFound


class ClientRepository(Repository):
    """Only the clients that the person may see exist for them."""

    def by_key(self, key: str) -> Client:
        """The client called `key`; NotFound otherwise."""
        client = self.find(key)
        if client is None:
            raise NotFound("client", key, "`client list` shows those there are; `client add` makes one.")
        return client

    def find(self, key: str) -> Client | None:
        """The client called `key`, or None."""
        row = self.one(select(clients).where(clients.c.key == key, self.tx.visible(clients)))
        return None if row is None else _client(row)

    def timezone_of(self, client_id: int) -> str:
        """The time zone that a client's days are counted in; NotFound outside the scope."""
        row = self.one(select(clients.c.timezone).where(clients.c.id == client_id, self.tx.visible(clients)))
        if row is None:
            raise NotFound("client", client_id)
        return str(row.timezone)

    def every(self) -> list[Client]:
        """Every client in scope, by name."""
        return [
            _client(row) for row in self.all(select(clients).where(self.tx.visible(clients)).order_by(clients.c.name))
        ]

    def add_client(self, key: str, name: str, timezone: str, *, is_demo: bool = False) -> Client:
        """Add a client."""
        client_id = self.add(clients, key=key, name=name, timezone=timezone, is_demo=is_demo, created_at=self.tx.now)
        return Client(client_id, key, name, timezone, is_demo)


def _client(row: Row[Any]) -> Client:
    return Client(row.id, row.key, row.name, row.timezone, row.is_demo)

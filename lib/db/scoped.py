"""Queries that every step of the road asks, built once: building one anew takes three times as long as asking it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, Table, bindparam

from lib.db.session import Session, client_of


class Scoped:
    """A query of a client's rows, as whoever sees every client asks it, and as everybody else does: inside their own.

    What is asked for stands in it as `bindparam`.
    """

    def __init__(self, query: Select[Any], table: Table) -> None:
        self._whole = query
        self._inside = query.where(client_of(table).in_(bindparam("seen_clients", expanding=True)))

    def one(self, tx: Session, **asked: Any) -> Row[Any] | None:
        """The only row that this person may see, or None."""
        seen = tx.actor.client_ids
        if seen is None:
            return tx.connection.execute(self._whole, asked).one_or_none()
        return tx.connection.execute(self._inside, {**asked, "seen_clients": sorted(seen)}).one_or_none()

"""What a client is shown, read through the portal's views and nothing else; on a server as a user that can read no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from lib.db.repositories.base import Repository
from lib.db.tables.portal_views import CARDS, CHECKS, CLIENTS, CORRECTIONS, FRESHNESS, NOTES, SHARED_CARDS, SHARES
from lib.db.transactions import transact
from lib.errors import NotFound


@dataclass(frozen=True)
class PortalClient:
    """A client as its own portal names it."""

    id: int
    key: str
    name: str
    timezone: str


@dataclass(frozen=True)
class ShownCard:
    """A published card: `record` is what `lib.reporting.card_record` reads."""

    statement_id: int
    account_id: int
    metric_key: str
    position: int
    published_at: datetime
    record: dict[str, Any]


@dataclass(frozen=True)
class ShownCorrection:
    """A number that was taken back, in the words that its client reads."""

    account_id: int
    metric_key: str
    label: str
    source: str
    said: str
    corrected_at: datetime


@dataclass(frozen=True)
class Reach:
    """How far the deliveries of one object reach that end on the same day: when the last of them came."""

    account_id: int
    object: str
    reaches_to: date
    received_at: datetime
    freshness_hours: int


@dataclass(frozen=True)
class Check:
    """Why an account that fell from live is looked at again, in a client's words, and since when."""

    account_id: int
    said: str
    since: datetime


@dataclass(frozen=True)
class SharedLink:
    """A link to a report note: of which month, until when it opens, and of how many numbers it was made."""

    id: int
    client: PortalClient
    month: str
    expires_at: datetime
    revoked_at: datetime | None
    card_count: int


class PortalRepository(Repository):
    """Every question asks one view, inside the clients that the person may see."""

    def client(self, key: str) -> PortalClient:
        """The client called `key`; NotFound outside the scope."""
        view = CLIENTS.table
        found = self._read(select(view).where(view.c.client_key == key, self.tx.visible(view)))
        if not found:
            raise NotFound("client", key)
        row = found[0]
        return PortalClient(row.client_id, row.client_key, row.client_name, row.timezone)

    def clients(self) -> list[PortalClient]:
        """The clients that the person may see, by name."""
        view = CLIENTS.table
        found = self._read(select(view).where(self.tx.visible(view)).order_by(view.c.client_name, view.c.client_key))
        return [PortalClient(row.client_id, row.client_key, row.client_name, row.timezone) for row in found]

    def asks_for_notes(self, client_id: int) -> bool:
        """Whether the person who asks gets the notes of a client."""
        view = NOTES.table
        mine = view.c.client_id == client_id, view.c.person_id == self.tx.actor.person_id, self.tx.visible(view)
        return any(bool(row.is_on) for row in self._read(select(view.c.is_on).where(*mine)))

    def cards(self, client_id: int) -> list[ShownCard]:
        """The cards that a client is shown, in their order."""
        view = CARDS.table
        statement = select(view).where(view.c.client_id == client_id, self.tx.visible(view))
        return [
            ShownCard(row.statement_id, row.account_id, row.metric_key, row.place, row.published_at, row.card)
            for row in self._read(statement.order_by(view.c.place, view.c.statement_id))
        ]

    def share(self, token_hash: str) -> SharedLink | None:
        """The link whose token has this hash; None where there is none, or it is another client's."""
        view = SHARES.table
        found = self._read(select(view).where(view.c.token_hash == token_hash, self.tx.visible(view)))
        if not found:
            return None
        row = found[0]
        client = PortalClient(row.client_id, row.client_key, row.client_name, row.timezone)
        return SharedLink(row.link_id, client, row.note_month, row.expires_at, row.revoked_at, row.card_count)

    def shared_cards(self, link_id: int) -> list[ShownCard]:
        """The numbers of a link that may still be shown, in their order."""
        view = SHARED_CARDS.table
        statement = select(view).where(view.c.link_id == link_id, self.tx.visible(view)).order_by(view.c.place)
        return [
            ShownCard(row.statement_id, row.account_id, row.metric_key, row.place, row.published_at, row.card)
            for row in self._read(statement)
        ]

    def corrections(self, client_id: int) -> list[ShownCorrection]:
        """What was taken back from a client, newest first."""
        view = CORRECTIONS.table
        statement = select(view).where(view.c.client_id == client_id, self.tx.visible(view))
        return [
            ShownCorrection(row.account_id, row.metric_key, row.label, row.source, row.said, row.corrected_at)
            for row in self._read(statement.order_by(view.c.correction_id.desc()))
        ]

    def reaches(self, client_id: int) -> list[Reach]:
        """How far the committed, whole deliveries of a client's shown accounts reach."""
        view = FRESHNESS.table
        kept = (view.c.account_id, view.c.object_name, view.c.reaches_to, view.c.freshness_hours)
        statement = (
            select(*kept, func.max(view.c.received_at).label("received_at"))
            .where(view.c.client_id == client_id, self.tx.visible(view))
            .group_by(*kept)
        )
        return [
            Reach(row.account_id, row.object_name, row.reaches_to, row.received_at, row.freshness_hours)
            for row in self._read(statement)
        ]

    def checks(self, client_id: int) -> dict[int, Check]:
        """The accounts of a client that are looked at again, by their id."""
        view = CHECKS.table
        statement = select(view).where(view.c.client_id == client_id, self.tx.visible(view))
        return {row.account_id: Check(row.account_id, row.said, row.since) for row in self._read(statement)}

    def _read(self, statement: Select[Any]) -> list[Row[Any]]:
        engine = self.tx.portal_engine
        if engine is None:
            return self.all(statement)
        return transact(engine, lambda connection: list(connection.execute(statement).all()), is_writing=False)

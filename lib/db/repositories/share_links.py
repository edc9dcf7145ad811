"""Links to report notes: made, revoked, and how often each was opened; what one shows is the portal's to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.people import clients, people
from lib.db.tables.portal_views import SHARED_CARDS
from lib.db.tables.share_links import share_link_cards, share_links, share_visits
from lib.domain.access.share_links import ShareAnswer, ShareLink
from lib.errors import NotFound


@dataclass(frozen=True)
class Visits:
    """How often a link was opened, in how many of those it showed anything, and when last."""

    count: int
    shown: int
    last: datetime


class ShareLinkRepository(Repository):
    """Everything is kept inside the clients that the person may see."""

    def add_link(
        self,
        client_id: int,
        month: str,
        token_hash: str,
        made_for: str,
        expires_at: datetime,
        statement_ids: Sequence[int],
    ) -> int:
        """Keep a new link in the name of the person acting; its id."""
        link = self.add(
            share_links,
            client_id=client_id,
            month=month,
            token_hash=token_hash,
            made_for=made_for,
            made_by=self.tx.actor.person_id,
            made_at=self.tx.now,
            expires_at=expires_at,
        )
        ours = {"share_link_id": link, "client_id": client_id}
        self.run(
            insert(share_link_cards),
            [{**ours, "statement_id": number, "place": place} for place, number in enumerate(statement_ids, start=1)],
        )
        return link

    def link_by_id(self, link_id: int) -> ShareLink:
        """The link with this number; NotFound outside the scope."""
        found = self._links(share_links.c.id == link_id, 1)
        if not found:
            raise NotFound("link", link_id, "`share list` shows them.")
        return found[0]

    def newest_links(self, limit: int, client_id: int | None = None) -> list[ShareLink]:
        """The newest links, of one client where it is named."""
        return self._links(share_links.c.client_id == client_id if client_id is not None else None, limit)

    def revoke(self, link: ShareLink) -> bool:
        """End a link that was read in scope; False where somebody has."""
        ended = {"revoked_at": self.tx.now, "revoked_by": self.tx.actor.person_id}
        mine = share_links.c.id == link.id, share_links.c.revoked_at.is_(None), self.tx.visible(share_links)
        return self.run(update(share_links).where(*mine).values(**ended)).rowcount == 1

    def add_visit(self, link_id: int, client_id: int, network: str, answer: ShareAnswer) -> None:
        """Write down that a link was opened from somewhere in a network, and what it answered."""
        told = {"at": self.tx.now, "network": network, "answer": answer}
        self.run(insert(share_visits).values(share_link_id=link_id, client_id=client_id, **told))

    def visits_of(self, link_ids: Sequence[int]) -> dict[int, Visits]:
        """How often each link was opened; one that never was is not in it."""
        visit, found = share_visits.c, dict[int, Visits]()
        statement = (
            select(visit.share_link_id, visit.answer, func.count().label("many"), func.max(visit.at).label("at"))
            .where(visit.share_link_id.in_(link_ids), self.tx.visible(share_visits))
            .group_by(visit.share_link_id, visit.answer)
        )
        for row in self.all(statement):
            before = found.get(row.share_link_id, Visits(0, 0, row.at))
            shown = row.many if row.answer == ShareAnswer.SHOWN else 0
            found[row.share_link_id] = Visits(before.count + row.many, before.shown + shown, max(before.last, row.at))
        return found

    def missing_cards(self, link_ids: Sequence[int]) -> dict[int, int]:
        """How many numbers of each link may no longer be shown; links that lack none are not in it."""
        card, view = share_link_cards.c, SHARED_CARDS.table
        stands = select(view.c.statement_id).where(
            view.c.link_id == card.share_link_id, view.c.statement_id == card.statement_id
        )
        statement = (
            select(card.share_link_id, func.count().label("many"))
            .where(card.share_link_id.in_(link_ids), ~stands.exists(), self.tx.visible(share_link_cards))
            .group_by(card.share_link_id)
        )
        return {row.share_link_id: int(row.many) for row in self.all(statement)}

    def _links(self, which: ColumnElement[bool] | None, limit: int) -> list[ShareLink]:
        statement = (
            select(share_links, clients.c.key, people.c.email)
            .join(clients, clients.c.id == share_links.c.client_id)
            .join(people, people.c.id == share_links.c.made_by)
            .where(self.tx.visible(share_links))
            .order_by(share_links.c.id.desc())
            .limit(limit)
        )
        return [_link(row) for row in self.all(statement if which is None else statement.where(which))]


def _link(row: Row[Any]) -> ShareLink:
    return ShareLink(
        id=row.id,
        client_id=row.client_id,
        client_key=row.key,
        month=row.month,
        made_for=row.made_for,
        made_by=row.email,
        made_at=row.made_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )

"""Links to one report note for people without an account: make one, see who was given which, and end it (F121)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.access.share_links import USUAL_DAYS, ShareAnswer, ShareLink, answer_of, hash_of, life_of, new_token
from lib.domain.imports import DateRange
from lib.domain.people import Right
from lib.domain.publishing.report_notes import month_key
from lib.errors import DeskError

_LISTED = 100
_LONGEST = 190


@dataclass(frozen=True)
class NewLink:
    """A link that was just made. Its token is told this once; the desk keeps nothing that opens it."""

    link: ShareLink
    token: str
    cards: int


@dataclass(frozen=True)
class ListedLink:
    """A link, what it answers now, and how often it was opened; `last` is None where it never was."""

    link: ShareLink
    answer: ShareAnswer
    visits: int
    shown: int
    last: datetime | None


def share(
    tx: UnitOfWork, client_key: str, month: DateRange, made_for: str, key: bytes, days: int = USUAL_DAYS
) -> NewLink:
    """Make a link to the report note of a month, of what the client is shown now; `key` is the desk's own.

    NotFound; DeskError `nothing_published`, `too_long`, `nobody_named` where it is not said who is given it.
    """
    tx.actor.require(Right.PUBLISH)
    client = tx.clients.by_key(client_key)
    given_to = made_for.strip()[:_LONGEST]
    if not given_to:
        raise DeskError("nobody_named", "It is not said who the link is for.", "Say it, so that others can tell later.")
    refuse_secrets([("who it is for", given_to)])
    shown = [card.statement_id for card in tx.portal.cards(client.id)]
    if not shown:
        raise DeskError("nothing_published", f"Nothing of {client.name} is published.", "Publish a number of it first.")
    token, until = new_token(client.id, key), tx.now + life_of(days)
    number = tx.share_links.add_link(client.id, month_key(month), hash_of(token), given_to, until, shown)
    told = {"month": month_key(month), "until": until.isoformat(timespec="seconds"), "cards": len(shown)}
    tx.audit.note("report note shared", "share link", number, client.id, **told)
    return NewLink(tx.share_links.link_by_id(number), token, len(shown))


def links(tx: UnitOfWork, client_key: str = "") -> tuple[ListedLink, ...]:
    """The newest links of a client, or of everybody in scope, newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    client_id = tx.clients.by_key(client_key).id if client_key else None
    found = tx.share_links.newest_links(_LISTED, client_id)
    numbers = [link.id for link in found]
    visits, missing = tx.share_links.visits_of(numbers), tx.share_links.missing_cards(numbers)
    return tuple(
        ListedLink(
            link=link,
            answer=answer_of(link.expires_at, link.revoked_at, tx.now, is_whole=link.id not in missing),
            visits=visits[link.id].count if link.id in visits else 0,
            shown=visits[link.id].shown if link.id in visits else 0,
            last=visits[link.id].last if link.id in visits else None,
        )
        for link in found
    )


def revoke(tx: UnitOfWork, link_id: int) -> ShareLink:
    """End a link at once; the same again changes nothing. NotFound outside the scope."""
    tx.actor.require(Right.PUBLISH)
    link = tx.share_links.link_by_id(link_id)
    if tx.share_links.revoke(link):
        tx.audit.note("report note no longer shared", "share link", link.id, link.client_id, month=link.month)
    return tx.share_links.link_by_id(link_id)


def note_visit(tx: UnitOfWork, link_id: int, client_id: int, network: str, answer: ShareAnswer) -> None:
    """Write down that a link was opened; asked by the door, in the desk's own name."""
    tx.share_links.add_visit(link_id, client_id, network, answer)

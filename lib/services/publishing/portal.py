"""The portal of one client, as it is read by whoever may see summaries; it looks at the published portal views only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from lib.clock import zone
from lib.db.repositories.portal import Check, PortalClient, Reach, ShownCard, ShownCorrection
from lib.db.shared_steps.statement_cards import OBJECTS
from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.share_links import ShareAnswer, answer_of
from lib.domain.people import Right
from lib.reporting.card_record import card_from
from lib.reporting.freshness import Arrived, freshness, looked_at_again
from lib.reporting.portal_card import CardFreshness, Portal, PortalCard, WithdrawnNumber

_CORRECTIONS_SHOWN = 12


@dataclass(frozen=True)
class SharedPortal:
    """What a link shows now: the portal of its numbers alone, empty unless `answer` is `shown`; days are the client's."""

    link_id: int
    client_id: int
    month: str
    answer: ShareAnswer
    portal: Portal
    today: date
    expires_on: date


def portal(tx: UnitOfWork, client_key: str) -> Portal:
    """The cards of a client in their order, each with its freshness, and what was taken back, newest first.

    NotFound for a client that is not there or lies outside the scope: a stakeholder sees their own only.
    """
    tx.actor.require(Right.SEE_SUMMARIES)
    client = tx.portal.client(client_key)
    cards, taken_back = tx.portal.cards(client.id), tx.portal.corrections(client.id)
    shown = {(card.account_id, card.metric_key) for card in cards}
    return replace(
        _portal(tx, client, cards, taken_back),
        withdrawn=tuple(
            WithdrawnNumber(
                each.label, each.source, each.corrected_at.astimezone(zone(client.timezone)).date(), each.said
            )
            for each in taken_back
            if (each.account_id, each.metric_key) not in shown
        )[:_CORRECTIONS_SHOWN],
    )


def clients_seen(tx: UnitOfWork) -> dict[str, str]:
    """The names of the clients whose portal the person may see, by their key, in the order of their names."""
    tx.actor.require(Right.SEE_SUMMARIES)
    return {client.key: client.name for client in tx.portal.clients()}


def shared(tx: UnitOfWork, token_hash: str) -> SharedPortal | None:
    """What the link shows whose token has this hash; None where there is none in scope, or its client is gone.

    A link shows all of the numbers it was made of, as they were published, or none of them.
    """
    tx.actor.require(Right.SEE_SUMMARIES)
    link = tx.portal.share(token_hash)
    if link is None:
        return None
    found = tx.portal.shared_cards(link.id)
    answer = answer_of(link.expires_at, link.revoked_at, tx.now, is_whole=len(found) == link.card_count)
    cards = found if answer is ShareAnswer.SHOWN else []
    taken_back = tx.portal.corrections(link.client.id) if cards else []
    local = zone(link.client.timezone)
    return SharedPortal(
        link_id=link.id,
        client_id=link.client.id,
        month=link.month,
        answer=answer,
        portal=_portal(tx, link.client, cards, taken_back),
        today=tx.now.astimezone(local).date(),
        expires_on=link.expires_at.astimezone(local).date(),
    )


def _portal(
    tx: UnitOfWork, client: PortalClient, cards: Sequence[ShownCard], taken_back: Sequence[ShownCorrection]
) -> Portal:
    """These cards with their freshness."""
    reaches = tx.portal.reaches(client.id) if cards else []
    checks = tx.portal.checks(client.id) if cards else {}
    return Portal(
        client_key=client.key,
        client_name=client.name,
        timezone=client.timezone,
        cards=tuple(
            (_card(client, card, place, taken_back), _freshness(tx, client, card, reaches, checks.get(card.account_id)))
            for place, card in enumerate(cards, start=1)
        ),
        withdrawn=(),
    )


def _card(client: PortalClient, card: ShownCard, place: int, taken_back: Sequence[ShownCorrection]) -> PortalCard:
    """A card with what was taken back of the same number before."""
    own = [each.said for each in taken_back if (each.account_id, each.metric_key) == (card.account_id, card.metric_key)]
    return card_from(
        card.record,
        statement_id=card.statement_id,
        position=place,
        published_on=card.published_at.astimezone(zone(client.timezone)).date(),
        corrections=tuple(own[:_CORRECTIONS_SHOWN]),
    )


def _freshness(
    tx: UnitOfWork, client: PortalClient, card: ShownCard, reaches: Sequence[Reach], check: Check | None
) -> CardFreshness:
    parts: dict[str, list[Arrived]] = defaultdict(list)
    hours = 0
    for reach in reaches:
        if reach.account_id == card.account_id:
            parts[reach.object].append(Arrived(reach.reaches_to, reach.received_at))
            hours = reach.freshness_hours
    fresh = freshness([parts[name] for name in card.record[OBJECTS]], client.timezone, hours, tx.now)
    if check is None:
        return fresh
    return looked_at_again(fresh, check.said, check.since.astimezone(zone(client.timezone)).date())

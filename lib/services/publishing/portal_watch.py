"""What each client sees now (R21): which cards are shown, stale or withheld, since when, and what they read meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from lib.clock import zone
from lib.db.repositories.portal import Check, Reach, ShownCard
from lib.db.repositories.statements import CardPlace, Statement
from lib.db.shared_steps.statement_cards import OBJECTS
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Client
from lib.domain.people import Right
from lib.domain.publishing.statement_states import StatementStatus
from lib.reporting.card_record import card_from
from lib.reporting.freshness import Arrived, freshness, looked_at_again
from lib.reporting.periods import day_bounds

_MOST_CLIENTS = 50


class Visibility(StrEnum):
    """How a card stands with its client."""

    SHOWN = "shown"
    STALE = "stale"
    WITHHELD = "withheld"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class CardSeen:
    """One card: `since` is from when it stands so, `reads` what its client reads first meanwhile ('' for nothing)."""

    client_key: str
    client_name: str
    account_key: str
    label: str
    source: str
    baseline_id: int
    metric: str
    visibility: Visibility
    since: datetime | None
    reads: str
    why: str


def seen_by_clients(tx: UnitOfWork, client: str = "", *, account: str = "") -> tuple[CardSeen, ...]:
    """The cards of one client, of one account, or of every client in scope; what is not as it should be comes first.

    NotFound for a client or an account outside the scope.
    """
    tx.actor.require(Right.SEE_DETAIL)
    owner = tx.accounts.by_key(account) if account else None
    asked = client or (owner.client_key if owner else "")
    clients = [tx.clients.by_key(asked)] if asked else tx.clients.every()[:_MOST_CLIENTS]
    found = [card for each in clients for card in _of_client(tx, each)]
    weight = list(reversed(Visibility))
    return tuple(
        sorted(
            (card for card in found if not account or card.account_key == account),
            key=lambda card: (card.visibility is Visibility.HIDDEN, weight.index(card.visibility), card.client_name),
        )
    )


def _of_client(tx: UnitOfWork, client: Client) -> list[CardSeen]:
    places = tx.statements.cards_of(client.id)
    if not places:
        return []
    statements = tx.statements.with_ids([place.statement_id for place in places])
    shown = {card.statement_id: card for card in tx.portal.cards(client.id)}
    reaches = tx.portal.reaches(client.id) if shown else []
    checks = tx.portal.checks(client.id) if shown else {}
    taken_back = {item.statement_id: item.said for item in tx.corrections.of_client(client.id)}
    return [
        _card(tx, client, place, statements[place.statement_id], shown, (reaches, checks), taken_back)
        for place in places
        if place.statement_id in statements
    ]


def _card(
    tx: UnitOfWork,
    client: Client,
    place: CardPlace,
    statement: Statement,
    shown: dict[int, ShownCard],
    arrived: tuple[Sequence[Reach], dict[int, Check]],
    taken_back: dict[int, str],
) -> CardSeen:
    card = card_from(statement.card)
    # What is read first of a card; the rest of its sentence says by what it may be wrong.
    first = f"{statement.sentence.partition('. ')[0].removesuffix('.')}."
    seen: Visibility
    since: datetime | None
    if statement.status is not StatementStatus.PUBLISHED:
        seen, since = Visibility.WITHHELD, statement.ended_at
        reads, why = taken_back.get(statement.id, ""), statement.ended_because
    elif not place.is_shown or statement.id not in shown:
        seen, since, reads, why = Visibility.HIDDEN, None, "", "Somebody hid this card."
    else:
        reaches, checks = arrived
        fresh, late_from = _freshness(tx, client, shown[statement.id], reaches, checks)
        if late_from is None:
            seen, since, reads, why = Visibility.SHOWN, statement.published_at, first, fresh
        else:
            seen, since, reads, why = Visibility.STALE, late_from, f"{first} {fresh}.", fresh
    return CardSeen(
        client_key=client.key,
        client_name=client.name,
        account_key=place.account_key,
        label=card.label,
        source=card.source,
        baseline_id=statement.baseline_id,
        metric=statement.metric,
        visibility=seen,
        since=since,
        reads=reads,
        why=why,
    )


def _freshness(
    tx: UnitOfWork, client: Client, card: ShownCard, reaches: Sequence[Reach], checks: dict[int, Check]
) -> tuple[str, datetime | None]:
    """How far the card reaches in words, and since when it is late or looked at again: None where it is neither."""
    parts: dict[str, list[Arrived]] = defaultdict(list)
    hours = 0
    for reach in reaches:
        if reach.account_id == card.account_id:
            parts[reach.object].append(Arrived(reach.reaches_to, reach.received_at))
            hours = reach.freshness_hours
    fresh = freshness([parts[name] for name in card.record[OBJECTS]], client.timezone, hours, tx.now)
    if check := checks.get(card.account_id):
        again = looked_at_again(fresh, check.said, check.since.astimezone(zone(client.timezone)).date())
        return again.words, check.since
    if not fresh.is_stale:
        return fresh.words, None
    return fresh.words, _late_from(fresh.shown_to, client.timezone, hours) or card.published_at


def _late_from(shown_to: date | None, timezone: str, hours: int) -> datetime | None:
    return None if shown_to is None else (day_bounds(shown_to, timezone)[1] + timedelta(hours=hours)).astimezone(UTC)

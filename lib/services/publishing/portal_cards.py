"""The cards of a client's portal: their order, and which of them are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right
from lib.domain.publishing.statement_states import StatementStatus
from lib.domain.tasks import CORRECTION
from lib.errors import DeskError, NotFound
from lib.reporting.card_record import card_from


@dataclass(frozen=True)
class PlacedCard:
    """One card of a portal; `is_published` says whether its statement stands, `override_reason` why it does before live."""

    metric: str
    label: str
    source: str
    sentence: str
    statement_id: int
    baseline_id: int
    position: int
    is_shown: bool
    is_published: bool
    override_reason: str


def cards_of(tx: UnitOfWork, client: str) -> tuple[PlacedCard, ...]:
    """The cards of a client in their order, hidden and withdrawn ones among them."""
    tx.actor.require(Right.SEE_DETAIL)
    places = tx.statements.cards_of(tx.clients.by_key(client).id)
    shown = tx.statements.with_ids([place.statement_id for place in places])
    found = []
    for place in places:
        statement = shown[place.statement_id]
        card = card_from(statement.card)
        found.append(
            PlacedCard(
                metric=statement.metric,
                label=card.label,
                source=card.source,
                sentence=statement.sentence,
                statement_id=statement.id,
                baseline_id=statement.baseline_id,
                position=place.position,
                is_shown=place.is_shown,
                is_published=statement.status is StatementStatus.PUBLISHED,
                override_reason=statement.override_reason,
            )
        )
    return tuple(found)


def show_card(tx: UnitOfWork, client: str, metric: str, *, is_shown: bool) -> None:
    """Show a card to the client again, or hide it, which settles what waits about it.

    NotFound for a metric that never had a card.
    """
    tx.actor.require(Right.PUBLISH)
    found = tx.clients.by_key(client)
    for place in tx.statements.cards_of(found.id):
        if f"{place.account_key}.{place.metric_key}" == metric:
            tx.statements.set_shown(place, is_shown=is_shown)
            done = "card shown" if is_shown else "card hidden"
            tx.audit.note(done, "statement", place.statement_id, found.id, metric=metric)
            for task in tx.tasks.listed(client_id=found.id, kind=CORRECTION) if not is_shown else ():
                if task.detail.get("metric") == metric:
                    tx.tasks.close_task(task, "The card was hidden.")
            return
    raise NotFound("card of a metric called", metric, "`portal CLIENT` shows the cards there are.")


def arrange_cards(tx: UnitOfWork, client: str, metrics: Sequence[str]) -> None:
    """Put the cards of a client in this order; every card is named once. DeskError `cards_left_out` names what is missing."""
    tx.actor.require(Right.PUBLISH)
    found = tx.clients.by_key(client)
    places = {f"{place.account_key}.{place.metric_key}": place for place in tx.statements.cards_of(found.id)}
    if sorted(metrics) != sorted(places):
        missing = ", ".join(sorted(set(places) - set(metrics))) or "nothing"
        raise DeskError(
            "cards_left_out",
            f"The order names {len(metrics)} of {len(places)} cards; {missing} is left out.",
            "Name each card once.",
        )
    tx.statements.arrange([places[name] for name in metrics])
    tx.audit.note("cards arranged", "client", found.id, found.id, order=list(metrics))

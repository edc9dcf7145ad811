"""Statements: append-only texts with a status, and the card of each metric, which one statement at a time is shown on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.accounts import integration_provider_accounts
from lib.db.tables.publishing import portal_cards, statements
from lib.domain.imports import DateRange
from lib.domain.metrics import Metric
from lib.domain.publishing.statement_states import StatementStatus, require_statement_move
from lib.errors import DeskError, NotFound
from lib.reporting.steps import Step


@dataclass(frozen=True)
class Statement:
    """One row of `statements`; `card` is the record that `lib.reporting.card_record` reads."""

    id: int
    client_id: int
    account_id: int
    account_key: str
    metric_key: str
    metric_id: int
    baseline_id: int
    version: int
    range: DateRange
    step: Step
    sentence: str
    next_action: str
    next_owner_id: int | None
    next_due: date | None
    card: dict[str, Any]
    change_note: str
    written_by: int
    written_at: datetime
    status: StatementStatus
    reviewed_by: int | None
    reviewed_at: datetime | None
    published_by: int | None
    published_at: datetime | None
    override_reason: str
    ended_by: int | None
    ended_at: datetime | None
    ended_because: str

    @property
    def metric(self) -> str:
        """`account.metric`."""
        return f"{self.account_key}.{self.metric_key}"


@dataclass(frozen=True)
class CardPlace:
    """The card of a metric: the statement it shows while that is published, its place, and whether it is shown."""

    id: int
    account_key: str
    metric_key: str
    statement_id: int
    position: int
    is_shown: bool


class StatementRepository(Repository):
    """What a statement says is written once; its status moves by comparing where it stands."""

    def add_statement(self, metric: Metric, span: DateRange, **values: Any) -> Statement:
        """Write the next version of a metric's statement as a draft in the name of the person acting."""
        newest = select(func.max(statements.c.version)).where(
            statements.c.account_id == metric.account_id, statements.c.metric_key == metric.template.key
        )
        version = (self.connection.execute(newest).scalar_one_or_none() or 0) + 1
        return self.by_id(
            self.add(
                statements,
                client_id=metric.client_id,
                account_id=metric.account_id,
                metric_key=metric.template.key,
                metric_id=metric.id,
                version=version,
                range_from=span.first,
                range_to=span.last,
                **values,
                written_by=self.tx.actor.person_id,
                written_at=self.tx.now,
                status=StatementStatus.DRAFT,
                override_reason="",
                ended_because="",
            )
        )

    def by_id(self, statement_id: int) -> Statement:
        """The statement with this id; NotFound outside the scope."""
        row = self.one(self._select().where(statements.c.id == statement_id))
        if row is None:
            raise NotFound("statement", statement_id, "`statement list` shows those of a metric.")
        return _statement(row)

    def with_ids(self, ids: Sequence[int]) -> dict[int, Statement]:
        """These statements by id, as far as they are in scope."""
        return {row.id: _statement(row) for row in self.all(self._select().where(statements.c.id.in_(ids)))}

    def of_metric(self, metric: Metric) -> list[Statement]:
        """Every version of a metric's statement, newest first."""
        found = self._select().where(
            statements.c.account_id == metric.account_id, statements.c.metric_key == metric.template.key
        )
        return [_statement(row) for row in self.all(found.order_by(statements.c.version.desc()))]

    def published_of(self, account_id: int) -> list[Statement]:
        """The statements of an account that its client is shown now, hidden cards among them."""
        found = self._select().where(
            statements.c.account_id == account_id, statements.c.status == StatementStatus.PUBLISHED
        )
        return [_statement(row) for row in self.all(found.order_by(statements.c.id))]

    def published_ids(self, account_id: int) -> list[int]:
        """The numbers of those statements alone: which ones they are, without what stands on their cards."""
        found = select(statements.c.id).where(
            statements.c.account_id == account_id,
            statements.c.status == StatementStatus.PUBLISHED,
            self.tx.visible(statements),
        )
        return list(self.connection.execute(found.order_by(statements.c.id)).scalars())

    def move(self, statement: Statement, then: StatementStatus, **filled: Any) -> Statement:
        """Move a statement from where it was read; DeskError `illegal_move`, `changed_meanwhile` where it is not there."""
        require_statement_move(statement.id, statement.status, then)
        moved = self.run(
            update(statements)
            .where(
                statements.c.id == statement.id, statements.c.status == statement.status, self.tx.visible(statements)
            )
            .values(status=then, **filled)
        )
        if moved.rowcount == 0:
            raise _changed(f"statement {statement.id}")
        return self.by_id(statement.id)

    def end(self, statement: Statement, then: StatementStatus, because: str) -> Statement:
        """Let a statement end, replaced or withdrawn, in the name of the person acting."""
        told = {"ended_by": self.tx.actor.person_id, "ended_at": self.tx.now, "ended_because": because[:500]}
        return self.move(statement, then, **told)

    def cards_of(self, client_id: int) -> list[CardPlace]:
        """The cards of a client in their order, hidden ones among them."""
        found = self.all(
            select(portal_cards, integration_provider_accounts.c.key.label("account_key"))
            .join(integration_provider_accounts, integration_provider_accounts.c.id == portal_cards.c.account_id)
            .where(portal_cards.c.client_id == client_id, self.tx.visible(portal_cards))
            .order_by(portal_cards.c.position, portal_cards.c.id)
        )
        return [
            CardPlace(row.id, row.account_key, row.metric_key, row.statement_id, row.position, row.is_shown)
            for row in found
        ]

    def put_on_card(self, statement: Statement, card: CardPlace | None, position: int) -> None:
        """Let a metric's card show this statement from now on; the first of a metric opens its card at `position`.

        DeskError `changed_meanwhile` when somebody else put another one there since the card was read.
        """
        if card is None:
            common = {"client_id": statement.client_id, "account_id": statement.account_id, "is_shown": True}
            told = {"metric_key": statement.metric_key, "statement_id": statement.id, "position": position}
            self.add(portal_cards, **common, **told)
            return
        taken = self.run(
            update(portal_cards)
            .where(
                portal_cards.c.id == card.id,
                portal_cards.c.statement_id == card.statement_id,
                self.tx.visible(portal_cards),
            )
            .values(statement_id=statement.id)
        )
        if taken.rowcount == 0:
            raise _changed(f"the card of {statement.metric}")

    def arrange(self, cards: Sequence[CardPlace]) -> None:
        """Give the cards their places in the order given, from 1."""
        for position, card in enumerate(cards, start=1):
            self.run(
                update(portal_cards)
                .where(portal_cards.c.id == card.id, self.tx.visible(portal_cards))
                .values(position=position)
            )

    def set_shown(self, card: CardPlace, *, is_shown: bool) -> None:
        """Show a card to its client, or hide it."""
        self.run(
            update(portal_cards)
            .where(portal_cards.c.id == card.id, self.tx.visible(portal_cards))
            .values(is_shown=is_shown)
        )

    def _select(self) -> Select[Any]:
        return (
            select(statements, integration_provider_accounts.c.key.label("account_key"))
            .join(integration_provider_accounts, integration_provider_accounts.c.id == statements.c.account_id)
            .where(self.tx.visible(statements))
        )


def _changed(what: str) -> DeskError:
    return DeskError(
        "changed_meanwhile",
        f"Somebody else changed {what} a moment ago, so nothing was changed.",
        "Look at it again, and repeat it if it is still needed.",
        is_retryable=True,
    )


def _statement(row: Row[Any]) -> Statement:
    values = dict(row._mapping)
    values["range"] = DateRange(values.pop("range_from"), values.pop("range_to"))
    values["status"] = StatementStatus(row.status)
    return Statement(**values)

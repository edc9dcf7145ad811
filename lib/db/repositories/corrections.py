"""Correction notes: what a client saw of a published number, what it is now, and why. Written once, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lib.db.repositories.base import Repository
from lib.db.repositories.statements import Statement
from lib.db.tables.accounts import integration_provider_accounts
from lib.db.tables.publishing import corrections
from lib.domain.publishing.statement_states import CorrectionCause


@dataclass(frozen=True)
class Correction:
    """One row of `corrections`; `why` is for the desk's people, `said` for the client."""

    id: int
    statement_id: int
    account_key: str
    metric_key: str
    label: str
    source: str
    was: str
    becomes: str
    cause: CorrectionCause
    load_id: int | None
    why: str
    said: str
    corrected_at: datetime
    corrected_by: int


class CorrectionRepository(Repository):
    """A published statement is taken back once, so it has one correction at most."""

    def add_correction(self, statement: Statement, **values: Any) -> None:
        """Write the correction of a statement in the name of the person acting."""
        self.add(
            corrections,
            client_id=statement.client_id,
            account_id=statement.account_id,
            statement_id=statement.id,
            metric_key=statement.metric_key,
            **values,
            corrected_at=self.tx.now,
            corrected_by=self.tx.actor.person_id,
        )

    def of_client(self, client_id: int) -> list[Correction]:
        """Every correction of a client, newest first."""
        found = self.all(
            select(corrections, integration_provider_accounts.c.key.label("account_key"))
            .join(integration_provider_accounts, integration_provider_accounts.c.id == corrections.c.account_id)
            .where(corrections.c.client_id == client_id, self.tx.visible(corrections))
            .order_by(corrections.c.id.desc())
        )
        names = ("id", "statement_id", "account_key", "metric_key", "label", "source", "was", "becomes", "load_id")
        rest = ("why", "said", "corrected_at", "corrected_by")
        return [
            Correction(**{name: getattr(row, name) for name in (*names, *rest)}, cause=CorrectionCause(row.cause))
            for row in found
        ]

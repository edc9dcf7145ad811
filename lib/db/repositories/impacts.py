"""Impacts: what was foretold of a change of a map or of an account's rules, the newest of each subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from lib.db.repositories.base import Repository
from lib.db.tables.maps import impacts
from lib.domain.accounts import Account


@dataclass(frozen=True)
class KeptImpact:
    """One row of `impacts`: what it rests on and what came of it, as plain values."""

    subject: str
    basis: dict[str, Any]
    result: dict[str, Any]
    worked_out_at: datetime


class ImpactRepository(Repository):
    """They hold samples of what was delivered, so they go when payloads of their account go (R11)."""

    def of(self, account: Account, subject: str) -> KeptImpact | None:
        """What was foretold of a subject, or None."""
        row = self.one(
            select(impacts).where(
                impacts.c.account_id == account.id, impacts.c.subject == subject, self.tx.visible(impacts)
            )
        )
        return None if row is None else KeptImpact(row.subject, dict(row.basis), dict(row.result), row.worked_out_at)

    def keep(self, account: Account, subject: str, basis: dict[str, Any], result: dict[str, Any]) -> None:
        """Write an impact down in the place of the one before."""
        self._drop(account.id, subject)
        self.add(
            impacts,
            account_id=account.id,
            client_id=account.client_id,
            subject=subject,
            basis=basis,
            result=result,
            asked_by=self.tx.actor.person_id,
            worked_out_at=self.tx.now,
        )

    def forget(self, account: Account) -> None:
        """Let every impact of an account go."""
        self._drop(account.id)

    def _drop(self, account_id: int, subject: str = "") -> None:
        gone = delete(impacts).where(impacts.c.account_id == account_id, self.tx.visible(impacts))
        self.run(gone.where(impacts.c.subject == subject) if subject else gone)

"""One account as its setup page shows it: the record, the rungs with their evidence, its objects, its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.ladder import Rung, Standing, height, ladder
from lib.domain.people import Right
from lib.providers import template

_TIMELINE = 30


@dataclass(frozen=True)
class Happening:
    """One line of the timeline: who did what to which thing of this account."""

    at: datetime
    person: str
    action: str
    subject_type: str
    subject_id: int
    detail: dict[str, Any]


@dataclass(frozen=True)
class AccountSetup:
    """The account, how far it has come, and everything that happened to it lately, newest first."""

    account: Account
    provider_name: str
    destination_reason: str
    known_failures: tuple[str, ...]
    standing: Standing
    rungs: tuple[Rung, ...]
    timeline: tuple[Happening, ...]

    @property
    def rung(self) -> int:
        """The highest rung with nothing missing below it."""
        return height(self.rungs)


def account_setup(tx: UnitOfWork, key: str) -> AccountSetup:
    """The setup of one account; NotFound outside the clients this person may see."""
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    standing = tx.standings.of([account])[account.id]
    chosen = template(account.provider)
    return AccountSetup(
        account=account,
        provider_name=chosen.name,
        destination_reason=chosen.destination_reason,
        known_failures=chosen.known_failures,
        standing=standing,
        rungs=ladder(account, standing),
        timeline=tuple(
            Happening(row.at, row.email, row.action, row.subject_type, row.subject_id, row.detail or {})
            for row in tx.audit.of_account(account.id, _TIMELINE)
        ),
    )

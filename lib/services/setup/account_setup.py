"""One account as its setup page shows it: the record, the rungs with their gates, its objects, its timeline."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.shared_steps.ladder_views import LadderView, ladder_view
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.ladder.connectors import Connector, connector
from lib.domain.ladder.gates import Rung
from lib.domain.ladder.standing import Standing
from lib.domain.people import Right
from lib.domain.running.happenings import Happening
from lib.providers import template

_TIMELINE = 30


@dataclass(frozen=True)
class AccountSetup:
    """The account, how far it has come, and everything that happened to it lately, newest first."""

    account: Account
    provider_name: str
    destination_reason: str
    known_failures: tuple[str, ...]
    ladder: LadderView
    connector: Connector
    timeline: tuple[Happening, ...]

    @property
    def standing(self) -> Standing:
        """The facts that its gates were judged by."""
        return self.ladder.standing

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The six rungs as they stand now."""
        return self.ladder.rungs

    @property
    def rung(self) -> int:
        """The highest rung with nothing missing below it; 6 only while it is live."""
        return self.ladder.height


def account_setup(tx: UnitOfWork, key: str) -> AccountSetup:
    """The setup of one account; NotFound outside the clients this person may see."""
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    chosen = template(account.provider)
    view = ladder_view(tx, account)
    return AccountSetup(
        account=account,
        provider_name=chosen.name,
        destination_reason=chosen.destination_reason,
        known_failures=chosen.known_failures,
        ladder=view,
        connector=connector(account, view.standing, view.rungs, tx.now),
        timeline=tuple(
            Happening(row.at, row.email, row.action, row.subject_type, row.subject_id, row.detail or {}, account.key)
            for row in tx.audit.of_account(account.id, _TIMELINE)
        ),
    )

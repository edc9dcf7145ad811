"""What the forms of an account need beside its record: the metrics it can promise, and what its template proposes."""

from __future__ import annotations

from dataclasses import dataclass

from lib.clock import zone
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.domain.settings.account_versions import AccountVersion
from lib.providers import template

_SHOWN = 20


@dataclass(frozen=True)
class AccountForms:
    """The account; its metrics as {key: label}; proposals as {setting: text} for what is still empty; its versions.

    `days_left` is how long its credential still signs in, below 0 where that is over; None where no end is known.
    """

    account: Account
    provider_name: str
    metrics: dict[str, str]
    proposals: dict[str, str]
    min_retention_days: int
    versions: tuple[AccountVersion, ...]
    days_left: int | None

    def said(self, name: str) -> str:
        """What a setting says now, as a person would type it."""
        return said_by(self.account, name)


def account_forms(tx: UnitOfWork, key: str) -> AccountForms:
    """What the forms of this account need; NotFound outside the clients this person may see.

    A proposal counts for nothing before somebody has saved it: it is only offered, in the words of the template.
    """
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    metrics = {item.template.key: item.template.label for item in tx.metrics.of_account(account)}
    offered, today = template(account.provider), tx.now.astimezone(zone(account.client_timezone)).date()
    proposals = {
        "public_promise": offered.promise,
        "promised": ",".join(name for name in offered.default_metrics if name in metrics),
        "failure_path": offered.failure_path,
        "manual_fallback": offered.manual_fallback,
        "rollback_note": offered.rollback_note,
        "retry_rules": offered.retry_rules,
    }
    return AccountForms(
        account,
        offered.name,
        metrics,
        {name: text for name, text in proposals.items() if text and not said_by(account, name)},
        tx.desk_settings.now().min_retention_days,
        tuple(tx.account_versions.of(account, _SHOWN)),
        (account.auth_expires_on - today).days if account.auth_expires_on else None,
    )


def said_by(account: Account, name: str) -> str:
    """What a setting of an account says, as `account set` reads it."""
    if name == "owner":
        return account.owner_email
    if name == "webhook_secret":
        return account.webhook_secret_ref
    if name == "four_eyes":
        return "yes" if account.is_four_eyes else "no"
    if name == "promised":
        return ",".join(account.promised)
    if name == "auth_expires_on":
        return account.auth_expires_on.isoformat() if account.auth_expires_on else ""
    return str(getattr(account, name))

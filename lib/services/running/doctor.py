"""Find everything wrong with a desk, one sentence each, with the mend; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lib.db.checkup import Checkup, check_up
from lib.db.grants import grant_statements
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.alerts import REFUSED
from lib.domain.people import Actor
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.settings import Settings

WRONG = "wrong"
WARNING = "warning"
# Among so many messages the last one of each subscription is looked for.
_MESSAGES = 200


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or to be watched, and the mend."""

    severity: str
    code: str
    sentence: str
    mend: str


def examine_databases(settings: Settings) -> list[Finding]:
    """What is wrong before the desk can even be opened: reach, standing, rights of the database user."""
    found: list[Finding] = []
    for name, checkup in check_up(settings).items():
        found.extend(_database(name, checkup))
    return found


def examine_desk(desk: Desk, actor: Actor) -> list[Finding]:
    """What is wrong inside: accounts without their plan for failure, rows that no load owns, messages with no way out."""
    return desk.ask(actor, _inside, desk.settings)


def grants(settings: Settings, user: str) -> list[str]:
    """The statements that give the running app's database user what it needs and no more (R19)."""
    if settings.app_url.startswith("sqlite"):
        raise DeskError(
            "no_grants",
            "The embedded database has no users, so there is nothing to grant.",
            "Set DATABASE_URL to a server first; here the app itself refuses to change its tables.",
        )
    return grant_statements(settings, user)


def _database(name: str, checkup: Checkup) -> Iterator[Finding]:
    if checkup.trouble is not None:
        yield Finding(WRONG, checkup.trouble.code, f"{name}: {checkup.trouble.message}", checkup.trouble.hint)
        return
    if checkup.is_same_user:
        yield Finding(
            WARNING,
            "same_user",
            f"{name}: the running app and the migrations use the same database user.",
            "Give the app a user of its own (`grants` prints its rights), and name the other in MIGRATION_DATABASE_URL.",
        )
    if checkup.may_drop:
        yield Finding(
            WARNING,
            "may_drop",
            f"{name}: the running app's database user may DROP tables (R19).",
            "Give it only what `grants` prints.",
        )


def _inside(tx: UnitOfWork, settings: Settings) -> list[Finding]:
    found = [finding for account in tx.accounts.every() for finding in _account(account)]
    owned = set(tx.loads.every_id())
    orphans = [load for load in tx.traffic.load_ids() if load not in owned]
    if orphans:
        found.append(
            Finding(
                WARNING,
                "orphan_traffic",
                f"The traffic database holds rows of {len(orphans)} loads that the app database does not know.",
                "They are invisible; restore both databases from backups of the same moment.",
            )
        )
    return [*found, *_mail(tx, settings), *_alerts(tx, settings)]


def _mail(tx: UnitOfWork, settings: Settings) -> list[Finding]:
    asking = len(tx.report_notes.subscribers())
    missing = [
        name for name, value in (("SMTP_URL", settings.smtp_url), ("MAIL_FROM", settings.mail_from)) if not value
    ]
    if not asking or not missing:
        return []
    return [
        Finding(
            WARNING,
            "no_way_out",
            f"{counted(asking, 'monthly note')} {'is' if asking == 1 else 'are'} asked for, and none can go out.",
            f"Set {' and '.join(missing)}, or let them be taken off with `report-note unsubscribe`.",
        )
    ]


def _alerts(tx: UnitOfWork, settings: Settings) -> Iterator[Finding]:
    asked = tx.alerts.subscriptions()
    by_mail = [item for item in asked if not item.destination]
    if by_mail and not (settings.smtp_url and settings.mail_from):
        yield Finding(
            WARNING,
            "alerts_without_mail",
            f"{counted(len(by_mail), 'person', 'people')} asked for alerts by e-mail, and none can go out.",
            "Set SMTP_URL and MAIL_FROM, or let them name a place with `alerts subscribe --to`.",
        )
    on, seen = {item.id for item in asked}, set[int]()
    for message in tx.alerts.newest(_MESSAGES):
        if message.subscription_id not in on or message.subscription_id in seen:
            continue
        seen.add(message.subscription_id)
        if message.status == REFUSED:
            place = f" --to {message.destination}" if message.destination else ""
            yield Finding(
                WARNING,
                "alert_refused",
                f"The last alert for {message.email} did not go out: {message.answer}",
                f"Mend the place and try it with `alerts test --by {message.email}{place}`.",
            )


def _account(account: Account) -> Iterator[Finding]:
    plan = {
        "failure_path": account.failure_path,
        "manual_fallback": account.manual_fallback,
        "rollback_note": account.rollback_note,
    }
    missing = [name for name, value in plan.items() if not value]
    if missing:
        yield Finding(
            WARNING,
            "account_unprepared",
            f"{account.key} has no {', no '.join(name.replace('_', ' ') for name in missing)} yet (R13, R16).",
            f"Write them: `account set {account.key} {missing[0]}='…'`.",
        )

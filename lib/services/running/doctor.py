"""Find everything wrong with a desk, one sentence each, with the mend; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lib.db.audit.anchors import AnchorFile
from lib.db.rights.checkup import Checkup, UserCheck, check_up, check_users, has_own_portal_user
from lib.db.rights.grants import grant_script
from lib.db.rights.needed import Part
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Actor, Right
from lib.domain.running.alerts import REFUSED
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.settings import Settings

WRONG = "wrong"
WARNING = "warning"
_UNREACHABLE = "database_down"
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
        found.extend(_database(name, checkup, settings))
    if any(item.code == _UNREACHABLE for item in found):
        return found
    for check in check_users(settings):
        found.extend(_user(check, settings))
    if not has_own_portal_user(settings):
        found.append(
            Finding(
                WARNING,
                "portal_not_apart",
                "The portal reads as the running app's database user, who may read every table.",
                "Give it a user of its own (`grants` prints its rights), and name it in PORTAL_DATABASE_URL.",
            )
        )
    return found


def examine_desk(desk: Desk, actor: Actor) -> list[Finding]:
    """What is wrong inside: accounts without their plan for failure, rows that no load owns, messages with no way out."""
    actor.require(Right.MANAGE_DESK)
    return desk.ask(actor, _inside, desk.settings)


def grants(settings: Settings, named: Mapping[str, str], host: str) -> list[str]:
    """The statements that give the desk's database users what they need and no more (R19), for an administrator to run.

    `named` are accounts given by hand for `migrate`, `run` or `portal`, such as
    `'desk'@'%'`; `host` is where a user signs in from who could not be asked.
    """
    if settings.app_url.startswith("sqlite"):
        raise DeskError(
            "no_grants",
            "The embedded database has no users, so there is nothing to grant.",
            "Set DATABASE_URL to a server first; here the app itself refuses to change its tables.",
        )
    return grant_script(settings, {Part(part): account for part, account in named.items()}, host)


def _user(check: UserCheck, settings: Settings) -> Iterator[Finding]:
    who = f"The database user {check.name} ({check.variable})"
    mend = "Have an administrator of the server run what `grants` prints."
    if check.trouble is not None:
        # Where the desk itself runs as this user, that it cannot be reached is said already.
        if Part.RUN not in check.parts:
            severity = WARNING if check.is_migrating_only else WRONG
            said = f"{who} could not be asked what it may: {check.trouble.message}"
            yield Finding(severity, "rights_not_told", said, f"Mend its address, or: {check.trouble.hint}")
        return
    if check.lacks:
        severity = WARNING if check.is_migrating_only else WRONG
        yield Finding(severity, "rights_missing", f"{who} lacks {check.lacks}.", mend)
    if check.has_too_much:
        # The desk does not start as somebody who may change its tables.
        is_refused = check.may_change_tables and Part.RUN in check.parts and not settings.is_development
        yield Finding(
            WRONG if is_refused else WARNING,
            "rights_too_many",
            f"{who} has more than it needs: {check.has_too_much}.",
            mend,
        )
    for line in check.unread:
        yield Finding(WARNING, "rights_unread", f"{who} has a right the desk does not know: {line}", mend)


def _database(name: str, checkup: Checkup, settings: Settings) -> Iterator[Finding]:
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
            WARNING if settings.is_development else WRONG,
            "may_drop",
            f"{name}: the running app's database user may DROP tables.",
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
    return [*found, *_audit_log(tx, settings), *_mail(tx, settings), *_alerts(tx, settings)]


def _audit_log(tx: UnitOfWork, settings: Settings) -> list[Finding]:
    """A look at its end alone; `audit verify` walks all of it."""
    anchors = AnchorFile(settings.var).kept() or ()
    last = max(anchors, key=lambda anchor: anchor.position, default=None)
    if last is None or tx.audit.has(last):
        return []
    return [
        Finding(
            WRONG,
            "audit_log_cut",
            f"The audit log does not hold line {last.position}, of which an anchor was kept outside the database.",
            "`audit verify` says from where on it is not what was written.",
        )
    ]


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

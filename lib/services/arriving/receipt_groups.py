"""Which receipts become a delivery now, of which object; and what is said where none can, since no map is approved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from lib.db.repositories.receipts import Waiting, WaitingReceipt
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.hooks import Sender
from lib.domain.imports import Delivery
from lib.domain.jobs import RECEIPTS, ROUTINE
from lib.domain.people import Right
from lib.domain.settings.retention import FOR_GOOD, WAITS_DAYS, is_kept
from lib.domain.states import AccountStatus
from lib.domain.tasks import WAITING_RECEIPTS
from lib.providers import template
from lib.providers.senders import STANDARD, sender

# Of one delivery; a longer backlog becomes several.
MOST_ROWS = 10_000
_LET_GO = 1_000


@dataclass(frozen=True)
class Group:
    """Receipts that become one delivery: those of some events of an account, all of one object."""

    account: Account
    object: str
    is_test: bool
    events: tuple[str, ...]


def waiting(tx: UnitOfWork) -> dict[int, list[Waiting]]:
    """What waits, by account; one question where nothing does."""
    tx.actor.require(Right.IMPORT)
    found: dict[int, list[Waiting]] = defaultdict(list)
    for item in tx.receipts.waiting():
        found[item.account_id].append(item)
    return found


def due_groups(tx: UnitOfWork, account_id: int, held: Sequence[Waiting]) -> tuple[Account, list[Group], dict[str, int]]:
    """The groups of an account that are due, and how many receipts have no approved map, by object ("" for any).

    A paused account's receipts wait, and so do those that came within the window while they are few.
    """
    account = tx.accounts.by_id(account_id)
    if account.status is AccountStatus.PAUSED or not _is_due(tx, account, held):
        return account, [], {}
    mapped = {name for number, name in tx.maps.approved_numbers() if number == account.id}
    groups: dict[tuple[str, bool], list[str]] = defaultdict(list)
    stuck: dict[str, int] = defaultdict(int)
    for item in held:
        name = object_of(account, sender_of(account), item.event, mapped)
        if name in mapped:
            groups[name, item.is_test].append(item.event)
        else:
            stuck[name] += item.number
    return account, [Group(account, *kind, tuple(events)) for kind, events in groups.items()], dict(stuck)


def sender_of(account: Account) -> Sender:
    """How an account's webhooks are sent: as it says itself, else as its template does, else by Standard Webhooks."""
    key = account.intake.hook.sender or template(account.provider).sender
    return sender(key) if key else STANDARD


def object_of(account: Account, sent_by: Sender, event: str, mapped: Collection[str]) -> str:
    """What the rows of an event are: said by the account, by the event, or the only thing it could be; else ""."""
    if account.intake.hook.object:
        return account.intake.hook.object
    for beginning, name in sent_by.objects:
        if event.lower().startswith(beginning.lower()) and name in account.signals:
            return name
    for candidates in (mapped, account.signals):
        if len(candidates) == 1:
            return next(iter(candidates))
    return ""


def taken(tx: UnitOfWork, group: Group) -> list[WaitingReceipt]:
    """The receipts of a group, oldest first, at most `MOST_ROWS` of them."""
    tx.actor.require(Right.IMPORT)
    return tx.receipts.waiting_of(group.account, group.events, MOST_ROWS, is_test=group.is_test)


def put_into(tx: UnitOfWork, group: Group, some: Sequence[WaitingReceipt], delivery: Delivery) -> int:
    """Say that receipts lie in a delivery, and queue its way into review; the id of the job.

    Their bodies go at once where the delivery keeps them, and with its staging where the account keeps no payloads.
    """
    tx.actor.require(Right.IMPORT)
    tx.receipts.mark_grouped([item.id for item in some], delivery.id)
    if is_kept(group.account.retention_days):
        tx.receipts.drop_bodies(group.account.id, [item.key for item in some])
    told = {"delivery": delivery.id, "test": group.is_test, "by": tx.actor.person_id}
    return tx.jobs.add_job(group.account, RECEIPTS, group.object, told, priority=ROUTINE)


def keep_tasks(tx: UnitOfWork, account: Account, stuck: dict[str, int]) -> None:
    """One open task for each object whose receipts wait for a map, and none where nothing waits."""
    is_open = {task.detail["object"]: task for task in tx.tasks.standing([WAITING_RECEIPTS], account.id)}
    for name, task in is_open.items():
        if name not in stuck:
            tx.tasks.close_task(task, "The webhooks that waited lie in a delivery.")
    for name in stuck.keys() - is_open.keys():
        what = f"no map of {name} is approved" if name else "nothing says which of its objects they are"
        mend = "Approve one" if name else f"Say it with `account set {account.key} hook.object=…`"
        link = f"field_maps?account={account.key}" + (f"&object={name}" if name else "")
        sentence = f"{account.source_label}: webhooks come in and wait, because {what}. {mend}; none is lost meanwhile."
        cause = f"receipts:{account.id}:{name}"
        tx.tasks.open_task(account, WAITING_RECEIPTS, cause, sentence, link, {"object": name})


def let_overdue_go(tx: UnitOfWork, account_id: int) -> int:
    """Bodies that waited longer than the account keeps payloads, and a week at least, are let go (R11); how many."""
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_id(account_id)
    if account.retention_days == FOR_GOOD:
        return 0
    before = tx.now - timedelta(days=max(account.retention_days, WAITS_DAYS))
    gone = tx.receipts.overdue(account, before, _LET_GO)
    if gone:
        tx.receipts.refuse([receipt_id for receipt_id, _ in gone], "waited_too_long")
        tx.receipts.drop_bodies(account.id, [key for _, key in gone])
        tx.audit.note("waiting webhooks let go", "account", account.id, account.client_id, receipts=len(gone))
    return len(gone)


def _is_due(tx: UnitOfWork, account: Account, held: Sequence[Waiting]) -> bool:
    settings = account.intake.hook
    oldest = min(item.since for item in held)
    is_old = tx.now - oldest >= timedelta(seconds=settings.window_seconds)
    return is_old or sum(item.number for item in held) >= settings.window_rows

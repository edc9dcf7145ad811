"""The queue of what was given up: bury a failure, list what lies there by cause, and keep a task for whoever answers for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from lib.db.letter_lines import Standing
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.jobs import IMPORT
from lib.domain.objects import MICROS
from lib.domain.people import Right
from lib.domain.running.dead_letters import HELD_UP, DeadLetter, Group, GroupDetail, LetterStatus, Tally, Worth
from lib.domain.running.failed_work import FailedWork, Subject
from lib.domain.tasks import DEAD_LETTER
from lib.domain.wording import counted
from lib.errors import DeskError, NotFound
from lib.reporting.amounts import money

__all__ = ["DeadLetter", "FailedWork", "Group", "GroupDetail", "LetterStatus", "Tally", "Worth"]

_LINES = 50
_SHORTEST = 4
_NOTED = 420


def bury(
    tx: UnitOfWork,
    work: FailedWork,
    *,
    delivery_id: int | None = None,
    worth: tuple[int, str] | None = None,
    first_seen: datetime | None = None,
    tries: int = 1,
) -> int:
    """Put a failure into the queue, in whatever transaction met it, with a task for the account's owner; its line's id.

    The same cause and subject again is the line it already is, brought up to date; one that was closed is open again.
    `worth` is (micros, column of money) where it is known. An import of a delivery that was refused for the same
    reason is that delivery's line.
    """
    if work.subject is Subject.JOB:
        job = tx.jobs.by_id(work.subject_id)
        delivery_id = int(job.arguments.get("delivery") or 0) or None
        if job.kind == IMPORT and delivery_id is not None:
            told = [item for item in tx.dead_letters.about(Subject.DELIVERY, [delivery_id]) if item.code == work.code]
            if any(item.status in HELD_UP for item in told):
                return told[-1].id
    elif work.subject is Subject.DELIVERY:
        delivery_id = work.subject_id
    number = tx.dead_letters.bury(work, delivery_id=delivery_id, worth=worth, first_seen=first_seen, tries=tries)
    keep_tasks(tx, tx.accounts.by_id(work.account_id), [work.fingerprint])
    return number


def groups(tx: UnitOfWork, *, account: str = "", client: str = "", is_open: bool = True) -> tuple[Group, ...]:
    """What lies in the queue by cause, of an account, of a client or of all in scope: what was seen last comes first.

    With `is_open` only causes that still hold something up, those that are snoozed among them; else every one.
    """
    tx.actor.require(Right.SEE_DETAIL)
    found = _groups(
        tx,
        tx.dead_letters.standings(
            account_id=tx.accounts.by_key(account).id if account else None,
            client_id=tx.clients.by_key(client).id if client else None,
        ),
    )
    return tuple(item for item in found if item.is_held_up or not is_open)


def group(tx: UnitOfWork, fingerprint: str) -> GroupDetail:
    """One cause with its newest lines. The first letters of its fingerprint will do, or the number of one of its lines.

    NotFound where there is none in scope, DeskError `not_one` where several begin so.
    """
    tx.actor.require(Right.SEE_DETAIL)
    whole = fingerprint_of(tx, fingerprint)
    lines = tx.dead_letters.lines(_LINES, fingerprint=whole)
    found = _groups(tx, tx.dead_letters.standings(fingerprint=whole))[0]
    return GroupDetail(found, tuple(lines), sum(item.lines for item in found.told.values()) - len(lines))


def fingerprint_of(tx: UnitOfWork, said: str) -> str:
    """The whole fingerprint that a person means by its first letters or by the number of a line."""
    tx.actor.require(Right.SEE_DETAIL)
    text = said.strip().lower()
    found = tx.dead_letters.fingerprints(text) if len(text) >= _SHORTEST else []
    if len(found) > 1:
        raise DeskError("not_one", f"Several causes begin with {text}.", "Write more of its letters.")
    if found:
        return found[0]
    # A longer number is none that a database would take.
    if text.isdecimal() and len(text) < 16:
        return tx.dead_letters.by_id(int(text)).fingerprint
    raise NotFound("dead letter", said, "`dead-letters` lists them; four letters of a fingerprint are enough.")


def lines_of(tx: UnitOfWork, said: str, limit: int) -> list[DeadLetter]:
    """The lines that a person means, newest first: the one of that number, or all of a cause by its first letters."""
    tx.actor.require(Right.SEE_DETAIL)
    if said.strip().isdecimal() and not tx.dead_letters.fingerprints(said.strip()):
        return [tx.dead_letters.by_id(int(said))]
    return tx.dead_letters.lines(limit, fingerprint=fingerprint_of(tx, said))


def letter(tx: UnitOfWork, letter_id: int) -> DeadLetter:
    """One line; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.dead_letters.by_id(letter_id)


def keep_tasks(tx: UnitOfWork, account: Account, fingerprints: Iterable[str], because: str = "") -> None:
    """One open task for the owner while a cause holds anything up and is not snoozed; else none, closed with a reason."""
    for fingerprint in sorted(set(fingerprints)):
        item = _groups(tx, tx.dead_letters.standings(fingerprint=fingerprint))[0]
        cause = f"{DEAD_LETTER}:{fingerprint}"
        if item.status in HELD_UP:
            detail = {"object": item.object, "fingerprint": fingerprint, "code": item.code, "column": item.column}
            tx.tasks.open_task(account, DEAD_LETTER, cause, _told(item), f"operations?cause={fingerprint}", detail)
            continue
        for task in tx.tasks.standing([DEAD_LETTER], account.id):
            if task.cause == cause:
                tx.tasks.close_task(task, because or _closed(item))


def wake(tx: UnitOfWork) -> int:
    """Open the tasks of causes whose snooze is over; how many there were. One question where there is none."""
    woken = tx.dead_letters.woken()
    for fingerprint in woken:
        tx.dead_letters.snooze(fingerprint, None)
        item = tx.dead_letters.lines(1, fingerprint=fingerprint)[0]
        keep_tasks(tx, tx.accounts.by_id(item.account_id), [fingerprint])
    return len(woken)


def _groups(tx: UnitOfWork, standings: list[Standing]) -> list[Group]:
    by_cause: dict[str, list[Standing]] = defaultdict(list)
    for item in standings:
        by_cause[item.fingerprint].append(item)
    newest = {cause: max(item.newest for item in _shown(found)) for cause, found in by_cause.items()}
    lines = {item.fingerprint: item for item in tx.dead_letters.lines(len(newest), ids=newest.values())}
    accounts = {number: tx.accounts.by_id(number) for number in {item.account_id for item in lines.values()}}
    found = [_group(tx, accounts[lines[cause].account_id], lines[cause], told) for cause, told in by_cause.items()]
    return sorted(found, key=lambda item: (item.last_seen, item.fingerprint), reverse=True)


def _shown(standings: list[Standing]) -> list[Standing]:
    """Those that hold something up; where none does, all of them."""
    return [item for item in standings if item.status in HELD_UP] or standings


def _group(tx: UnitOfWork, account: Account, newest: DeadLetter, standings: list[Standing]) -> Group:
    told = {item.status: Tally(item.lines, item.rows) for item in standings}
    shown = _shown(standings)
    rows, first = sum(item.rows for item in shown), min(item.first_seen for item in shown)
    worth = _worth(account, shown)
    until = max((item.snoozed_until for item in shown if item.snoozed_until is not None), default=None)
    status = newest.status if LetterStatus.REPLAYING not in told else LetterStatus.REPLAYING
    if status is LetterStatus.OPEN and until is not None and until > tx.now:
        status = LetterStatus.SNOOZED
    return Group(
        fingerprint=newest.fingerprint,
        account=account.key,
        source_label=account.source_label,
        client=account.client_key,
        object=newest.object,
        step=newest.step,
        code=newest.code,
        column=newest.column,
        field=newest.column.replace("_", " "),
        sentence=newest.sentence,
        mend=newest.mend,
        owner=account.owner_email,
        status=status,
        lines=sum(item.lines for item in shown),
        rows=rows,
        worth=worth,
        what_it_is_worth=_in_words(worth, rows, newest),
        first_seen=first,
        last_seen=max(item.last_seen for item in shown),
        age=tx.now - first,
        tries=max(item.tries for item in shown),
        snoozed_until=until,
        reason=newest.reason,
        told=told,
    )


def _worth(account: Account, standings: list[Standing]) -> Worth | None:
    micros = sum(item.worth_micros for item in standings)
    column = max(item.worth_column for item in standings)
    return Worth(Decimal(micros) / MICROS, account.currency, column) if micros and column else None


def _in_words(worth: Worth | None, rows: int, newest: DeadLetter) -> str:
    if worth is not None:
        return f"{money(worth.amount, worth.currency)} by {worth.column.replace('_', ' ')}"
    if rows:
        return counted(rows, "row")
    return "not known: nothing of it could be read" if newest.subject is not Subject.JOB else "the work of a job"


def _told(item: Group) -> str:
    rows = f"{counted(item.rows, 'row')} held up" if item.rows else f"{counted(item.lines, 'failure')} given up"
    worth = f", worth {item.what_it_is_worth}" if item.worth is not None else ""
    where = f" ({item.field})" if item.field else ""
    return f"{item.source_label}: {rows}{worth}{where}. {item.sentence} {item.mend}".strip()[:_NOTED]


def _closed(item: Group) -> str:
    if item.status is LetterStatus.SNOOZED and item.snoozed_until is not None:
        return f"Snoozed until {item.snoozed_until:%Y-%m-%d}."
    return item.reason or "Nothing is held up by it any more."

"""What people decide about dead letters: discard them with a reason, bring them back, let them wait for a day (F125, F126)."""

from __future__ import annotations

from datetime import date, datetime, time

from lib.clock import zone
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Right
from lib.domain.running.dead_letters import DeadLetter, LetterStatus
from lib.errors import DeskError

# So many lines of one cause are decided on at once.
MOST = 10_000


def discard(tx: UnitOfWork, lines: list[DeadLetter], reason: str) -> int:
    """Give these lines up for good, with a reason; how many. They stay counted and shown as discarded.

    DeskError `nothing_to_discard` where none of them is open: those that are tried again right now are not.
    """
    tx.actor.require(Right.APPROVE_LOADS)
    said = " ".join(reason.split())
    if not said:
        raise DeskError("reason_missing", "Discarding needs a reason.", "Give one with --reason.")
    mine = [item for item in lines if item.status is LetterStatus.OPEN]
    if not mine:
        raise DeskError(
            "nothing_to_discard",
            "None of it is open: it is tried again, resolved or discarded already.",
            "Look at it with `dead-letter show`.",
        )
    for item in mine:
        tx.dead_letters.close(item, LetterStatus.DISCARDED, said, decided_by=tx.actor.person_id)
    _note(tx, "dead letters discarded", mine, reason=said[:300])
    return len(mine)


def bring_back(tx: UnitOfWork, lines: list[DeadLetter]) -> int:
    """Put discarded lines back into the queue; how many. DeskError `nothing_discarded` where none is."""
    tx.actor.require(Right.APPROVE_LOADS)
    mine = [item for item in lines if item.status is LetterStatus.DISCARDED]
    if not mine:
        raise DeskError("nothing_discarded", "None of it was discarded.", "Look at it with `dead-letter show`.")
    for item in mine:
        tx.dead_letters.reopen(item)
    _note(tx, "dead letters brought back", mine)
    return len(mine)


def snooze(tx: UnitOfWork, account: Account, lines: list[DeadLetter], until: date | None) -> datetime | None:
    """Let a cause wait until the beginning of that day at the client's; None ends the wait. The moment it ends.

    What fails of the same cause meanwhile waits with it. DeskError `day_not_ahead` where the day has begun already.
    """
    tx.actor.require(Right.IMPORT)
    moment = None
    if until is not None:
        moment = datetime.combine(until, time(), zone(account.client_timezone))
        if moment <= tx.now:
            raise DeskError("day_not_ahead", f"{until} has begun already.", "Name a day that is still to come.")
    tx.dead_letters.snooze(lines[0].fingerprint, moment)
    _note(
        tx, "dead letters snoozed" if until else "dead letters woken", lines, until=until.isoformat() if until else ""
    )
    return moment


def _note(tx: UnitOfWork, action: str, lines: list[DeadLetter], **detail: str) -> None:
    rows, cause = sum(item.rows for item in lines), lines[0]
    told = {"lines": len(lines), "rows": rows, "fingerprint": cause.fingerprint, "code": cause.code, **detail}
    tx.audit.note(action, "dead_letter", cause.id, cause.client_id, **told)

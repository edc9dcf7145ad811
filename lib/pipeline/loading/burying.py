"""What steps of the road put into the queue of dead letters and take out of it, in the transaction of the step itself."""

from __future__ import annotations

from collections.abc import Sequence

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.jobs import Job
from lib.domain.running.dead_letters import HELD_UP, DeadLetter, LetterStatus
from lib.domain.running.failed_work import FailedWork, Step, Subject
from lib.errors import DeskError
from lib.services.running import dead_letters, failed_rows, letter_closing

# So many lines of other deliveries are looked at when a load is committed, and of no more rows than this each.
_LOOKED_AT, _MOST_ROWS = 50, 5_000


def bury_refused(tx: UnitOfWork, delivery: Delivery, name: str, trouble: DeskError) -> int:
    """A delivery that the reader refused waits for somebody; the id of its line."""
    work = FailedWork(
        account_id=delivery.account_id,
        client_id=delivery.client_id,
        object=name,
        step=Step.READ,
        code=trouble.code,
        column="",
        subject=Subject.DELIVERY,
        subject_id=delivery.id,
        sentence=f"{delivery.file_name} was refused. {trouble.message}",
        mend=trouble.hint,
    )
    return dead_letters.bury(tx, work)


def close_refused(tx: UnitOfWork, account: Account, load: Load) -> None:
    """A delivery came into review after all."""
    dead_letters.keep_tasks(tx, account, letter_closing.delivery_read(tx, load))


def bury_failed_rows(tx: UnitOfWork, account: Account, load: Load) -> None:
    """The rows that stayed out of a load just committed, one line a cause.

    Lines of earlier loads of its delivery close, and lines of other deliveries all of whose rows it brought again, as an
    export of everything does each day. What was discarded of these rows for the same cause stays discarded. Costs two
    short questions where no row failed and nothing is open.
    """
    found = failed_rows.failed_rows(tx, account, load)
    failing = {item.work.fingerprint: item.work.row_count for item in found}
    earlier = letter_closing.superseded(tx, load, failing)
    others = [
        item
        for item in tx.dead_letters.of_object(account.id, load.object, Subject.LOAD, _LOOKED_AT)
        if item.delivery_id != load.delivery_id and item.rows <= _MOST_ROWS
    ]
    again = _came_again(tx, account, load, others)
    known: dict[str, DeadLetter] = {}
    for item in [*again, *(item for item in earlier if item.status in HELD_UP)]:
        if item.fingerprint not in known or item.first_seen < known[item.fingerprint].first_seen:
            known[item.fingerprint] = item
    for each in found:
        was = known.get(each.work.fingerprint)
        number = dead_letters.bury(
            tx,
            each.work,
            delivery_id=load.delivery_id,
            worth=each.worth,
            first_seen=was.first_seen if was is not None else None,
            tries=was.tries if was is not None else 1,
        )
        reason = _discarded_before(tx, account, load, each.work, [*earlier, *others])
        if reason:
            tx.dead_letters.close(
                tx.dead_letters.by_id(number), LetterStatus.DISCARDED, f"Discarded as before: {reason}"
            )
    dead_letters.keep_tasks(tx, account, {*failing, *known})


def _came_again(tx: UnitOfWork, account: Account, load: Load, others: Sequence[DeadLetter]) -> list[DeadLetter]:
    closed = []
    for item in others:
        if item.status is LetterStatus.OPEN:
            mine = _ids(tx, account, item)
            if mine and mine <= failed_rows.brought(tx, load, mine):
                letter_closing.came_again(tx, item, load)
                closed.append(item)
    return closed


def _discarded_before(
    tx: UnitOfWork, account: Account, load: Load, work: FailedWork, earlier: Sequence[DeadLetter]
) -> str:
    """Why just these rows were discarded for this cause before; '' where any of them was not."""
    such = [item for item in earlier if item.fingerprint == work.fingerprint and item.status is LetterStatus.DISCARDED]
    if not such or work.row_count > _MOST_ROWS:
        return ""
    if any(item.delivery_id == load.delivery_id and item.rows >= work.row_count for item in such):
        return such[0].reason
    mine = failed_rows.ids(tx, account, load, (work.code, work.column), _MOST_ROWS)
    before = set[int]().union(*(_ids(tx, account, item) for item in such))
    return such[0].reason if mine and mine <= before else ""


def _ids(tx: UnitOfWork, account: Account, line: DeadLetter) -> set[int]:
    return failed_rows.ids(tx, account, tx.loads.by_id(line.subject_id), (line.code, line.column), _MOST_ROWS)


def close_undone(tx: UnitOfWork, account: Account, load: Load) -> None:
    """A load was taken back, and with it what had closed lines of its delivery."""
    dead_letters.keep_tasks(tx, account, letter_closing.undone(tx, load))


def close_job(tx: UnitOfWork, done: Job) -> None:
    """A job went well that had been given up before, or whose schedule had; one question where neither had."""
    touched = letter_closing.job_done(tx, done.id) if done.error_code else set[str]()
    if done.schedule_id is not None:
        touched |= letter_closing.run_done(tx, done)
    if touched:
        dead_letters.keep_tasks(tx, tx.accounts.by_id(done.account_id), touched)

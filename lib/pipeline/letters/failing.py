"""Work that met trouble: tried again later, kept waiting for its provider, or given up as a dead letter, all at once."""

from __future__ import annotations

from datetime import timedelta

from lib.db.unit_of_work import UnitOfWork
from lib.domain.jobs import (
    APPROVE,
    BULK_REPLAY,
    DROP,
    IMPACT,
    IMPORT,
    LET_IN,
    NEEDS_PROVIDER,
    PULL,
    RECEIPTS,
    UNDO,
    UNDO_PREVIEW,
    Job,
)
from lib.domain.running.breaker import BreakerPlace
from lib.domain.running.failed_work import FailedWork, Step, Subject
from lib.domain.running.retrying import POLICIES, ErrorClass, class_of, may_pass, may_try_again, pause_after
from lib.errors import DeskError
from lib.services.running import breaker, dead_letters, jobs

# Work that waits for its provider to come back is given up after so long: by then its owner knows of it.
GIVEN_UP_AFTER = timedelta(days=3)
_STEPS = {
    **dict.fromkeys((IMPORT, RECEIPTS), Step.READ),
    PULL: Step.PULL,
    DROP: Step.RECEIVE,
    **dict.fromkeys((APPROVE, UNDO, LET_IN), Step.COMMIT),
}
# These answer whoever asked and can be asked again; a bulk replay keeps its own count of what did not come through.
_NEVER_BURIED = frozenset({UNDO_PREVIEW, IMPACT, BULK_REPLAY})
# A "no" to a person's decision is an answer, and nothing that anybody has to mend.
_DECISIONS = frozenset({APPROVE, UNDO})


def meet_trouble(tx: UnitOfWork, claimed: Job, trouble: DeskError, draw: float) -> None:
    """What becomes of a job that met trouble, by the class of it; `draw` is the jitter of its pause, from 0 to 1.

    The provider's trouble counts for its breaker. While that is open the job waits for the next trial, uncounted; else
    it is tried again after a growing pause, as often as its class allows; after the last try it failed, and lies with
    the dead letters. All in one transaction, so that a job is in exactly one of these places.
    """
    kind, policy = class_of(trouble), POLICIES[class_of(trouble)]
    again = tx.now + timedelta(seconds=pause_after(policy, claimed.attempts, trouble.retry_after, draw))
    if claimed.kind in NEEDS_PROVIDER and policy.counts:
        state = breaker.note_failure(tx, tx.accounts.by_id(claimed.account_id), trouble)
        if state.place is BreakerPlace.OPEN and may_pass(trouble) and not _is_too_old(tx, claimed):
            assert state.try_at is not None, "what is open says when it may be tried"
            said = f"{trouble.message} {trouble.hint}".strip()
            jobs.wait_for_provider(tx, claimed, max(state.try_at, again), said, kind)
            return
    if may_try_again(trouble, claimed.attempts):
        jobs.try_later(tx, claimed, trouble, again)
    elif jobs.end_failed(tx, claimed, trouble):
        bury_job(tx, claimed, trouble)


def bury_job(tx: UnitOfWork, failed: Job, trouble: DeskError) -> None:
    """Put a job that failed for good with the dead letters, where it is of a kind that somebody has to answer for."""
    is_answer = failed.kind in _DECISIONS and class_of(trouble) is ErrorClass.BROKEN and trouble.code != "worker_ended"
    if failed.kind in _NEVER_BURIED or is_answer:
        return
    work = FailedWork(
        account_id=failed.account_id,
        client_id=failed.client_id,
        object=failed.object,
        step=_STEPS.get(failed.kind, Step.OTHER),
        code=trouble.code,
        column="",
        subject=Subject.JOB,
        subject_id=failed.id,
        sentence=trouble.message,
        mend=trouble.hint,
        row_count=int(failed.progress.get("total") or 0),
    )
    dead_letters.bury(tx, work, tries=max(failed.attempts, 1))


def _is_too_old(tx: UnitOfWork, claimed: Job) -> bool:
    return claimed.created_at is not None and tx.now - claimed.created_at > GIVEN_UP_AFTER

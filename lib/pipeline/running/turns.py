"""Whose turn it is: the next job for a worker, held back while its provider is left alone; and what a good one ends."""

from __future__ import annotations

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.jobs import NEEDS_PROVIDER, Job
from lib.domain.people import Actor
from lib.pipeline.letters.failing import bury_job
from lib.pipeline.loading.burying import close_job
from lib.services.running import breaker, jobs


def claim_next(desk: Desk, worker: Actor, holder: str) -> Job | None:
    """The job that `holder` is to do now, or None. Nothing may be done about it before this has returned.

    One that asks a provider whose breaker is open goes back to the moment of the next trial and is no try.
    """

    def work(tx: UnitOfWork) -> Job | None:
        while (found := jobs.claim(tx, holder, bury_job)) is not None:
            if found.kind not in NEEDS_PROVIDER:
                return found
            turn = breaker.may_try(tx, tx.accounts.by_id(found.account_id))
            if turn.wait_until is None:
                return found
            said = f"Its provider is left alone for now. {turn.after.sentence}"
            jobs.wait_for_provider(tx, found, turn.wait_until, said, turn.after.error_class)
        return None

    return desk.do(worker, work)


def come_through(desk: Desk, worker: Actor, done: Job) -> None:
    """A job went well: its provider answers, and what it had left behind when it was given up before is closed."""
    if done.kind not in NEEDS_PROVIDER and not done.error_code and done.schedule_id is None:
        return

    def work(tx: UnitOfWork) -> None:
        if done.kind in NEEDS_PROVIDER and breaker.note_success(tx, tx.accounts.by_id(done.account_id)):
            jobs.wake(tx, done.account_id)
        if done.error_code or done.schedule_id is not None:
            close_job(tx, done)

    desk.do(worker, work)


def close_breaker(desk: Desk, actor: Actor, key: str, reason: str) -> Account:
    """Close an account's breaker by hand and let what waited for it go on; DeskError as `breaker.close_by_hand`."""

    def work(tx: UnitOfWork) -> Account:
        account = breaker.close_by_hand(tx, key, reason)
        jobs.wake(tx, account.id)
        return account

    return desk.do(actor, work)

"""Payloads leave on time: by the worker's own job, by hand, and with the decision where an account keeps none."""

from __future__ import annotations

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.imports import Load
from lib.domain.jobs import Progress
from lib.domain.people import Actor
from lib.pipeline.loading.arrival import settle_tasks
from lib.services.reviewing import review
from lib.services.running import purge, queue_work
from lib.services.running.purge import Purged


def reject_load(tx: UnitOfWork, load_id: int, reason: str) -> Load:
    """Turn a load down; where its account keeps no payloads, its rows go with it."""
    rejected = review.reject_load(tx, load_id, reason)
    account = tx.accounts.by_id(rejected.account_id)
    purge.let_go(tx, account, rejected)
    settle_tasks(tx, account, rejected.object)
    return rejected


def purge_payloads(desk: Desk, actor: Actor, account_id: int, progress: Progress = lambda *_: None) -> Purged:
    """Let every payload of an account go whose time is over, delivery by delivery; what went comes back.

    Stopped in the middle, the next run goes on with what is left; once nothing is left, it changes nothing.
    """
    deliveries = desk.ask(actor, lambda tx: purge.due(tx, tx.accounts.by_id(account_id)))
    done = Purged()
    for place, delivery_id in enumerate(deliveries):
        progress("purging", place, len(deliveries))
        while (some := desk.do(actor, purge.purge_some, account_id, delivery_id)) is not None:
            done += some
            progress("purging", place, len(deliveries))
    return done


def queue_purges(desk: Desk, actor: Actor) -> list[int]:
    """Queue a job for each account of which anything is to go; their ids. One that is queued already is that job."""
    found = desk.ask(actor, purge.accounts_due)
    return [desk.do(actor, queue_work.enqueue_purge, account) for account in found]

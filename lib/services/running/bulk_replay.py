"""Bulk replays: one at a time for each client, as a job that can be watched and stopped (F87, F88)."""

from __future__ import annotations

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.jobs import BULK_REPLAY, RUNNING, Job
from lib.domain.people import Right
from lib.errors import DeskError

_MOST = 500


def enqueue(tx: UnitOfWork, account: Account, name: str, fingerprint: str) -> int:
    """Queue a bulk replay of an account's lines, or of those of one cause; the job's id.

    DeskError `bulk_replay_under_way` while another of the same client waits or runs.
    """
    tx.actor.require(Right.IMPORT)
    # Two people ask at the same moment for two accounts of one client: the second waits here and then finds the first.
    tx.dead_letters.lock_client(account.client_id)
    under_way = [item for item in tx.jobs.unfinished(_MOST, kind=BULK_REPLAY) if item.client_id == account.client_id]
    if under_way:
        first = under_way[0]
        done, total = first.progress.get("done", 0), first.progress.get("total", 0)
        far = f" and is at {done:,} of {total:,} deliveries" if total else ""
        raise DeskError(
            "bulk_replay_under_way",
            f"Job {first.id} replays dead letters of {account.client_name} already{far}; one runs at a time.",
            f"Wait until it is done, or stop it with `job cancel {first.id}`: what it has loaded stays.",
        )
    told = {"delivery": 0, "by": tx.actor.person_id, "cause": fingerprint}
    return tx.jobs.add_job(account, BULK_REPLAY, name, told)


def is_held(tx: UnitOfWork, claimed: Job) -> bool:
    """Whether a worker still has its job: it was neither cancelled nor taken over."""
    now = tx.jobs.by_id(claimed.id)
    return now.status == RUNNING and now.fence == claimed.fence

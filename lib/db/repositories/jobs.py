"""Jobs: a claim is one compare-and-set with a lease, and a fence that grows with it keeps a late worker from writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Row, and_, or_, select, update

from lib.db.repositories.base import Repository
from lib.db.tables.jobs import integration_sync_jobs as jobs
from lib.domain.accounts import Account
from lib.domain.jobs import ASKED, CANCELLED, QUEUED, RUNNING
from lib.errors import NotFound


@dataclass(frozen=True)
class Job:
    """One row of `integration_sync_jobs`. `progress` is what its cursor says: stage, done, total, rate, result."""

    id: int
    account_id: int
    client_id: int
    load_id: int | None
    kind: str
    object: str
    status: str
    arguments: dict[str, Any]
    progress: dict[str, Any]
    attempts: int
    fence: int
    error: str


class JobRepository(Repository):
    """Every change of a job compares the state it came from."""

    def by_id(self, job_id: int) -> Job:
        """The job with this id; NotFound outside the scope."""
        row = self.one(select(jobs).where(jobs.c.id == job_id, self.tx.visible(jobs)))
        if row is None:
            raise NotFound("job", job_id)
        return _job(row)

    def unfinished(self, limit: int, account_id: int | None = None, kind: str = "") -> list[Job]:
        """Jobs in scope (of one account, of one kind) that are queued or running, oldest first."""
        statement = select(jobs).where(jobs.c.status.in_([QUEUED, RUNNING]), self.tx.visible(jobs))
        if account_id is not None:
            statement = statement.where(jobs.c.account_id == account_id)
        if kind:
            statement = statement.where(jobs.c.kind == kind)
        return [_job(row) for row in self.all(statement.order_by(jobs.c.id).limit(limit))]

    def about_loads(self, load_ids: Sequence[int], limit: int) -> list[Job]:
        """The newest jobs that write or decide on these loads, newest first."""
        if not load_ids:
            return []
        mine = select(jobs).where(jobs.c.load_id.in_(load_ids), self.tx.visible(jobs))
        return [_job(row) for row in self.all(mine.order_by(jobs.c.id.desc()).limit(limit))]

    def add_job(
        self,
        account: Account,
        kind: str,
        name: str,
        arguments: dict[str, Any],
        load_id: int | None = None,
        priority: int = ASKED,
    ) -> int:
        """Queue a piece of work, due at once."""
        return self.add(
            jobs,
            account_id=account.id,
            client_id=account.client_id,
            load_id=load_id,
            kind=kind,
            object=name,
            status=QUEUED,
            arguments=arguments,
            cursor="",
            attempts=0,
            lease_holder="",
            fence=0,
            next_run_at=self.tx.now,
            priority=priority,
            last_error="",
            created_at=self.tx.now,
        )

    def claim(self, holder: str, seconds: int) -> Job | None:
        """Take the oldest job that is due, or whose worker let its lease run out; None when there is none.

        A read and one compare-and-set: whoever loses the race updates no row and looks again. Nothing may be acted on
        before this transaction has committed.
        """
        due = or_(
            and_(jobs.c.status == QUEUED, jobs.c.next_run_at <= self.tx.now),
            and_(jobs.c.status == RUNNING, jobs.c.leased_until < self.tx.now),
        )
        for row in self.all(select(jobs).where(due, self.tx.visible(jobs)).order_by(jobs.c.id).limit(5)):
            taken = self.run(
                update(jobs)
                .where(jobs.c.id == row.id, jobs.c.status == row.status, jobs.c.fence == row.fence)
                .values(
                    status=RUNNING,
                    fence=row.fence + 1,
                    attempts=row.attempts + 1,
                    lease_holder=holder[:100],
                    leased_until=self.tx.now + timedelta(seconds=seconds),
                )
            )
            if taken.rowcount == 1:
                return self.by_id(row.id)
        return None

    def keep(self, job: Job, progress: dict[str, Any], seconds: int) -> bool:
        """Write progress down and stretch the lease; False when the job is no longer this worker's."""
        until = self.tx.now + timedelta(seconds=seconds)
        return self._held(job, cursor=_cursor(progress), leased_until=until)

    def end(
        self,
        job: Job,
        status: str,
        *,
        error: str = "",
        progress: dict[str, Any] | None = None,
        load_id: int | None = None,
    ) -> bool:
        """Finish a job of this worker's; False when it is no longer this worker's."""
        values = {} if progress is None else {"cursor": _cursor(progress), "row_count": progress.get("total")}
        if load_id is not None:
            values["load_id"] = load_id
        return self._held(
            job, status=status, last_error=error[:1000], finished_at=self.tx.now, leased_until=None, **values
        )

    def attach(self, job: Job, load_id: int) -> bool:
        """Say which load a job of this worker's writes; False when it is no longer this worker's."""
        return self._held(job, load_id=load_id)

    def put_back(self, job: Job, error: str, seconds: float) -> bool:
        """Queue it again, to be tried after a while; False when it is no longer this worker's."""
        again = self.tx.now + timedelta(seconds=seconds)
        return self._held(job, status=QUEUED, last_error=error[:1000], next_run_at=again, leased_until=None)

    def cancel(self, job_id: int) -> bool:
        """Stop a job that is not over yet; False when it is."""
        return (
            self.run(
                update(jobs)
                .where(jobs.c.id == job_id, jobs.c.status.in_([QUEUED, RUNNING]), self.tx.visible(jobs))
                .values(status=CANCELLED, finished_at=self.tx.now, leased_until=None)
            ).rowcount
            == 1
        )

    def cancel_about(self, load_id: int) -> int:
        """Stop every job of a load that is not over yet; how many there were."""
        about = jobs.c.load_id == load_id, jobs.c.status.in_([QUEUED, RUNNING]), self.tx.visible(jobs)
        stopped = update(jobs).where(*about).values(status=CANCELLED, finished_at=self.tx.now, leased_until=None)
        return int(self.run(stopped).rowcount)

    def _held(self, job: Job, **values: Any) -> bool:
        held = update(jobs).where(jobs.c.id == job.id, jobs.c.status == RUNNING, jobs.c.fence == job.fence)
        return self.run(held.values(**values)).rowcount == 1


def _cursor(progress: dict[str, Any]) -> str:
    return orjson.dumps(progress).decode()


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        account_id=row.account_id,
        client_id=row.client_id,
        load_id=row.load_id,
        kind=row.kind,
        object=row.object,
        status=row.status,
        arguments=dict(row.arguments),
        progress=orjson.loads(row.cursor) if row.cursor else {},
        attempts=row.attempts,
        fence=row.fence,
        error=row.last_error,
    )

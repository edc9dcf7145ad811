"""Jobs: a claim is one compare-and-set with a lease, and a fence that grows with it keeps a late worker from writing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Row, Select, and_, delete, or_, select, update

from lib.db.repositories.base import Repository
from lib.db.repositories.job_lanes import LaneRepository
from lib.db.tables.jobs import integration_sync_jobs as jobs
from lib.db.tables.jobs import job_lanes as lanes
from lib.domain.accounts import Account
from lib.domain.jobs import ASKED, BREAKER_OPEN, CANCELLED, FAILED, QUEUED, READS_ONLY, RUNNING, URGENT, Job
from lib.errors import NotFound

# Jobs looked at for one claim, and how often anew when others were faster with all of them.
_LOOKED_AT = 8
_LOOKS = 3


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

    def listed(self, states: Sequence[str], limit: int, account_id: int | None = None) -> list[Job]:
        """Jobs in scope that stand in one of these places, newest first."""
        mine = select(jobs).where(jobs.c.status.in_(states), self.tx.visible(jobs))
        if account_id is not None:
            mine = mine.where(jobs.c.account_id == account_id)
        return [_job(row) for row in self.all(mine.order_by(jobs.c.id.desc()).limit(limit))]

    def about_loads(self, load_ids: Sequence[int], limit: int) -> list[Job]:
        """The newest jobs that write or decide on these loads, newest first."""
        if not load_ids:
            return []
        mine = select(jobs).where(jobs.c.load_id.in_(load_ids), self.tx.visible(jobs))
        return [_job(row) for row in self.all(mine.order_by(jobs.c.id.desc()).limit(limit))]

    def has_unfinished_run(self, schedule_id: int) -> bool:
        """Whether an earlier run of a schedule still waits or runs."""
        run = jobs.c.schedule_id == schedule_id, jobs.c.status.in_([QUEUED, RUNNING]), self.tx.visible(jobs)
        return bool(self.all(select(jobs.c.id).where(*run).limit(1)))

    def add_job(
        self,
        account: Account,
        kind: str,
        name: str,
        arguments: dict[str, Any],
        load_id: int | None = None,
        priority: int = ASKED,
        *,
        schedule_id: int | None = None,
        due_at: datetime | None = None,
    ) -> int:
        """Queue a piece of work, due at once; `schedule_id` and `due_at` say which run of a schedule it is."""
        return self.add(
            jobs,
            account_id=account.id,
            client_id=account.client_id,
            load_id=load_id,
            schedule_id=schedule_id,
            due_at=due_at,
            kind=kind,
            object=name,
            status=QUEUED,
            arguments=arguments,
            cursor="",
            attempts=0,
            crashes=0,
            lease_holder="",
            fence=0,
            next_run_at=self.tx.now,
            priority=priority,
            last_error="",
            error_code="",
            error_class="",
            created_at=self.tx.now,
        )

    def claim(self, holder: str, seconds: int) -> Job | None:
        """Take the job whose turn it is, and its account's lane where it writes; None when nothing is due.

        The most urgent comes first; of equal urgency, one of the account that was served longest ago; of one account,
        the oldest. A job is due at its moment, or when the lease of its worker ran out. Reads and two compare-and-sets:
        whoever loses the race updates no row and looks again. Nothing may be acted on before this has committed.
        """
        for _ in range(_LOOKS):
            waiting = self.all(self._due().limit(_LOOKED_AT))
            for row in waiting:
                if self._take(row, holder, seconds):
                    return self.by_id(row.id)
            if not waiting:
                break
        return None

    def keep(self, job: Job, progress: dict[str, Any], seconds: int) -> bool:
        """Write progress down and stretch the lease; False when the job is no longer this worker's."""
        self._lanes.stretch(job.account_id, job.id, job.fence, seconds)
        until = self.tx.now + timedelta(seconds=seconds)
        return self._held(job, cursor=_cursor(progress), leased_until=until)

    def end(
        self,
        job: Job,
        status: str,
        *,
        error: str = "",
        code: str = "",
        error_class: str = "",
        progress: dict[str, Any] | None = None,
        load_id: int | None = None,
    ) -> bool:
        """Finish a job of this worker's and leave the lane; False when it is no longer this worker's."""
        values = {} if progress is None else {"cursor": _cursor(progress), "row_count": progress.get("total")}
        if load_id is not None:
            values["load_id"] = load_id
        self.let_go(job)
        told = {"last_error": error[:1000], "error_code": code[:60], "error_class": error_class}
        return self._held(job, status=status, finished_at=self.tx.now, leased_until=None, **told, **values)

    def attach(self, job: Job, load_id: int) -> bool:
        """Say which load a job of this worker's writes; False when it is no longer this worker's."""
        return self._held(job, load_id=load_id)

    def put_back(
        self, job: Job, moment: datetime, *, error: str = "", code: str = "", error_class: str = "", counts: bool = True
    ) -> bool:
        """Queue it again for that moment and leave the lane; False when it is no longer this worker's.

        `counts`: the try stays counted, else it was none.
        """
        self.let_go(job)
        told = {"last_error": error[:1000], "error_code": code[:60], "error_class": error_class}
        tries = job.attempts if counts else max(job.attempts - 1, 0)
        return self._held(job, status=QUEUED, next_run_at=moment, attempts=tries, leased_until=None, **told)

    def let_go(self, job: Job) -> None:
        """Leave the lane that this worker holds for the job; what becomes of the job is said elsewhere."""
        self._lanes.release(job.account_id, job.id, job.fence)

    def cancel(self, job_id: int) -> bool:
        """Stop a job that is not over yet; False when it is. Its worker leaves the lane once it has noticed."""
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

    def retry(self, job: Job) -> bool:
        """Queue a failed job anew, as one a person waits for, in the name of whoever asks; False when it is not failed."""
        anew = {"attempts": 0, "crashes": 0, "priority": URGENT, "next_run_at": self.tx.now, "finished_at": None}
        arguments = {**job.arguments, "by": self.tx.actor.person_id}
        failed = jobs.c.id == job.id, jobs.c.status == FAILED, self.tx.visible(jobs)
        return self.run(update(jobs).where(*failed).values(status=QUEUED, arguments=arguments, **anew)).rowcount == 1

    def wake(self, account_id: int) -> int:
        """Bring forward to now what waits because the account's provider was left alone; how many jobs."""
        waiting = jobs.c.account_id == account_id, jobs.c.status == QUEUED, jobs.c.error_code == BREAKER_OPEN
        return int(
            self.run(update(jobs).where(*waiting, self.tx.visible(jobs)).values(next_run_at=self.tx.now)).rowcount
        )

    def forget(self, before: datetime, limit: int) -> int:
        """Delete jobs in scope that were over before that moment, at most so many; how many there were."""
        old = select(jobs.c.id).where(jobs.c.finished_at < before, jobs.c.status.not_in([QUEUED, RUNNING]))
        found = [row.id for row in self.all(old.where(self.tx.visible(jobs)).limit(limit))]
        return int(self.run(delete(jobs).where(jobs.c.id.in_(found))).rowcount) if found else 0

    def _due(self) -> Select[Any]:
        due = or_(
            and_(jobs.c.status == QUEUED, jobs.c.next_run_at <= self.tx.now),
            and_(jobs.c.status == RUNNING, jobs.c.leased_until < self.tx.now),
        )
        is_free = or_(jobs.c.kind.in_(sorted(READS_ONLY)), lanes.c.job_id.is_(None), lanes.c.leased_until < self.tx.now)
        # No lane, or none taken yet, sorts first on every database: NULL comes before any moment.
        order = jobs.c.priority.desc(), lanes.c.served_at, jobs.c.id
        joined = jobs.outerjoin(lanes, lanes.c.account_id == jobs.c.account_id)
        return select(jobs).select_from(joined).where(due, is_free, self.tx.visible(jobs)).order_by(*order)

    def _take(self, row: Row[Any], holder: str, seconds: int) -> bool:
        if row.kind in READS_ONLY:
            self._lanes.note_served(row.account_id, row.client_id)
        elif not self._lanes.take(row, seconds):
            return False
        taken = self.run(
            update(jobs)
            .where(jobs.c.id == row.id, jobs.c.status == row.status, jobs.c.fence == row.fence)
            .values(
                status=RUNNING,
                fence=row.fence + 1,
                attempts=row.attempts + 1,
                # Nobody put it back: the worker that had it ended in the middle.
                crashes=row.crashes + (row.status == RUNNING),
                lease_holder=holder[:100],
                claimed_at=self.tx.now,
                leased_until=self.tx.now + timedelta(seconds=seconds),
            )
        )
        if taken.rowcount == 1:
            return True
        self._lanes.release(row.account_id, row.id, row.fence + 1)
        return False

    @property
    def _lanes(self) -> LaneRepository:
        return LaneRepository(self.tx)

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
        crashes=row.crashes,
        priority=row.priority,
        error_code=row.error_code,
        error_class=row.error_class,
        schedule_id=row.schedule_id,
        due_at=row.due_at,
        next_run_at=row.next_run_at,
        created_at=row.created_at,
        claimed_at=row.claimed_at,
        finished_at=row.finished_at,
    )

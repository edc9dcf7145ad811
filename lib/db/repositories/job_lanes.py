"""Lanes: one job at a time writes to an account, taken by compare-and-set under the job's fence and lease."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.repositories.base import Repository
from lib.db.tables.jobs import integration_sync_jobs as jobs
from lib.db.tables.jobs import job_lanes as lanes
from lib.domain.jobs import QUEUED, RUNNING


class LaneRepository(Repository):
    """Whoever changes a lane and its job changes the lane first, so that two never wait for each other."""

    def take(self, wanted: Row[Any], seconds: int) -> bool:
        """Take the account's lane for this row of the queue; False when another job has it, or was faster.

        A job whose lease ran out loses the lane: it is queued again under a new fence, so that its worker, should it
        still be there, writes nothing more.
        """
        lane = self._lane_of(wanted.account_id, wanted.client_id)
        taken = self.run(
            update(lanes)
            .where(lanes.c.id == lane.id, lanes.c.turn == lane.turn)
            .where(or_(lanes.c.job_id.is_(None), lanes.c.leased_until < self.tx.now))
            .values(
                job_id=wanted.id,
                fence=wanted.fence + 1,
                leased_until=self.tx.now + timedelta(seconds=seconds),
                turn=lane.turn + 1,
                served_at=self.tx.now,
            )
        )
        if taken.rowcount != 1:
            return False
        if lane.job_id is not None and lane.job_id != wanted.id:
            self._put_out(lane.job_id)
        return True

    def note_served(self, account_id: int, client_id: int) -> None:
        """Work that needs no lane was begun for the account: the next turn is another's."""
        lane = self._lane_of(account_id, client_id)
        self.run(update(lanes).where(lanes.c.id == lane.id).values(served_at=self.tx.now))

    def stretch(self, account_id: int, job_id: int, fence: int, seconds: int) -> None:
        """The job lives: its hold on the lane lasts on."""
        until = self.tx.now + timedelta(seconds=seconds)
        self.run(update(lanes).where(*_held_by(account_id, job_id, fence)).values(leased_until=until))

    def release(self, account_id: int, job_id: int, fence: int) -> None:
        """Leave the lane to the next; nothing where another has it already."""
        self.run(update(lanes).where(*_held_by(account_id, job_id, fence)).values(job_id=None, leased_until=None))

    def _lane_of(self, account_id: int, client_id: int) -> Row[Any]:
        """The account's lane, written down where it has none yet."""
        mine = select(lanes).where(lanes.c.account_id == account_id, self.tx.visible(lanes))
        found = self.one(mine)
        if found is None:
            values = {"account_id": account_id, "client_id": client_id, "fence": 0, "turn": 0}
            try:
                self.connection.execute(insert(lanes).values(**values))
            except DBAPIError as error:
                if failure_of(error) is not Failure.DUPLICATE:
                    raise
            found = self.one(mine)
        assert found is not None, "either it was there, or it is now"
        return found

    def _put_out(self, job_id: int) -> None:
        dead = jobs.c.id == job_id, jobs.c.status == RUNNING, jobs.c.leased_until < self.tx.now
        again = {"status": QUEUED, "fence": jobs.c.fence + 1, "crashes": jobs.c.crashes + 1}
        self.run(update(jobs).where(*dead).values(**again, leased_until=None, next_run_at=self.tx.now))


def _held_by(account_id: int, job_id: int, fence: int) -> tuple[Any, ...]:
    return lanes.c.account_id == account_id, lanes.c.job_id == job_id, lanes.c.fence == fence

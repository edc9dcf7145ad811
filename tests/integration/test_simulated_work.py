"""Days of work by a clock that is set: providers fail, workers are killed, and nothing is lost or done twice."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.clock import zone
from lib.db.tables.dead_letters import dead_letters
from lib.db.tables.jobs import account_breakers, integration_sync_jobs, job_lanes, sync_schedules
from lib.db.unit_of_work import Desk
from lib.domain.jobs import PULL, Job, Progress
from lib.domain.people import Actor
from lib.domain.running.schedules import aside_of
from lib.entrypoints.worker import Worker
from lib.errors import DeskError
from lib.pipeline.running import work as work_road
from lib.services.running import jobs, schedules
from tests.builders import admin, an_account, desk_on, table_rows
from tests.clocks import SetClock

DAILY_AT = (6, 15)
ZONES = {"harbor": "America/New_York", "reef": "Australia/Sydney"}
HALF_A_LEASE = jobs.LEASE_SECONDS / 2


class Killed(BaseException):
    """The worker's process is gone: nothing is written down, and nobody catches it."""


@dataclass
class World:
    """Providers that answer or do not, and workers that are killed; what was pulled, and by whom at once."""

    desk: Desk
    clock: SetClock
    luck: random.Random
    calm_from: datetime
    down_until: dict[int, datetime] = field(default_factory=dict)
    at_work: dict[int, int] = field(default_factory=dict)
    pulled: Counter[int] = field(default_factory=Counter)
    kills: int = 0
    silences: int = 0
    failures: int = 0
    workers: list[Worker] = field(default_factory=list)
    depth: int = 0

    @property
    def is_calm(self) -> bool:
        """Whether everything goes well from now on."""
        return self.clock.now >= self.calm_from

    def worker(self, number: int) -> Worker:
        return Worker(self.desk, f"worker {number}", self.luck.random)

    def step(self, place: int) -> None:
        """One worker's step; where it is killed, another takes its place."""
        try:
            self.workers[place].step()
        except Killed:
            self.kills += 1
            self.workers[place] = self.worker(self.kills + 10)

    def pull(self, desk: Desk, person: Actor, job: Job, progress: Progress) -> None:
        """Ask a provider: some minutes pass, in which the other worker goes on with its own work."""
        assert job.account_id not in self.at_work, "two jobs wrote to one account at the same time"
        self.at_work[job.account_id] = job.id
        self.depth += 1
        try:
            self._answer(desk, person, job, progress)
        finally:
            self.depth -= 1
            self.at_work.pop(job.account_id, None)

    def _answer(self, desk: Desk, person: Actor, job: Job, progress: Progress) -> None:
        for _ in range(self.luck.randrange(4)):
            progress("pulling", 0, 1)
            self.clock.put_on(seconds=HALF_A_LEASE)
            assert desk.do(person, jobs.heartbeat, job, {"stage": "pulling", "done": 0, "total": 1})
            if self.depth == 1:
                self.step(1)
        fate = 1.0 if self.is_calm else self.luck.random()
        if fate < 0.04:
            raise Killed
        if fate < 0.06:
            self._fall_silent(job)
        if fate < 0.12:
            self.down_until[job.account_id] = self.clock.now + timedelta(minutes=self.luck.randrange(5, 300))
        if not self.is_calm and self.clock.now < self.down_until.get(job.account_id, self.clock.now):
            self.failures += 1
            raise DeskError("unavailable", "The provider does not answer.", is_retryable=True)
        if fate < 0.2:
            self.failures += 1
            raise DeskError("rate_limited", "Too many questions.", is_retryable=True, retry_after=90)
        desk.do(person, jobs.finish, job, None, 1)
        self.pulled[job.id] += 1

    def _fall_silent(self, job: Job) -> None:
        """Nothing is heard of this worker for longer than its lease; it lives on and thinks that the job is its own."""
        self.silences += 1
        self.clock.put_on(seconds=jobs.LEASE_SECONDS + 1)
        self.at_work.pop(job.account_id)
        if self.depth == 1:
            self.step(1)


def due_moments(key: str, name: str, first: datetime, last: datetime) -> set[datetime]:
    """When a daily run at 06:15 of that zone is due, worked out day by day without a cron library."""
    here, found = zone(name), set()
    for number in range((last - first).days + 3):
        day = first.astimezone(here).date() - timedelta(days=1) + timedelta(days=number)
        moment = datetime(day.year, day.month, day.day, *DAILY_AT, tzinfo=here).astimezone(UTC) + aside_of(key)
        if first < moment <= last:
            found.add(moment)
    return found


def hourly_moments(key: str, minute: int, first: datetime, last: datetime) -> set[datetime]:
    """When a run at that minute of each hour is due."""
    begin = first.replace(minute=minute, second=0, microsecond=0) - timedelta(hours=1)
    each = (begin + timedelta(hours=number) + aside_of(key) for number in range(24 * 30))
    return {moment for moment in each if first < moment <= last}


def simulated(desk: Desk, clock: SetClock, monkeypatch: pytest.MonkeyPatch, span: timedelta, seed: int) -> World:
    """Let the time pass in uneven strides, with trouble until the last six hours; then see that all adds up."""
    wanted: dict[int, set[datetime]] = {}
    began, end = clock.now, clock.now + span
    for key, name in ZONES.items():
        an_account(desk, key, client=key, timezone=name, signals={"lead": "form_lead", "call": "phone_call"})
        daily = desk.do(admin(desk), schedules.put, key, "lead", f"{DAILY_AT[1]} {DAILY_AT[0]} * * *")
        hourly = desk.do(admin(desk), schedules.put, key, "call", "40 * * * *")
        wanted[daily.id] = due_moments(key, name, began, end + timedelta(days=1))
        wanted[hourly.id] = hourly_moments(key, 40, began, end + timedelta(days=1))
    world = World(desk, clock, random.Random(seed), end - timedelta(hours=6))
    world.workers = [world.worker(0), world.worker(1)]
    monkeypatch.setitem(work_road._DOES, PULL, world.pull)
    while clock.now < end:
        clock.put_on(seconds=world.luck.choice((5, 30, 120, 300, 900)))
        for place in world.luck.sample((0, 1), 2):
            world.step(place)
    while any(worker.step() for worker in world.workers):
        clock.put_on(seconds=1)
    everything_adds_up(world, wanted)
    return world


def everything_adds_up(world: World, wanted: dict[int, set[datetime]]) -> None:
    """Each moment that was due is one run, or part of one that says so, or was skipped aloud; each run was done once."""
    rows = table_rows(world.desk.app, integration_sync_jobs)
    over = {row["id"] for row in rows if row["status"] == jobs.DONE}
    given_up = {row["id"] for row in rows if row["status"] == jobs.FAILED}
    assert over | given_up == {row["id"] for row in rows}
    assert given_up == {row["subject_id"] for row in table_rows(world.desk.app, dead_letters)}
    assert set(world.pulled) == over
    assert set(world.pulled.values()) == {1}
    runs: dict[int, list[dict[str, Any]]] = {number: [] for number in wanted}
    for row in rows:
        runs[row["schedule_id"]].append(row)
    for schedule in table_rows(world.desk.app, sync_schedules):
        mine = runs[schedule["id"]]
        until = schedule["next_run_at"]
        due = {moment for moment in wanted[schedule["id"]] if moment < until}
        named = [row["due_at"] for row in mine]
        assert len(set(named)) == len(named)
        assert set(named) <= due
        assert sum(row["arguments"]["runs"] for row in mine) + schedule["skipped"] == len(due)
    assert {row["job_id"] for row in table_rows(world.desk.app, job_lanes)} == {None}
    assert {row["place"] for row in table_rows(world.desk.app, account_breakers)} <= {"closed"}


@pytest.mark.parametrize("seed", [1])
def test_some_hours_of_work_lose_nothing_and_do_nothing_twice(
    sqlite_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    clock = SetClock(datetime(2026, 3, 8, 3, 5, tzinfo=UTC))
    with desk_on(sqlite_urls, tmp_path, clock) as desk:
        world = simulated(desk, clock, monkeypatch, timedelta(hours=14), seed)
    assert world.failures > 0
    assert world.kills + world.silences > 0


@pytest.mark.prove
@pytest.mark.parametrize("seed", [11, 12])
def test_a_week_of_work_loses_nothing_and_does_nothing_twice(
    mariadb_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    # A week in which the clocks of New York go on.
    clock = SetClock(datetime(2026, 3, 4, 18, 5, tzinfo=UTC))
    with desk_on(mariadb_urls, tmp_path, clock) as desk:
        world = simulated(desk, clock, monkeypatch, timedelta(days=7), seed)
    assert min(world.failures, world.kills, world.silences) > 0
    assert sum(world.pulled.values()) > 100

"""A week in which nobody looks: pulls, webhooks, faults and killed workers, and in the end what the providers hold."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lib.db.tables.jobs import job_lanes
from lib.db.unit_of_work import Desk
from lib.domain.maps import FieldMap, IgnoredField
from lib.domain.states import LoadStatus
from lib.entrypoints.worker import Worker
from lib.pipeline.intake import pulls
from lib.pipeline.loading import decisions, staging
from lib.pipeline.loading.unattended import waits_for_person
from lib.services.running import dead_letters, schedules
from lib.services.setup import account_settings
from tests.builders import LEAD_FIELDS, a_map, admin, an_approved_map, desk_on, records, table_rows
from tests.hooking import a_body, a_hook_account, door_on, standard
from tests.integration.pulls.asking import Time
from tests.integration.pulls.pulling import Connected, a_callrail, a_titan, held
from tests.standins import Ledger
from tests.standins.serving import faults_by_seed

BEGINS = datetime(2026, 3, 4, 6, tzinfo=UTC)
HOOK_FIELDS = {target: source for target, source in LEAD_FIELDS.items() if target != "modified_at"}


JOB_FIELDS = {"external_id": "id", "occurred_at": "createdOn", "modified_at": "modifiedOn", "status": "jobStatus"}
CALL_FIELDS = {
    "external_id": "id",
    "occurred_at": "start_time",
    "status": "lead_status",
    "phone": "customer_phone_number",
}
CALL_IGNORED = ("answered", "call_type", "customer_name", "direction", "duration", "source_name", "note")


def a_whole_map(name: str, fields: Mapping[str, str], ignored: Sequence[str]) -> FieldMap:
    """A map that answers for every column: a load with another one waits for a person."""
    return replace(a_map(name, fields), ignored=tuple(IgnoredField(source, "not needed") for source in ignored))


class Killed(BaseException):
    """The worker's process is gone: nothing more is written down, and nobody catches it."""


@dataclass
class Week:
    """Two workers by one clock; a killed one is followed by another, which knows nothing of what it did."""

    desk: Desk
    time: Time
    luck: random.Random
    risk: float
    workers: list[Worker] = field(default_factory=list)
    kills: int = 0
    sent: set[str] = field(default_factory=set)
    loads: int = 0

    def __post_init__(self) -> None:
        self.workers = [self._worker(), self._worker()]

    def _worker(self) -> Worker:
        return Worker(self.desk, f"worker {self.kills}-{len(self.workers)}", self.luck.random)

    def reached(self, _point: str) -> None:
        """A named point of the road: at some of them the worker ends."""
        if self.luck.random() < self.risk:
            raise Killed

    def step(self) -> bool:
        """Each worker does what is due, in any order; whether one had anything to do."""
        did = False
        for place in self.luck.sample((0, 1), 2):
            try:
                did = self.workers[place].step() or did
            except Killed:
                self.kills, did = self.kills + 1, True
                self.workers[place] = self._worker()
        return did

    def settle(self) -> None:
        """Until nothing is due."""
        while self.step():
            self.time.now += timedelta(seconds=1)

    def send(self, door: TestClient) -> None:
        """A lead by webhook, sent once more now and then, as a sender does that has heard no answer."""
        number = len(self.sent) + 1
        body = a_body(number)
        for _ in range(self.luck.choice((1, 1, 2))):
            answer = door.post("/hooks/site", content=body, headers=standard(body, f"msg_{number}", self.time.now))
            assert answer.status_code in (200, 202)
        self.sent.add(f"L{number}")


def a_history(seed: int, hours: int, a_day: int) -> Ledger:
    """What happens at a provider from a day before until so many hours are over, and nothing after."""
    ledger = Ledger.grown(seed, BEGINS - timedelta(days=1), hours // 24 + 2, a_day)
    ledger.changes = [change for change in ledger.changes if change.at <= BEGINS + timedelta(hours=hours)]
    return ledger


@contextmanager
def providers(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, time: Time, hours: int
) -> Iterator[tuple[Connected, Connected]]:
    """A ServiceTitan and a CallRail account that are asked by schedule, and one that webhooks are sent to."""
    with ExitStack() as held_open:
        titan = held_open.enter_context(a_titan(desk, a_history(5, hours, 20), time))
        rail = held_open.enter_context(a_callrail(desk, a_history(6, hours, 12), time))
        a_hook_account(desk, monkeypatch)
        an_approved_map(desk, "site", a_map("lead", HOOK_FIELDS))
        an_approved_map(desk, "titan", a_whole_map("job", JOB_FIELDS, ("active", "jobNumber")))
        an_approved_map(desk, "rail", a_whole_map("call", CALL_FIELDS, CALL_IGNORED))
        boss = admin(desk)
        for key in ("titan", "rail", "site"):
            desk.do(boss, account_settings.set_account, key, {"unattended.on": "yes"})
        desk.do(boss, schedules.put, "titan", "job", "10 * * * *")
        desk.do(boss, schedules.put, "rail", "call", "40 */2 * * *")
        yield titan, rail


def lived(
    urls: tuple[str, str],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    hours: int,
    seed: int,
    risk: float,
    a_day: int,
) -> Week:
    """So many hours with trouble, then half a day without any; at the end everything is there, once."""
    time = Time(BEGINS)
    days = -(-hours // 24)
    with desk_on(urls, home, time) as opened, providers(opened, monkeypatch, time, hours) as (titan, rail):
        week = Week(titan.desk, time, random.Random(seed), risk)
        for place in (pulls, staging, decisions):
            monkeypatch.setattr(place, "reached", week.reached)
        titan.stand_in.faults = faults_by_seed(seed, BEGINS, days, a_day)
        rail.stand_in.faults = faults_by_seed(seed + 1, BEGINS, days, a_day)
        with door_on(week.desk) as door:
            while time.now < BEGINS + timedelta(hours=hours):
                time.now += timedelta(seconds=week.luck.choice((60, 300, 900, 1800)))
                if week.luck.random() < 0.3:
                    week.send(door)
                week.settle()
        titan.stand_in.faults, rail.stand_in.faults, week.risk = [], [], 0.0
        for _ in range(24):
            time.now += timedelta(minutes=30)
            week.settle()
        everything_is_there(week, titan, rail)
    return week


def everything_is_there(week: Week, titan: Connected, rail: Connected) -> None:
    """Each account holds what its provider holds, once, or says why it waits for a person; nothing is half done."""
    boss = admin(week.desk)
    waiting = week.desk.ask(boss, lambda tx: tx.loads.in_review(500))
    for load in waiting:
        assert week.desk.ask(boss, waits_for_person, load.id), f"load {load.id} waits and does not say why"
    stopped = week.desk.ask(boss, lambda tx: tx.loads.listed([LoadStatus.MAPPED, LoadStatus.APPROVED], 500))
    assert stopped == []
    assert {row["job_id"] for row in table_rows(week.desk.app, job_lanes)} == {None}
    found = records(week.desk)
    week.loads = len(week.desk.ask(boss, lambda tx: tx.loads.every_id()))
    is_complete = not waiting and not week.desk.ask(boss, dead_letters.groups)
    assert is_complete, [week.desk.ask(boss, waits_for_person, load.id) for load in waiting]
    jobs = {key: row["status"] for key, row in found.items() if row["object"] == "job"}
    calls = {key: row["status"] for key, row in found.items() if row["object"] == "call"}
    assert jobs == held(titan.stand_in.books["job"], week.time)
    assert calls == {row["id"]: row["lead_status"] for row in rail.stand_in.calls()}
    assert {key for key, row in found.items() if row["object"] == "lead"} == week.sent


def test_some_hours_without_anybody_end_with_what_the_providers_hold(
    sqlite_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = lived(sqlite_urls, tmp_path, monkeypatch, hours=4, seed=3, risk=0.04, a_day=12)
    assert week.kills > 0
    assert week.sent


@pytest.mark.prove
@pytest.mark.parametrize("seed", [21, 22])
def test_a_week_without_anybody_ends_with_what_the_providers_hold(
    mariadb_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    week = lived(mariadb_urls, tmp_path, monkeypatch, hours=7 * 24, seed=seed, risk=0.004, a_day=6)
    print(f"a week: {week.kills} workers killed, {len(week.sent)} webhooks sent, {week.loads} loads")  # noqa: T201
    assert week.kills > 3
    assert len(week.sent) > 50

"""Jobs: queued by a page, claimed by one worker, cancelled exactly, taken over when a worker dies, ended with the server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.clock import utc_now
from lib.db.tables.imports import data_import_batches
from lib.db.tables.jobs import integration_sync_jobs
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.entrypoints import worker
from lib.entrypoints.worker import do_job, work
from lib.errors import DeskError, NotFound
from lib.pipeline.letters.failing import meet_trouble
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.services.running import jobs
from lib.services.setup import account_settings
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    at,
    code_of,
    desk_on,
    table_rows,
)
from tests.serving import served


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        a_lead_account(opened)
        yield opened


def queued(desk: Desk, rows: int = 3, *, content: bytes | None = None, key: str = "site") -> int:
    """A job for a file of leads."""
    file = content or a_csv([a_lead(number) for number in range(rows)])
    job_id = queue_import(desk, admin(desk), Delivered(key, "lead", "export.csv", file)).job_id
    assert job_id is not None
    return job_id


def line(desk: Desk, job_id: int) -> jobs.JobLine:
    return desk.ask(admin(desk), jobs.job, job_id)


def loads(desk: Desk) -> list[dict[str, Any]]:
    return table_rows(desk.app, data_import_batches)


def test_a_queued_import_is_done_by_the_worker_and_waits_for_review(desk: Desk) -> None:
    job_id = queued(desk)
    assert (line(desk, job_id).status, line(desk, job_id).stage) == (jobs.QUEUED, "waiting for the worker")
    assert work(desk, is_until_idle=True) == 1
    seen = line(desk, job_id)
    assert (seen.status, seen.done, seen.total, seen.error) == (jobs.DONE, 3, 3, "")
    assert [(load["id"], load["status"]) for load in loads(desk)] == [(seen.load_id, "in_review")]


def test_the_same_import_queued_twice_is_one_job(desk: Desk) -> None:
    assert queued(desk) == queued(desk)
    assert len(table_rows(desk.app, integration_sync_jobs)) == 1


def test_a_cancelled_job_stops_at_its_next_step(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = queued(desk)
    claimed = desk.do(admin(desk), jobs.claim, "one")
    assert claimed is not None
    monkeypatch.setattr(worker, "_BEAT_SECONDS", 0.01)
    beat = worker.Beat(desk, admin(desk), claimed)
    with beat.beating(), pytest.raises(DeskError) as refused:
        beat.progress("checking", 1, 3)
        desk.do(admin(desk), jobs.cancel, job_id)
        for _ in range(500):
            time.sleep(0.01)
            beat.progress("checking", 2, 3)
    assert code_of(refused) == "job_lost"


def test_progress_tells_stage_rows_rate_and_time_left(desk: Desk) -> None:
    job_id = queued(desk)
    claimed = desk.do(admin(desk), jobs.claim, "one")
    assert claimed is not None
    said = {"stage": "checking", "done": 2000, "total": 10000, "rate": 1000}
    assert desk.do(admin(desk), jobs.heartbeat, claimed, said)
    seen = line(desk, job_id)
    assert (seen.status, seen.stage, seen.done, seen.total) == (jobs.RUNNING, "checking", 2000, 10000)
    assert (seen.rate, seen.seconds_left) == (1000, 8.0)


@pytest.mark.parametrize("workers", [2, 4])
def test_many_workers_take_each_job_once_and_one_at_a_time_of_an_account(desk: Desk, workers: int) -> None:
    keys = ["site", "shop", "shed"]
    for key in keys[1:]:
        a_lead_account(desk, key)
    wanted = {queued(desk, content=a_csv([a_lead(n)]), key=key) for n in range(4) for key in keys}
    boss, at_work, met = admin(desk), set[int](), list[int]()

    def taken(name: int) -> list[int]:
        mine: list[int] = []
        while len(met) < len(wanted):
            claimed = desk.do(boss, jobs.claim, f"worker {name}")
            if claimed is None:
                continue
            assert claimed.account_id not in at_work
            at_work.add(claimed.account_id)
            mine.append(claimed.id)
            time.sleep(0.002)
            at_work.remove(claimed.account_id)
            desk.do(boss, jobs.settle, claimed, 0)
            met.append(claimed.id)
        return mine

    with ThreadPoolExecutor(workers) as pool:
        claims = [job_id for mine in pool.map(taken, range(workers)) for job_id in mine]
    assert sorted(claims) == sorted(wanted)


def test_a_job_whose_worker_died_is_taken_over_and_the_late_one_writes_nothing(desk: Desk) -> None:
    job_id = queued(desk)
    late = desk.do(admin(desk), jobs.claim, "died")
    assert late is not None
    assert desk.do(admin(desk), jobs.claim, "too early") is None
    later = at(desk, lambda: utc_now() + timedelta(seconds=jobs.LEASE_SECONDS + 1))
    taken_over = later.do(admin(desk), jobs.claim, "second")
    assert taken_over is not None
    assert (taken_over.id, taken_over.attempts) == (job_id, 2)
    do_job(desk, late)
    assert loads(desk) == []
    assert line(desk, job_id).status == jobs.RUNNING
    do_job(later, taken_over)
    assert [load["id"] for load in loads(desk)] == [line(desk, job_id).load_id]


def test_a_job_that_kills_its_worker_again_and_again_is_left_alone(desk: Desk) -> None:
    job_id = queued(desk)
    for turn in range(5):
        later = at(desk, lambda turn=turn: utc_now() + timedelta(hours=turn))  # type: ignore[misc]
        if later.do(admin(desk), jobs.claim, "dies") is None:
            break
    seen = line(desk, job_id)
    assert seen.status == jobs.FAILED
    assert "3 times" in seen.error


def test_a_file_that_cannot_be_read_fails_its_job_with_the_sentence(desk: Desk) -> None:
    job_id = queued(desk, content=b"name,phone\nAda,1\n")
    work(desk, is_until_idle=True)
    seen = line(desk, job_id)
    assert seen.status == jobs.FAILED
    assert "'id'" in seen.error
    assert loads(desk) == []


def test_trouble_that_may_pass_is_tried_again_later(desk: Desk) -> None:
    job_id = queued(desk)
    claimed = desk.do(admin(desk), jobs.claim, "one")
    assert claimed is not None
    away = DeskError("database_down", "The database is away.", is_retryable=True)
    desk.do(admin(desk), meet_trouble, claimed, away, 0.5)
    seen = line(desk, job_id)
    assert (seen.status, seen.attempts, seen.error, seen.trouble) == (jobs.QUEUED, 1, "", "The database is away.")
    assert (seen.error_code, seen.error_class) == ("database_down", "ours")
    assert desk.do(admin(desk), jobs.claim, "one") is None
    later = at(desk, lambda: utc_now() + timedelta(minutes=1))
    assert later.do(admin(desk), jobs.claim, "one") is not None


def test_an_account_that_keeps_no_payloads_cannot_import_later(desk: Desk) -> None:
    desk.do(admin(desk), account_settings.set_account, "site", {"retention_days": "0"})
    with pytest.raises(DeskError) as refused:
        queued(desk)
    assert code_of(refused) == "payload_not_kept"


def test_a_job_is_seen_and_stopped_by_those_who_may(desk: Desk) -> None:
    job_id = queued(desk)
    a_lead_account(desk, "other", client="globex")
    stranger = a_person(desk, "sam@globex.example", Role.STAKEHOLDER, "globex")
    for verb in (jobs.job, jobs.cancel):
        with pytest.raises(DeskError) as refused:
            desk.do(stranger, verb, job_id)
        assert code_of(refused) == "not_allowed"
    scoped = a_person(desk, "ana@globex.example", Role.OWNER, "globex")
    for verb in (jobs.job, jobs.cancel):
        with pytest.raises(NotFound):
            desk.do(scoped, verb, job_id)
    assert line(desk, job_id).status == jobs.QUEUED


def _workers(server: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(server)], capture_output=True, text=True, check=False
    )
    return [int(row.split()[0]) for row in found.stdout.splitlines() if " lib worker" in row]


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_server_starts_a_worker_and_ends_it_also_when_killed(tmp_path: Path, end: signal.Signals) -> None:
    urls = f"sqlite:///{tmp_path}/desk.db", f"sqlite:///{tmp_path}/traffic.db"
    with desk_on(urls, tmp_path) as desk:
        a_lead_account(desk)
        job_id = queued(desk)
        with served(tmp_path, urls, is_forked=True) as running:
            deadline = time.monotonic() + 60
            while line(desk, job_id).status != jobs.DONE:
                assert time.monotonic() < deadline, running.log
                time.sleep(0.1)
            found = _workers(running.pid)
            assert len(found) == 1
            assert _is_running(found[0]), running.log
            os.kill(running.pid, end)
            deadline = time.monotonic() + 15
            while any(_is_running(pid) for pid in found):
                assert time.monotonic() < deadline
                time.sleep(0.02)

"""How a worker's process ends: a signal lets its job come to a safe step, a second one or a kill leaves it to the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from lib.clock import utc_now
from lib.db.tables.imports import data_import_batches
from lib.db.tables.jobs import job_lanes
from lib.db.unit_of_work import Desk
from lib.entrypoints.worker import work
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.services.running import jobs
from tests.builders import a_csv, a_lead, a_lead_account, admin, at, desk_on, table_rows
from tests.serving import PROJECT, environment_of


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        a_lead_account(opened)
        yield opened


def queued(desk: Desk) -> int:
    file = a_csv([a_lead(number) for number in range(3)])
    job_id = queue_import(desk, admin(desk), Delivered("site", "lead", "export.csv", file)).job_id
    assert job_id is not None
    return job_id


@contextmanager
def a_worker(desk: Desk, failpoint: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A real `python -m lib worker` on this desk, gone at the end whatever happens."""
    urls = desk.settings.app_url, desk.settings.traffic_url
    environment = environment_of(desk.settings.home, urls) | {"DESK_FAILPOINT": failpoint}
    with subprocess.Popen(
        [sys.executable, "-m", "lib", "worker"], cwd=PROJECT, env=environment, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_held(process: subprocess.Popen[bytes]) -> None:
    """Until the worker stands still at its failpoint."""
    deadline = time.monotonic() + 30
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def line(desk: Desk, job_id: int) -> jobs.JobLine:
    return desk.ask(admin(desk), jobs.job, job_id)


def loads(desk: Desk) -> list[tuple[str, int]]:
    return [(row["status"], row["row_count"]) for row in table_rows(desk.app, data_import_batches)]


def test_a_signal_puts_the_job_back_at_a_safe_step_and_the_next_worker_goes_on_at_once(desk: Desk) -> None:
    job_id = queued(desk)
    with a_worker(desk, "hold load-opened") as process:
        wait_until_held(process)
        assert line(desk, job_id).status == jobs.RUNNING
        os.kill(process.pid, signal.SIGTERM)
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(20) == 0
    seen = line(desk, job_id)
    assert (seen.status, seen.attempts, seen.trouble) == (jobs.QUEUED, 0, "")
    assert [row["job_id"] for row in table_rows(desk.app, job_lanes)] == [None]
    assert work(desk, is_until_idle=True) == 1
    assert (line(desk, job_id).status, line(desk, job_id).attempts) == (jobs.DONE, 1)
    assert loads(desk) == [("in_review", 3)]


def test_a_second_signal_ends_it_at_once() -> None:
    """Of the part that listens, in a process of its own: what a worker leaves behind then is what a killed one does."""
    script = (
        "import time\n"
        "from lib.entrypoints.stopping import stopped_by_signals\n"
        "with stopped_by_signals(lambda: print('asked', flush=True)):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        os.kill(process.pid, signal.SIGTERM)
        assert process.stdout.readline() == b"asked\n"
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(10) == 128 + signal.SIGINT


def test_a_killed_workers_job_is_taken_over_when_its_lease_runs_out(desk: Desk) -> None:
    job_id = queued(desk)
    with a_worker(desk, "kill batch-written") as process:
        assert process.wait(30) == -signal.SIGKILL
    assert (line(desk, job_id).status, loads(desk)) == (jobs.RUNNING, [("mapped", 0)])
    assert work(desk, is_until_idle=True) == 0
    later = at(desk, lambda: utc_now() + timedelta(seconds=jobs.LEASE_SECONDS + 1))
    assert work(later, is_until_idle=True) == 1
    assert (line(desk, job_id).status, loads(desk)) == (jobs.DONE, [("in_review", 3)])

"""Killed with -9 at any point of the road, the desk or its database loses nothing, doubles nothing and shows no half.

The command that was killed is simply given again, and everything ends as if nobody had been killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from lib.clock import utc_now
from lib.db.tables.imports import data_import_batches
from lib.db.unit_of_work import Desk
from lib.entrypoints.worker import work
from lib.failpoints import POINTS
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.pipeline.opening import open_desk
from lib.services.running import jobs
from tests.builders import (
    PROJECT,
    a_csv,
    a_lead,
    a_lead_account,
    admin,
    at,
    committed,
    content_of,
    desk_on,
    everything,
    settings_on,
    table_rows,
)
from tests.ledger import require_sound, said
from tests.servers import fresh_databases
from tests.servers.killable import killable_server
from tests.serving import environment_of
from tests.terminal import Terminal

# The command line as it is, but with batches so small that a short file has several.
PROGRAM = """
from lib.pipeline.loading import staging
staging._BATCH_ROWS = 40
from lib.entrypoints.cli import main
main()
"""
WHO = ("--by", "ana@example.com")
IMPORT, APPROVE, UNDO = "import", "approve", "undo"
# Which command reaches each point; a batch is looked at the second time.
REACHED_BY = {
    **dict.fromkeys(POINTS[:6], IMPORT),
    **dict.fromkeys(POINTS[6:10], APPROVE),
    **dict.fromkeys(POINTS[10:], UNDO),
}
HEAVY = pytest.mark.prove


def cases(*small: str) -> list[Any]:
    """Every point, of which only the small ones are for every day."""
    return [point if point in small else pytest.param(point, marks=HEAVY) for point in POINTS]


def first_file() -> bytes:
    return a_csv([a_lead(number) for number in range(30)])


def second_file() -> bytes:
    """Known and unchanged, known and changed, new, new and twice, set apart, and one that fails: 101 rows."""
    rows = [a_lead(number) for number in range(10)]
    rows += [a_lead(number, status="won", day="2026-03-05") for number in range(10, 30)]
    rows += [a_lead(number) for number in range(100, 160)]
    rows += [a_lead(number, name="Test Person") for number in range(150, 160)]
    return a_csv([*rows, a_lead(999, date="never")])


@dataclass
class Walk:
    """A desk with one committed load, and the second file on its way; `command` gives a command as a person does."""

    desk: Desk
    urls: tuple[str, str]
    home: Path

    @property
    def words(self) -> dict[str, tuple[str, ...]]:
        """What a person types for each command."""
        file = self.home / "second.csv"
        return {
            IMPORT: (IMPORT, str(file), "--account", "site", "--object", "lead", *WHO),
            APPROVE: (APPROVE, "2", *WHO),
            UNDO: (UNDO, "2", *WHO, "--reason", "to see it go"),
        }

    def command(self, name: str) -> Any:
        """Give a command; its answer."""
        return Terminal(self.home, self.urls).json(*self.words[name])

    def started(self, name: str, failpoint: str) -> subprocess.Popen[str]:
        """The command in a process of its own that meets the failpoint."""
        return self.process(failpoint, *self.words[name])

    def process(self, failpoint: str, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=PROJECT,
            env=environment_of(self.home, self.urls) | {"DESK_FAILPOINT": failpoint},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill_at(self, name: str, point: str) -> None:
        """Give the command, and kill it at the point."""
        killed = self.started(name, f"kill {nth(point)}")
        output, _ = killed.communicate(timeout=120)
        assert killed.returncode == -signal.SIGKILL, output


def nth(point: str) -> str:
    return f"{point} 2" if point.startswith("batch") else point


@contextmanager
def a_walk(urls: tuple[str, str], home: Path) -> Iterator[Walk]:
    with desk_on(urls, home) as desk:
        a_lead_account(desk)
        committed(desk, first_file())
        (home / "second.csv").write_bytes(second_file())
        yield Walk(desk, urls, home)


@dataclass(frozen=True)
class Stages:
    """What the desk knows before the second file is committed, and after."""

    before: dict[str, Any]
    after: dict[str, Any]
    verdicts: dict[str, int]
    passed: tuple[str, ...]


@cache
def as_it_should_be(home: Path) -> Stages:
    """The same road with nobody killed, up to the undo, and the points that it passed."""
    home.mkdir()
    urls = f"sqlite:///{home}/desk.db", f"sqlite:///{home}/traffic.db"
    passed: list[str] = []
    with a_walk(urls, home) as walk, pytest.MonkeyPatch.context() as patch:
        for step in ("staging", "inward", "decisions"):
            patch.setattr(f"lib.pipeline.loading.{step}.reached", passed.append)
        before = content_of(walk.desk)
        walk.command(IMPORT)
        verdicts = walk.command(APPROVE)["verdicts"]
        after = content_of(walk.desk)
        walk.command(UNDO)
        return Stages(before, after, verdicts, tuple(dict.fromkeys(passed)))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    return as_it_should_be(tmp_path_factory.mktemp("unharmed") / "desk")


def go_on(walk: Walk, name: str, expected: Stages) -> None:
    """Give the command again, walk the rest of the road, and find everything as it should be."""
    order = [IMPORT, APPROVE, UNDO]
    for command in order[order.index(name) :]:
        answer = walk.command(command)
        require_sound(walk.desk)
        if command == UNDO:
            assert (answer["reversed"], answer["kept"], answer["could_not"]) == (80, 0, 0)
        else:
            assert answer["load"] == 2
            assert answer["verdicts"] == expected.verdicts
        assert content_of(walk.desk) == (expected.after if command == APPROVE else expected.before)
        if command == name:
            # Once more changes nothing.
            whole = everything(walk.desk)
            assert walk.command(command)["load"] == 2
            assert everything(walk.desk) == whole
    assert [said(walk.desk, line) for line in ("delivery received", "load opened", "load committed", "load undone")] == [
        2, 2, 2, 1,
    ]  # fmt: skip


def prepared(walk: Walk, name: str) -> None:
    """Bring the road to where the command begins."""
    for command in (IMPORT, APPROVE):
        if command == name:
            return
        if name != IMPORT:
            walk.command(command)


def require_all_or_nothing(walk: Walk, name: str, point: str, expected: Stages) -> None:
    """What anybody sees is as before the command or as after it, and as after it only once it was committed."""
    require_sound(walk.desk)
    is_committed = point in ("load-committed", "undo-begun", "records-reversed")
    assert content_of(walk.desk) == (expected.after if is_committed else expected.before)
    loads = {row["id"]: row["status"] for row in table_rows(walk.desk.app, data_import_batches)}
    if point == "load-in-review":
        assert loads[2] == "in_review"
    elif name == IMPORT:
        assert loads.get(2, "mapped") == "mapped"


def test_the_points_are_all_on_the_road(expected: Stages) -> None:
    """In the order in which they are written down, so that none is proved that nobody passes."""
    assert expected.passed == POINTS


@pytest.mark.parametrize("point", cases("batch-committed"))
def test_a_desk_killed_at_a_point_goes_on_from_there(
    sqlite_urls: tuple[str, str], tmp_path: Path, point: str, expected: Stages
) -> None:
    _kill_the_desk(sqlite_urls, tmp_path, point, expected)


@pytest.mark.parametrize("point", cases("records-written"))
def test_a_desk_on_a_server_killed_at_a_point_goes_on_from_there(
    mariadb_urls: tuple[str, str], tmp_path: Path, point: str, expected: Stages
) -> None:
    _kill_the_desk(mariadb_urls, tmp_path, point, expected)


def _kill_the_desk(urls: tuple[str, str], home: Path, point: str, expected: Stages) -> None:
    name = REACHED_BY[point]
    with a_walk(urls, home) as walk:
        prepared(walk, name)
        walk.kill_at(name, point)
        require_all_or_nothing(walk, name, point, expected)
        if point == "batch-committed":
            # It goes on where it stopped: what was acknowledged is not written anew.
            (load,) = [row for row in table_rows(walk.desk.app, data_import_batches) if row["id"] == 2]
            assert load["row_count"] == 80
        go_on(walk, name, expected)


@pytest.mark.parametrize("point", cases("batch-written"))
def test_a_server_killed_at_a_point_loses_nothing_and_the_command_goes_on(
    tmp_path: Path, point: str, expected: Stages
) -> None:
    """The command stands still at the point while its server is killed and comes back, and then ends well by itself."""
    name = REACHED_BY[point]
    (tmp_path / "server").mkdir()
    with killable_server(tmp_path / "server") as server:
        urls = fresh_databases(server.address)
        with a_walk(urls, tmp_path) as walk:
            prepared(walk, name)
            held = walk.started(name, f"hold {nth(point)}")
            assert os.WIFSTOPPED(os.waitpid(held.pid, os.WUNTRACED)[1]), held.communicate()[0]
            walk.desk.close()
            server.restart()
            walk.desk = open_desk(settings_on(urls, tmp_path))
            require_all_or_nothing(walk, name, point, expected)
            os.kill(held.pid, signal.SIGCONT)
            output, _ = held.communicate(timeout=120)
            assert held.returncode == 0, output
            go_on(walk, name, expected)


@pytest.mark.prove
@pytest.mark.parametrize("point", POINTS[1:6])
def test_a_worker_killed_at_a_point_is_followed_by_another(
    database_urls: tuple[str, str], tmp_path: Path, point: str, expected: Stages
) -> None:
    with a_walk(database_urls, tmp_path) as walk:
        content = (tmp_path / "second.csv").read_bytes()
        job_id = queue_import(walk.desk, admin(walk.desk), Delivered("site", "lead", "second.csv", content)).job_id
        assert job_id is not None
        killed = walk.process(f"kill {nth(point)}", "worker", "--once")
        output, _ = killed.communicate(timeout=120)
        assert killed.returncode == -signal.SIGKILL, output
        require_all_or_nothing(walk, IMPORT, point, expected)
        line: Callable[[], jobs.JobLine] = lambda: walk.desk.ask(admin(walk.desk), jobs.job, job_id)  # noqa: E731
        # What was written with the load is done, and nobody does it again.
        is_done = point == "load-in-review"
        assert line().status == (jobs.DONE if is_done else jobs.RUNNING)
        later = at(walk.desk, lambda: utc_now() + timedelta(seconds=jobs.LEASE_SECONDS + 1))
        assert work(later, is_until_idle=True) == (0 if is_done else 1)
        assert (line().status, line().load_id, line().error) == (jobs.DONE, 2, "")
        go_on(walk, IMPORT, expected)

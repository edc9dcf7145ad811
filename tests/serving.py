"""The desk as a person starts it: the real server on a free port, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests import ready_server
from tests.builders import settings_on
from tests.ready_made import made_ready

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class ServedDesk:
    """A running desk: where it answers, its folder, its (app, traffic) databases, its process."""

    url: str
    home: Path
    urls: tuple[str, str]
    port: int
    pid: int

    @property
    def log(self) -> str:
        """What the server has said so far."""
        return (self.home / "server.log").read_text()


def environment_of(home: Path, urls: tuple[str, str] | None = None) -> dict[str, str]:
    """The environment of a desk in `home`, on SQLite there or on the databases named, whatever this process has set."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    environment["DESK_HOME"] = str(home)
    if urls:
        # The tests' server has one user for everything.
        environment |= {"DATABASE_URL": urls[0], "TRAFFIC_DATABASE_URL": urls[1], "DESK_DEVELOPMENT": "1"}
    return environment


def run_command(environment: dict[str, str], *words: str) -> str:
    """One `python -m lib …`; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "lib", *words],
        cwd=PROJECT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    home: Path,
    urls: tuple[str, str] | None = None,
    *,
    tree: Path = PROJECT,
    port: int | None = None,
    options: Sequence[str] = (),
    is_forked: bool = False,
) -> Iterator[ServedDesk]:
    """The desk of a tree, on databases at head, served as `make run` does; it ends with the block.

    Forked, it begins with its imports done (tests/ready_server.py): for what is proven of a server that runs.
    """
    environment = environment_of(home, urls)
    databases = urls or (f"sqlite:///{home}/var/desk.db", f"sqlite:///{home}/var/traffic.db")
    made_ready(settings_on(databases, home))
    port = port or free_port()
    log = home / "server.log"
    words = ["run", "app.py", "--server.port", str(port), *options]
    with (_forked if is_forked else _started)(words, environment, log, tree) as (pid, is_running):
        deadline = time.monotonic() + 90
        while health(port) != 200:
            assert is_running(), log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield ServedDesk(f"http://localhost:{port}", home, databases, port, pid)


_Process = tuple[int, Callable[[], bool]]


@contextmanager
def _started(words: Sequence[str], environment: dict[str, str], log: Path, tree: Path) -> Iterator[_Process]:
    """A server as a process of its own from its first line on; its number, and whether it still runs."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", *words], cwd=tree, env=environment, stdout=output, stderr=output
        )
    try:
        yield server.pid, lambda: server.poll() is None
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def _forked(words: Sequence[str], environment: dict[str, str], log: Path, tree: Path) -> Iterator[_Process]:
    """A server that begins with its imports done."""
    assert tree == PROJECT, "what is imported already is of this checkout"
    log.touch()
    pid = ready_server.forked(words, environment, log)
    try:
        yield pid, lambda: ready_server.is_running(pid)
    finally:
        deadline, sign = time.monotonic() + 20, signal.SIGTERM
        while ready_server.is_running(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
            while ready_server.is_running(pid) and time.monotonic() < deadline:
                time.sleep(0.02)
            deadline, sign = time.monotonic() + 20, signal.SIGKILL


def health(port: int, host: str | None = None) -> int:
    """The status of the server's own health address, asked for as `host`; 0 where nobody answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_stcore/health")
    if host:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except OSError:
        return 0

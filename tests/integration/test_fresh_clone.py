"""What a newcomer does: a fresh copy in an empty directory, an empty package cache, and `make run`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
NOT_IN_A_CLONE = shutil.ignore_patterns(
    ".venv", ".git", "var", "__pycache__", ".*_cache", ".hypothesis", "secrets.toml"
)


def seconds_until_served(clone: Path, environment: dict[str, str], patience: float) -> float:
    """Run `make run` there until the desk answers, end it, and say how long that took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    said = clone.parent / "said.txt"
    with said.open("wb") as output:
        run = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=clone,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        while not answers(port):
            assert run.poll() is None, said.read_text()
            assert time.monotonic() - began < patience, said.read_text()
            time.sleep(0.2)
        return time.monotonic() - began
    finally:
        os.killpg(run.pid, signal.SIGTERM)
        run.wait(timeout=30)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5) as answer:
            return int(answer.status) == 200
    except OSError:
        return False


@pytest.mark.prove
def test_make_run_serves_a_fresh_clone_and_the_second_time_at_once(tmp_path: Path) -> None:
    clone = tmp_path / "fresh clone"
    shutil.copytree(PROJECT, clone, ignore=NOT_IN_A_CLONE)
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    for name in ("DESK_HOME", "MAKEFLAGS", "MAKELEVEL", "VIRTUAL_ENV"):
        environment.pop(name, None)
    environment["PIP_CACHE_DIR"] = str(tmp_path / "empty cache")
    first = seconds_until_served(clone, environment, 900)
    assert (clone / "var" / "desk.db").exists()
    second = seconds_until_served(clone, environment, 60)
    print(f"\nmake run: served after {first:.0f} s the first time, {second:.1f} s the second")  # noqa: T201
    assert second < 15

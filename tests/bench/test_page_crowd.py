"""`make bench`: fifty people on the import-review page, one person, and clicks in a large load; into var/bench.json."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib.pipeline.loading.inward import import_delivery
from tests.bench import messy_file as messy
from tests.bench.governed import handed_in
from tests.builders import PROJECT, admin, an_account, an_approved_map, desk_on
from tests.servers import fresh_databases, mariadb_server
from tests.serving import ServedDesk, served

LARGE_ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
PAGE_ROWS = 1_000
PEOPLE = 50
SECONDS = 30
_DEPTHS = (0.0, 0.1, 0.5, 0.9, 0.999)
_TICKS = os.sysconf("SC_CLK_TCK")


@pytest.mark.bench
def test_fifty_people_and_one_leaf_through_loads(tmp_path: Path) -> None:
    urls = fresh_databases(mariadb_server())
    loads = _loads(urls, tmp_path)
    with served(tmp_path, urls) as desk:
        many = _measured(desk, f"load={loads[0]}", PEOPLE, SECONDS, 1.0)
        one = _measured(desk, f"load={loads[0]}", 1, SECONDS, 0.5)
        deep = [_measured(desk, f"load={loads[1]}&from={int(LARGE_ROWS * depth)}", 1, 6, 0.1) for depth in _DEPTHS]
    clicks = [took for each in deep for took in each["rows"]]
    ratios = {
        "page_crowd_p95_s": late(many["rows"] + many["page"]) / 1000,
        "page_one_p50_ms": statistics.median(one["rows"] + one["page"]),
        "review_click_p95_ms": late(clicks),
    }
    _say(f"{PEOPLE} people, {PAGE_ROWS:,} rows", many)
    _say("one person", one)
    _say(f"one person, {LARGE_ROWS:,} rows, any depth", {**deep[0], "rows": clicks, "page": []})
    _keep(ratios)
    assert all(many[kind] and one[kind] for kind in ("rows", "page"))


def late(times: Sequence[float]) -> float:
    """p95."""
    return sorted(times)[int(len(times) * 0.95)]


def _loads(urls: tuple[str, str], home: Path) -> list[int]:
    """Two loads in review: a page's worth and a large one, of the bench's own file."""
    loads = []
    with desk_on(urls, home) as desk:
        for key, rows in (("page", PAGE_ROWS), ("large", LARGE_ROWS)):
            an_account(desk, key, client=key)
            an_approved_map(desk, key, messy.field_map())
            path = home / f"{key}.csv"
            messy.messy_file(path, rows)
            loads.append(int(import_delivery(desk, admin(desk), handed_in(path, key))["load"]))
            path.unlink()
    return loads


def _measured(desk: ServedDesk, address: str, people: int, seconds: float, thinking: float) -> dict[str, Any]:
    """What the crowd waited for, and `server_ms`: the processor's time that the server took for a click."""
    words = [str(desk.port), address, str(people), str(seconds), str(thinking)]
    with _watched(desk.pid) as samples:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.page_crowd", *words],
            cwd=PROJECT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    first, last = told["span"]
    inside = [used for at, used in samples if first <= at <= last]
    clicks = len(told["rows"]) + len(told["page"])
    return {**told, "server_ms": (inside[-1] - inside[0]) * 1000 / clicks, "bytes": told["bytes"] / clicks}


@contextmanager
def _watched(pid: int) -> Iterator[list[tuple[float, float]]]:
    """(moment, seconds of processor time that the process has taken), a few times a second."""
    samples: list[tuple[float, float]] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.2):
            numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            samples.append((time.perf_counter(), (int(numbers[11]) + int(numbers[12])) / _TICKS))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield samples
    finally:
        ended.set()
        watcher.join()


def _say(what: str, told: Mapping[str, Any]) -> None:
    for kind in ("rows", "page"):
        times = told[kind]
        if times:
            print(f"{what}, {kind}: p50 {statistics.median(times):.0f} ms, p95 {late(times):.0f} ms ({len(times)})")  # noqa: T201
    print(f"{what}: {told['server_ms']:.0f} ms of the server and {told['bytes'] / 1000:.0f} kB a click")  # noqa: T201
    print(f"{what}: {os.getloadavg()[0]:.1f} processes wanted a processor in the last minute")  # noqa: T201


def _keep(ratios: Mapping[str, float]) -> None:
    """Put the ratios beside those that stand in var/bench.json."""
    path = PROJECT / "var" / "bench.json"
    told = json.loads(path.read_text()) if path.exists() else {}
    told.setdefault("ratios", {}).update({name: round(value, 3) for name, value in ratios.items()})
    path.write_text(json.dumps(told, indent=2) + "\n")

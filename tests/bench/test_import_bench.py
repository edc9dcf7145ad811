"""`make bench`: the governed import beside everybody else, interleaved on one server, and var/bench.json."""

from __future__ import annotations

import json
import os
import platform
import random
import shutil
from typing import Any

import pytest

from tests.bench import report
from tests.bench.contenders import Contenders
from tests.bench.messy_file import SEED
from tests.bench.report import LIMIT_LARGE, MEMORY, PAGE, ROWS, Measured, Round
from tests.bench.server import bench_server, version_of
from tests.servers import ServerAddress
from tests.serving import PROJECT

BENCH_ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
BENCH_ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
IS_LARGE = os.environ.get("BENCH_LARGE", "") == "1"
_LARGE = 10  # times as many rows
_NAMES = ("governed", "limit", "core", "dlt", "django", "no_local_infile")


def interleaved(contenders: Contenders, rounds: int) -> list[Round]:
    """Everybody once a round, each round in another order, so that a slow minute of the machine meets all alike."""
    order, measured = random.Random(SEED), []
    for number in range(1, rounds + 1):
        shuffled = order.sample(_NAMES, len(_NAMES))
        print(f"round {number} of {rounds}: {', '.join(shuffled)}", flush=True)  # noqa: T201
        measured.append({name: getattr(contenders, name)() for name in shuffled})
    return measured


def large(contenders: Contenders, small: list[Round]) -> tuple[Round, list[Measured]]:
    """The large file once: the limit again, the review page of the large load, and how memory grew."""
    found = {"limit": contenders.limit(), "governed": contenders.governed("import,pages")}
    peak = found["governed"]["import"]["peak_mb"]
    growth = tuple(peak / other["governed"]["import"]["peak_mb"] for other in small)
    return found, [report.measure(LIMIT_LARGE, [found]), Measured(MEMORY, growth), report.measure(PAGE, [found])]


def written(rounds: list[Round], measured: dict[str, Measured], server: ServerAddress) -> dict[str, Any]:
    """What var/bench.json says; a ratio that could not be measured is null, and `missing` says why."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    return {
        "rows": BENCH_ROWS,
        "rounds": BENCH_ROUNDS,
        "ratios": {key: item.median for key, item in measured.items()},
        "spread": {key: item.spread for key, item in measured.items()},
        "missing": {key: item.why_not for key, item in measured.items() if item.why_not},
        "medians": report.medians(rounds),
        "versions": {"server": version_of(server), "machine": machine, **report.versions(rounds)},
    }


@pytest.mark.bench
def test_the_governed_import_is_measured_beside_everybody_else() -> None:
    folder = PROJECT / "var" / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    server = bench_server(folder / "server")
    print(f"\n{BENCH_ROWS:,} rows, {BENCH_ROUNDS} rounds, {version_of(server)}", flush=True)  # noqa: T201
    rounds = interleaved(Contenders(server, folder / "files", BENCH_ROWS), BENCH_ROUNDS)
    found = {row.key: report.measure(row, rounds) for row in ROWS}
    found[MEMORY.key] = Measured(MEMORY, (), "measured with BENCH_LARGE=1")
    of_large: Round = {}
    if IS_LARGE:
        of_large, measured = large(Contenders(server, folder / "large", BENCH_ROWS * _LARGE), rounds)
        # The review page is asked of the large load.
        found |= {item.row.key: item for item in measured}
    told = written(rounds, found, server)
    if of_large:
        told["large"] = {"rows": BENCH_ROWS * _LARGE, "medians": report.medians([of_large])}
    (PROJECT / "var" / "bench.json").write_text(json.dumps(told, indent=1) + "\n")
    print(f"{report.table(found.values())}\n\n{report.seconds_table(told['medians'])}")  # noqa: T201
    for files in ("files", "large"):
        shutil.rmtree(folder / files, ignore_errors=True)
    assert all(item.values or item.why_not for item in found.values())

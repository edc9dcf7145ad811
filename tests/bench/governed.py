"""The governed import, measured: `python -m tests.bench.governed STEPS FILE [CHANGED_FILE]` on an empty desk.

STEPS are words parted by commas, walked in this order: `import` (receive to rolled up), `pages` (the review page of that
load), `changed` (the changed file), `undo_changed`, `undo`. Prints one line of JSON. The seconds are of a process that
is warm: a few rows of another client went the same road before.
"""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lib.db.unit_of_work import Desk
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.pipeline.migrating import migrate
from lib.pipeline.opening import open_desk
from lib.settings import load_settings
from tests.bench import messy_file as messy
from tests.bench.memory import peak_mb
from tests.bench.review_page import clicks
from tests.builders import admin, an_account, an_approved_map

_WARM_ROWS = 200
_LIBRARIES = ("pandas", "pandera", "SQLAlchemy", "PyMySQL")


def handed_in(path: Path, account: str) -> Delivered:
    """The file as the desk takes it."""
    return Delivered(account, messy.OBJECT, path.name, path)


class Walk:
    """One desk on its way through the steps; `told` gathers what is measured."""

    def __init__(self, desk: Desk, files: list[Path]) -> None:
        self._desk, self._actor, self._files = desk, admin(desk), files
        self._loads: list[int] = []
        self.told: dict[str, Any] = {}

    def load(self, step: str, path: Path, account: str = "bench") -> None:
        """Receive a file, take it through to review, approve it: the seconds of both halves, and what was counted."""
        began, cpu = time.perf_counter(), time.process_time()
        found = import_delivery(self._desk, self._actor, handed_in(path, account))
        staged = time.perf_counter()
        committed = approve(self._desk, self._actor, found["load"])
        done = time.perf_counter()
        self._loads.append(found["load"])
        self.told[step] = {
            "seconds": done - began,
            "cpu_seconds": time.process_time() - cpu,
            "to_review": staged - began,
            "approve": done - staged,
            "peak_mb": peak_mb(),
            "rows": committed["rows"],
            "verdicts": committed["verdicts"],
            "classes": committed["classes"],
            "status": str(committed["status"]),
        }

    def undo(self, step: str) -> None:
        """Undo the newest load that still stands."""
        began = time.perf_counter()
        undone = undo_load(self._desk, self._actor, self._loads.pop(), "measured")
        counts = {name: undone[name] for name in ("reversed", "kept", "could_not")}
        self.told[step] = {"seconds": time.perf_counter() - began, **counts}

    def pages(self, step: str) -> None:
        """Leaf through the load just committed."""
        self.told[step] = clicks(self._desk, self._actor, self._loads[-1])

    def steps(self) -> Mapping[str, Callable[[], None]]:
        """What each step's word does, in the order they are walked."""
        return {
            "import": lambda: self.load("import", self._files[0]),
            "pages": lambda: self.pages("pages"),
            "changed": lambda: self.load("changed", self._files[1]),
            "undo_changed": lambda: self.undo("undo_changed"),
            "undo": lambda: self.undo("undo"),
        }


def _ready(desk: Desk, key: str, client: str) -> None:
    an_account(desk, key, client=client, provider=messy.PROVIDER, timezone=messy.ZONE)
    an_approved_map(desk, key, messy.field_map())


def _warmed(desk: Desk) -> None:
    """Every import and every cache that a worker has after its first file."""
    _ready(desk, "warm", "warm")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warm.csv"
        messy.messy_file(path, _WARM_ROWS, seed=1)
        Walk(desk, []).load("warm", path, "warm")


def main(words: list[str]) -> None:
    """Walk the steps on an empty pair of databases and print what was measured."""
    wanted, files = words[0].split(","), [Path(word) for word in words[1:]]
    settings = load_settings()
    migrate(settings)
    desk = open_desk(settings)
    try:
        _warmed(desk)
        _ready(desk, "bench", "acme")
        walk = Walk(desk, files)
        for name, step in walk.steps().items():
            if name in wanted:
                step()
        versions = {name: version(name) for name in _LIBRARIES} | {"Python": platform.python_version()}
        print(json.dumps({**walk.told, "versions": versions}))  # noqa: T201
    finally:
        desk.close()


if __name__ == "__main__":
    main(sys.argv[1:])

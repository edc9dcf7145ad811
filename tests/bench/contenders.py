"""Everybody who is measured: a process of its own on an empty pair of databases, which prints what it measured as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import messy_file as messy
from tests.bench.server import set_local_infile, settle
from tests.servers import ServerAddress, drop_databases, fresh_databases
from tests.serving import PROJECT, environment_of

BENCH_PYTHON = PROJECT / "var" / "bench-venv" / "bin" / "python"
_HERE = Path(__file__).parent
_DJANGO_ROWS = 20_000
Told = dict[str, Any]


class Contenders:
    """The contenders for one file of so many rows, in a folder of its own; each method measures one of them once."""

    def __init__(self, server: ServerAddress, folder: Path, rows: int) -> None:
        self._server, self._folder, self.rows = server, folder, rows
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._changed = folder / "messy.csv", folder / "changed.csv"
        self._first = messy.messy_file(self._file, rows)
        self._second = messy.changed_file(self._changed, rows)
        self._dump()

    def governed(self, steps: str = "import,pages,changed,undo_changed,undo") -> Told:
        """The desk, from a file received to numbers rolled up, and back; the counts must be the planted ones."""
        with self._databases() as urls:
            told = self._ours("governed", urls, steps, str(self._file), str(self._changed))
        self._require_planted(told)
        return told

    def no_local_infile(self) -> Told:
        """The desk on a server that refuses `LOAD DATA LOCAL`."""
        set_local_infile(self._server, is_on=False)
        try:
            return self.governed("import")
        finally:
            set_local_infile(self._server, is_on=True)

    def limit(self) -> Told:
        """The same rows by `LOAD DATA LOCAL` into fixed tables."""
        with self._databases() as urls:
            return self._ours("limit", urls, "load", str(self._folder / "limit"))

    def core(self) -> Told:
        """SQLAlchemy Core's executemany into one bare table."""
        with self._databases() as urls:
            return self._ours("core", urls, str(self._file))

    def dlt(self) -> Told:
        """A dlt merge by the file's id."""
        with self._databases() as urls:
            return self._theirs("dlt_merge", urls, str(self._file))

    def django(self) -> Told:
        """django-import-export; of the first rows only, since it takes a minute for each hundred thousand."""
        with self._databases() as urls:
            return self._theirs("django_import", urls, str(self._file), str(min(self.rows, _DJANGO_ROWS)))

    def _dump(self) -> None:
        """What the limit loads is taken once from a desk where the file is committed; it warms the server up, too."""
        with self._databases() as urls:
            self._require_planted(self._ours("governed", urls, "import", str(self._file)))
            self._ours("limit", urls, "dump", str(self._file), str(self._folder / "limit"))

    def _require_planted(self, told: Told) -> None:
        for step, planted in (("import", self._first), ("changed", self._second)):
            if step in told:
                found = told[step]
                assert found["status"] == "committed"
                assert found["rows"] == planted.rows
                assert found["verdicts"] == planted.verdicts
                assert found["classes"] == planted.classes
        for step, planted in (("undo", self._first), ("undo_changed", self._second)):
            if step in told:
                counts = {name: told[step][name] for name in ("reversed", "kept", "could_not")}
                written = planted.verdicts["created"] + planted.verdicts["updated"]
                assert counts == {"reversed": written, "kept": 0, "could_not": 0}

    @contextmanager
    def _databases(self) -> Iterator[tuple[str, str]]:
        urls = fresh_databases(self._server)
        settle(self._server)
        try:
            yield urls
        finally:
            drop_databases(self._server, *urls)

    def _ours(self, module: str, urls: tuple[str, str], *words: str) -> Told:
        return self._run([sys.executable, "-m", f"tests.bench.{module}", *words], urls)

    def _theirs(self, script: str, urls: tuple[str, str], *words: str) -> Told:
        if not BENCH_PYTHON.exists():
            return {"failed": "not installed"}
        try:
            return self._run([str(BENCH_PYTHON), str(_HERE / f"{script}.py"), *words], urls)
        except RuntimeError as trouble:
            # What others cannot do here is said in the table and does not keep the rest from being measured.
            return {"failed": str(trouble).strip().splitlines()[-1][:200]}

    def _run(self, command: Sequence[str], urls: tuple[str, str]) -> Told:
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env=environment_of(self._folder / "home", urls),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:] or f"{command[1:3]} ended with {done.returncode}")
        told: Told = json.loads(done.stdout.splitlines()[-1])
        return told

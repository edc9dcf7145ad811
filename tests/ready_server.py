"""Servers that begin where their imports end: forked from one process that has loaded what the desk is made of.

A server loads for four seconds of a processor before it answers, the same modules each time. Here they are loaded once a
test process, and each server is a copy that then starts as `streamlit run app.py` does: with its own environment, its
own settings, its own port. Whoever proves the start itself takes a process of its own (`tests.serving.served`).
"""

from __future__ import annotations

import ast
import atexit
import functools
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def forked(words: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    """Start `streamlit` with these words and this environment; its process, which ends by SIGTERM."""
    assert "DESK_FAILPOINT" not in environment, "that is read while the desk is imported"
    seed = _seed()
    assert seed.stdin and seed.stdout
    order = {"words": list(words), "environment": dict(environment), "log": str(log)}
    seed.stdin.write(json.dumps(order) + "\n")
    seed.stdin.flush()
    return int(seed.stdout.readline())


def is_running(pid: int) -> bool:
    """Whether that server is still there; one that ended is gone at once, as nobody waits for it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@functools.cache
def _seed() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_ended, process)
    return process


def _ended(process: subprocess.Popen[str]) -> None:
    """It ends when nobody can order any more."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    process.wait(timeout=10)


def _load() -> None:
    """Import what the front door imports, and what it loads before its first visit."""
    importlib.import_module("streamlit.web.cli")
    importlib.import_module("streamlit.web.bootstrap")
    front_door = ast.parse((PROJECT / "app.py").read_text(encoding="utf-8"))
    for line in front_door.body:
        if isinstance(line, ast.ImportFrom) and line.module:
            importlib.import_module(line.module)
    for module in importlib.import_module("lib.ui.entry.warmup").needed():
        importlib.import_module(module)


def _become_server(words: Sequence[str], environment: Mapping[str, str], log: str) -> None:
    """What a process started by hand would find: its own files, signals, environment and words."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing, said = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for opened, number in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(opened, number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["streamlit", *words]
    importlib.import_module("streamlit.web.cli").main(prog_name="streamlit")


def _main() -> None:
    _load()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _become_server(order["words"], order["environment"], order["log"])
            return
        print(pid, flush=True)  # noqa: T201


if __name__ == "__main__":
    _main()

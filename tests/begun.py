"""A desk that begins where a builder left off: built once a process, on SQLite, and copied for each test after that."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.db.unit_of_work import Desk
from lib.pipeline.opening import open_desk
from tests.builders import desk_on, settings_on


@contextmanager
def begun(build: Callable[[Desk], object], home: Path) -> Iterator[Desk]:
    """A desk in `home` on which `build` was done; it knows nothing of what others did with their copies."""
    shutil.copytree(_built(build).name, home, dirs_exist_ok=True)
    desk = open_desk(settings_on(_urls(home), home))
    try:
        yield desk
    finally:
        desk.close()


@functools.cache
def _built(build: Callable[[Desk], object]) -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory(prefix="desk-begun-")
    home = Path(folder.name)
    with desk_on(_urls(home), home) as desk:
        build(desk)
    assert not list(home.glob("*-wal")), "what is not in the file yet would not be copied"
    return folder


def _urls(home: Path) -> tuple[str, str]:
    return f"sqlite:///{home}/desk.db", f"sqlite:///{home}/traffic.db"

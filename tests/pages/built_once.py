"""What a test finds on its desk before it begins, built once a process and copied for every further test.

    @built_once
    def a_load(desk: Desk) -> int: ...

A copy stands for the building only where all is as it was then: the desk's key, what it was told, and every act before.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, Generic, ParamSpec, TypeVar

from lib.db.unit_of_work import Desk

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class _Kept(Generic[T]):
    """What a builder said, and what it left: both databases, and the small files beside them."""

    said: T
    databases: list[sqlite3.Connection]
    beside: dict[Path, bytes]


def built_once(build: Callable[Concatenate[Desk, P], T]) -> Callable[Concatenate[Desk, P], T]:
    """A builder that works the first time, and afterwards brings back what it left in the desk's folder and said."""
    kept: dict[object, _Kept[T]] = {}

    @functools.wraps(build)
    def built(desk: Desk, *args: P.args, **kwargs: P.kwargs) -> T:
        asked = (desk.hash_key, _acts(desk), args, tuple(sorted(kwargs.items())))
        if asked not in kept:
            said = build(desk, *args, **kwargs)
            kept[asked] = _Kept(said, [_copied(file) for file in _databases(desk)], _beside(desk))
            return said
        found = kept[asked]
        for copy, file in zip(found.databases, _databases(desk), strict=True):
            with closing(sqlite3.connect(file)) as target:
                target.execute("PRAGMA synchronous=OFF")
                copy.backup(target)
        for name, content in found.beside.items():
            Path(desk.settings.var, name).write_bytes(content)
        return found.said

    return built


def _databases(desk: Desk) -> list[Path]:
    return [Path(str(engine.url.database)) for engine in (desk.app, desk.traffic)]


def _copied(file: Path) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(file)) as source:
        source.backup(copy)
    return copy


def _acts(desk: Desk) -> tuple[object, ...]:
    """What was done on this desk so far: the seal of the last line of its log covers all lines before it."""
    with closing(sqlite3.connect(_databases(desk)[0])) as file:
        return tuple(file.execute("SELECT id, seal FROM audit_log ORDER BY id DESC LIMIT 1").fetchall())


def _beside(desk: Desk) -> dict[Path, bytes]:
    """The files of the desk's folder that are no database, such as the anchors of its log."""
    var = Path(desk.settings.var)
    files = [path for path in var.rglob("*") if path.is_file()]
    databases = tuple(map(str, _databases(desk)))
    return {path.relative_to(var): path.read_bytes() for path in files if not str(path).startswith(databases)}

"""Migrated databases from a copy: the migrations run once a process, and every further desk begins with what they made.

A walk through all of them takes most of a second, which a thousand tests would each pay. What they make is proved where
it belongs, in tests/integration/data_layer/test_migrations.py.
"""

from __future__ import annotations

import contextlib
import functools
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
from sqlalchemy import make_url

from lib.pipeline.migrating import migrate
from lib.settings import Settings, load_settings

# A database as statements with their rows: what a server is given to make it again.
_Script = tuple[tuple[str, Sequence[Any] | None], ...]


def made_ready(settings: Settings) -> None:
    """Bring both databases to head; empty ones by the copy, any other by the migrations."""
    urls = (settings.app_migration_url, settings.traffic_migration_url)
    places = [make_url(url) for url in urls]
    if all(place.get_backend_name() == "sqlite" and place.database for place in places):
        files = [Path(str(place.database)) for place in places]
        if not any(file.exists() for file in files):
            for file, copy in zip(files, _files().paths, strict=True):
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copy(copy, file)
            return
    elif all(place.get_backend_name() == "mysql" for place in places) and not any(map(_tables, urls)):
        if _scripts:
            for url, script in zip(urls, _scripts, strict=True):
                _run(url, script)
        else:
            migrate(settings)
            _scripts.extend(_script_of(url) for url in urls)
        return
    migrate(settings)


@dataclass(frozen=True)
class _Files:
    """Two migrated SQLite files, in a folder that goes with the process."""

    folder: tempfile.TemporaryDirectory[str]
    paths: tuple[Path, Path]


@functools.cache
def _files() -> _Files:
    folder = tempfile.TemporaryDirectory(prefix="desk-ready-made-")
    home = Path(folder.name)
    paths = (home / "desk.db", home / "traffic.db")
    app, traffic = (f"sqlite:///{path}" for path in paths)
    migrate(load_settings({"DESK_HOME": str(home), "DATABASE_URL": app, "TRAFFIC_DATABASE_URL": traffic}))
    assert not list(home.glob("*-wal")), "what is not in the file yet would not be copied"
    return _Files(folder, paths)


_scripts: list[_Script] = []


@contextlib.contextmanager
def _cursor(url: str) -> Any:
    place = make_url(url)
    connection = pymysql.connect(
        host=place.host,
        port=place.port or 3306,
        user=place.username,
        password=place.password or "",
        database=place.database,
        charset="utf8mb4",
        ssl_disabled=True,
    )
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SET SESSION foreign_key_checks = 0")
        yield cursor
        connection.commit()


def _tables(url: str) -> list[str]:
    return _named(url, "BASE TABLE")


def _named(url: str, kind: str) -> list[str]:
    with _cursor(url) as cursor:
        cursor.execute("SHOW FULL TABLES")
        return [name for name, type_ in cursor.fetchall() if type_ == kind]


def _script_of(url: str) -> _Script:
    lines: list[tuple[str, Sequence[Any] | None]] = []
    names = _tables(url)
    with _cursor(url) as cursor:
        for name in names:
            cursor.execute(f"SHOW CREATE TABLE `{name}`")
            lines.append((cursor.fetchone()[1], None))
            cursor.execute(f"SELECT * FROM `{name}`")
            for row in cursor.fetchall():
                lines.append((f"INSERT INTO `{name}` VALUES ({', '.join(['%s'] * len(row))})", row))
        # A view is looked through when it is made, so it comes after every table.
        for name in _named(url, "VIEW"):
            cursor.execute(f"SHOW CREATE VIEW `{name}`")
            lines.append((cursor.fetchone()[1], None))
    return tuple(lines)


def _run(url: str, script: _Script) -> None:
    with _cursor(url) as cursor:
        for statement, values in script:
            cursor.execute(statement, values)

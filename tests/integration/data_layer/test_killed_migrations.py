"""A migration killed in the middle can simply be run again, wherever it was killed."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from lib.db.engine import open_engine
from lib.db.migrations.history import APP, TRAFFIC, History, Standing
from lib.db.migrations.upgrading import upgrade
from lib.pipeline.migrating import migrate
from tests.builders import settings_on
from tests.integration.data_layer.watching import Schema, schema_of, written_by
from tests.servers import database_of, mariadb_server

PROJECT = Path(__file__).resolve().parents[3]
HISTORIES = (APP, TRAFFIC)


class Killed(BaseException):
    """The process ends here: nothing catches it, and what was not committed is gone."""


def was_killed(history: History, engine: Engine) -> bool:
    """Migrate; whether it was killed. Nothing of the killed run is held on to, as nothing of a dead process is."""
    try:
        upgrade(history, engine)
    except Killed:
        pass
    else:
        return False
    gc.collect()
    return True


@contextmanager
def killed_after(engine: Engine, nth: int) -> Iterator[None]:
    """Kill after the nth statement that writes, before anything is committed for it."""
    count = 0

    def strike(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal count
        if not statement.lstrip().upper().startswith(("SELECT", "SHOW", "DESCRIBE", "PRAGMA", "BEGIN")):
            count += 1
            if count == nth:
                raise Killed

    event.listen(engine, "after_cursor_execute", strike)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", strike)


def whole(history: History, url: str) -> Schema:
    """The schema at head, from a migration that nobody killed, on a twin."""
    engine = open_engine(url, is_migrating=True)
    upgrade(history, engine)
    engine.dispose()
    return schema_of(url)


def statements_of(history: History, url: str) -> int:
    """How many statements a walk from zero to head writes with."""
    engine = open_engine(url, is_migrating=True)
    with written_by(engine) as written:
        upgrade(history, engine)
    engine.dispose()
    return len(written)


@pytest.mark.parametrize("every", [40, pytest.param(1, marks=pytest.mark.prove)])
def test_on_a_server_a_migration_killed_again_and_again_still_reaches_head(
    mariadb_urls: tuple[str, str], every: int
) -> None:
    """One database: a DDL (every single one in the proof) is the last act of a run, and the next goes on from there."""
    history, (url, twin) = APP, mariadb_urls
    kills = 0
    seen: set[str] = set()

    def strike(_c: Any, _cur: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        mark = f"{statement} {parameters}"
        if statement.lstrip().upper().startswith(("CREATE", "INSERT", "UPDATE")) and mark not in seen:
            seen.add(mark)
            if len(seen) % every == 0:
                raise Killed

    engine = open_engine(url, is_migrating=True)
    event.listen(engine, "after_cursor_execute", strike)
    while was_killed(history, engine):
        kills += 1
    engine.dispose()
    made = len(history.names)
    indexes = sum(len(table.indexes) for table in history.metadata.tables.values())
    # Each table and view, each index, each line of the history, and the table of the history itself.
    assert kills == (2 * made + indexes + 1) // every
    assert schema_of(url) == whole(history, twin)


def test_on_sqlite_a_killed_migration_leaves_nothing_and_runs_again(tmp_path: Path) -> None:
    twin = f"sqlite:///{tmp_path}/whole.db"
    count = statements_of(APP, twin)
    expected = schema_of(twin)
    # At the first, in the middle and at the last; at every single one in the proof below.
    for nth in (1, count // 2, count):
        _kill_embedded(APP, tmp_path / f"{nth}.db", nth, expected)


@pytest.mark.prove
def test_on_sqlite_a_migration_killed_at_any_statement_runs_again(tmp_path: Path) -> None:
    for history in HISTORIES:
        twin = f"sqlite:///{tmp_path}/whole_{history.name}.db"
        count = statements_of(history, twin)
        expected = schema_of(twin)
        for nth in range(1, count + 1):
            _kill_embedded(history, tmp_path / f"{history.name}_{nth}.db", nth, expected)


def _kill_embedded(history: History, path: Path, nth: int, expected: Schema) -> None:
    url = f"sqlite:///{path}"
    engine = open_engine(url, is_migrating=True)
    with killed_after(engine, nth):
        assert was_killed(history, engine)
    assert schema_of(url) == {}
    upgrade(history, engine)
    engine.dispose()
    assert schema_of(url) == expected


@pytest.mark.prove
def test_on_a_server_a_fresh_migration_killed_at_any_statement_runs_again(mariadb_urls: tuple[str, str]) -> None:
    twin, url = mariadb_urls
    count = statements_of(APP, twin)
    expected = schema_of(twin)
    for nth in range(1, count + 1):
        engine = open_engine(url, is_migrating=True)
        with killed_after(engine, nth):
            assert was_killed(APP, engine)
        upgrade(APP, engine)
        assert schema_of(url) == expected
        with engine.connect() as connection:
            connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")
            for view in APP.views:
                connection.exec_driver_sql(f"DROP VIEW `{view.name}`")
            for name in set(expected) - {view.name for view in APP.views}:
                connection.exec_driver_sql(f"DROP TABLE `{name}`")
        engine.dispose()


KILL_ITSELF = """
import os, signal, sys
from lib.pipeline.migrating import migrate
from lib.settings import load_settings

def at(step):
    if step == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(load_settings(), at)
"""


def test_a_process_killed_by_the_system_between_two_revisions_is_run_again(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    run = subprocess.run(
        [sys.executable, "-c", KILL_ITSELF, "0021"],
        cwd=PROJECT,
        env=_environment(database_urls, tmp_path),
        check=False,
    )
    assert run.returncode == -signal.SIGKILL
    engine = open_engine(database_urls[0], is_migrating=True)
    assert APP.standing(engine) in (Standing.EMPTY, Standing.BEHIND)
    engine.dispose()
    _require_runs_again(database_urls, tmp_path)


@pytest.mark.parametrize("tables", [19, pytest.param(4, marks=pytest.mark.prove)])
def test_the_migrate_command_killed_by_the_system_in_the_middle_is_run_again(
    mariadb_urls: tuple[str, str], tmp_path: Path, tables: int
) -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "lib", "migrate"], cwd=PROJECT, env=_environment(mariadb_urls, tmp_path)
    )
    try:
        _wait_for_tables(database_of(mariadb_urls[0]), tables)
    finally:
        run.kill()
        run.wait()
    assert run.returncode == -signal.SIGKILL
    engine = open_engine(mariadb_urls[0], is_migrating=True)
    assert APP.standing(engine) in (Standing.EMPTY, Standing.BEHIND)
    engine.dispose()
    _require_runs_again(mariadb_urls, tmp_path)


def _wait_for_tables(database: str, count: int) -> None:
    deadline = time.monotonic() + 60
    connection = mariadb_server().connect()
    try:
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute(f"SHOW TABLES IN {database}")
                if len(cursor.fetchall()) >= count:
                    return
                time.sleep(0.01)
    finally:
        connection.close()
    raise AssertionError(f"{database} never had {count} tables")


def _environment(urls: tuple[str, str], home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    return kept | {"DESK_HOME": str(home), "DATABASE_URL": urls[0], "TRAFFIC_DATABASE_URL": urls[1]}


def _require_runs_again(urls: tuple[str, str], home: Path) -> None:
    migrate(settings_on(urls, home))
    for history, url in zip(HISTORIES, urls, strict=True):
        engine = open_engine(url, is_migrating=True)
        assert history.standing(engine) is Standing.HEAD
        engine.dispose()
        assert set(schema_of(url)) == {*history.names, history.version_table}

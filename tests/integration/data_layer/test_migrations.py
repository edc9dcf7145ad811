"""Zero to head equals the declared tables on both databases, and head is where it stays."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, ForeignKeyConstraint, Table, UniqueConstraint, inspect, text

from lib.db.engine import open_engine
from lib.db.migrations.history import APP, TRAFFIC, History, Standing, require_head
from lib.db.migrations.upgrading import upgrade
from lib.errors import DeskError
from lib.pipeline.migrating import migrate
from lib.pipeline.opening import open_desk
from tests.builders import code_of, settings_on
from tests.integration.data_layer.watching import schema_of, written_by
from tests.ready_made import made_ready
from tests.servers import drop_databases, fresh_databases, mariadb_server

PROJECT = Path(__file__).resolve().parents[3]
HISTORIES = (APP, TRAFFIC)


def migrated(urls: tuple[str, str], home: Path) -> None:
    migrate(settings_on(urls, home))


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def at_head(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Both databases after the walk from zero to head, for those who only look at what it left."""
    home: Path = tmp_path_factory.mktemp("at_head")
    on_server = request.param == "mariadb"
    urls = fresh_databases(mariadb_server()) if on_server else (f"sqlite:///{home}/desk.db", f"sqlite:///{home}/t.db")
    migrated(urls, home)
    yield urls
    if on_server:
        drop_databases(mariadb_server(), *urls)


def other_urls(urls: tuple[str, str], folder: Path) -> tuple[str, str]:
    """Two more empty databases of the same kind."""
    if urls[0].startswith("sqlite"):
        return f"sqlite:///{folder}/declared.db", f"sqlite:///{folder}/declared_traffic.db"
    return fresh_databases(mariadb_server())


def test_zero_to_head_equals_the_declared_tables_to_the_letter(at_head: tuple[str, str], tmp_path: Path) -> None:
    declared = other_urls(at_head, tmp_path)
    for history, url, twin in zip(HISTORIES, at_head, declared, strict=True):
        engine = open_engine(twin, is_migrating=True)
        history.metadata.create_all(engine)
        with engine.begin() as connection:
            for view in history.views:
                connection.execute(text(view.create))
        engine.dispose()
        walked = schema_of(url)
        assert walked.pop(history.version_table)
        assert walked == schema_of(twin)
        assert set(walked) == set(history.names)
    if not declared[0].startswith("sqlite"):
        drop_databases(mariadb_server(), *declared)


def test_alembic_finds_nothing_left_to_do_at_head(at_head: tuple[str, str]) -> None:
    for history, url in zip(HISTORIES, at_head, strict=True):
        engine = open_engine(url, is_migrating=True)
        with engine.connect() as connection:
            options = {"compare_type": True, "version_table": history.version_table}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, history.metadata) == []
        engine.dispose()


def test_every_column_key_and_constraint_is_there_under_its_name(at_head: tuple[str, str]) -> None:
    for history, url in zip(HISTORIES, at_head, strict=True):
        engine = open_engine(url, is_migrating=True)
        for table in history.metadata.tables.values():
            assert found(engine, table) == declared_of(table)
        engine.dispose()


def found(engine: Engine, table: Table) -> dict[str, Any]:
    inspector = inspect(engine)
    uniques = {item["name"]: item["column_names"] for item in inspector.get_unique_constraints(table.name)}
    keys = {
        item["name"]: (item["constrained_columns"], item["referred_table"])
        for item in inspector.get_foreign_keys(table.name)
    }
    # A server keeps uniques and references as indexes as well.
    indexes = {
        item["name"]: item["column_names"]
        for item in inspector.get_indexes(table.name)
        if item["name"] not in uniques and item["name"] not in keys
    }
    return {
        "columns": [(item["name"], item["nullable"]) for item in inspector.get_columns(table.name)],
        "key": inspector.get_pk_constraint(table.name)["constrained_columns"],
        "uniques": uniques,
        "references": keys,
        "checks": {item["name"] for item in inspector.get_check_constraints(table.name)},
        "indexes": indexes,
    }


def declared_of(table: Table) -> dict[str, Any]:
    of = table.constraints
    return {
        "columns": [(column.name, bool(column.nullable)) for column in table.columns],
        "key": [column.name for column in table.primary_key.columns],
        "uniques": {str(item.name): item.columns.keys() for item in of if isinstance(item, UniqueConstraint)},
        "references": {
            str(item.name): (item.column_keys, item.referred_table.name)
            for item in of
            if isinstance(item, ForeignKeyConstraint)
        },
        "checks": {str(item.name) for item in of if isinstance(item, CheckConstraint)},
        "indexes": {str(item.name): item.columns.keys() for item in table.indexes},
    }


def test_every_constraint_has_a_name() -> None:
    """Alembic's batch mode on SQLite would drop an unnamed one with no more than a warning."""
    for history in HISTORIES:
        for table in history.metadata.tables.values():
            assert all(constraint.name for constraint in table.constraints), table.name


def test_migrating_twice_changes_nothing(at_head: tuple[str, str]) -> None:
    for history, url in zip(HISTORIES, at_head, strict=True):
        before = schema_of(url)
        steps: list[str] = []
        engine = open_engine(url, is_migrating=True)
        with written_by(engine) as written:
            upgrade(history, engine, steps.append)
        engine.dispose()
        assert (written, steps) == ([], [])
        assert schema_of(url) == before


def test_one_revision_one_table_or_view_and_one_line_of_history() -> None:
    for history in HISTORIES:
        script = ScriptDirectory(str(history.folder))
        revisions = list(script.walk_revisions())
        assert len(script.get_heads()) == 1
        assert len(revisions) == len(history.names)
        assert [item.revision for item in reversed(revisions)] == [f"{n + 1:04}" for n in range(len(revisions))]
        # What a file is called says which revision it is: a desk that opens looks no further.
        assert [item.revision for item in reversed(revisions)] == list(history.revisions)


def test_both_databases_may_share_one_schema_of_a_server(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    shared = (mariadb_urls[0], mariadb_urls[0])
    migrated(shared, tmp_path)
    migrated(shared, tmp_path)
    assert set(schema_of(shared[0])) == {
        *(name for history in HISTORIES for name in history.names),
        *(history.version_table for history in HISTORIES),
    }
    open_desk(settings_on(shared, tmp_path)).close()


def test_one_sqlite_file_for_both_is_refused_before_anything_waits(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    with pytest.raises(DeskError) as refused:
        migrated((url, url), tmp_path)
    assert code_of(refused) == "setting_invalid"
    assert not (tmp_path / "one.db").exists()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    made_ready(settings_on(database_urls, tmp_path))
    engine = open_engine(database_urls[0], is_migrating=True)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {APP.version_table} SET version_num = '9999'"))
    before = schema_of(database_urls[0])
    for attempt in (lambda: migrated(database_urls, tmp_path), lambda: open_desk(settings_on(database_urls, tmp_path))):
        with pytest.raises(DeskError) as refused:
            attempt()
        assert code_of(refused) == "database_newer"
        assert "app database" in refused.value.message
    assert schema_of(database_urls[0]) == before
    assert APP.revision(engine) == "9999"
    engine.dispose()


def test_an_empty_database_is_not_opened_and_says_how_to_migrate(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    with pytest.raises(DeskError) as refused:
        open_desk(settings_on(database_urls, tmp_path))
    assert code_of(refused) == "not_migrated"
    assert "python -m lib migrate" in refused.value.hint


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: str(history.name))
def test_a_database_one_step_behind_is_brought_to_head(
    database_urls: tuple[str, str], tmp_path: Path, history: History
) -> None:
    made_ready(settings_on(database_urls, tmp_path))
    url = database_urls[HISTORIES.index(history)]
    whole = schema_of(url)
    last = ScriptDirectory(str(history.folder)).get_revision("head")
    made = next(name for name in whole if f"Create {name}." == last.doc)
    kind = "VIEW" if made in {view.name for view in history.views} else "TABLE"
    engine = open_engine(url, is_migrating=True)
    with engine.begin() as connection:
        connection.execute(text(f"DROP {kind} {made}"))
        back = f"SET version_num = '{last.down_revision}'" if last.down_revision else ""
        statement = f"UPDATE {history.version_table} {back}" if back else f"DELETE FROM {history.version_table}"
        connection.execute(text(statement))
    assert history.standing(engine) is (Standing.BEHIND if last.down_revision else Standing.EMPTY)
    steps: list[str] = []
    upgrade(history, engine, steps.append)
    assert steps == [last.revision]
    assert schema_of(url) == whole
    engine.dispose()


MIGRATE_AT = """
import sys, time
from lib.db.engine import open_engine
from lib.db.migrations.history import APP, TRAFFIC
from lib.db.migrations.upgrading import upgrade
time.sleep(max(0.0, float(sys.argv[3]) - time.time()))
for history, url in ((APP, sys.argv[1]), (TRAFFIC, sys.argv[2])):
    upgrade(history, open_engine(url, is_migrating=True))
"""


def test_two_migrations_at_once_leave_one_head(database_urls: tuple[str, str], tmp_path: Path) -> None:
    start = str(time.time() + 1.5)
    runs = [
        subprocess.Popen([sys.executable, "-c", MIGRATE_AT, *database_urls, start], cwd=PROJECT, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [run.communicate(timeout=120)[1].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], "\n".join(said)
    for history, url in zip(HISTORIES, database_urls, strict=True):
        engine = open_engine(url, is_migrating=True)
        require_head(history, engine)
        with engine.connect() as connection:
            rows = connection.execute(text(f"SELECT COUNT(*) FROM {history.version_table}")).scalar_one()
        engine.dispose()
        assert rows == 1


def test_the_desk_opens_while_somebody_writes(database_urls: tuple[str, str], tmp_path: Path) -> None:
    made_ready(settings_on(database_urls, tmp_path))
    writer = open_engine(database_urls[0])
    with writer.begin() as connection:
        connection.execute(text("UPDATE people SET name = 'Writing'"))
        opened: list[bool] = []

        def open_it() -> None:
            open_desk(settings_on(database_urls, tmp_path)).close()
            opened.append(True)

        opening = threading.Thread(target=open_it, daemon=True)
        opening.start()
        opening.join(timeout=10)
        assert opened == [True]
    writer.dispose()

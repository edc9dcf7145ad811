"""A database that already holds somebody else's tables is refused by name, and nothing in it is altered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from lib.db.engine import open_engine
from lib.errors import DeskError
from lib.pipeline.migrating import migrate
from lib.pipeline.opening import open_desk
from lib.settings import Settings
from tests.builders import code_of, settings_on
from tests.integration.data_layer.watching import schema_of

THEIRS = "CREATE TABLE {name} (id INTEGER PRIMARY KEY, phone VARCHAR(40))"


def hold(url: str, name: str) -> None:
    """Put a table of somebody else's there, with a row in it."""
    engine = open_engine(url, is_migrating=True)
    with engine.begin() as connection:
        connection.execute(text(THEIRS.format(name=name)))
        connection.execute(text(f"INSERT INTO {name} VALUES (1, '3035550100')"))
    engine.dispose()


def rows_of(url: str, name: str) -> list[Any]:
    engine = open_engine(url, is_migrating=True)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))]
    engine.dispose()
    return rows


def require_refused(settings: Settings, name: str) -> None:
    for attempt in (migrate, open_desk):
        with pytest.raises(DeskError) as refused:
            attempt(settings)
        assert code_of(refused) == "foreign_tables"
        assert f"table {name} " in refused.value.message
        assert "nothing in it was changed" in refused.value.message


@pytest.mark.parametrize("name", ["crm_leads", "CRM_Leads", "audit_log", "portal_clients"])
def test_somebody_elses_table_is_named_and_nothing_is_altered(
    database_urls: tuple[str, str], tmp_path: Path, name: str
) -> None:
    hold(database_urls[0], name)
    before = schema_of(database_urls[0])
    require_refused(settings_on(database_urls, tmp_path), name)
    assert schema_of(database_urls[0]) == before
    assert list(before) == [name]
    assert rows_of(database_urls[0], name) == [(1, "3035550100")]


def test_not_a_byte_of_somebody_elses_file_is_altered(tmp_path: Path) -> None:
    urls = (f"sqlite:///{tmp_path}/theirs.db", f"sqlite:///{tmp_path}/traffic.db")
    hold(urls[0], "crm_leads")
    before = (tmp_path / "theirs.db").read_bytes()
    require_refused(settings_on(urls, tmp_path), "crm_leads")
    assert (tmp_path / "theirs.db").read_bytes() == before


def test_a_view_of_that_name_is_somebody_elses_too(database_urls: tuple[str, str], tmp_path: Path) -> None:
    engine = open_engine(database_urls[0], is_migrating=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE VIEW crm_leads AS SELECT 1 AS id"))
    engine.dispose()
    before = schema_of(database_urls[0])
    require_refused(settings_on(database_urls, tmp_path), "crm_leads")
    assert schema_of(database_urls[0]) == before


def test_tables_of_other_names_are_no_trouble(database_urls: tuple[str, str], tmp_path: Path) -> None:
    hold(database_urls[0], "wp_posts")
    before = schema_of(database_urls[0])["wp_posts"]
    settings = settings_on(database_urls, tmp_path)
    migrate(settings)
    open_desk(settings).close()
    assert schema_of(database_urls[0])["wp_posts"] == before


def test_a_shared_schema_is_refused_for_a_table_of_the_other_database_before_any_is_made(
    mariadb_urls: tuple[str, str], tmp_path: Path
) -> None:
    shared = (mariadb_urls[0], mariadb_urls[0])
    hold(shared[0], "traffic_days")
    before = schema_of(shared[0])
    require_refused(settings_on(shared, tmp_path), "traffic_days")
    assert schema_of(shared[0]) == before


def test_a_table_that_came_between_two_versions_is_refused_and_kept(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    """The database is ours, but at the next revision somebody else's table has the new name."""
    settings = settings_on(database_urls, tmp_path)
    migrate(settings)
    engine = open_engine(database_urls[1], is_migrating=True)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE traffic_days"))
        connection.execute(text("DELETE FROM desk_traffic_version"))
    engine.dispose()
    hold(database_urls[1], "traffic_days")
    with pytest.raises(DeskError) as refused:
        migrate(settings)
    assert code_of(refused) == "foreign_tables"
    assert rows_of(database_urls[1], "traffic_days") == [(1, "3035550100")]

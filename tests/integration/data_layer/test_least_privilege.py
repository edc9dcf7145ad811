"""The running app cannot DROP, ALTER or CREATE, nor rewrite what is append-only: by grants on a server, by the guard here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from lib.db.append_only import APPEND_ONLY
from lib.db.engine import open_engine
from lib.db.failures import Failure, failure_of
from lib.db.migrations.history import APP, TRAFFIC
from lib.db.rights.checkup import check_up
from lib.db.rights.grants import grant_statements
from lib.db.rights.probe import may_drop
from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline.loading.decisions import undo_load
from lib.pipeline.migrating import migrate
from lib.pipeline.opening import open_desk
from lib.services.counting import baseline, metrics
from lib.services.running import doctor
from lib.settings import Settings
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    committed,
    everything,
    import_file,
    settings_on,
)
from tests.integration.data_layer.three_users import three_users
from tests.integration.data_layer.watching import on_server
from tests.servers import drop_databases, fresh_databases, mariadb_server

PROJECT = Path(__file__).resolve().parents[3]
DDL = (
    "DROP TABLE crm_leads",
    "ALTER TABLE crm_leads ADD COLUMN sneaked INTEGER",
    "CREATE TABLE sneaked (id INTEGER)",
    "CREATE INDEX sneaked ON crm_leads (name)",
    "CREATE VIEW sneaked AS SELECT 1 AS id",
    "CREATE TEMPORARY TABLE sneaked (id INTEGER)",
)
EMBEDDED_DDL = (
    "DROP INDEX ix_crm_leads_account_id_object_group_id",
    "DROP TABLE audit_log",
    "ALTER TABLE audit_log RENAME TO gone",
    "CREATE TRIGGER sneaked AFTER INSERT ON audit_log BEGIN DELETE FROM audit_log; END",
    "CREATE TEMP TRIGGER sneaked AFTER INSERT ON audit_log BEGIN DELETE FROM audit_log; END",
    "ATTACH DATABASE ':memory:' AS other",
    "PRAGMA writable_schema = ON",
    "PRAGMA Writable_Schema = 1",
    'PRAGMA main."WRITABLE_SCHEMA" = 1',
)


@contextmanager
def least(urls: tuple[str, str], home: Path) -> Iterator[Settings]:
    """Settings of a migrated desk whose users have the least that works: one migrates, one runs the app, one reads."""
    if urls[0].startswith("sqlite"):
        settings = settings_on(urls, home)
        migrate(settings)
        yield settings
        return
    with three_users(urls, home) as found:
        yield found.settings


def filled(desk: Desk) -> dict[str, Any]:
    """The whole road of both databases: accounts, maps, two loads, a baseline, an undo; what `everything` holds then."""
    boss = admin(desk)
    a_person(desk, "owner@example.com", Role.OWNER)
    an_account(desk)
    an_approved_map(desk, "site", a_map("lead", LEAD_FIELDS))
    committed(desk, a_csv([a_lead(n) for n in range(1, 21)]))
    second = committed(desk, a_csv([a_lead(n, name="Changed", modified="2026-03-05 00:00:00Z") for n in range(11, 31)]))
    an_account(desk, "ads", destination="traffic")
    an_approved_map(desk, "ads", a_map("traffic_day", {"external_id": "id", "day": "day", "clicks": "clicks"}))
    days = a_csv([{"id": f"d{n}", "day": f"2026-03-{n:02}", "clicks": n} for n in range(1, 11)])
    traffic = committed(desk, days, "ads", "traffic_day")
    span = DateRange(date(2026, 3, 1), date(2026, 3, 10))
    desk.do(boss, baseline.capture_baseline, "acme", "site.leads", span, "before the form changes")
    undone = undo_load(desk, boss, second["load"], "to see it go")
    assert undone["reversed"] == 20
    undo_load(desk, boss, traffic["load"], "to see it go")
    import_file(desk, days, "ads", "traffic_day")
    assert desk.ask(boss, metrics.client_metrics, "acme", None, None, "month")
    return everything(desk)


@dataclass(frozen=True)
class Scene:
    """A desk under the least rights, filled by the whole road, and what it holds then."""

    settings: Settings
    desk: Desk
    content: dict[str, Any]


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Made once for the module: every test below fails to change it, and looks that it did."""
    home: Path = tmp_path_factory.mktemp("least")
    is_server = request.param == "mariadb"
    urls = fresh_databases(mariadb_server()) if is_server else (f"sqlite:///{home}/a.db", f"sqlite:///{home}/t.db")
    with least(urls, home) as settings:
        desk = open_desk(settings)
        yield Scene(settings, desk, filled(desk))
        desk.close()
    if is_server:
        drop_databases(mariadb_server(), *urls)


def refused(engine: Engine, statement: str) -> Failure:
    """How the database refuses a statement."""
    with pytest.raises(DBAPIError) as met, engine.connect() as connection, connection.begin():
        connection.execute(text(statement))
    return failure_of(met.value)


def test_the_whole_road_works_with_the_least_rights(scene: Scene) -> None:
    for name in ("audit_log", "baselines", "integration_import_batches", "integration_field_mappings", "crm_leads"):
        assert scene.content[name], name


def test_the_running_app_cannot_drop_alter_or_create(scene: Scene) -> None:
    for statement in DDL:
        assert refused(scene.desk.app, statement) is Failure.NOT_GRANTED, statement
    for statement in ("DROP TABLE traffic_days", "CREATE TABLE sneaked (id INTEGER)"):
        assert refused(scene.desk.traffic, statement) is Failure.NOT_GRANTED, statement
    assert everything(scene.desk) == scene.content


@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
def test_the_embedded_guard_lets_no_way_around_through(scene: Scene) -> None:
    for statement in EMBEDDED_DDL:
        assert refused(scene.desk.app, statement) is Failure.NOT_GRANTED, statement
    assert everything(scene.desk) == scene.content


@pytest.mark.parametrize("name", sorted(APPEND_ONLY))
def test_what_is_append_only_is_neither_changed_nor_deleted(scene: Scene, name: str) -> None:
    engine = scene.desk.app
    assert refused(engine, f"DELETE FROM {name}") is Failure.NOT_GRANTED
    assert refused(engine, f"DELETE FROM {name} WHERE id = 1") is Failure.NOT_GRANTED
    for column in [item.name for item in APP.metadata.tables[name].columns]:
        statement = f"UPDATE {name} SET `{column}` = `{column}`"
        if column in APPEND_ONLY[name]:
            with engine.begin() as connection:
                connection.execute(text(statement))
        else:
            assert refused(engine, statement) is Failure.NOT_GRANTED, column
    assert everything(scene.desk) == scene.content


def test_an_upsert_is_a_change_and_is_refused_like_one(scene: Scene) -> None:
    names = ", ".join(APP.metadata.tables["audit_log"].columns.keys())
    clause = (
        "ON CONFLICT (id) DO UPDATE SET action = 'x'"
        if scene.desk.app.dialect.name == "sqlite"
        else "ON DUPLICATE KEY UPDATE action = 'x'"
    )
    statement = f"INSERT INTO audit_log ({names}) SELECT {names} FROM audit_log WHERE true {clause}"
    assert refused(scene.desk.app, statement) is Failure.NOT_GRANTED


def test_what_is_not_append_only_may_be_changed_and_deleted(scene: Scene) -> None:
    with scene.desk.app.begin() as connection:
        for name in sorted(set(APP.metadata.tables) - set(APPEND_ONLY)):
            column = APP.metadata.tables[name].columns.keys()[-1]
            connection.execute(text(f"UPDATE {name} SET `{column}` = `{column}`"))
            connection.execute(text(f"DELETE FROM {name} WHERE 1 = 0"))
    with scene.desk.traffic.begin() as connection:
        connection.execute(text("DELETE FROM traffic_days WHERE 1 = 0"))


def test_the_running_app_cannot_say_it_is_at_another_version(scene: Scene) -> None:
    for engine, history in ((scene.desk.app, APP), (scene.desk.traffic, TRAFFIC)):
        statement = f"UPDATE {history.version_table} SET version_num = '9999'"
        assert refused(engine, statement) is Failure.NOT_GRANTED


def test_a_desk_with_the_least_rights_is_found_well(scene: Scene) -> None:
    assert doctor.examine_databases(scene.settings) == []
    for checkup in check_up(scene.settings).values():
        assert (checkup.trouble, checkup.is_same_user, checkup.may_drop) == (None, False, False)


def test_a_user_who_may_drop_is_found_out_without_dropping_anything(
    mariadb_urls: tuple[str, str], tmp_path: Path
) -> None:
    settings = settings_on(mariadb_urls, tmp_path)
    migrate(settings)
    engine = open_engine(mariadb_urls[0])
    assert may_drop(engine)
    engine.dispose()
    codes = {finding.code for finding in doctor.examine_databases(settings)}
    assert codes == {"same_user", "may_drop", "rights_too_many", "portal_not_apart"}


def test_grants_without_the_newest_table_say_which_trouble_it_is(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    """Grants are per table, so they are run again after each migration; forgetting it is one clear line."""
    with least(mariadb_urls, tmp_path) as settings:
        user = settings.app_url.partition("//")[2].partition(":")[0]
        on_server(mariadb_server(), f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {user}@'%'")
        on_server(mariadb_server(), *grant_statements(settings, f"'{user}'@'%'")[:5])
        opened = open_desk_or_trouble(settings)
        assert opened == "not_granted"


def open_desk_or_trouble(settings: Settings) -> str:
    try:
        desk = open_desk(settings)
        try:
            filled(desk)
        finally:
            desk.close()
    except DeskError as trouble:
        return trouble.code
    return "well"


def test_every_table_is_granted_and_nothing_else(scene: Scene) -> None:
    statements = grant_statements(scene.settings, "'desk'@'%'")
    granted = {re.search(r"\.`(\w+)` TO", item).group(1) for item in statements}  # type: ignore[union-attr]
    tables = {*APP.names, *TRAFFIC.names}
    assert granted == tables | {APP.version_table, TRAFFIC.version_table}
    assert len(statements) == len(granted)
    rights = {word for item in statements for word in re.findall(r"\b[A-Z]{4,}\b", item.partition(" ON ")[0])}
    assert rights == {"GRANT", "SELECT", "INSERT", "UPDATE", "DELETE"}


# SQLite's authorizer is asked for an INSERT only, whatever row it replaces; the others are vendor SQL or hide trouble.
BANNED = re.compile(
    r"\bOR\s+(REPLACE|IGNORE)\b|\bREPLACE\s+INTO\b|\bINSERT\s+IGNORE\b|writable_schema|set_authorizer\(None|on_duplicate_key",
    re.IGNORECASE,
)


def test_no_source_says_what_the_guard_cannot_see() -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for folder in ("lib", "pages", "validation")
        for path in sorted((PROJECT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if BANNED.search(line)
    ]
    assert [line for line in found if not line.startswith("lib/db/embedded/guard.py")] == []
    assert found, "the guard itself names what it refuses, so the search finds something"

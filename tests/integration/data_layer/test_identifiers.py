"""Identifiers are compared byte by byte on every database, and every key fits the smallest server's limit."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Engine, Index, MetaData, String, Table, UniqueConstraint, insert, select, text
from sqlalchemy.exc import DBAPIError

from lib.db.failures import Failure, failure_of
from lib.db.tables import app_metadata, traffic_metadata
from lib.db.tables.metadata import SERVER_OPTIONS
from lib.db.types import text as short_text
from lib.db.unit_of_work import Desk
from lib.domain.objects import OBJECTS
from tests.builders import a_csv as csv_of
from tests.builders import a_lead, a_lead_account, admin, committed, desk_on, records

TABLES = [*app_metadata.tables.values(), *traffic_metadata.tables.values()]
names = Table("names", MetaData(), SqlColumn("name", short_text(190), primary_key=True), **SERVER_OPTIONS)

DIFFERENT = [
    "A1",
    "a1",
    "é",
    "e",
    "É",
    "e\u0301",
    "ß",
    "ss",
    "İ",
    "i",
    "0012",
    "12",
    "１２",
    "straße",
    "STRASSE",
    "-",
    "–",
]


def test_identifiers_that_look_alike_are_not_the_same(scratch: Engine) -> None:
    names.create(scratch)
    with scratch.begin() as connection:
        connection.execute(insert(names), [{"name": name} for name in DIFFERENT])
    with scratch.connect() as connection:
        for name in DIFFERENT:
            found = connection.execute(select(names.c.name).where(names.c.name == name)).scalars().all()
            assert found == [name]
        ordered = connection.execute(select(names.c.name).order_by(names.c.name)).scalars().all()
    assert ordered == sorted(DIFFERENT)


def test_the_same_identifier_twice_is_a_duplicate(scratch: Engine) -> None:
    names.create(scratch)
    with pytest.raises(DBAPIError) as refused, scratch.begin() as connection:
        connection.execute(insert(names), [{"name": "A1"}, {"name": "A1"}])
    assert failure_of(refused.value) is Failure.DUPLICATE


def test_identifiers_of_a_file_that_differ_in_case_or_accent_are_different_records(desk: Desk) -> None:
    """A server pads: it takes 'A1 ' for 'A1'. So an identifier is trimmed before it is written, on both alike."""
    a_lead_account(desk)
    rows = [a_lead(n, id=name) for n, name in enumerate(["A1", "a1", "é", "e", "00A1", " A2 ", "A2"])]
    load = committed(desk, csv_of(rows))
    assert load["verdicts"]["created"] == 6
    assert load["reasons"]["in_file"] == 1
    assert set(records(desk)) == {"A1", "a1", "é", "e", "00A1", "A2"}
    again = committed(desk, csv_of([a_lead(9, id="a1  ")]))
    assert again["verdicts"] == {"created": 0, "updated": 1, "duplicate": 0, "failed": 0, "ignored": 0}
    assert records(desk)["a1"]["name"] == "Person 9"
    assert records(desk)["A1"]["name"] == "Person 0"


def test_known_ids_are_found_alone_however_many_others_lie_between_them(desk: Desk) -> None:
    a_lead_account(desk)
    ids = sorted({name for name in DIFFERENT if name == name.strip()} | {f"b{number:03}" for number in range(60)})
    committed(desk, csv_of([a_lead(number, id=name) for number, name in enumerate(ids)]))
    account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site"))
    assert {"A1", "a1"} <= set(ids)
    for wanted in (
        ids,
        ids[::2],
        ids[::20],
        [ids[0], ids[-1]],
        ["A1", "a1"],
        ["b005", "b006", "b0065", "none"],
        ["none"],
        [],
    ):
        found = desk.ask(admin(desk), lambda tx, some=wanted: tx.external_objects.known(account, "lead", some))
        assert sorted(found["external_id"].to_pylist()) == sorted(set(wanted) & set(ids))


def test_no_stored_text_ends_in_a_blank(desk: Desk) -> None:
    a_lead_account(desk)
    committed(desk, csv_of([a_lead(1, name="  Ann  ", status="new  ", email=" ann@mail.example ")]))
    found = [value for row in records(desk).values() for value in row.values() if isinstance(value, str)]
    assert found == [value.strip() for value in found]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_every_unique_key_and_index_fits_768_characters(table: Table) -> None:
    keys = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
    indexes: list[UniqueConstraint | Index] = [*keys, *table.indexes]
    groups = [list(table.primary_key.columns), *(list(item.columns) for item in indexes)]
    for columns in groups:
        lengths = [column.type.length or 0 for column in columns if isinstance(column.type, String)]
        assert sum(lengths) <= 768, [column.name for column in columns]
        assert all(column.type.length for column in columns if isinstance(column.type, String)), "no key over long text"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_every_table_names_its_collation_and_fits_a_row(table: Table) -> None:
    assert {name: table.kwargs[name] for name in SERVER_OPTIONS} == SERVER_OPTIONS
    characters = sum(column.type.length or 0 for column in table.columns if isinstance(column.type, String))
    # 65,535 bytes a row on every server, four of them a character.
    assert characters * 4 < 62_000
    assert len(table.name) <= 64
    names = [*(item.name for item in table.constraints), *(item.name for item in table.indexes)]
    assert all(len(str(name)) <= 64 for name in names)


def test_a_canonical_text_column_is_as_long_as_the_check_before_it() -> None:
    """SQLite enforces no length, so the reader measures by the same number that the server enforces."""
    tables = {table.name: table for table in TABLES}
    for kind in OBJECTS.values():
        for column in kind.columns:
            stored = tables[kind.table].c[column.name].type
            if isinstance(stored, String) and stored.length:
                assert stored.length == (190 if column.name == "external_id" else column.length), column.name


def test_a_text_that_is_too_long_fails_its_row_and_is_never_cut(desk: Desk) -> None:
    a_lead_account(desk)
    load = committed(desk, csv_of([a_lead(1, status="x" * 101), a_lead(2, status="y" * 100)]))
    assert load["verdicts"]["failed"] == 1
    assert {row["status"] for row in records(desk).values()} == {"y" * 100}


def test_a_session_is_strict_whatever_the_server_says(mariadb_urls: tuple[str, str]) -> None:
    from lib.db.engine import open_engine
    from tests.integration.data_layer.watching import on_server
    from tests.servers import mariadb_server

    server = mariadb_server()
    on_server(server, "SET GLOBAL sql_mode = ''", "SET GLOBAL time_zone = '+05:00'")
    try:
        engine = open_engine(mariadb_urls[0])
        with engine.connect() as connection:
            mode, zone, level, charset = connection.execute(
                text("SELECT @@sql_mode, @@time_zone, @@tx_isolation, @@character_set_connection")
            ).one()
        engine.dispose()
    finally:
        on_server(server, "SET GLOBAL sql_mode = DEFAULT", "SET GLOBAL time_zone = DEFAULT")
    assert "STRICT_ALL_TABLES" in mode
    assert (zone, level, charset) == ("+00:00", "READ-COMMITTED", "utf8mb4")


def test_an_embedded_session_keeps_references_and_the_log(sqlite_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(sqlite_urls, tmp_path) as desk:
        for engine in (desk.app, desk.traffic):
            with engine.connect() as connection:
                found = [
                    connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                    for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
                ]
            assert found == [1, "wal", 2, 30000]

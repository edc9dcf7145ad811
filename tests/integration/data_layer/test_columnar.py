"""Rows written column by column come back as they went in, by LOAD DATA, by long INSERTs and into SQLite alike."""

from __future__ import annotations

import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Engine, Integer, MetaData, Table, delete, select
from sqlalchemy.exc import DBAPIError

from lib.db.columnar import fetch_columns, insert_columns, overwrite_columns, select_columns
from lib.db.columnar.strung import strung_columns
from lib.db.engine import open_engine
from lib.db.failures import Failure, error_number, failure_of
from lib.db.tables.metadata import SERVER_OPTIONS
from lib.db.types import Id, Money, UtcDateTime, long_text
from lib.db.types import text as short_text
from tests.integration.data_layer.watching import on_server, written_by
from tests.servers import mariadb_server

things = Table(
    "things",
    MetaData(),
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("words", short_text(40)),
    Column("story", long_text()),
    Column("amount", Money()),
    Column("at", UtcDateTime()),
    Column("day", Date),
    Column("is_on", Boolean(create_constraint=False)),
    Column("ratio", Double()),
    Column("number", BigInteger),
    Column("small", Integer),
    Column("owner", short_text(20), nullable=False),
    **SERVER_OPTIONS,
)
NAMES = [column.name for column in things.columns]
MICROSECOND = datetime(2026, 3, 4, 12, 0, 0, 123456, UTC)
NASTY = [
    "NULL", "null", "\\N", "\\", "\\\\", "'", "''", '"', '""', '","', "',", "%", "%s", "%(x)s", ":name", "?", "", " ",
    "  a  ", "\n", "\r\n", "a\nb", "\t", "\x00", "a\x00b", "\x1a", "🦊", "é", "é", "ZÜRICH", "=1+1", "--", "/* */", ";",
    "0", "00123", "1e5", "true", "`", "\\'", "\\n", "ends in \\", "'; DROP TABLE things; --", "\u2028", "\ufeff",
]  # fmt: skip


MARKS = ["\x1e", "\x1f", "a\x1eb", "\x1f\x1e\x1f", "a\x1f", "plain", ""]


@dataclass(frozen=True)
class Way:
    """One way of writing: the engine it goes through and the statement it is known by."""

    engine: Engine
    verb: str


@contextmanager
def without_local_infile() -> Iterator[None]:
    server = mariadb_server()
    on_server(server, "SET GLOBAL local_infile = 0")
    try:
        yield
    finally:
        on_server(server, "SET GLOBAL local_infile = 1")


@pytest.fixture(params=["load data", "literals", "sqlite"])
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    kind = "sqlite" if request.param == "sqlite" else "mariadb"
    engine = open_engine(request.getfixturevalue(f"{kind}_urls")[0], is_migrating=True)
    things.create(engine)
    if request.param == "literals":
        with without_local_infile():
            yield Way(engine, "INSERT")
    else:
        yield Way(engine, "LOAD DATA" if kind == "mariadb" else "INSERT")
    engine.dispose()


def columns(rows: int, **given: list[Any]) -> pa.Table:
    """Columns of `things` of that many rows, numbered from 1; what is not given is missing."""
    kinds = {
        "amount": pa.int64(), "at": pa.timestamp("us", "UTC"), "is_on": pa.bool_(), "ratio": pa.float64(),
        "number": pa.int64(), "small": pa.int64(), "id": pa.int64(),
    }  # fmt: skip
    cells = {"id": list(range(1, rows + 1)), **given}
    return pa.table(
        {
            name: pa.array(cells.get(name, [None] * rows), kinds.get(name, pa.large_string()))
            for name in NAMES
            if name != "owner"
        }
    )


def written(way: Way, table: pa.Table) -> list[str]:
    """Insert the columns; the statements that ran."""
    with written_by(way.engine) as statements, way.engine.begin() as connection:
        insert_columns(connection, things, table, {"owner": "us"})
    return [statement for statement in statements if "SAVEPOINT" not in statement]


def kept(way: Way) -> pa.Table:
    with way.engine.connect() as connection:
        return select_columns(connection, things, NAMES).sort_by("id")


def require_kept(way: Way, table: pa.Table) -> None:
    """The rows that are there are these, value for value."""
    found = kept(way)
    for name in table.column_names:
        assert found[name].to_pylist() == table[name].to_pylist(), name
    assert found["owner"].to_pylist() == ["us"] * table.num_rows


def test_every_kind_comes_back_as_it_went_in(way: Way) -> None:
    table = columns(
        4,
        words=["a", "NULL", "", None],
        story=["x" * 70_000, "🦊" * 20_000, "", None],
        amount=[1, -1, 999_999_999_999_999_999, None],
        at=[MICROSECOND, datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, UTC), None],
        day=["2026-03-04", "1970-01-01", "9999-12-31", None],
        is_on=[True, False, True, None],
        ratio=[0.1 + 0.2, -1e300, 5e-324, None],
        number=[2**63 - 1, -(2**63), 0, None],
        small=[2**31 - 1, -(2**31), 0, None],
    )
    statements = written(way, table)
    assert [statement[: len(way.verb)] for statement in statements] == [way.verb]
    require_kept(way, table)
    # What the columns say, a single value says too.
    with way.engine.connect() as connection:
        first = connection.execute(select(things).where(things.c.id == 1)).one()
    assert (first.at, str(first.amount), first.is_on) == (MICROSECOND, "0.000001", True)


def test_a_decimal_keeps_all_of_its_digits(way: Way) -> None:
    values = [-(10**18) + 1, 10**18 - 1, -999_999, 1_000_000, 0, -1]
    table = columns(6, amount=values)
    written(way, table)
    with way.engine.connect() as connection:
        found = connection.execute(select(things.c.amount).order_by(things.c.id)).scalars().all()
    assert [int(value.scaleb(6)) for value in found] == values


def test_nasty_text_comes_back_letter_for_letter(way: Way) -> None:
    table = columns(len(NASTY), words=NASTY, story=NASTY)
    statements = written(way, table)
    assert [statement[: len(way.verb)] for statement in statements] == [way.verb]
    require_kept(way, table)


@given(
    texts=st.lists(
        st.none() | st.text(st.sampled_from("\\'\"%,\n\r\t\x00N\x1aé🦊;()" + string.ascii_letters[:3]), max_size=12),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(way: Way, texts: list[str | None]) -> None:
    with way.engine.begin() as connection:
        connection.execute(delete(things))
    table = columns(len(texts), words=texts)
    written(way, table)
    require_kept(way, table)


@pytest.mark.parametrize("text", ["\x1e", "\x1f", "a\x1eb", "\x1f\x1e\x1f", "a\x1f"])
def test_a_text_that_holds_a_mark_of_ours_is_neither_cut_nor_lost(way: Way, text: str) -> None:
    table = columns(4, words=["before", text, None, "after"], story=[text, None, text, ""])
    written(way, table)
    require_kept(way, table)


def test_a_server_that_cuts_long_values_short_loses_nothing(mariadb_urls: tuple[str, str]) -> None:
    way = Way(open_engine(mariadb_urls[0], is_migrating=True), "LOAD DATA")
    things.create(way.engine)
    written(way, columns(200, words=["0123456789"] * 200))
    with way.engine.connect() as connection:
        connection.exec_driver_sql("SET SESSION group_concat_max_len = 1024")
        assert select_columns(connection, things, ["words"])["words"].to_pylist() == ["0123456789"] * 200
    way.engine.dispose()


def test_a_server_is_asked_for_whole_columns_and_not_for_cells(mariadb_urls: tuple[str, str]) -> None:
    way = Way(open_engine(mariadb_urls[0], is_migrating=True), "LOAD DATA")
    things.create(way.engine)
    written(way, columns(3, words=["a", None, "c"]))
    with way.engine.connect() as connection:
        found = strung_columns(connection, {"id": things.c.id, "words": things.c.words}, things)
    assert found is not None and found.sort_by("id").to_pydict() == {"id": [1, 2, 3], "words": ["a", None, "c"]}
    way.engine.dispose()


def test_what_all_rows_share_is_kept_with_each(way: Way) -> None:
    table = columns(2, words=["a", "b"]).drop_columns(["story", "at", "number", "day", "is_on"])
    shared = {"owner": "it's \\ 100%s", "at": MICROSECOND, "number": 7, "day": None, "is_on": True}
    with way.engine.begin() as connection:
        insert_columns(connection, things, table, shared)
    found = kept(way)
    for name, value in shared.items():
        assert found[name].to_pylist() == [value] * 2


def test_more_rows_than_a_statement_takes_all_arrive(way: Way) -> None:
    count = 2_501
    table = columns(
        count, words=[f"word {n}" for n in range(count)], story=["x" * 5_000 if n % 2 else None for n in range(count)]
    )
    written(way, table)
    require_kept(way, table)
    with way.engine.connect() as connection:
        some = fetch_columns(connection, things, ["id", "words"], [3, 5, *range(100, 400), 9999]).sort_by("id")
    assert some["id"].to_pylist() == [3, 5, *range(100, 400)]


def test_no_rows_are_no_statement(way: Way) -> None:
    assert written(way, columns(0)) == []


def refused(way: Way, table: pa.Table) -> DBAPIError:
    with pytest.raises(DBAPIError) as met:
        written(way, table)
    assert kept(way).num_rows == 0
    return met.value


def test_a_duplicate_key_is_an_error_and_leaves_nothing(way: Way) -> None:
    assert failure_of(refused(way, columns(3, id=[1, 2, 1], words=["a", "b", "c"]))) is Failure.DUPLICATE


def test_a_key_that_is_there_already_is_an_error_and_stays_as_it_was(way: Way) -> None:
    written(way, columns(1, words=["first"]))
    with pytest.raises(DBAPIError):
        written(way, columns(2, words=["second", "third"]))
    assert kept(way)["words"].to_pylist() == ["first"]


@pytest.mark.parametrize(
    ("cells", "number"),
    [
        ({"words": ["x" * 41]}, 1406),
        ({"small": [2**31]}, 1264),
        ({"day": ["2026-02-30"]}, 1292),
        ({"owner": None}, 1048),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_and_leaves_nothing(way: Way, cells: dict[str, Any], number: int) -> None:
    """SQLite takes it; that values fit is found out before they are written."""
    if way.engine.dialect.name == "sqlite":
        pytest.skip("SQLite enforces no lengths and no ranges")
    if "owner" in cells:
        with pytest.raises(DBAPIError) as met, way.engine.begin() as connection:
            insert_columns(connection, things, columns(1), cells)
        assert error_number(met.value) == number
        assert kept(way).num_rows == 0
    else:
        assert error_number(refused(way, columns(1, **cells))) == number


def test_overwriting_changes_the_rows_named_and_leaves_the_others(way: Way) -> None:
    before = columns(4, words=["a", "b", "c", "d"], number=[1, 2, 3, 4], at=[MICROSECOND] * 4)
    written(way, before)
    with way.engine.begin() as connection:
        overwrite_columns(
            connection, things, columns(2, id=[3, 1], words=["NULL", None], number=[30, 10]), {"owner": "them"}
        )
    found = kept(way)
    assert found["words"].to_pylist() == [None, "b", "NULL", "d"]
    assert found["number"].to_pylist() == [10, 2, 30, 4]
    assert found["at"].to_pylist() == [None, MICROSECOND, None, MICROSECOND]
    assert found["owner"].to_pylist() == ["them", "us", "them", "us"]


def test_overwriting_never_empties_a_column_by_forgetting_it(way: Way) -> None:
    written(way, columns(1, words=["a"]))
    with pytest.raises(ValueError, match="story"), way.engine.begin() as connection:
        overwrite_columns(connection, things, columns(1).drop_columns(["story"]), {"owner": "us"})
    assert kept(way)["words"].to_pylist() == ["a"]


def test_a_moment_without_a_zone_is_refused(way: Way) -> None:
    naive = columns(1).drop_columns(["at"]).append_column("at", pa.array([datetime(2026, 1, 1)], pa.timestamp("us")))  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        written(way, naive)
    with pytest.raises(ValueError, match="zone"), way.engine.begin() as connection:
        insert_columns(connection, things, columns(1).drop_columns(["at"]), {"owner": "us", "at": datetime(2026, 1, 1)})  # noqa: DTZ001


def test_a_transaction_rolled_back_takes_its_columns_with_it(way: Way) -> None:
    with pytest.raises(ZeroDivisionError), way.engine.begin() as connection:
        insert_columns(connection, things, columns(2, words=["a", "b"]), {"owner": "us"})
        raise ZeroDivisionError
    assert kept(way).num_rows == 0

"""What a database's error means is decided by its number, on each kind of database, and said in one sentence."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from lib.clock import utc_now
from lib.db import failures
from lib.db.engine import open_engine
from lib.db.failures import Failure, failure_of, is_retryable, translated
from lib.db.tables.operations import tasks, transaction_keys
from lib.db.tables.people import clients, people, person_clients
from lib.db.transactions import transact
from lib.db.unit_of_work import Desk
from lib.errors import DeskError
from lib.pipeline.opening import open_desk
from tests.builders import code_of, settings_on
from tests.integration.data_layer.watching import a_user, errors_of, on_server
from tests.servers import ServerAddress, database_of, mariadb_server

A_CLIENT = {"key": "acme", "name": "Acme", "timezone": "UTC", "is_demo": False, "created_at": utc_now()}
A_PERSON = {
    "email": "x@example.com", "name": "X", "role": "owner", "sees_every_client": True, "is_active": True,
    "created_at": utc_now(), "changed_at": utc_now(),
}  # fmt: skip


def trouble(engine: Engine, *work: Callable[[Connection], Any]) -> DBAPIError:
    """The error that the last of these meets."""
    with pytest.raises(DBAPIError) as met, engine.connect() as connection, connection.begin():
        for step in work:
            step(connection)
    return met.value


def add(table: Any, **values: Any) -> Callable[[Connection], Any]:
    return lambda connection: connection.execute(insert(table).values(**values))


def test_a_duplicate_is_known_by_its_number(desk: Desk) -> None:
    error = trouble(desk.app, add(clients, **A_CLIENT), add(clients, **A_CLIENT))
    assert (failure_of(error), is_retryable(error), translated(error)) == (Failure.DUPLICATE, False, None)


def test_a_duplicate_key_of_the_first_rank_is_one_too(desk: Desk) -> None:
    key = {"key": "k", "result": {}, "done_at": utc_now()}
    assert (
        failure_of(trouble(desk.app, add(transaction_keys, **key), add(transaction_keys, **key))) is Failure.DUPLICATE
    )


def test_a_broken_check_is_known_by_its_number(desk: Desk) -> None:
    """It arrives as another class of error on each database."""
    error = trouble(desk.app, add(people, **{**A_PERSON, "role": "king"}))
    assert (failure_of(error), is_retryable(error), translated(error)) == (Failure.CHECK, False, None)


def test_a_reference_to_nothing_is_known_by_its_number(desk: Desk) -> None:
    error = trouble(desk.app, add(person_clients, person_id=1, client_id=404))
    assert (failure_of(error), is_retryable(error), translated(error)) == (Failure.FOREIGN_KEY, False, None)


def test_a_row_that_others_refer_to_is_not_deleted(desk: Desk) -> None:
    error = trouble(
        desk.app,
        add(clients, **A_CLIENT, id=7),
        add(person_clients, person_id=1, client_id=7),
        lambda connection: connection.execute(clients.delete().where(clients.c.id == 7)),
    )
    assert failure_of(error) is Failure.FOREIGN_KEY


def test_a_missing_value_is_a_bug_and_not_known_trouble(desk: Desk) -> None:
    error = trouble(desk.app, lambda connection: connection.execute(text("INSERT INTO id_blocks (name) VALUES ('x')")))
    assert (failure_of(error), translated(error)) == (Failure.OTHER, None)


def test_a_missing_table_says_migrate(database_urls: tuple[str, str]) -> None:
    engine = open_engine(database_urls[0])
    with pytest.raises(DeskError) as met:
        transact(engine, lambda connection: connection.execute(select(tasks)).all())
    engine.dispose()
    assert code_of(met) == "not_migrated"
    assert "python -m lib migrate" in met.value.hint
    assert not met.value.is_retryable


def test_a_duplicate_or_a_broken_check_is_never_tried_again(desk: Desk) -> None:
    for table, values in ((transaction_keys, {"key": "k", "result": {}, "done_at": utc_now()}), (people, A_PERSON)):
        tries: list[int] = []

        def work(connection: Connection, table: Any = table, values: Any = values, tries: Any = tries) -> None:
            tries.append(1)
            connection.execute(insert(table).values(**values))
            connection.execute(insert(table).values(**values))

        with pytest.raises(DBAPIError):
            transact(desk.app, work)
        assert tries == [1]


def test_a_text_too_long_is_never_tried_again(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    from tests.builders import desk_on

    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(insert(clients).values(**{**A_CLIENT, "key": "x" * 61}))

    with (
        desk_on(mariadb_urls, tmp_path) as desk,
        errors_of(desk.app) as seen,
        pytest.raises(DBAPIError),
    ):
        transact(desk.app, work)
    assert (tries, seen) == ([1], [1406])


# --- unreachable


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_server_that_is_down_is_one_clear_line(tmp_path: Path) -> None:
    down = ServerAddress("127.0.0.1", _closed_port(), "u", "secret-word")
    with pytest.raises(DeskError) as met:
        open_desk(settings_on((down.url("desk"), down.url("traffic")), tmp_path))
    assert (code_of(met), met.value.is_retryable) == ("database_down", True)
    assert "secret-word" not in f"{met.value.message} {met.value.hint}"


@pytest.mark.usefixtures("no_pauses")
def test_a_server_that_is_down_is_tried_again_before_it_is_given_up() -> None:
    engine = open_engine(ServerAddress("127.0.0.1", _closed_port(), "u", "p").url("desk"))
    with errors_of(engine) as seen, pytest.raises(DeskError) as met:
        transact(engine, lambda connection: connection.execute(select(1)))
    assert code_of(met) == "database_down"
    assert set(seen) == {2003}
    assert len(seen) == 6


def test_a_database_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    server = mariadb_server()
    with pytest.raises(DeskError) as met:
        open_desk(settings_on((server.url("no_such_desk"), server.url("no_such_traffic")), tmp_path))
    assert code_of(met) == "database_down"


def test_a_wrong_password_is_one_clear_line(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    server = mariadb_server()
    wrong = ServerAddress(server.host, server.port, server.user, "not-the-password")
    urls = (wrong.url(database_of(mariadb_urls[0])), wrong.url(database_of(mariadb_urls[1])))
    with pytest.raises(DeskError) as met:
        open_desk(settings_on(urls, tmp_path))
    assert (code_of(met), met.value.is_retryable) == ("not_granted", False)
    assert "not-the-password" not in f"{met.value.message} {met.value.hint}"


def test_a_user_without_the_right_is_one_clear_line(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    from tests.builders import desk_on

    with desk_on(mariadb_urls, tmp_path), a_user(mariadb_server()) as user:
        database = database_of(mariadb_urls[0])
        on_server(mariadb_server(), f"GRANT SELECT ON {database}.clients TO {user.user}@'%'")
        engine = open_engine(user.url(database))
        with pytest.raises(DeskError) as met:
            transact(engine, lambda connection: connection.execute(insert(clients).values(**A_CLIENT)))
        engine.dispose()
    assert code_of(met) == "not_granted"


@pytest.mark.parametrize("what", ["folder", "text", "missing folder", "somebody else's bytes"])
def test_an_embedded_database_that_cannot_be_opened_is_one_clear_line(tmp_path: Path, what: str) -> None:
    path = tmp_path / "desk.db"
    if what == "folder":
        path.mkdir()
    elif what == "text":
        path.write_text("id,name\n1,Ann\n" * 100)
    elif what == "missing folder":
        path = tmp_path / "nowhere" / "desk.db"
    else:
        path.write_bytes(bytes(range(256)) * 64)
    with pytest.raises(DeskError) as met:
        open_desk(settings_on((f"sqlite:///{path}", f"sqlite:///{tmp_path}/traffic.db"), tmp_path))
    assert code_of(met) == "database_down"


def test_an_embedded_database_full_to_its_limit_is_one_clear_line(tmp_path: Path) -> None:
    from tests.builders import desk_on

    with desk_on((f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/b.db"), tmp_path) as desk:

        def work(connection: Connection) -> None:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            values = [{"key": f"k{n}", "result": {"x": "y" * 5000}, "done_at": utc_now()} for n in range(50)]
            connection.execute(insert(transaction_keys), values)

        with pytest.raises(DeskError) as met:
            transact(desk.app, work)
        assert code_of(met) == "database_full"
        assert transact(desk.app, lambda c: c.execute(select(transaction_keys)).all(), is_writing=False) == []


def test_a_server_that_takes_no_value_of_that_size_is_one_clear_line(
    mariadb_urls: tuple[str, str], tmp_path: Path, no_pauses: None
) -> None:
    from tests.builders import desk_on

    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        values = {"key": "k", "result": {"x": "y" * 17_000_000}, "done_at": utc_now()}
        connection.execute(insert(transaction_keys).values(**values))

    with desk_on(mariadb_urls, tmp_path) as desk, errors_of(desk.app) as seen, pytest.raises(DeskError) as met:
        transact(desk.app, work)
    assert code_of(met) in ("database_full", "database_down"), seen
    # "Gone away" is all that some servers say of it, so the second one is final.
    assert seen.count(2006) <= 2, (seen, len(tries))


# --- the table of numbers itself


class _FromServer(Exception):
    """A driver's error with a number."""


class _FromSqlite(sqlite3.Error):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sqlite_errorname = name


def an_error(number: int) -> DBAPIError:
    return DBAPIError("", None, _FromServer(number, "said the server"))


@pytest.mark.parametrize(
    "number", [1020, 1047, 1180, 1205, 1213, 1927, 2003, 2006, 2013, 2055, 4031, 8002, 8022, 8028, 9007]
)
def test_what_may_be_tried_again_is_tried_again_and_has_a_sentence(number: int) -> None:
    assert is_retryable(an_error(number))
    known = translated(an_error(number))
    assert known is not None
    assert known.is_retryable
    assert known.code in ("database_down", "database_busy")


@pytest.mark.parametrize("number", [1062, 1114, 1153, 1406, 1451, 1452, 3819, 4025, 1054, 1064, 1146, 1045])
def test_what_would_fail_again_is_not_tried_again(number: int) -> None:
    assert not is_retryable(an_error(number))


@pytest.mark.parametrize(
    ("number", "code"),
    [(1044, "not_granted"), (1142, "not_granted"), (1143, "not_granted"), (1698, "not_granted"), (1130, "not_granted"),
     (1049, "database_down"), (1040, "database_down"), (1053, "database_down"), (1114, "database_full"),
     (1021, "database_full"), (1146, "not_migrated")],
)  # fmt: skip
def test_known_trouble_has_its_own_code(number: int, code: str) -> None:
    known = translated(an_error(number))
    assert known is not None
    assert known.code == code


@pytest.mark.parametrize(
    "name", ["SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED_SHAREDCACHE"]
)
def test_a_busy_embedded_database_is_busy_in_every_shade(name: str) -> None:
    error = DBAPIError("", None, _FromSqlite(name))
    assert (failure_of(error), is_retryable(error)) == (Failure.BUSY, True)


@pytest.mark.parametrize("name", ["SQLITE_CANTOPEN_ISDIR", "SQLITE_READONLY_DIRECTORY", "SQLITE_AUTH"])
def test_a_shade_of_an_embedded_failure_has_the_sentence_of_its_kind(name: str) -> None:
    assert translated(DBAPIError("", None, _FromSqlite(name))) is not None


def test_a_session_lost_to_the_cluster_is_thrown_away(mariadb_urls: tuple[str, str]) -> None:
    """SQLAlchemy does not know 1047, 1053 and 1180 as disconnects; the pool must not hand that session out again."""
    engine = open_engine(mariadb_urls[0])
    with engine.connect() as connection:
        first = connection.execute(text("SELECT CONNECTION_ID()")).scalar_one()
        for number in sorted(failures.LOST_SESSION):
            with pytest.raises(DBAPIError) as met:
                connection.execute(text(f"SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'lost'"))
            assert met.value.connection_invalidated, number
            connection.rollback()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT CONNECTION_ID()")).scalar_one() != first
    engine.dispose()

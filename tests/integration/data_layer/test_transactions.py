"""A transaction is tried again whole, in a new session, where that helps: deadlocks, lock waits, lost connections."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from lib.clock import utc_now
from lib.db.engine import open_engine
from lib.db.tables.operations import id_blocks, transaction_keys
from lib.db.transactions import transact
from lib.db.unit_of_work import Desk
from lib.errors import DeskError
from tests.builders import code_of, desk_on
from tests.integration.data_layer.watching import errors_of, on_server
from tests.servers import mariadb_server


@pytest.fixture
def server_desk(mariadb_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(mariadb_urls, tmp_path) as desk:
        yield desk


@pytest.fixture
def embedded_desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as desk:
        yield desk


def begin_sums(engine: Engine, *names: str) -> None:
    transact(engine, lambda c: c.execute(insert(id_blocks), [{"name": name, "next_id": 0} for name in names]))


def add_to(connection: Connection, name: str, amount: int = 1) -> None:
    connection.execute(update(id_blocks).where(id_blocks.c.name == name).values(next_id=id_blocks.c.next_id + amount))


def sums(engine: Engine) -> dict[str, int]:
    found = transact(engine, lambda c: c.execute(select(id_blocks)).all(), is_writing=False)
    return {row.name: row.next_id for row in found}


def mark(connection: Connection, key: str) -> None:
    connection.execute(insert(transaction_keys).values(key=key, result={}, done_at=utc_now()))


def marks(engine: Engine) -> list[str]:
    return transact(engine, lambda c: list(c.execute(select(transaction_keys.c.key)).scalars()), is_writing=False)


def test_what_fails_half_way_leaves_nothing(desk: Desk) -> None:
    def work(connection: Connection) -> None:
        mark(connection, "half")
        raise DeskError("stop", "Stopped.")

    with pytest.raises(DeskError):
        transact(desk.app, work)
    assert marks(desk.app) == []


def test_a_deadlock_is_tried_again_from_the_start(server_desk: Desk) -> None:
    engine = server_desk.app
    begin_sums(engine, "a", "b")
    both_hold_one = threading.Barrier(2, timeout=20)
    tries = {"ab": 0, "ba": 0}

    def run(order: str) -> None:
        def work(connection: Connection) -> None:
            tries[order] += 1
            mark(connection, order)
            add_to(connection, order[0])
            if tries[order] == 1:
                both_hold_one.wait()
            add_to(connection, order[1])

        transact(engine, work)

    with errors_of(engine) as seen:
        together(lambda: run("ab"), lambda: run("ba"))
    assert seen.count(1213) >= 1
    assert sum(tries.values()) == 2 + len(seen)
    assert sums(engine) == {"a": 2, "b": 2}
    assert sorted(marks(engine)) == ["ab", "ba"]


def test_a_lock_wait_rolls_back_the_whole_transaction_and_not_its_last_statement_only(server_desk: Desk) -> None:
    """On 1205 the server undoes the statement alone: going on, or committing, would keep half of the work."""
    engine = server_desk.app
    begin_sums(engine, "a", "b")
    holder = engine.connect()
    holder.begin()
    add_to(holder, "b")
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        if len(tries) == 2:
            holder.rollback()
            holder.close()
        connection.execute(text("SET SESSION innodb_lock_wait_timeout = 1"))
        mark(connection, f"try {len(tries)}")
        add_to(connection, "a")
        add_to(connection, "b")

    with errors_of(engine) as seen:
        transact(engine, work)
    assert (len(tries), seen) == (2, [1205])
    assert sums(engine) == {"a": 1, "b": 1}
    assert marks(engine) == ["try 2"]


def test_a_killed_connection_is_tried_again_whole_in_a_new_session(server_desk: Desk) -> None:
    engine = server_desk.app
    begin_sums(engine, "a")
    sessions: list[int] = []

    def work(connection: Connection) -> None:
        sessions.append(connection.execute(text("SELECT CONNECTION_ID()")).scalar_one())
        mark(connection, f"try {len(sessions)}")
        add_to(connection, "a")
        if len(sessions) == 1:
            on_server(mariadb_server(), f"KILL {sessions[0]}")
        add_to(connection, "a")

    with errors_of(engine) as seen:
        transact(engine, work)
    assert len(sessions) == len(set(sessions)) == 2
    assert len(seen) == 1
    assert seen[0] in (2006, 2013, 1927)
    assert sums(engine) == {"a": 2}
    assert marks(engine) == ["try 2"]


def test_a_connection_that_died_while_nobody_used_it_is_not_noticed(server_desk: Desk) -> None:
    engine = server_desk.app
    with engine.connect() as connection:
        session = connection.execute(text("SELECT CONNECTION_ID()")).scalar_one()
    on_server(mariadb_server(), f"KILL {session}")
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        mark(connection, "k")

    transact(engine, work)
    assert tries == [1]


@pytest.mark.usefixtures("no_pauses")
def test_tries_have_an_end(server_desk: Desk) -> None:
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'again'"))

    with pytest.raises(DeskError) as met:
        transact(server_desk.app, work)
    assert (code_of(met), met.value.is_retryable, len(tries)) == ("database_busy", True, 6)


@pytest.mark.usefixtures("no_pauses")
def test_a_server_that_goes_away_twice_is_not_asked_a_third_time(server_desk: Desk) -> None:
    """An oversize packet shows as "gone away", for ever."""
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = 2006, MESSAGE_TEXT = 'gone'"))

    with pytest.raises(DeskError):
        transact(server_desk.app, work)
    assert len(tries) == 2


def test_a_writer_waits_for_another_on_the_embedded_database(embedded_desk: Desk) -> None:
    engine = embedded_desk.app
    other = sqlite3.connect(str(engine.url.database), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.4, lambda: other.execute("COMMIT"))
    release.start()
    with errors_of(engine) as seen:
        transact(engine, lambda connection: mark(connection, "k"))
    release.join()
    other.close()
    assert (seen, marks(engine)) == ([], ["k"])


@pytest.mark.usefixtures("no_pauses")
def test_a_busy_embedded_database_is_tried_again_and_then_given_up(embedded_desk: Desk) -> None:
    engine = embedded_desk.app
    with engine.connect().execution_options(desk_writes=False) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with errors_of(engine) as seen, pytest.raises(DeskError) as met:
        transact(engine, lambda connection: mark(connection, "k"))
    assert (code_of(met), met.value.is_retryable) == ("database_busy", True)
    assert seen == ["SQLITE_BUSY"] * 6
    other.execute("ROLLBACK")
    other.close()
    transact(engine, lambda connection: mark(connection, "k"))


def test_a_reader_is_not_held_up_by_a_writer(desk: Desk) -> None:
    with desk.app.connect() as writer, writer.begin():
        mark(writer, "not yet")
        assert marks(desk.app) == []


def test_a_reading_transaction_reads_what_others_have_committed(desk: Desk) -> None:
    """READ COMMITTED on a server; on SQLite a reader that began has one picture: neither sees what may be undone."""

    def work(connection: Connection) -> list[int]:
        before = len(connection.execute(select(transaction_keys)).all())
        transact(desk.app, lambda other: mark(other, "k"))
        return [before, len(connection.execute(select(transaction_keys)).all())]

    seen = transact(desk.app, work, is_writing=False)
    assert seen == ([0, 0] if desk.app.dialect.name == "sqlite" else [0, 1])


def test_a_bug_in_the_work_is_not_swallowed(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError):
        transact(desk.app, lambda connection: 1 / 0)
    with pytest.raises(DBAPIError):
        transact(desk.app, lambda connection: connection.execute(text("SELEC 1")))


def together(*jobs: Any) -> None:
    """Run jobs at once, and let the first failure out."""
    failed: list[BaseException] = []

    def run(job: Any) -> None:
        try:
            job()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    if failed:
        raise failed[0]


def test_the_embedded_engine_begins_writers_as_writers(embedded_desk: Desk) -> None:
    engine = open_engine(str(embedded_desk.app.url))
    with engine.connect() as connection, connection.begin():
        other = sqlite3.connect(str(engine.url.database), isolation_level=None, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    engine.dispose()

"""The tests' own database server starts empty, keeps databases apart, and never outlives the run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pymysql
import pytest

from tests.servers import ServerAddress, database_of, drop_databases, fresh_databases, mariadb_server

PROJECT = Path(__file__).resolve().parents[2]


def test_fresh_databases_are_empty_and_apart() -> None:
    server = mariadb_server()
    first, second = fresh_databases(server), fresh_databases(server)
    try:
        assert len({*first, *second}) == 4
        with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
            for url in (*first, *second):
                cursor.execute(
                    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = %s", (database_of(url),)
                )
                assert cursor.fetchone() == (0,)
    finally:
        drop_databases(server, *first, *second)


def test_root_has_no_way_in() -> None:
    server = mariadb_server()
    with pytest.raises(pymysql.err.OperationalError):
        ServerAddress(server.host, server.port, "root", "").connect()


def test_a_killed_run_leaves_no_server_and_no_data() -> None:
    program = (
        "from tests.servers import throwaway\n"
        "server = throwaway.mariadb_server()\n"
        "print(server.port, server.password, throwaway._keepers[0].args[3], flush=True)\n"
        "input()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    assert run.stdin
    assert run.stdout
    port, password, folder = run.stdout.readline().split()
    server = ServerAddress("127.0.0.1", int(port), "desk_tests", password)
    server.connect().close()
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    run.stdin.close()
    run.stdout.close()
    deadline = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()
    with pytest.raises(pymysql.err.OperationalError):
        server.connect()

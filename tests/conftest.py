"""What every test may ask for: an empty desk's database addresses, on SQLite and on a real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import drop_databases, fresh_databases, mariadb_server

# The stand-ins of providers answer on this machine.
os.environ.setdefault("DESK_INNER_HOSTS", "127.0.0.1,localhost")


# They ask for the same marked desk and the same long walk over it, made once a process. The first tests of a run stay
# with one process, so they come first.
_TOGETHER = ("test_canaries.py", "test_of_the_tests.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that share what is dear to make at the front; all others stay in their order."""
    items.sort(key=lambda item: item.path.name not in _TOGETHER)


@pytest.fixture
def sqlite_urls(tmp_path: Path) -> tuple[str, str]:
    """Addresses of an app and a traffic database that do not exist yet, in files of this test's own."""
    return f"sqlite:///{tmp_path}/desk.db", f"sqlite:///{tmp_path}/traffic.db"


@pytest.fixture
def mariadb_urls() -> Iterator[tuple[str, str]]:
    """Addresses of two new empty databases on this process's throw-away MariaDB."""
    server = mariadb_server()
    urls = fresh_databases(server)
    yield urls
    drop_databases(server, *urls)


@pytest.fixture(params=["sqlite", "mariadb"])
def database_urls(request: pytest.FixtureRequest) -> tuple[str, str]:
    """(app, traffic) addresses, empty; a test that takes them runs once on each kind of database."""
    urls: tuple[str, str] = request.getfixturevalue(f"{request.param}_urls")
    return urls

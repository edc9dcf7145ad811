"""An empty, migrated desk on each kind of database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from lib.pipeline.opening import open_desk
from tests.builders import desk_on, settings_on
from tests.published import two_fortnights


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


@pytest.fixture
def sqlite_desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """For what the database does not matter to."""
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.prove)])
def any_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """For what asks nothing of a database that its neighbours do not ask of both: the other one is for `make prove`."""
    with desk_on(request.getfixturevalue(f"{request.param}_urls"), tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def two_fortnights_kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The folder of a desk with `two_fortnights`, closed, and the number of its baseline: nobody opens it, all copy it."""
    home = tmp_path_factory.mktemp("two_fortnights")
    with desk_on(_in(home), home) as desk:
        number = two_fortnights(desk)
    assert not list(home.glob("*-wal")), "what is not in the file yet would not be copied"
    return home, number


@pytest.fixture
def counted_desk(two_fortnights_kept: tuple[Path, int], tmp_path: Path) -> Iterator[tuple[Desk, int]]:
    """An embedded desk of this test's own with `two_fortnights`, and the number of its baseline."""
    kept, number = two_fortnights_kept
    home = tmp_path / "desk"
    shutil.copytree(kept, home)
    desk = open_desk(settings_on(_in(home), home))
    yield desk, number
    desk.close()


def _in(home: Path) -> tuple[str, str]:
    return f"sqlite:///{home}/desk.db", f"sqlite:///{home}/traffic.db"

"""An empty, migrated desk on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from tests.builders import desk_on


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


@pytest.fixture
def sqlite_desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    """For what the database does not matter to."""
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened

"""An empty, migrated desk on SQLite: what a pull does to a database is the road's, and proved on servers there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.db.unit_of_work import Desk
from tests.builders import desk_on


@pytest.fixture
def desk(sqlite_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(sqlite_urls, tmp_path) as opened:
        yield opened

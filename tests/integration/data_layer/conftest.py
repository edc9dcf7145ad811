"""An empty, migrated desk on each kind of database, and engines that may create tables of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lib.db.engine import open_engine
from lib.db.unit_of_work import Desk
from tests.builders import desk_on


@pytest.fixture
def desk(database_urls: tuple[str, str], tmp_path: Path) -> Iterator[Desk]:
    with desk_on(database_urls, tmp_path) as opened:
        yield opened


@pytest.fixture
def scratch(database_urls: tuple[str, str]) -> Iterator[Engine]:
    """An engine on an empty database of either kind, free to create tables."""
    engine = open_engine(database_urls[0], is_migrating=True)
    yield engine
    engine.dispose()


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other at once."""
    monkeypatch.setattr("lib.db.transactions.random.uniform", lambda *_: 0.0)

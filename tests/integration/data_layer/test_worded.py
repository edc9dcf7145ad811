"""A statement is put into SQL once a process, whichever engine asks it; what it is asked for is each asker's own."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select

from lib.db.engine import open_engine
from lib.db.worded import WORDED

NAMES = Table("some_names", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(40)))


def _asked(url: str, number: int, name: str) -> str | None:
    """Ask a database of one name for it."""
    engine = open_engine(url, is_migrating=True)
    try:
        with engine.begin() as connection:
            NAMES.create(connection)
            connection.execute(insert(NAMES).values(id=number, name=name))
            return connection.execute(select(NAMES.c.name + "!").where(NAMES.c.id == number)).scalar_one_or_none()
    finally:
        engine.dispose()


def test_a_second_database_of_the_kind_is_asked_in_the_words_of_the_first(tmp_path: Path) -> None:
    assert _asked(f"sqlite:///{tmp_path}/one.db", 1, "Ana") == "Ana!"
    known = len(WORDED)
    assert _asked(f"sqlite:///{tmp_path}/two.db", 2, "Ben") == "Ben!"
    assert len(WORDED) == known


def test_each_kind_of_database_is_asked_in_words_of_its_own(
    sqlite_urls: tuple[str, str], mariadb_urls: tuple[str, str]
) -> None:
    # SQLite joins texts by `||`, which says "or" to MariaDB.
    assert [_asked(url, 1, "Ana") for url in (sqlite_urls[0], mariadb_urls[0])] == ["Ana!", "Ana!"]

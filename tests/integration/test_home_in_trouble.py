"""A database that is down, empty or of a newer version: one sentence on the page, and no address or password in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.pipeline.migrating import migrate
from lib.settings import load_settings
from tests.builders import settings_on
from tests.ready_made import made_ready

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def desk_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in os.environ:
        if name.endswith("DATABASE_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DESK_HOME", str(tmp_path))
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def the_one_sentence() -> str:
    page = AppTest.from_file(PROJECT / "lib" / "ui" / "router.py", default_timeout=60).run()
    assert not page.exception
    assert not page.title
    assert len(page.error) == 1
    text: str = page.error[0].value
    assert "Something broke" not in text
    return text


def test_a_database_that_is_down_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "TRAFFIC_DATABASE_URL"):
        monkeypatch.setenv(name, "mysql+pymysql://desk:hunter2@127.0.0.1:1/desk")
    text = the_one_sentence()
    assert "hunter2" not in text
    assert "Start" in text or "answer" in text or "reach" in text


def test_a_database_never_migrated_is_one_sentence(
    database_urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_urls[0])
    monkeypatch.setenv("TRAFFIC_DATABASE_URL", database_urls[1])
    assert "migrate" in the_one_sentence()


def test_a_database_user_who_may_change_tables_is_one_sentence(
    mariadb_urls: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_ready(settings_on(mariadb_urls, tmp_path))
    monkeypatch.setenv("DATABASE_URL", mariadb_urls[0])
    monkeypatch.setenv("TRAFFIC_DATABASE_URL", mariadb_urls[1])
    text = the_one_sentence()
    assert "may change what its tables are" in text
    assert "ALL PRIVILEGES" in text


def test_a_database_of_a_newer_version_is_one_sentence(tmp_path: Path) -> None:
    migrate(load_settings())
    with sqlite3.connect(tmp_path / "var" / "desk.db") as database:
        database.execute("UPDATE desk_app_version SET version_num = '9999'")
    database.close()
    assert "newer" in the_one_sentence()

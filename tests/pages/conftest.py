"""Pages run in process on a migrated desk of the test's own, with no network and no memory of the test before."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner

from lib.pipeline.migrating import migrate
from lib.settings import load_settings
from tests.collecting import no_collection_after_each_run

PROJECT = Path(__file__).resolve().parents[2]
DATABASE_SETTINGS = (
    "DATABASE_URL",
    "TRAFFIC_DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "TRAFFIC_MIGRATION_DATABASE_URL",
    "PORTAL_DATABASE_URL",
)


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> Iterator[None]:
    """Each AppTest looks for components in every installed package, which takes as long as the page; they stay the same."""
    with pytest.MonkeyPatch.context() as patch:
        scan = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="session", autouse=True)
def scripts_compiled_once() -> Iterator[None]:
    """Each AppTest compiles the router and its page anew; they stay the same."""
    with pytest.MonkeyPatch.context() as patch:
        compiled = ScriptCache()
        patch.setattr(local_script_runner, "ScriptCache", lambda: compiled)
        yield


@pytest.fixture(scope="session", autouse=True)
def runs_waited_for_in_peace() -> Iterator[None]:
    """An AppTest asks a thousand times a second whether the script has ended, and so keeps it from running."""
    asking = local_script_runner.require_widgets_deltas

    def waiting(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        assert runner._script_thread is not None
        runner._script_thread.join(timeout)
        asking(runner, 1 if runner.script_stopped() else 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", waiting)
        yield


@pytest.fixture(scope="module", autouse=True)
def no_walk_through_everything_after_each_run() -> Iterator[None]:
    """It would take longer than most pages do."""
    with no_collection_after_each_run():
        yield


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Sockets off, but for the local pairs an event loop is made of."""
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture(autouse=True)
def no_memory() -> Iterator[None]:
    """Streamlit's caches are the whole process's, so one test's desk would serve the next."""
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk's folder with both databases at head and nothing in them, made once and copied by each test."""
    home = tmp_path_factory.mktemp("migrated")
    migrate(load_settings({"DESK_HOME": str(home)}))
    return home


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desk's folder in which nothing was ever migrated."""
    for name in DATABASE_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DESK_HOME", str(home))
    return home


@pytest.fixture
def desk_home(empty_home: Path, migrated_home: Path) -> Path:
    """A migrated desk with nothing in it."""
    shutil.copytree(migrated_home, empty_home, dirs_exist_ok=True)
    return empty_home


@pytest.fixture
def router() -> AppTest:
    """The script every visit runs, not run yet."""
    return AppTest.from_file(PROJECT / "lib" / "ui" / "router.py", default_timeout=30)

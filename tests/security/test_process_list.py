"""No password stands where another user of the machine could read it: in the process list, or in what a driver says."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.db.engine import open_engine, open_portal_engine
from lib.errors import DeskError
from lib.intake import workbooks
from lib.pipeline.migrating import migrate
from lib.pipeline.opening import open_desk
from lib.settings import HOLD_SECRETS, load_settings
from lib.ui.entry import worker_process
from tests.builders import settings_on
from tests.coroutines import finished

NOBODY_LISTENS = "mysql+pymysql://desk:hunter2@127.0.0.1:1/desk"


def words_of(pid: int) -> str:
    """What `ps` shows of a process."""
    return Path(f"/proc/{pid}/cmdline").read_text()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no process list to read here")
def test_the_worker_beside_the_server_names_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_HOME", str(tmp_path))
    for name in HOLD_SECRETS:
        monkeypatch.setenv(name, NOBODY_LISTENS)

    async def started() -> str:
        worker = await worker_process._start()
        try:
            return words_of(worker.pid)
        finally:
            worker.kill()
            await worker.wait()

    said = finished(started())
    assert "worker" in said
    assert "hunter2" not in said


def test_whoever_opens_workbooks_is_told_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of strangers are opened in a process that knows no password, neither in its words nor in its environment."""
    seen: dict[str, object] = {}

    def run(words: list[str], **told: object) -> None:
        seen.update(told, words=words)
        raise workbooks.subprocess.TimeoutExpired(words, 1)

    monkeypatch.setenv("DATABASE_URL", NOBODY_LISTENS)
    monkeypatch.setattr(workbooks.subprocess, "run", run)
    with pytest.raises(DeskError):
        workbooks.sheet_of(b"PK")
    assert seen["env"] == {}
    assert "hunter2" not in repr(seen["words"])


def test_no_driver_repeats_a_password() -> None:
    for engine in (open_engine(NOBODY_LISTENS), open_portal_engine(NOBODY_LISTENS)):
        with pytest.raises(DBAPIError) as met, engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        assert "hunter2" not in f"{met.value!r} {met.value} {engine!r} {engine.url}"
        engine.dispose()


def test_a_desk_in_the_words_of_a_debugger_names_neither_password_nor_key(
    sqlite_urls: tuple[str, str], tmp_path: Path
) -> None:
    """Error pages and logs are made of these words."""
    settings = settings_on(sqlite_urls, tmp_path)
    migrate(settings)
    desk = open_desk(settings)
    try:
        assert repr(desk.hash_key) not in repr(desk)
    finally:
        desk.close()
    server = load_settings({"DATABASE_URL": NOBODY_LISTENS, "TRAFFIC_DATABASE_URL": NOBODY_LISTENS})
    assert "hunter2" not in repr(server)

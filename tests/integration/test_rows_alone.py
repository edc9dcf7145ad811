"""Leafing through a load runs the rows alone, as a browser asks for it; the right is asked in that run as in any other."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import update

from lib.db.tables.imports import data_import_batches
from lib.db.tables.people import people
from lib.domain.people import Role
from tests.builders import a_csv, a_lead, a_lead_account, import_file
from tests.stream import Run, streaming


def test_leafing_sends_the_rows_alone_and_asks_for_the_right_each_time(tmp_path: Path) -> None:
    with streaming(tmp_path, has_sign_in=False) as server, server.tab() as browser:
        a_lead_account(server.desk)
        load = import_file(server.desk, a_csv([a_lead(number) for number in range(170)]))["load"]
        whole = len(browser.open("import_review", f"load={load}").raw)
        leafed = browser.press("Later rows")
        assert "from=50" in address_after(leafed)
        assert len(leafed.raw) < whole / 2  # nothing of the other steps is sent again

        # The load moves on: the steps above show what is no longer so, and the whole page runs.
        with server.desk.app.begin() as connection:
            connection.execute(update(data_import_batches).values(version=data_import_batches.c.version + 1))
        assert len(browser.press("Later rows").raw) > whole / 2

        with server.desk.app.begin() as connection:
            connection.execute(update(people).values(role=Role.STAKEHOLDER))
        refused = browser.press("Earlier rows")
        assert not refused.was_silent
        assert b"rows-before" not in refused.raw


def address_after(run: Run) -> str:
    """What the address says once the run has been shown."""
    (said,) = [
        message.page_info_changed.query_string
        for message in run.messages
        if message.WhichOneof("type") == "page_info_changed"
    ]
    return said

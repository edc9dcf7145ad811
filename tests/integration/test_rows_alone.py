"""Leafing through a load runs the rows alone, as a browser asks for it; the right is asked in that run as in any other."""

from __future__ import annotations

import random
from pathlib import Path

from sqlalchemy import update
from websockets.asyncio.client import connect

from lib.db.tables.imports import data_import_batches
from lib.db.tables.people import people
from lib.domain.people import Role
from tests.bench.page_crowd import Browser
from tests.builders import a_csv, a_lead, a_lead_account, desk_on, import_file
from tests.coroutines import finished
from tests.serving import served


def test_leafing_sends_the_rows_alone_and_asks_for_the_right_each_time(tmp_path: Path) -> None:
    urls = f"sqlite:///{tmp_path}/desk.db", f"sqlite:///{tmp_path}/traffic.db"
    with desk_on(urls, tmp_path) as desk, served(tmp_path, urls) as server:
        a_lead_account(desk)
        load = import_file(desk, a_csv([a_lead(number) for number in range(170)]))["load"]

        async def leafed() -> None:
            async with connect(f"ws://127.0.0.1:{server.port}/_stcore/stream", subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
                browser = Browser(socket, random.Random(0), f"load={load}")
                await browser.run(page="import_review")
                whole = browser.received
                assert "Later rows" in browser.controls
                await browser.press("Later rows")
                assert "from=50" in browser.query
                assert browser.received - whole < whole / 2  # nothing of the other steps is sent again

                # The load moves on: the steps above show what is no longer so, and the whole page runs.
                with desk.app.begin() as connection:
                    connection.execute(update(data_import_batches).values(version=data_import_batches.c.version + 1))
                before = browser.received
                await browser.press("Later rows")
                assert browser.received - before > whole / 2

                with desk.app.begin() as connection:
                    connection.execute(update(people).values(role=Role.STAKEHOLDER))
                await browser.press("Earlier rows")
                assert b"rows-before" not in b"".join(browser.heard)

        finished(leafed())

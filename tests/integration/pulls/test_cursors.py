"""Of two pulls that began together the second leaves the cursor where the first put it, on each kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from lib.domain.api.pulls import SyncCursor
from tests.builders import admin, an_account, desk_on


def test_a_cursor_moves_once_from_where_it_was_read(database_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(database_urls, tmp_path) as desk:
        account, boss = an_account(desk), admin(desk)
        seen = desk.ask(boss, lambda tx: tx.cursors.of(account, "lead"))
        assert seen == SyncCursor(account.id, "lead")
        moment = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=UTC)
        first = replace(seen, token="c_1", high_water=moment, covered_to=date(2026, 3, 3), limit_left=7, limit_of=9)
        assert desk.do(boss, lambda tx: tx.cursors.move(account, first))
        assert not desk.do(boss, lambda tx: tx.cursors.move(account, replace(seen, token="c_2")))
        now = desk.ask(boss, lambda tx: tx.cursors.of(account, "lead"))
        assert now == replace(first, version=1)
        assert desk.do(boss, lambda tx: tx.cursors.move(account, replace(now, token="c_3")))
        assert not desk.do(boss, lambda tx: tx.cursors.move(account, replace(now, token="c_4")))
        assert [item.token for item in desk.ask(boss, lambda tx: tx.cursors.every_of([account.id]))] == ["c_3"]


def test_a_source_takes_the_place_of_the_one_before(database_urls: tuple[str, str], tmp_path: Path) -> None:
    with desk_on(database_urls, tmp_path) as desk:
        account, boss = an_account(desk), admin(desk)
        for path in ("/a", "/b"):
            desk.do(boss, lambda tx, path=path: tx.cursors.write_source(account, "lead", {"path": path}))
        assert desk.ask(boss, lambda tx: tx.cursors.sources_of(account)) == {"lead": {"path": "/b"}}
        assert desk.do(boss, lambda tx: tx.cursors.drop_source(account, "lead"))
        assert not desk.do(boss, lambda tx: tx.cursors.drop_source(account, "lead"))

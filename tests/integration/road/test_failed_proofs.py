"""A live account whose proof turns out wrong is not called live a moment longer: it falls back with the act that showed it."""

from __future__ import annotations

from pathlib import Path

from lib.db.unit_of_work import Desk
from lib.domain.states import AccountStatus
from lib.domain.tasks import LAPSED_GATE
from lib.pipeline.setup.qa import keep_comparison
from lib.pipeline.setup.setup_test import try_account
from lib.services.setup import account_settings, qa
from lib.services.setup.qa import Differing
from tests.builders import admin
from tests.climbing import live


def status_of(desk: Desk) -> AccountStatus:
    return desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site")).status


def lapsed_gates(desk: Desk) -> list[str]:
    (task,) = desk.ask(admin(desk), lambda tx: tx.tasks.listed(kind=LAPSED_GATE))
    gates: list[str] = task.detail["gates"]
    return gates


def test_rows_that_differ_on_the_providers_screen_end_live(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    live(desk)
    drawn = desk.ask(admin(desk), qa.sample, "site")
    asked = ("site", drawn.load.id, len(drawn.rows))
    keep_comparison(desk, admin(desk), *asked, screen="their list")
    assert status_of(desk) is AccountStatus.LIVE
    first = desk.ask(admin(desk), qa.sample, "site").rows[0]
    keep_comparison(desk, admin(desk), *asked, [Differing(first.line, ("status",))], screen="their list")
    assert status_of(desk) is AccountStatus.NEEDS_REVIEW
    assert lapsed_gates(desk) == ["qa"]


def test_a_setup_test_that_fails_ends_live(sqlite_desk: Desk, tmp_path: Path) -> None:
    desk = sqlite_desk
    live(desk)
    try_account(desk, admin(desk), "site")
    assert status_of(desk) is AccountStatus.LIVE
    told = {"drop.url": str(tmp_path / "gone"), "drop.object": "lead"}
    desk.do(admin(desk), account_settings.set_account, "site", told)
    assert status_of(desk) is AccountStatus.LIVE
    try_account(desk, admin(desk), "site")
    assert status_of(desk) is AccountStatus.NEEDS_REVIEW
    assert lapsed_gates(desk) == ["setup_test"]

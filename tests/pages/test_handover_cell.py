"""An account taken out as one file on its setup page, and rebuilt out of one on the page where providers are connected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.pipeline.setup.handover import handover_pack
from lib.settings import load_settings
from tests.builders import a_lead_account, a_person, admin
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    a_lead_account(opened)
    yield opened
    opened.close()


def test_a_pack_becomes_a_paused_account_and_says_what_is_still_to_do(desk: Desk, router: AppTest) -> None:
    content = handover_pack(desk, admin(desk), "site")
    page = visited(router, "provider_setup")
    assert button(page, "Rebuild the account").disabled
    page.file_uploader(key="handover-file").set_value(("pack.zip", content, "application/zip"))
    page.run()
    page = button(page, "Rebuild the account").click().run()
    assert "There is an account site already." in page.error[0].value
    page.text_input(key="handover-key").set_value("site_again").run()
    page = button(page, "Rebuild the account").click().run()
    assert not page.exception
    text = words(page).replace("\\", "")
    assert "The account site_again of Acme, paused, from the template other." in text
    assert "Approve the lead map." in text
    page = button(page, "Open site_again").click().run()
    assert not page.exception
    assert "Take site_again out as one file" in words(page)


def test_whoever_does_not_manage_accounts_is_offered_neither(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    assert "Rebuild the account" not in words(visited(router, "provider_setup"))
    assert "out as one file" not in words(visited(router, "provider_setup", account="site"))

"""Under the portal: a link is made for somebody without an account, told once, and ended; a client is offered none of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.pipeline.publishing.share_links import shared_page
from tests.builders import a_person
from tests.pages.reading import button, signed_in_as, visited, words
from tests.published import at_day, published, two_fortnights

TITLE = "Links for people without an account"


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk()
    then = at_day(opened, date(2026, 4, 2))
    published(then, two_fortnights(then))
    yield opened
    opened.close()


def test_a_link_is_made_told_once_and_revoked(desk: Desk, router: AppTest) -> None:
    page = visited(router, "client_portal", client="acme")
    assert TITLE in words(page)
    page = button(page, "Make a link").click().run()
    assert "It is not said who the link is for." in page.error[0].value
    page.text_input(key="share-for").set_value("Rosa")
    page = button(page, "Make a link").click().run()
    assert not page.exception
    (token,) = re.findall(r"/shared/(\S+)", words(page))
    assert "never" in words(page)
    found = shared_page(desk, token, "203.0.113.77")
    assert found is not None
    assert "83 leads" in found
    page = page.run()
    assert token not in words(page)
    assert "Rosa" in words(page)
    assert "1 time" in words(page)
    page = button(page, "Revoke it").click().run()
    assert page.success[0].value == "Link 1 opens nothing any more."
    assert shared_page(desk, token, "") is None
    assert "Revoked" in words(page)


def test_an_analyst_sees_the_links_and_a_clients_person_none(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visited(router, "client_portal", client="acme")
    page.text_input(key="share-for").set_value("Rosa")
    button(page, "Make a link").click().run()
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    said = words(visited(router, "client_portal", client="acme"))
    assert "Rosa" in said
    assert "Make a link" not in said
    assert "Revoke it" not in said
    signed_in_as(monkeypatch, a_person(desk, "sue@acme.example", Role.STAKEHOLDER, "acme"))
    said = words(visited(router, "client_portal"))
    assert "Rosa" not in said
    assert TITLE not in said

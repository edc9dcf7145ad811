"""Every page in a client's person's hands with all its checks taken out: the database itself shows them no row (R6, R12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.pipeline.opening import open_desk
from lib.ui.entry import sidebar
from lib.ui.site import site
from tests.builders import a_person
from tests.integration.data_layer.test_scope import a_world
from tests.pages.reading import signed_in_as, visited, words

# What stands in tables of the client's own: keys of accounts, files, people of leads and of the desk.
_MARKS = ("acme_site", "acme_ads", "export.csv", "Person 1", "p1@mail", "3035550001", "admin@localhost")


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk()
    a_world(opened, "acme")
    yield opened
    opened.close()


def test_a_page_that_checks_nothing_shows_a_clients_person_nothing(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme")
    signed_in_as(monkeypatch, sam)
    monkeypatch.setattr(sidebar, "sidebar", lambda _visit: None)
    for check in ("require", "may", "may_see"):
        monkeypatch.setattr(Actor, check, lambda *_: True)
    for page in (item.name for item in site() if item.name != "client_portal"):
        shown = visited(router, page, client="acme")
        said = words(shown) + "\n".join(str(each.value) for each in shown.exception)
        assert not [mark for mark in _MARKS if mark in said], (page, said)

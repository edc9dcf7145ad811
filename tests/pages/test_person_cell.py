"""An admin or an owner finds everything about a person on the records page, and erases it; nobody else is offered it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, committed, records
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    a_lead_account(opened)
    committed(opened, a_csv([a_lead(1), a_lead(2)]))
    yield opened
    opened.close()


def looked_for(router: AppTest, phone: str) -> AppTest:
    page = visited(router, "records")
    page.text_input(key="person-phone").set_value(phone)
    return button(page, "Look everywhere").click().run()


def test_a_person_is_found_and_erased_on_the_page(desk: Desk, router: AppTest) -> None:
    page = looked_for(router, "(303) 555-0001")
    assert not page.exception
    assert "of leads, jobs, calls, customers" in words(page)
    # Nothing goes before somebody says why, and that they mean it.
    assert button(page, "Erase").disabled
    page.text_input(key="person-reason").set_value("asked by letter on 3 March")
    page.checkbox(key="person-sure").check()
    page = button(page.run(), "Erase").click().run()
    assert not page.exception
    assert "Erasure 1: " in "\n".join(item.value for item in page.success)
    assert (records(desk)["L1"]["name"], records(desk)["L2"]["name"]) == (None, "Person 2")


def test_what_cannot_be_read_and_what_is_unknown_is_said(desk: Desk, router: AppTest) -> None:
    page = looked_for(router, "12")
    assert "cannot be read as a phone" in words(page)
    assert "Nothing is known of them." in words(looked_for(router, "(303) 555-7777"))


def test_a_reason_that_names_them_is_refused_on_the_page(desk: Desk, router: AppTest) -> None:
    page = looked_for(router, "(303) 555-0001")
    page.text_input(key="person-reason").set_value("ring 303 555 0001")
    page.checkbox(key="person-sure").check()
    page = button(page.run(), "Erase").click().run()
    assert "it stays when they are gone" in words(page)
    assert records(desk)["L1"]["name"] == "Person 1"


@pytest.mark.parametrize("role", [Role.ANALYST, Role.STAKEHOLDER])
def test_nobody_else_is_offered_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    signed_in_as(monkeypatch, a_person(desk, f"{role}@acme.example", role, "acme"))
    assert "Everything about a person" not in words(visited(router, "records"))

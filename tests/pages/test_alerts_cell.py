"""Who is told of what, on the page: an admin asks for anybody who works here, everybody else for themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.running import alerts
from lib.settings import load_settings
from tests.builders import a_person, admin, an_account
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    an_account(opened)
    a_person(opened, "ana@desk.example", Role.OWNER)
    yield opened
    opened.close()


def field(page: AppTest, label: str, value: str) -> None:
    next(each for each in [*page.text_input, *page.selectbox] if each.label == label).set_value(value)


def subscribed(desk: Desk) -> list[tuple[str, str, str, str]]:
    found = [item.subscription for item in desk.ask(admin(desk), alerts.subscriptions)]
    return [(each.email, each.destination, str(each.least), str(each.quiet or "")) for each in found]


def test_an_admin_has_somebody_told_and_stops_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_CHAT", "mmost://chat.example/3ccr7m5n4ibx5mdkjqpwzq1aoc")
    page = visited(router, "desk")
    assert "Nobody is told of anything yet." in words(page)
    field(page, "Who", "ana@desk.example")
    field(page, "Place", "env:OPS_CHAT")
    field(page, "Quiet hours", "22:00-07:00")
    field(page, "By the clock of", "America/Denver")
    page = button(page, "Tell them from now on").click().run()
    assert not page.error
    assert subscribed(desk) == [("ana@desk.example", "env:OPS_CHAT", "warning", "22:00-07:00")]
    text = words(page)
    assert "env:OPS_CHAT" in text
    assert "Warnings and incidents" in text
    assert "3ccr7m" not in text
    page = button(page, "Tell them nothing more").click().run()
    assert not page.error
    assert subscribed(desk) == []


def test_a_secret_in_the_place_of_a_reference_is_refused_and_not_kept(desk: Desk, router: AppTest) -> None:
    page = visited(router, "desk")
    field(page, "Place", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    page = button(page, "Tell them from now on").click().run()
    assert "not_a_reference" in page.error[0].value
    assert "TIiajkdn" not in words(page)
    assert subscribed(desk) == []
    assert "Where it runs" in words(page)


def test_mail_without_a_server_says_what_is_missing(desk: Desk, router: AppTest) -> None:
    page = button(visited(router, "desk"), "Tell them from now on").click().run()
    assert "SMTP_URL and MAIL_FROM are not set" in page.success[0].value.replace("\\", "")
    assert "1 cannot go out" in words(page)
    page = button(page, "Send a trial").click().run()
    assert "no_mail_server" in page.error[0].value


@pytest.mark.parametrize("role", [Role.OWNER, Role.ANALYST])
def test_whoever_works_here_asks_for_themselves(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    person = a_person(desk, "hal@desk.example", role)
    desk.do(admin(desk), alerts.subscribe, person="ana@desk.example", destination="env:ANAS_OWN")
    signed_in_as(monkeypatch, person)
    page = visited(router, "operations")
    assert "ANAS_OWN" not in words(page)
    assert [each.options for each in page.selectbox if each.label == "Who"] == [["Hal"]]
    page = button(page, "Tell them from now on").click().run()
    assert not page.error
    assert ("hal@desk.example", "", "warning", "") in subscribed(desk)


def test_a_clients_person_finds_nothing_of_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in_as(monkeypatch, a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme"))
    for page in ("operations", "desk"):
        assert "There is nothing at this address" in words(visited(router, page))

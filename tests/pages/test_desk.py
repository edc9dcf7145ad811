"""The desk's own page: an admin adds clients and people there, and reads what the databases say."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.pipeline.opening import open_desk
from lib.services.people import people
from lib.services.running import doctor
from lib.services.setup import account_settings, clients
from lib.settings import load_settings
from tests.builders import a_person, admin, an_account
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


SIGN_IN = """\
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "only-for-this-test-only-for-this-test"
client_id = "a"
"""


def field(page: AppTest, label: str, value: str) -> None:
    next(each for each in [*page.text_input, *page.selectbox] if each.label == label).set_value(value)


def test_an_empty_desk_asks_for_a_client_first(desk_home: Path, router: AppTest) -> None:
    page = visited(router, "desk")
    assert not page.exception
    assert not page.error
    text = words(page)
    assert "Add a client." in text
    assert "No client is here yet." in text
    assert "Embedded SQLite" in text


def test_a_client_is_added_with_a_key_made_from_its_name(desk: Desk, router: AppTest) -> None:
    page = visited(router, "desk")
    field(page, "Name", "Harbor Roofing")
    field(page, "Time zone", "America/Denver")
    page = button(page, "Add the client").click().run()
    assert not page.error
    made = desk.ask(admin(desk), clients.every_client)
    assert [(item.key, item.name, item.timezone) for item in made] == [
        ("harbor_roofing", "Harbor Roofing", "America/Denver")
    ]
    assert "Harbor Roofing" in words(page)


def test_a_client_without_a_name_is_one_sentence(desk: Desk, router: AppTest) -> None:
    page = button(visited(router, "desk"), "Add the client").click().run()
    assert "A client needs a name." in page.error[0].value
    assert "Where it runs" in words(page)
    assert desk.ask(admin(desk), clients.every_client) == []


def test_a_person_of_a_client_is_added_with_that_scope(desk: Desk, router: AppTest) -> None:
    client_id = an_account(desk).client_id
    page = visited(router, "desk")
    field(page, "Address", "sam@acme.example")
    field(page, "Role", Role.STAKEHOLDER)
    page = button(page, "Add the person").click().run()
    assert "stakeholder_needs_client" in page.error[0].value
    field(page, "Address", "sam@acme.example")
    field(page, "Role", Role.STAKEHOLDER)
    page.multiselect(key="add-person-clients").set_value(["acme"])
    page = button(page, "Add the person").click().run()
    assert not page.error
    made = desk.ask(admin(desk), people.known_person, "sam@acme.example")
    assert (made.role, made.client_ids) == (Role.STAKEHOLDER, frozenset({client_id}))


def chosen(router: AppTest, person: Actor) -> AppTest:
    """The page with this person opened to be changed."""
    return visited(router, "desk").selectbox(key="member").set_value(person.email).run()


def test_where_people_sign_in_they_are_invited_and_the_words_are_passed_on(
    desk: Desk, desk_home: Path, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk_home / ".streamlit").mkdir()
    (desk_home / ".streamlit" / "secrets.toml").write_text(SIGN_IN)
    signed_in_as(monkeypatch, admin(desk))
    page = visited(router, "desk")
    field(page, "Address", "new@example.com")
    page = button(page, "Invite the person").click().run()
    assert "No mail server is named, so pass this on" in page.success[0].value
    assert page.code[0].value.startswith("Local admin invites you to Connector Desk at http://localhost:8501.")
    assert "Invited to" in words(page)


def test_what_a_person_may_is_changed_on_the_page(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    bo = a_person(desk, "bo@example.com", Role.ANALYST)
    page = chosen(router, bo)
    page.selectbox(key=f"member-role-{bo.person_id}").set_value(Role.OWNER)
    page.multiselect(key=f"member-clients-{bo.person_id}").set_value(["acme"])
    page = button(page, "Save what they may").click().run()
    assert "Data owner now" in page.success[0].value
    made = desk.ask(admin(desk), people.known_person, "bo@example.com")
    assert (made.role, len(made.client_ids or ())) == (Role.OWNER, 1)


def test_clients_that_are_all_taken_away_are_not_every_client(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    bo = a_person(desk, "bo@example.com", Role.ANALYST, "acme")
    page = chosen(router, bo)
    page.multiselect(key=f"member-clients-{bo.person_id}").set_value([])
    page = button(page, "Save what they may").click().run()
    assert "no_client_named" in page.error[0].value
    assert desk.ask(admin(desk), people.known_person, "bo@example.com") == bo


def test_a_person_is_removed_with_a_second_press_and_put_back_with_one(desk: Desk, router: AppTest) -> None:
    bo = a_person(desk, "bo@example.com", Role.ANALYST)
    page = chosen(router, bo).button(key=f"member-remove-{bo.person_id}").click().run()
    assert "was removed" in page.success[0].value
    assert desk.ask(admin(desk), lambda tx: tx.people.by_email("bo@example.com")) is None
    page = page.button(key=f"member-back-{bo.person_id}").click().run()
    assert "on this desk again" in page.success[0].value
    assert desk.ask(admin(desk), people.known_person, "bo@example.com").role is Role.ANALYST


def test_whoever_owns_accounts_leaves_once_it_is_said_who_answers_next(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    ana, bo = (a_person(desk, f"{name}@example.com", Role.OWNER) for name in ("ana", "bo"))
    desk.do(admin(desk), account_settings.set_account, "site", {"owner": ana.email})
    remove = f"member-remove-{ana.person_id}"
    page = chosen(router, ana).button(key=remove).click().run()
    assert "owns_accounts" in page.error[0].value
    page.selectbox(key=f"member-next-{ana.person_id}").set_value(bo.email)
    page = page.button(key=remove).click().run()
    assert not page.error
    assert desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site")).owner_email == bo.email


def test_a_person_is_signed_out_everywhere_from_the_page(desk: Desk, router: AppTest) -> None:
    bo = a_person(desk, "bo@example.com", Role.ANALYST)
    page = chosen(router, bo).button(key=f"member-out-{bo.person_id}").click().run()
    assert "signed out" in page.success[0].value
    found = desk.ask(admin(desk), lambda tx: tx.people.member("bo@example.com"))
    assert found is not None
    assert found.signed_out_since is not None


def test_what_the_doctor_found_is_kept_for_a_minute_and_asked_again_on_a_press(desk: Desk, router: AppTest) -> None:
    page = visited(router, "desk")
    assert "account_unprepared" not in words(page)
    an_account(desk)
    page = page.run()
    assert "account_unprepared" not in words(page)
    assert "Looked at " in words(page)
    assert "account_unprepared" in words(button(page, "Look again").click().run())


def test_what_the_doctor_finds_is_listed_with_its_mend(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    text = words(visited(router, "desk"))
    assert "account_unprepared" in text
    assert "1 to watch" in text


def test_no_address_of_a_database_is_shown(desk: Desk, router: AppTest) -> None:
    assert "sqlite:///" not in words(visited(router, "desk"))


def test_a_bug_shows_its_reference_only(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(doctor, "examine_desk", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    page = visited(router, "desk")
    assert len(page.error) == 1
    assert "hunter2" not in words(page)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ANALYST, Role.STAKEHOLDER])
def test_nobody_but_an_admin_sees_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    an_account(desk)
    person = a_person(desk, "one@desk.example", role, "acme" if role is Role.STAKEHOLDER else None)
    signed_in_as(monkeypatch, person)
    page = visited(router, "desk")
    refused = "There is nothing at this address" if role is Role.STAKEHOLDER else "may not manage people and clients"
    assert refused in words(page)
    assert not page.table
    assert not page.text_input

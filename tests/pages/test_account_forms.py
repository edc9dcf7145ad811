"""The forms of an account: short, saved whole or not at all, with the template's words offered and no secret kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.clock import zone
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.states import AccountStatus
from lib.pipeline.opening import open_desk
from lib.providers import template
from lib.services.setup import account_forms, account_settings, accounts, desk_settings
from lib.settings import load_settings
from tests.builders import ZONE, a_lead_account, a_person, admin, an_account
from tests.pages.reading import button, signed_in_as, visited
from tests.pages.reading import words as marked_words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def words(page: AppTest) -> str:
    """What stands on the page, as it is read: without the marks that keep Markdown from reading it."""
    return marked_words(page).replace("\\", "")


def shown(desk: Desk, key: str = "site") -> dict[str, object]:
    return desk.ask(admin(desk), accounts.show_account, key)


def typed(page: AppTest, **given: str) -> AppTest:
    """The page with the text fields of this label filled in; `_` for a blank in a label."""
    for label, text in given.items():
        fields = [*page.text_input, *page.text_area]
        found = [field for field in fields if field.label.lower() == label.replace("_", " ").lower()]
        assert len(found) == 1, label
        found[0].set_value(text)
    return page


def test_a_form_saves_what_differs_and_the_service_validates_it(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    page = visited(router, "provider_setup", account="site")
    assert "3 missing" in words(page)
    page = button(typed(page, failure_path="Tell Ana."), "Save the plan").click().run()
    assert not page.error
    assert shown(desk)["failure_path"] == "Tell Ana."
    versions = desk.ask(admin(desk), account_settings.account_versions, "site")
    assert versions[0].changes == {"failure_path": [None, "Tell Ana."]}
    assert "2 missing" in words(page)
    assert "failure_path: nothing → Tell Ana." in words(page)
    page = button(page, "Save the plan").click().run()
    assert "Nothing differs from what is written already." in words(page)


@pytest.mark.parametrize(
    ("label", "save", "secret", "refusal"),
    [
        ("Credential reference", "Save how it signs in", "hunter2", "not a reference to a secret"),
        ("Failure path", "Save the plan", "Ask Ana; password: hunter2", "looks like a secret"),
        ("Reason", "Save what it is", "".join(("gh", "p_hunter2", "a" * 30)), "looks like a secret"),
    ],
)
def test_a_secret_typed_into_a_form_is_refused_and_not_repeated(
    desk: Desk, router: AppTest, label: str, save: str, secret: str, refusal: str
) -> None:
    an_account(desk)
    page = visited(router, "provider_setup", account="site")
    page = button(typed(page, **{label.replace(" ", "_"): secret}), save).click().run()
    assert refusal in page.error[0].value
    assert "hunter2" not in page.error[0].value
    assert "hunter2" not in str(shown(desk))


def test_how_it_signs_in_is_kept_by_reference_and_looked_behind(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account(desk)
    monkeypatch.setenv("SITE_KEY", "open sesame")
    page = visited(router, "provider_setup", account="site")
    page = typed(page, credential_reference="env:SITE_KEY", webhook_secret_reference="env:NOBODY_SET_THIS")
    page.date_input[0].set_value("2027-03-31")
    page = button(page, "Save how it signs in").click().run()
    assert not page.error
    assert shown(desk)["auth_expires_on"] == "2027-03-31"
    assert "open sesame" not in words(page)
    page = button(page, "Look whether something lies behind each reference").click().run()
    assert "Something lies behind env:SITE_KEY" in words(page)
    assert "There is nothing behind env:NOBODY_SET_THIS" in words(page)
    assert "open sesame" not in words(page)


@pytest.mark.parametrize(
    ("days", "badge", "says_how"),
    [
        (-1, "Sign-in has ended", True),
        (0, "Sign-in ends today", True),
        (14, "ends in 14 days", True),
        (40, "in 40 days", False),
    ],
)
def test_a_sign_in_that_ends_says_so_in_time_and_how_it_is_renewed(
    desk: Desk, router: AppTest, days: int, badge: str, says_how: bool
) -> None:
    an_account(desk)
    ends = desk.clock().astimezone(zone(ZONE)).date() + timedelta(days=days)
    desk.do(admin(desk), account_settings.set_account, "site", {"auth_expires_on": ends.isoformat()})
    text = words(visited(router, "provider_setup", account="site"))
    assert badge in text
    assert ("Renew it at the provider" in text) is says_how


def test_the_templates_words_are_offered_and_count_for_nothing_before_they_are_saved(
    desk: Desk, router: AppTest
) -> None:
    offered = template("angi")
    assert offered.failure_path
    assert offered.default_metrics
    an_account(desk, "leads", provider="angi")
    page = visited(router, "provider_setup", account="leads")
    plan = next(each for each in page.button if each.key == "plan-proposals")
    page = plan.click().run()
    assert [field.value for field in page.text_area if field.label == "Failure path"] == [offered.failure_path]
    assert shown(desk, "leads")["failure_path"] == ""
    page = button(page, "Save the plan").click().run()
    assert not page.error
    assert shown(desk, "leads")["rollback_note"] == offered.rollback_note
    assert [each for each in page.button if each.key == "plan-proposals"] == []
    page = next(each for each in page.button if each.key == "record-proposals").click().run()
    assert page.multiselect[0].value == list(offered.default_metrics)
    button(page, "Save what it is").click().run()
    assert shown(desk, "leads")["promised"] == list(offered.default_metrics)
    assert shown(desk, "leads")["public_promise"] == offered.promise


def test_how_it_is_kept_is_held_to_the_legal_minimum(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    desk.do(admin(desk), desk_settings.set_desk, {"min_retention_days": "60"})
    page = visited(router, "provider_setup", account="site")
    assert "at least 60 days" in words(page)
    next(field for field in page.number_input if field.label == "Keep payloads, days").set_value(30)
    page = button(page, "Save how it is kept and read").click().run()
    assert "the legal minimum of this desk is 60 days" in page.error[0].value
    next(field for field in page.number_input if field.label == "Keep payloads, days").set_value(61)
    next(field for field in page.selectbox if field.label.startswith("Its times")).set_value("Pacific/Honolulu")
    page.toggle[0].set_value(True)
    page = button(page, "Save how it is kept and read").click().run()
    assert not page.error
    told = shown(desk)
    assert (told["retention_days"], told["timezone"], told["is_four_eyes"]) == (61, "Pacific/Honolulu", True)


def test_an_account_is_paused_and_resumed_here(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    page = visited(router, "provider_setup", account="site")
    page = button(page, "Pause Site, refuse its imports").click().run()
    assert shown(desk)["status"] is AccountStatus.PAUSED
    button(page, "Resume Site").click().run()
    assert shown(desk)["status"] is AccountStatus.SETUP


def test_a_like_account_is_set_up_for_another_client(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    an_account(desk, "theirs", client="bolt")
    page = visited(router, "provider_setup", account="site")
    page.selectbox(key="clone-client").set_value("bolt").run()
    page = button(page, "Set up bolt_other like site").click().run()
    assert not page.exception
    assert not page.error
    assert page.query_params["account"] == "bolt_other"
    assert shown(desk, "bolt_other")["status"] is AccountStatus.PAUSED
    assert shown(desk, "bolt_other")["client"] == "bolt"


def test_a_second_account_of_one_provider_says_what_tells_it_apart(desk: Desk, router: AppTest) -> None:
    an_account(desk, "acme_angi", provider="angi")
    page = visited(router, "provider_setup", provider="angi")
    assert "has Angi already" in words(page)
    page.text_input(key="account-reason").set_value("Paid leads").run()
    page = button(page, "Connect Angi for Acme").click().run()
    assert "account_duplicate" in words(page)
    page.text_input(key="account-label").set_value("Angi, north side").run()
    page = button(page, "Connect Angi for Acme").click().run()
    assert page.query_params["account"] == "acme_angi_2"
    assert shown(desk, "acme_angi_2")["source_label"] == "Angi, north side"


def test_an_analyst_reads_the_forms_and_changes_nothing(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account(desk, provider="angi")
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = visited(router, "provider_setup", account="site")
    saves = [each for each in page.button if each.label.startswith("Save ")]
    assert len(saves) == 4
    assert all(each.disabled for each in saves)
    assert not [
        each for each in page.button if (each.key or "").endswith("-proposals") or each.key in ("clone", "pause")
    ]


def test_an_account_that_was_changed_often_shows_its_newest_versions(desk: Desk) -> None:
    an_account(desk)
    for days in range(20, 50):
        desk.do(admin(desk), account_settings.set_account, "site", {"retention_days": str(days)})
    assert len(desk.ask(admin(desk), account_forms.account_forms, "site").versions) == 20


def test_an_admin_says_on_the_desks_page_what_holds_for_every_account(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    page = visited(router, "desk")
    page.number_input(key="desk-min_retention_days").set_value(180)
    page = button(page, "Save what holds for every account").click().run()
    assert not page.exception
    assert page.warning[0].value == "Kept shorter than that by 1 account: site."
    assert f"Said by {admin(desk).email}" in words(page)
    assert desk.ask(admin(desk), lambda tx: tx.desk_settings.now()).min_retention_days == 180
    page.number_input(key="desk-test_days").set_value(0)
    page = button(page, "Save what holds for every account").click().run()
    assert "desk_setting_invalid" in words(page)

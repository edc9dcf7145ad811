"""What the client is told, on the page: written within the lint, looked over, published with its preview, and taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.ui.entry import guard
from tests.builders import a_person
from tests.pages.comparing import METRIC, captured, desk_of_today, opened, spring, words
from tests.published import set_live

APRIL = {"client": "acme", "metric": METRIC, "baseline": 1, "from_": "2025-04-01", "to": "2025-04-30", "step": "week"}
FIELD = "statement-{}-1-2025-04-01-2025-04-30-week"


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], None]:
    """Somebody else at the browser than the local admin."""

    def at_the_browser(who: Actor) -> None:
        monkeypatch.setattr(guard, "person_signed_in", lambda _desk: who)

    return at_the_browser


def set_account(desk: Desk, **values: object) -> None:
    """What the gates of publishing look at."""
    for name, value in values.items():
        with desk.app.begin() as connection:
            connection.execute(text(f"UPDATE integration_provider_accounts SET {name} = :value"), {"value": value})


@pytest.fixture
def live(desk_home: Path) -> None:
    """A live account with a spring of leads, and March sealed."""
    with desk_of_today() as desk:
        spring(desk)
        captured(desk)
        set_live(desk)


def button(page: AppTest, key: str):  # type: ignore[no-untyped-def]
    return next(item for item in page.button if str(item.key).startswith(key))


def has(page: AppTest, key: str) -> bool:
    return any(str(item.key).startswith(key) for item in page.button)


def said(page: AppTest) -> str:
    return words(page).replace("\\", "")


def standing_on_the_load(router: AppTest) -> str:
    """What the records page says of load 1, seen from the other end of the thread."""
    router.switch_page("../../pages/records.py")
    router.query_params.clear()
    router.query_params["on"] = "1"
    found = re.search(r"[0-9]+ published numbers?", words(router.run()))
    assert found is not None
    return found.group()


def test_a_statement_is_written_looked_over_published_and_taken_back(live: None, router: AppTest) -> None:
    page = opened(router, **APRIL)
    assert not page.exception
    assert not page.error
    assert "write what the client is told of this, in step 6" in said(page)
    # The client's own card, drawn by the portal's component, over what nobody wrote yet.
    assert "What the client sees" in said(page)
    assert "**64 leads**" in said(page)
    assert button(page, "statement-publish").disabled
    assert "It is written first." in said(page)
    button(page, "statement-write-1").click().run()
    assert page.success[0].value == "Version 1 is draft now."
    assert "look version 1 of the sentence over" in said(page)
    assert button(page, "statement-publish").disabled
    assert "Somebody looks it over first." in said(page)
    button(page, "statement-review").click().run()
    assert not button(page, "statement-publish").disabled
    button(page, "statement-publish").click().run()
    assert page.success[0].value == "Version 1 is published now."
    assert not has(page, "statement-publish")
    assert not has(page, "statement-write")
    assert has(page, "export-pdf")
    assert standing_on_the_load(router) == "1 published number"
    page = opened(router, **APRIL)
    versions = next(table.value for table in page.table if "Written by" in table.value)
    assert len(versions) == 1
    assert "Published" in versions["Status"].iloc[0]
    back = button(page, "statement-withdraw-")
    assert back.disabled
    page.text_input(key="statement-withdraw-why-1").set_value("The phone line was down for a week.").run()
    button(page, "statement-withdraw-1").click().run()
    assert page.success[0].value == "Version 1 is withdrawn now."
    versions = next(table.value for table in page.table if "Written by" in table.value)
    assert "The phone line was down for a week." in versions["Remark"].iloc[0].replace("\\", "")
    assert has(page, "statement-write-2")
    assert standing_on_the_load(router) == "0 published numbers"


def test_what_is_not_for_a_client_is_said_at_its_field_while_it_is_typed(live: None, router: AppTest) -> None:
    page = opened(router, **APRIL)
    page.text_area(key=FIELD.format("sentence")).set_value(
        "Leads from Site stood at 99 leads in April 2025, thanks to the new form."
    ).run()
    assert "99" in said(page)
    assert button(page, "statement-write-1").disabled
    assert "The problems above keep it from a client." in said(page)
    assert "The problems above come first." in said(page)
    page.button(key="statement-template").click().run()
    assert not button(page, "statement-write-1").disabled
    page.text_input(key=FIELD.format("next_owner")).set_value("nobody@nowhere.example").run()
    assert "is no person of this desk" in page.error[0].value
    page.button(key="statement-anew").click().run()
    assert not page.error
    assert has(page, "statement-write-1")


def test_before_the_account_is_live_the_refusal_stands_beside_the_button_and_an_admin_overrides_by_name(
    live: None, router: AppTest
) -> None:
    with desk_of_today() as desk:
        set_account(desk, status="setup")
    page = opened(router, **APRIL)
    button(page, "statement-write-1").click().run()
    button(page, "statement-review").click().run()
    assert "Not to be published" in said(page)
    assert "site is not live yet, and waits to be promoted, so nothing of it is shown to the client" in said(page)
    assert button(page, "statement-publish").disabled
    page.text_input(key=FIELD.format("override")).set_value("The client asked for it in writing.").run()
    assert not button(page, "statement-publish").disabled
    button(page, "statement-publish").click().run()
    assert page.success[0].value == "Version 1 is published now."
    assert "Before the account was live: The client asked for it in writing." in said(page)


def test_an_owner_is_refused_before_live_in_words(live: None, router: AppTest, person: Callable[[Actor], None]) -> None:
    with desk_of_today() as desk:
        set_account(desk, status="setup")
        person(a_person(desk, "ona@harbor.example", Role.OWNER))
    page = opened(router, **APRIL)
    button(page, "statement-write-1").click().run()
    button(page, "statement-review").click().run()
    assert button(page, "statement-publish").disabled
    assert "is not live yet" in said(page)
    assert not [item for item in page.text_input if "override" in str(item.key)]


def test_where_four_eyes_are_asked_for_nobody_passes_their_own_words(
    live: None, router: AppTest, person: Callable[[Actor], None]
) -> None:
    with desk_of_today() as desk:
        set_account(desk, is_four_eyes=1)
        ona, otto = a_person(desk, "ona@harbor.example", Role.OWNER), a_person(desk, "otto@harbor.example", Role.OWNER)
    person(ona)
    page = opened(router, **APRIL)
    button(page, "statement-write-1").click().run()
    assert button(page, "statement-review").disabled
    assert "this account asks for a second person" in said(page)
    person(otto)
    page = page.run()
    assert not button(page, "statement-review").disabled
    button(page, "statement-review").click().run()
    assert not button(page, "statement-publish").disabled


def test_an_analyst_writes_and_an_owner_lets_it_out(
    live: None, router: AppTest, person: Callable[[Actor], None]
) -> None:
    with desk_of_today() as desk:
        person(a_person(desk, "ana@harbor.example", Role.ANALYST))
    page = opened(router, **APRIL)
    button(page, "statement-write-1").click().run()
    assert page.success[0].value == "Version 1 is draft now."
    assert not has(page, "statement-review")
    assert button(page, "statement-publish").disabled
    assert "An owner of this desk looks it over and publishes it." in said(page)


def test_of_days_that_are_missing_nothing_is_published(live: None, router: AppTest) -> None:
    page = opened(router, **{**APRIL, "from_": "2025-04-20", "to": "2025-05-20"})
    assert button(page, "statement-publish").disabled
    assert "is not complete, so nothing can be claimed of it" in said(page)

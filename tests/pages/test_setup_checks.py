"""The cells of setup tests and QA: a test is made and read line by line, drawn rows are answered one by one and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.pipeline.setup.setup_test import try_account
from lib.services.setup import account_settings, qa
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, import_file
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    a_lead_account(opened)
    yield opened
    opened.close()


def a_load(desk: Desk) -> int:
    return int(import_file(desk, a_csv([a_lead(n) for n in range(9)]))["load"])


def test_a_test_is_made_and_says_what_failed_and_what_to_do(desk: Desk, router: AppTest) -> None:
    told = {"webhook_secret": "env:NOBODY_SET_THIS"}
    desk.do(admin(desk), account_settings.set_account, "site", told)
    page = visited(router, "provider_setup", account="site")
    assert "Never tested" in words(page)
    page = page.button(key="setup-test").click().run()
    assert not page.exception
    text = words(page).replace("\\", "")
    assert "There is nothing behind webhook_secret (env:NOBODY_SET_THIS)." in text
    assert "Put the value there" in text
    assert ":red-badge[:material/close: Failed]" in text
    assert "Test 1 is kept: 2 checks failed." in page.success[0].value.replace("\\", "")


def test_rows_are_answered_one_by_one_and_none_by_default(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    lines = [row.line for row in desk.ask(admin(desk), qa.sample, "site", load, 5).rows]
    page = visited(router, "provider_setup", account="site")
    assert "Never compared" in words(page)
    # Nobody who opens the page for something else waits for rows to be drawn.
    assert not page.segmented_control
    page = button(page, "Draw rows to compare").click().run()
    keep = "Keep what 5 rows show"
    # A bare tick proves nothing: each row wants an answer.
    page = button(page, keep).click().run()
    assert "Nothing is said of line" in page.error[0].value
    for line in lines:
        page.segmented_control(key=f"qa-{load}-0-{line}-seen").set_value("The same there")
    page.multiselect(key=f"qa-{load}-0-{lines[2]}-columns").set_value(["fee"])
    page = button(page, keep).click().run()
    assert f"Line {lines[2]} is called the same" in page.error[0].value
    page.segmented_control(key=f"qa-{load}-0-{lines[2]}-seen").set_value("Differs")
    page = button(page, keep).click().run()
    assert not page.exception
    (check,) = desk.ask(admin(desk), qa.checks_of, "site")
    assert (check.agreed, check.rows[2].columns) == (4, ("fee",))
    assert "4 of 5 agree" in words(page)
    # The lot falls anew, and nothing is answered yet.
    assert {each.value for each in page.segmented_control if str(each.key).startswith("qa-")} == {None}


def test_an_analyst_sees_no_personal_value_and_a_stakeholder_nothing(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_load(desk)
    try_account(desk, admin(desk), "site")
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    text = words(visited(router, "provider_setup", account="site", compare="yes"))
    assert "xxxxxx 9" in text
    assert "Person" not in text
    signed_in_as(monkeypatch, a_person(desk, "cli@desk.example", Role.STAKEHOLDER, "acme"))
    text = words(visited(router, "provider_setup", account="site"))
    assert "Setup test" not in text
    assert "Compare rows" not in text

"""Why a row is not counted, which record a doubtful row is, and an account's own signs: on their pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.loading import match_rows
from lib.services.reviewing import review
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, committed, import_file
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def a_doubtful_load(desk: Desk) -> int:
    a_lead_account(desk)
    desk.do(admin(desk), match_rows.set_match_rules, "site", "lead", ["phone"])
    committed(desk, a_csv([a_lead(1), a_lead(2, phone="3035550001")]))
    return int(import_file(desk, a_csv([a_lead(1, id="X1"), a_lead(5, name="Test Person")]))["load"])


def test_a_doubtful_row_shows_its_candidates_and_takes_a_choice(desk: Desk, router: AppTest) -> None:
    load = a_doubtful_load(desk)
    page = visited(router, "import_review", load=load)
    assert not page.exception and not page.error
    box = next(item for item in page.radio if item.label == "It is")
    assert [option.split(" · ")[0] for option in box.options] == ["L1", "L2", "A record of its own"]
    page = box.set_value("new").run()
    page = button(page, "Decide").click().run()
    assert not page.exception and not page.error
    assert desk.ask(admin(desk), review.review_load, load)["reasons"].get("new_by_person") == 1
    assert "may be one of several records" not in words(page)


def test_an_analyst_sees_only_the_shape_of_a_candidate(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_doubtful_load(desk)
    signed_in_as(monkeypatch, a_person(desk, "an@example.com", Role.ANALYST, "acme"))
    text = words(visited(router, "import_review", load=load))
    assert "may be one of several records" in text
    assert "3035550001" not in text and "mail.example" not in text


def test_an_account_gets_a_sign_of_its_own_on_the_rules_page(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = visited(router, "rules", account="site")
    assert not page.exception and not page.error
    next(item for item in page.text_input if item.label == "Which").set_value("harbor.example")
    page = button(page, "Add the rule").click().run()
    assert not page.exception and not page.error
    (rule,) = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site")).class_rules
    assert rule.mark.evidence == "The e-mail address is at harbor.example."
    assert "harbor.example" in words(page).replace("\\", "")


def test_a_bad_sign_is_one_sentence(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = visited(router, "rules", account="site")
    next(item for item in page.text_input if item.label == "Which").set_value("no domain")
    page = button(page, "Add the rule").click().run()
    assert "is not a domain" in words(page) + " ".join(item.value for item in page.error)
    assert desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site")).class_rules == ()

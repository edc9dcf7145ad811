"""What the numbers of an account mean, on its setup page: read by everybody there, changed by an owner with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.counting import metric_definitions
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, committed, slices
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def field(page: AppTest, label: str) -> object:
    return next(each for each in [*page.text_input, *page.text_area, *page.selectbox] if each.label == label)


def changed(page: AppTest, **given: str) -> AppTest:
    for label, text in given.items():
        field(page, label.replace("_", " ")).set_value(text)  # type: ignore[attr-defined]
    return button(page, "Change it").click().run()


def test_an_owner_changes_words_and_what_is_counted_here(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1, status="won"), a_lead(2), a_lead(3)]))
    page = visited(router, "provider_setup", account="site")
    assert not page.exception
    assert "What its numbers mean" in words(page)
    assert "people who asked for work" in words(page)
    page = changed(page, Label="People who asked", Why_it_is_changed="plainer")
    assert not page.error
    shown = desk.ask(admin(desk), metric_definitions.definition, "site.leads")
    assert (shown["label"], shown["version"]) == ("People who asked", 1)
    page = changed(page, Only_with_status="won", Why_it_is_changed="only those that count")
    assert not page.error
    assert slices(desk, "site.leads") == {("2026-03-04", ""): 1}
    shown = desk.ask(admin(desk), metric_definitions.definition, "site.leads")
    assert (shown["where"], shown["version"]) == ({"status": ["won"]}, 2)


def test_a_change_without_a_reason_is_one_sentence_and_changes_nothing(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = changed(visited(router, "provider_setup", account="site"), Label="Another")
    assert "A changed definition needs a reason." in page.error[0].value
    assert desk.ask(admin(desk), metric_definitions.definition, "site.leads")["label"] == "Leads"


def test_an_analyst_reads_what_numbers_mean_and_changes_none(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = visited(router, "provider_setup", account="site")
    assert "people who asked for work" in words(page)
    assert not [each for each in page.button if each.label == "Change it"]

"""The import review page takes a typed row or a file in the provider's place, labels it, and says why a load waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.entrypoints.worker import work
from lib.pipeline.opening import open_desk
from lib.services.reviewing import review
from lib.services.setup import account_settings
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, committed, import_file, records
from tests.pages.reading import signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def typed(page: AppTest, reason: str = "The export is down", **cells: str) -> AppTest:
    for name, text in cells.items():
        page.text_input(key=f"by-hand-site-lead-{name}").set_value(text)
    page.text_input(key="by-hand-reason").set_value(reason)
    return next(item for item in page.button if item.label == "Bring this lead to review").click().run()


def test_a_typed_row_comes_to_review_with_its_label_who_and_why(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(1)]))
    page = typed(visited(router, "import_review", account="site", object="lead"), id="L1", status="won")
    assert not page.exception
    assert page.query_params["load"] == "2"
    said = words(page)
    assert "Entered by hand: lead typed by Local admin.ndjson" in said and "The export is down" in said
    assert "entered by Local admin" in said
    assert records(desk)["L1"]["status"] == "new", "nothing counts before it is approved"


def test_a_row_without_a_reason_or_an_id_is_refused_in_a_sentence(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = typed(visited(router, "import_review", account="site", object="lead"), reason="", id="L1")
    assert "needs a reason" in words(page) and "load" not in page.query_params
    page = typed(page, status="won", id="")
    assert "needs its id" in words(page) and "load" not in page.query_params


def test_a_file_in_the_providers_place_needs_a_reason_and_keeps_its_label(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = visited(router, "import_review", account="site", object="lead")
    page.get("file_uploader")[0].set_value(("screen.csv", a_csv([a_lead(1)]), "text/csv"))
    page = page.toggle(key="is-by-hand").set_value(True).run()
    read = next(item for item in page.button if item.label.startswith("Read "))
    assert read.disabled and "Say why" in words(page)
    page = page.text_input(key="file-by-hand-reason").set_value("copied from the provider's screen").run()
    page = next(item for item in page.button if item.label.startswith("Read ")).click().run()
    assert "Entered by hand: screen.csv" in words(page) and "copied from the provider's screen" in words(page)
    assert desk.ask(admin(desk), review.review_load, 1)["kind"] == "manual"


def test_whoever_may_not_import_is_offered_no_form(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "stake@example.com", Role.STAKEHOLDER, "acme"))
    page = visited(router, "import_review", account="site", object="lead")
    assert "by hand" not in words(page)


def test_a_load_that_waits_says_which_condition_kept_it(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"unattended.on": "yes"})
    import_file(desk, a_csv([a_lead(1, extra="x")]))
    work(desk, is_until_idle=True)
    said = words(visited(router, "import_review", load=1))
    assert "**Waits for a person.** A column appeared that the map does not know: extra." in said


def test_a_load_that_went_in_by_itself_says_so_and_a_waiting_one_of_another_account_says_nothing(
    desk: Desk, router: AppTest
) -> None:
    a_lead_account(desk)
    import_file(desk, a_csv([a_lead(7, extra="x")]))
    assert "Waits for a person" not in words(visited(router, "import_review", load=1))
    desk.do(admin(desk), account_settings.set_account, "site", {"unattended.on": "yes"})
    import_file(desk, a_csv([a_lead(1)]))
    work(desk, is_until_idle=True)
    said = words(visited(router, "import_review", load=2))
    assert "**Let in unattended.**" in said and "let in unattended for Local admin" in said

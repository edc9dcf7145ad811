"""What leaves a review and what weighs on it: the error file, control totals, the effect on the numbers, the score card."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.errors import DeskError
from lib.pipeline.loading.error_files import write_rows
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.pipeline.opening import open_desk
from lib.settings import load_settings
from lib.ui.review import effect as review_effect_cell
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, committed, import_file, verdicts_of
from tests.pages.built_once import built_once
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


@built_once
def a_load(desk: Desk, **totals: str) -> int:
    a_lead_account(desk, provider="angi")
    committed(desk, a_csv([a_lead(1), a_lead(2)]))
    rows = [a_lead(2, day="2026-03-05"), a_lead(3), a_lead(4, name="Test Test"), a_lead(5, day="soon")]
    content = a_csv(rows) + b"Total,,,,,,,40.00\n"
    delivered = Delivered("site", "lead", "march.csv", content, control_totals=totals)
    return int(import_delivery(desk, admin(desk), delivered)["load"])


def test_the_effect_is_shown_with_its_source_before_anybody_approves(desk: Desk, router: AppTest) -> None:
    load = a_load(desk)
    page = visited(router, "import_review", load=load)
    assert not page.exception
    said = words(page)
    assert "What it does to the numbers" in said
    assert "Angi paid leads, Marketplace leads, paid" in said
    assert "2 → 3 leads" in said
    assert "1 test entry is left out" in said.replace("\\", "")


def test_a_large_load_is_worked_out_when_somebody_asks(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_effect_cell, "_AT_ONCE", 1)
    page = visited(router, "import_review", load=a_load(desk))
    assert "2 → 3 leads" not in words(page)
    button(page, "Work out what 3 rows do to the numbers").click().run()
    assert "2 → 3 leads" in words(page)


def test_a_load_that_is_decided_on_and_a_test_foretell_nothing(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    done = committed(desk, a_csv([a_lead(1)]))["load"]
    trial = import_file(desk, a_csv([a_lead(2)]), is_test=True)["load"]
    for load in (done, trial):
        assert "What it does to the numbers" not in words(visited(router, "import_review", load=load))


def test_a_total_that_does_not_agree_is_named_and_blocks(desk: Desk, router: AppTest) -> None:
    page = visited(router, "import_review", load=a_load(desk, fee="31.00"))
    said = words(page).replace("\\", "")
    assert "Control totals" in said
    assert "1.00 less than expected" in said
    assert "40.00 on line 6" in said
    assert "The fee adds up to 30.00, 1.00 less than the 31.00 expected." in said
    assert button(page, "Approve 3 rows, hold 1").disabled


def test_failed_rows_are_taken_out_with_a_ticket_that_is_good_once(desk: Desk, router: AppTest) -> None:
    page = visited(router, "import_review", load=a_load(desk))
    button(page, "Take the 1 failed row as XLSX").click().run()
    assert not page.exception
    assert not page.error


def test_a_mended_file_is_looked_at_and_then_taken(desk: Desk, router: AppTest, tmp_path: Path) -> None:
    load = a_load(desk)
    page = visited(router, "import_review", load=load)
    write_rows(desk, admin(desk), load, tmp_path / "errors.xlsx")
    book = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    names = [cell.value for cell in book.active[1]]
    book.active.cell(2, names.index("date") + 1).value = "2026-03-06 12:00:00Z"
    out = io.BytesIO()
    book.save(out)
    uploader = page.get("file_uploader")[0]
    uploader.upload("mended.xlsx", out.getvalue(), "application/octet-stream").run()
    assert "1 cell in 1 row differs." in words(page).replace("\\", "")
    assert verdicts_of(desk, load)[-1] == "failed"
    button(page, "Put 1 mended cell into 1 row and check them again").click().run()
    assert verdicts_of(desk, load)[-1] == "created"
    assert "Mend the" not in words(page)


def test_a_file_of_another_load_is_refused_in_its_place(desk: Desk, router: AppTest) -> None:
    page = visited(router, "import_review", load=a_load(desk))
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    page.get("file_uploader")[0].upload("other.xlsx", out.getvalue(), "application/octet-stream").run()
    assert "not_returned" in words(page)
    assert "What it does to the numbers" in words(page)


def test_an_analyst_takes_rows_out_without_personal_columns(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_load(desk)
    signed_in_as(monkeypatch, a_person(desk, "ann@example.com", Role.ANALYST))
    assert "Columns with personal values are left out" in words(visited(router, "import_review", load=load))


def test_a_stakeholder_sees_none_of_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_load(desk)
    signed_in_as(monkeypatch, a_person(desk, "s@example.com", Role.STAKEHOLDER, "acme"))
    for page in (visited(router, "import_review", load=load), visited(router, "rules")):
        assert not {"What it does to the numbers", "Score card"} & set(words(page).splitlines())


def test_trouble_with_the_effect_is_said_in_its_place(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise DeskError("payload_gone", "The rows are no longer kept.", "Bring the file again.")

    load = a_load(desk)
    monkeypatch.setattr(review_effect_cell, "load_effect", broken)
    page = visited(router, "import_review", load=load)
    assert not page.exception
    assert "The rows are no longer kept." in words(page).replace("\\", "")


def test_the_score_card_stands_under_the_rules(desk: Desk, router: AppTest) -> None:
    page = visited(router, "rules")
    assert "Score card" in words(page)
    assert "No load came to review yet." in words(page)
    a_load(desk)
    page = visited(router, "rules")
    cards = next(frame.value for frame in page.dataframe if "First pass" in frame.value.columns)
    assert cards[["Loads", "Touched by hand"]].to_dict("records") == [{"Loads": 2, "Touched by hand": 0}]
    assert cards["First pass"].round(1).tolist() == [83.3]

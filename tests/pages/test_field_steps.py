"""One field by itself: steps added, moved and taken out in the form, each with its preview; and its values decided."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.maps import Blank
from lib.pipeline.opening import open_desk
from lib.settings import load_settings
from lib.ui.mapping.session import MapDrafts
from tests.builders import a_csv, an_account
from tests.pages.reading import button, visited, words

STATES = ("Completed", "Scheduled", "Quoted", "Cancelled")
JOBS = a_csv(
    [
        {
            "Job #": 1000 + number,
            "Customer Name": f"Dana W{number}",
            "Created Date": "13/45/2026" if number == 7 else f"10/{number + 1:02}/2026",
            "Status": STATES[number % 4],
            "Jobs Subtotal": f"${number}.50",
        }
        for number in range(20)
    ]
)


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    an_account(opened, "harbor_st", provider="servicetitan")
    yield opened
    opened.close()


def suggested(router: AppTest, content: bytes = JOBS) -> AppTest:
    page = visited(router, "field_maps", account="harbor_st", object="job")
    page.file_uploader[0].set_value(("jobs.csv", content, "text/csv"))
    page = page.run()
    return next(item for item in page.button if item.label.startswith("Take the suggestion")).click().run()


def field(page: AppTest, name: str) -> AppTest:
    page.selectbox(key="map-field").select(name)
    return page.run()


def rule(page: AppTest, target: str) -> Any:
    found = page.session_state["map-drafts"]
    assert isinstance(found, MapDrafts)
    draft = found.drafts["harbor_st", "job"]
    assert draft.field_map is not None
    return draft.field_map.rule_for(target)


def box(page: AppTest, label: str) -> Any:
    return next(item for item in page.selectbox if item.label == label)


def typed(page: AppTest, label: str) -> Any:
    return next(item for item in page.text_input if item.label == label)


def test_a_step_is_added_with_its_options_and_its_help(desk: Desk, router: AppTest) -> None:
    page = field(suggested(router), "Customer Name")
    page = box(page, "Add a step").select("split").run()
    assert "Keeps one part of a value" in words(page)
    typed(page, "Separator (required)").set_value(" ")
    typed(page, "Part (required)").set_value("two")
    page = button(page, "Add split").click().run()
    assert "must be a number, not 'two'" in page.error[0].value.replace("\\", "")
    typed(page, "Part (required)").set_value("2")
    page = button(page, "Add split").click().run()
    assert not page.exception
    assert rule(page, "name").transforms[-1].options == {"separator": " ", "part": 2}


def test_steps_are_moved_changed_and_taken_out(desk: Desk, router: AppTest) -> None:
    page = field(suggested(router), "Jobs Subtotal")
    page = box(page, "Add a step").select("mask").run()
    page = button(page, "Add mask").click().run()
    assert "must be the last step" in words(page)
    down = [item for item in page.button if item.label == "Down" and not item.disabled]
    page = down[0].click().run()
    assert [step.name for step in rule(page, "amount").transforms] == ["mask", "parse_money"]
    page = next(item for item in page.button if item.label == "Take out").click().run()
    assert [step.name for step in rule(page, "amount").transforms] == ["parse_money"]
    box(page, "Unit").select("cents")
    page = button(page, "Change step 1").click().run()
    assert rule(page, "amount").transforms[0].options["unit"] == "cents"


def test_each_step_shows_what_it_makes_of_the_values_and_personal_ones_by_their_shape(
    desk: Desk, router: AppTest
) -> None:
    page = suggested(router)
    assert "two rows with the same one are the same thing" in words(page)
    page = field(page, "Created Date")
    assert "every job needs it" in words(page)
    table = page.table[0].value
    assert list(table.columns) == ["as it came", "rows", "1 · occurred\\_at"]
    assert "× not a date" in table.to_csv()
    page = field(page, "Customer Name")
    assert "Dana" not in page.table[0].value.to_csv()
    page.toggle(key="map-preview-clear").set_value(True).run()
    assert "Dana" in page.table[0].value.to_csv()


def test_what_fills_a_field_and_what_a_blank_does_are_chosen(desk: Desk, router: AppTest) -> None:
    page = field(suggested(router), "Customer Name")
    box(page, "The value is").select("default")
    typed(page, "Text").set_value("unknown")
    next(item for item in page.radio if item.label == "An update with a blank cell").set_value(Blank.KEEP)
    page = button(page, "Change Customer Name").click().run()
    assert not page.exception
    assert rule(page, "name").blank is Blank.KEEP
    assert rule(page, "name").transforms[-1].options == {"value": "unknown"}
    box(page, "The value is").select("always")
    typed(page, "Text").set_value("")
    page = button(page, "Change Customer Name").click().run()
    assert "The text to put is missing." in page.error[0].value


def test_a_sentence_that_is_not_for_a_client_keeps_the_map_from_being_submitted(desk: Desk, router: AppTest) -> None:
    page = field(suggested(router), "Customer Name")
    typed(page, "Client-safe explanation").set_value("The cust_name of the payload.")
    page = button(page, "Change Customer Name").click().run()
    text = words(page).replace("\\", "")
    assert "The explanation holds a name of the machine's: “cust_name”." in text
    assert "No client knows the word “payload”." in text
    assert button(page, "Submit map 1 for approval").disabled


def test_a_suggestion_is_taken_in_one_click_and_all_of_them_in_one(desk: Desk, router: AppTest) -> None:
    page = suggested(router, JOBS.replace(b"Scheduled", b"Schedulled").replace(b"Cancelled", b"Cancelld"))
    before = rule(page, "outcome").transforms[-1].options["values"]
    page = button(page, "Take all 2 suggestions").click().run()
    after = rule(page, "outcome").transforms[-1].options["values"]
    assert after == before | {"Schedulled": "scheduled", "Cancelld": "canceled"}
    page = button(page, "Undo").click().run()
    page = button(page, "Take “canceled”").click().run()
    assert rule(page, "outcome").transforms[-1].options["values"] == before | {"Cancelld": "canceled"}


def test_many_values_are_searched_and_turned_page_by_page(desk: Desk, router: AppTest) -> None:
    rows = [{"Job #": n, "Created Date": "10/02/2026", "Status": f"State {n % 300}"} for n in range(500)]
    page = suggested(router, a_csv(rows))
    assert "1 to 25 of 300 values in 500 rows" in words(page)
    assert any("looks like free text" in item.value for item in page.warning)
    shown = [item.label for item in page.selectbox if item.label.startswith("What State")]
    assert len(shown) == 25
    typed(page, "Search the values").set_value("state 77")
    page = page.run()
    assert [item.label for item in page.selectbox if item.label.startswith("What State")] == ["What State 77 becomes"]
    page = box(page, "What State 77 becomes").set_value("completed").run()
    assert rule(page, "outcome").transforms[-1].options["values"]["State 77"] == "completed"

"""Field maps: a sample, a suggestion, edits checked again on the server, a preview that follows, and an approval."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text as sql
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange
from lib.domain.people import Role
from lib.domain.states import MapStatus
from lib.pipeline.opening import open_desk
from lib.services.counting import baseline
from lib.services.mapping import map_desk, maps
from lib.services.setup import account_settings
from lib.settings import load_settings
from lib.ui.mapping.session import MapDrafts
from tests.builders import LEAD_FIELDS, a_csv, a_lead, a_lead_account, a_map, a_person, admin, an_account, import_file
from tests.pages.reading import button, signed_in_as, visited, words

STATES = ("Completed", "Scheduled", "Quoted", "Quoted")
JOBS = a_csv(
    [
        {
            "Job #": 1000 + number,
            "Customer Name": f"Dana W{number}",
            "Created Date": "13/45/2026" if number == 3 else f"10/{number + 1:02}/2026",
            "Status": STATES[number % 4],
            "Jobs Subtotal": f"${number}.50",
            "Phone": f"(303) 555-{number:04}",
            "Mood": "abc"[number % 3],
        }
        for number in range(20)
    ]
)


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def opened_page(router: AppTest, account: str = "harbor_st", name: str = "job", **more: str) -> AppTest:
    return visited(router, "field_maps", account=account, object=name, **more)


def uploaded(page: AppTest, content: bytes = JOBS, file_name: str = "jobs.csv") -> AppTest:
    page.file_uploader[0].set_value((file_name, content, "text/csv"))
    return page.run()


def suggested(router: AppTest) -> AppTest:
    page = uploaded(opened_page(router))
    return next(item for item in page.button if item.label.startswith("Take the suggestion")).click().run()


def drafts(page: AppTest) -> MapDrafts:
    found = page.session_state["map-drafts"]
    assert isinstance(found, MapDrafts)
    return found


def field_map(page: AppTest) -> Any:
    return drafts(page).drafts["harbor_st", "job"].field_map


def typed(page: AppTest, row: int, **cells: str) -> AppTest:
    """What a browser sends after an edit of the grid; anything can stand in it."""
    return sent(page, edited_rows={row: {name.replace("_", " "): value for name, value in cells.items()}})


def sent(page: AppTest, **state: Any) -> AppTest:
    grid = drafts(page).grids.get(("harbor_st", "job"), 0)
    page.session_state[f"map-grid-harbor_st-job-{grid}"] = {
        "edited_rows": {},
        "added_rows": [],
        "deleted_rows": [],
        **state,
    }
    return page.run()


def taking_from(page: AppTest, place: str) -> AppTest:
    """The page with another source of samples chosen."""
    page.session_state["map-sample-from"] = place
    return page.run()


def row_of(page: AppTest, source: str) -> int:
    return list(page.data_editor[0].value["Source"]).index(source)


def test_without_an_account_the_page_leads_to_one(desk: Desk, router: AppTest) -> None:
    page = visited(router, "field_maps")
    assert not page.exception
    assert "No provider is connected yet." in words(page)


def test_without_a_sample_every_step_says_what_it_needs(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = opened_page(router)
    assert not page.exception
    text = words(page)
    assert "Bring a sample." in text
    assert "There is no sample yet." in text
    assert text.count("Needs step 1") == 4
    assert not page.data_editor


def test_the_suggestion_says_what_it_places_and_fills_the_grid(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = uploaded(opened_page(router))
    assert any(item.label == "Take the suggestion: 7 fields placed, 0 to check, 1 left out" for item in page.button)
    assert "20 rows, 7 columns" in words(page)
    page = suggested(router)
    assert not page.exception
    grid = page.data_editor[0].value.set_index("Source")
    assert grid.loc["Job #", "Target"] == "external_id"
    assert grid.loc["Mood", "Target"] == "left out"
    assert list(grid.loc["Status", "Band"]) == ["Certain"]


def test_personal_samples_show_only_their_shape_until_asked(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    profile = page.dataframe[0].value.set_index("Column")
    assert profile.loc["Phone", "Samples"] == "(999) 999-9999"
    assert "Dana" not in profile.to_csv()
    assert "Dana" not in preview(page).to_csv()
    page.toggle(key="map-preview-clear").set_value(True).run()
    assert "Dana W0" in preview(page).to_csv()


def preview(page: AppTest) -> pd.DataFrame:
    """The cells of step 4, the last grid of the page."""
    found: pd.DataFrame = page.dataframe[-1].value
    return found


def test_an_edit_changes_the_preview_and_is_undone(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    assert "1 cell fails" in words(page)
    assert "19 created" in words(page)
    page = typed(page, row_of(page, "Mood"), Target="category")
    assert not page.exception
    assert field_map(page).rule_for("category").source == "Mood"
    assert ("Mood", "mapped") in list(preview(page).columns)
    button(page, "Undo").click().run()
    assert field_map(page).rule_for("category") is None


def test_a_required_date_that_is_taken_away_is_said_at_its_place(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    page = typed(page, row_of(page, "Created Date"), Target="left out")
    text = words(page)
    assert "Mend 2 things in step 2." in text
    assert "every job needs its date" in text
    assert "It is ignored without a reason." in text
    assert "Every row would fail." in text
    assert button(page, "Submit map 1 for approval").disabled


def test_a_target_filled_twice_is_one_sentence(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    page = typed(page, row_of(page, "Mood"), Target="external_id")
    assert "2 fields fill the column external\\_id" in words(page)
    assert button(page, "Submit map 1 for approval").disabled


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"edited_rows": {0: {"Source": "Other"}}}, "Source is not edited here."),
        ({"edited_rows": {0: {"Band": ["Certain"]}}}, "Band is not edited here."),
        ({"edited_rows": {0: {"Target": "password"}}}, "has no column 'password'."),
        ({"edited_rows": {0: {"Sensitivity": "none"}}}, "There is no sensitivity 'none'."),
        ({"edited_rows": {99: {"Target": "category"}}}, "There is no such field in this map."),
        ({"added_rows": [{"Source": "x"}]}, "There is no such field in this map."),
        ({"deleted_rows": [0]}, "There is no such field in this map."),
    ],
)
def test_a_forged_edit_changes_nothing_and_is_named(
    desk: Desk, router: AppTest, state: dict[str, Any], said: str
) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    before = field_map(page)
    page = sent(page, **state)
    assert not page.exception
    assert said in page.warning[0].value.replace("\\", "")
    assert field_map(page) == before


def test_a_value_is_decided_and_the_next_line_follows(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    assert "means. 10 rows of the sample hold it" in words(page)
    assert "10 cells undecided" in words(page)
    chooser = next(item for item in page.selectbox if item.label == "What Quoted becomes")
    page = chooser.select("scheduled").run()
    assert not page.exception
    assert "Submit map 1 for approval." in words(page)
    assert "undecided" not in words(page)


def test_one_field_is_read_another_way(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    page.selectbox(key="map-field").select("Created Date").run()
    next(item for item in page.selectbox if item.label == "Order of day and month").select("dmy")
    page = button(page, "Change Created Date").click().run()
    assert not page.exception
    assert field_map(page).rule_for("occurred_at").transforms[-1].options["order"] == "dmy"
    chain = next(item for item in page.text_input if item.label == "Steps")
    chain.set_value("trim, no_such_step")
    page = button(page, "Change Created Date").click().run()
    assert "there is no transform" in page.error[0].value


def test_a_map_is_submitted_and_approved_by_the_owner(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    page = button(page, "Submit map 1 for approval").click().run()
    assert "Map 1 waits" in words(page)
    page = button(page, "Approve map 1, 7 fields").click().run()
    assert not page.exception
    assert "Map 1 in use" in words(page)
    found = desk.ask(admin(desk), map_desk.map_desk, "harbor_st", "job")
    assert found.history[0].status is MapStatus.APPROVED
    assert "Approve map" not in " ".join(item.label for item in page.button)


def test_an_analyst_submits_and_does_not_approve(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = suggested(router)
    page = button(page, "Submit map 1 for approval").click().run()
    assert not page.exception
    assert button(page, "Approve map 1, 7 fields").disabled
    assert "The owner of the account approves" in words(page)


def test_four_eyes_keeps_the_submitter_from_approving(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    desk.do(admin(desk), account_settings.set_account, "harbor_st", {"four_eyes": "yes"})
    page = suggested(router)
    page = button(page, "Submit map 1 for approval").click().run()
    assert button(page, "Approve map 1, 7 fields").disabled
    assert "You submitted it, and this account asks for a second person." in words(page)


def test_a_delivery_that_is_kept_is_the_sample_and_the_map_in_use_the_draft(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk, "site")
    import_file(desk, a_csv([a_lead(1), a_lead(2)]))
    page = opened_page(router, "site", "lead")
    assert not page.exception
    text = words(page)
    assert "export.csv, delivery 1" in text
    assert "Map 1 is in use." in text
    assert "2 created" in text


def test_a_refused_file_says_why_and_changes_nothing(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = uploaded(opened_page(router), b"", "empty.csv")
    assert not page.exception
    assert "empty" in page.error[0].value
    assert "There is no sample yet." in words(page)


def test_a_map_file_becomes_the_draft_and_a_wrong_one_is_refused(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    text = maps.to_text(field_map(page)).replace("Customer Name", "Client Name").encode()
    page.file_uploader[1].set_value(("MAP.yaml", text, "application/yaml"))
    page = page.run()
    assert field_map(page).rule_for("name").source == "Client Name"
    assert "neither mapped nor ignored" in words(page)
    page.file_uploader[1].set_value(("MAP.yaml", b"object: lead\nfields: []\n", "application/yaml"))
    page = page.run()
    assert "maps a lead" in page.error[0].value


def test_the_example_of_the_template_is_a_sample_too(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = button(taking_from(opened_page(router), "example"), "Use the provider's example").click().run()
    assert not page.exception
    assert "1 row," in words(page)


def test_a_bug_shows_its_reference_and_nothing_else(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    an_account(desk, "harbor_st", provider="servicetitan")
    monkeypatch.setattr(map_desk, "map_desk", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    page = opened_page(router)
    assert not page.exception
    assert "hunter2" not in words(page)
    assert page.error[0].value.split("`")[1] in caplog.text


@pytest.mark.parametrize("client", ["acme", "other"])
def test_a_stakeholder_sees_nothing(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, client: str) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    an_account(desk, "other_st", provider="servicetitan", client="other")
    signed_in_as(monkeypatch, a_person(desk, "sam@client.example", Role.STAKEHOLDER, client))
    page = opened_page(router)
    assert "There is nothing at this address" in words(page)
    assert not page.title
    assert not page.dataframe


def a_second_map_waiting(desk: Desk, note: str = "") -> None:
    """Map 1 in use, and map 2, of other fields, submitted."""
    a_lead_account(desk, "site")
    import_file(desk, a_csv([a_lead(1), a_lead(2)]))
    again = a_map("lead", {**LEAD_FIELDS, "name": "email", "email": "name"})
    desk.do(admin(desk), maps.save_map, "site", again, note)


def test_what_waits_is_shown_with_its_reason_and_what_it_changes(desk: Desk, router: AppTest) -> None:
    a_second_map_waiting(desk, "the two were swapped")
    page = opened_page(router, "site", "lead")
    assert not page.exception
    text = words(page).replace("\\", "")
    assert "“the two were swapped”" in text
    assert "It replaces map 1, which is then retired." in text
    assert "2 changes in what rows become," in text
    assert "“name” fills email; before, it filled name." in text
    assert "of the sample an import would say:" in text
    assert "8 fields fill a column, 0 left out on purpose." in text


def test_one_is_sent_back_with_a_reason_and_the_page_says_so(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_second_map_waiting(desk)
    other = a_person(desk, "other@desk.example", Role.ADMIN)
    signed_in_as(monkeypatch, other)
    page = opened_page(router, "site", "lead")
    assert button(page, "Send it back to the drafter").disabled
    page.text_input(key="map-reason-2").set_value("names and addresses are swapped").run()
    page = button(page, "Send it back to the drafter").click().run()
    assert not page.exception
    text = words(page).replace("\\", "")
    assert "Map 2 was sent back** by other@desk.example: “names and addresses are swapped”" in text
    assert "Map 1 in use" in text


def test_ones_own_is_taken_back(desk: Desk, router: AppTest) -> None:
    a_second_map_waiting(desk)
    page = button(opened_page(router, "site", "lead"), "Take it back").click().run()
    assert not page.exception
    assert "Taken back" in words(page)
    assert "Map 1 in use" in words(page)


def test_an_account_that_has_gone_live_asks_for_a_way_back_before_the_button_opens(desk: Desk, router: AppTest) -> None:
    a_second_map_waiting(desk)
    day = DateRange(date(2026, 3, 4), date(2026, 3, 4))
    desk.do(admin(desk), baseline.capture_baseline, "acme", "site.leads", day, "before")
    with desk.app.begin() as connection:
        connection.execute(sql("UPDATE integration_provider_accounts SET status = 'live'"))
    page = opened_page(router, "site", "lead")
    assert button(page, "Approve map 2, 8 fields").disabled
    assert "Write what is done when it turns out wrong." in words(page)
    page.text_area(key="map-rollback-2").set_value("map 1 again").run()
    assert "Choose the baseline that the change is measured against." in words(page)
    page.selectbox(key="map-baseline-2").select_index(0).run()
    assert "Tick that you mean it." in words(page)
    page.checkbox(key="map-sure-2").check().run()
    page = button(page, "Approve map 2, 8 fields").click().run()
    assert not page.exception
    assert "Map 2 in use" in words(page)
    assert "measured against baseline 1" in words(page)


def test_going_back_is_one_click_and_any_two_are_compared(desk: Desk, router: AppTest) -> None:
    a_second_map_waiting(desk)
    desk.do(admin(desk), maps.approve_map, "site", "lead", 2)
    page = opened_page(router, "site", "lead")
    assert "“name” fills email; before, it filled name." in words(page).replace("\\", "")
    page.selectbox(key="map-begin-from").select(1).run()
    page = button(page, "Submit map 1 again").click().run()
    assert not page.exception
    assert "Map 3 waits" in words(page)
    assert "“Map 1 again.”" in words(page).replace("\\", "")
    page = button(page, "Approve map 3, 8 fields").click().run()
    assert "Map 3 in use" in words(page)


def test_a_column_without_a_place_is_offered_its_likeliest_targets(desk: Desk, router: AppTest) -> None:
    an_account(desk, "harbor_st", provider="servicetitan")
    page = suggested(router)
    source = next(box for box in page.selectbox if box.label == "Place a column")
    assert source.options == ["Mood"]
    target = next(box for box in page.selectbox if box.label == "What it is")
    assert target.options[-1] == "nothing: leave it out, and say why"
    assert any(words.endswith("(filled by Status)") for words in target.options)
    page = target.select_index(len(target.options) - 1).run()
    refused = button(page, "Leave Mood out").click().run()
    assert "Mood is left out without a reason." in words(refused)
    why = next(item for item in refused.text_input if item.label == "Why")
    page = why.input("Nobody reports on moods").run()
    page = button(page, "Leave Mood out").click().run()
    assert [(item.source, item.reason) for item in field_map(page).ignored if item.source == "Mood"] == [
        ("Mood", "Nobody reports on moods")
    ]
    assert not [box for box in page.selectbox if box.label == "Place a column"]


def test_a_new_column_of_a_sample_is_placed_in_the_map_in_use(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    import_file(desk, a_csv([{**a_lead(1), "Work mail": "ann@mail.example"}]))
    page = opened_page(router, "site", "lead")
    target = next(box for box in page.selectbox if box.label == "What it is")
    page = target.select_index(next(n for n, said in enumerate(target.options) if said.startswith("secondary"))).run()
    page = button(page, "Map Work mail to secondary phone").click().run()
    made = drafts(page).drafts["site", "lead"].field_map
    assert made is not None and [rule.source for rule in made.fields if rule.target == "secondary_phone"] == [
        "Work mail"
    ]

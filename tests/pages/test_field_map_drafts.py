"""Field maps: a draft outlives its session, another person's edits are seen, and a sample that is gone is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.mapping import kept_drafts
from lib.settings import load_settings
from lib.ui.mapping.session import MapDrafts
from tests.builders import a_csv, a_person, an_account
from tests.pages.reading import button, signed_in_as, visited, words

PROJECT = Path(__file__).resolve().parents[2]
STATES = ("Completed", "Scheduled", "Quoted", "Quoted")
JOBS = a_csv(
    [
        {"Job #": n, "Created Date": f"10/{n + 1:02}/2026", "Status": STATES[n % 4], "Mood": "abc"[n % 3]}
        for n in range(8)
    ]
)


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    an_account(opened, "harbor_st", provider="servicetitan")
    yield opened
    opened.close()


def session() -> AppTest:
    """A new session, as after a reload, in a second tab, or of another person."""
    script = AppTest.from_file(PROJECT / "lib" / "ui" / "router.py", default_timeout=30)
    return visited(script, "field_maps", account="harbor_st", object="job")


def taking(page: AppTest, place: str) -> AppTest:
    page.session_state["map-sample-from"] = place
    return page.run()


def begun(content: bytes = JOBS) -> AppTest:
    page = session()
    page.file_uploader[0].set_value(("jobs.csv", content, "text/csv"))
    page.run()
    return next(item for item in page.button if item.label.startswith("Take the suggestion")).click().run()


def drafts(page: AppTest) -> MapDrafts:
    found = page.session_state["map-drafts"]
    assert isinstance(found, MapDrafts)
    return found


def grid(page: AppTest) -> str:
    return f"map-grid-harbor_st-job-{drafts(page).grids.get(('harbor_st', 'job'), 0)}"


def typed(page: AppTest, source: str, **cells: str) -> AppTest:
    """What a browser sends after an edit of a line of the grid."""
    row = list(page.data_editor[0].value["Source"]).index(source)
    before = page.session_state[grid(page)]["edited_rows"] if grid(page) in page.session_state else {}
    edits = {**before, row: {**before.get(row, {}), **cells}}  # it sends all that was typed since it was begun
    page.session_state[grid(page)] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
    return page.run()


def line(page: AppTest, source: str) -> Any:
    return page.data_editor[0].value.set_index("Source").loc[source]


def test_a_reload_finds_the_draft_its_sample_and_its_past(desk: Desk) -> None:
    typed(begun(), "Mood", Target="category")
    again = session()
    assert not again.exception
    assert line(again, "Mood")["Target"] == "category"
    text = words(again)
    assert "jobs.csv, uploaded" in text
    assert "Last changed by you just now." in text.replace("\\", "")
    button(again, "Undo").click().run()
    assert line(again, "Mood")["Target"] == "left out"
    button(again, "Redo").click().run()
    assert line(again, "Mood")["Target"] == "category"
    button(again, "Discard the draft").click().run()
    assert any(item.label.startswith("Take the suggestion") for item in again.button)


def test_an_undone_edit_does_not_come_back_from_the_grid_that_still_holds_it(desk: Desk) -> None:
    page = typed(begun(), "Mood", Target="category")
    before = grid(page)
    button(page, "Undo").click().run()
    assert line(page, "Mood")["Target"] == "left out"
    assert grid(page) != before
    page.run()
    assert line(page, "Mood")["Target"] == "left out"


def test_the_grid_stays_where_it_is_through_an_edit(desk: Desk) -> None:
    page = begun()
    before = grid(page)
    page = typed(page, "Mood", Target="category")
    assert grid(page) == before
    page = typed(page, "Mood", Target="password")
    assert grid(page) != before  # refused: the grid would go on showing what was typed


def test_another_person_sees_the_draft_without_its_sample_and_is_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = begun()
    signed_in_as(monkeypatch, a_person(desk, "ben@desk.example", Role.ANALYST))
    theirs = session()
    text = words(theirs).replace("\\", "")
    assert "The sample of this draft is gone." in text
    assert "jobs.csv, uploaded: what a person brings is held in memory only" in text
    assert "edits this draft too" in text
    assert "Needs step 1" in text
    typed(theirs, "Mood", Target="category")
    monkeypatch.undo()
    mine.run()
    assert "Ben changed this draft since you read it." in words(mine)
    assert line(mine, "Mood")["Target"] == "left out"
    button(mine, "Show it").click().run()
    assert line(mine, "Mood")["Target"] == "category"


def test_a_line_that_both_changed_offers_both_values(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = begun()
    with monkeypatch.context() as other:
        signed_in_as(other, a_person(desk, "ben@desk.example", Role.ANALYST))
        typed(typed(session(), "Mood", Target="category"), "Job #", Label="Number")
    page = typed(mine, "Mood", Target="service")
    assert not page.exception
    refused = page.warning[0].value.replace("\\", "")
    assert "Ben changed Mood at" in refused
    assert "Theirs: target category" in refused
    assert line(page, "Mood")["Target"] == "category"
    assert line(page, "Job #")["Label"] == "Number"
    next(item for item in page.button if item.label.startswith("Put mine: target service")).click().run()
    assert line(page, "Mood")["Target"] == "service"
    assert not page.warning


def test_a_filter_narrows_the_grid_and_an_edit_finds_its_line(desk: Desk) -> None:
    wide = a_csv([{"Job #": n, "Created Date": "10/01/2026", **{f"Extra {k}": n for k in range(12)}} for n in range(3)])
    page = begun(wide)
    page.text_input(key="map-filter-harbor_st-job").set_value("extra 7").run()
    assert list(page.data_editor[0].value["Source"]) == ["Extra 7"]
    page = typed(page, "Extra 7", Target="category")
    found = drafts(page).drafts["harbor_st", "job"].field_map
    assert found is not None
    assert found.rule_for("category").source == "Extra 7"  # type: ignore[union-attr]
    assert "1 of 14 fields shown" in words(page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing was pasted."),
        ('{"id": 1,\n "name": }', "line 2, column 10"),
        ("id,name", "no row below it"),
        ("[]", "its list is empty"),
    ],
)
def test_a_pasted_text_that_cannot_be_read_says_where(desk: Desk, text: str, said: str) -> None:
    page = taking(session(), "pasted")
    page.text_area[0].set_value(text)
    button(page, "Read what is pasted").click().run()
    assert not page.exception
    assert said in page.error[0].value.replace("\\", "")


def test_a_pasted_payload_shows_its_paths(desk: Desk) -> None:
    page = taking(session(), "pasted")
    page.text_area[0].set_value('{"id": 7, "customer": {"name": "Dana", "phones": [{"number": "303 555 0101"}]}}')
    button(page, "Read what is pasted").click().run()
    assert "a pasted payload" in words(page)
    assert {"id", "customer.name"} <= set(page.dataframe[0].value["Column"])


def test_a_source_that_has_nothing_says_so(desk: Desk) -> None:
    page = session()
    assert "No webhook of this account is logged" in words(taking(page, "webhook"))
    assert "No delivery of this account is kept." in words(taking(page, "delivery"))


def test_three_hundred_columns_are_mapped_and_previewed(desk: Desk) -> None:
    page = begun(a_csv([{"Created Date": "10/01/2026", **{f"Field {n}": n for n in range(299)}}]))
    assert not page.exception
    assert len(page.data_editor[0].value) == 300
    assert "1 row, 300 columns" in words(page)


def test_what_is_new_and_renamed_since_the_map_in_use_is_told(desk: Desk) -> None:
    page = begun()
    page = button(page, "Submit map 1 for approval").click().run()
    page = next(item for item in page.button if item.label.startswith("Approve map 1")).click().run()
    changed = JOBS.replace(b"Status", b"Job Status").replace(b"Mood", b"Weather,Tone").replace(b",a\n", b",sun,a\n")
    page.file_uploader[0].set_value(("later.csv", changed, "text/csv"))
    text = words(page.run()).replace("\\", "")
    assert "since map 1, which is in use" in text
    assert "Status → Job Status" in text


def test_what_is_kept_is_kept_for_whoever_opens_it(desk: Desk) -> None:
    begun()
    found = desk.ask(a_person(desk, "ann@desk.example", Role.ANALYST), kept_drafts.kept_draft, "harbor_st", "job")
    assert (found.revision, found.origin, found.sample["words"]) == (2, "the suggestion", "jobs.csv, uploaded")


def test_a_cell_typed_back_to_what_it_was_is_taken_back(desk: Desk) -> None:
    page = typed(begun(), "Mood", Target="category")
    assert drafts(page).drafts["harbor_st", "job"].field_map.rule_for("category") is not None  # type: ignore[union-attr]
    # The editor no longer names a cell that says again what the grid began with.
    page.session_state[grid(page)] = {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
    page.run()
    assert drafts(page).drafts["harbor_st", "job"].field_map.rule_for("category") is None  # type: ignore[union-attr]
    assert line(page, "Mood")["Target"] == "left out"


def test_a_draft_stays_when_its_person_was_on_another_page_meanwhile(desk: Desk) -> None:
    page = typed(begun(), "Mood", Target="category")
    del page.session_state[grid(page)]  # what is not drawn is forgotten
    page.run()
    assert not page.exception
    assert line(page, "Mood")["Target"] == "category"


def test_the_grid_is_given_what_it_began_with_under_what_was_typed(desk: Desk) -> None:
    page = typed(begun(), "Mood", Target="category")
    given = drafts(page).grid
    assert given is not None and given.begun.set_index("Source").loc["Mood", "Target"] == "left out"
    assert {column for _, column in given.typed} == {"Target"}

"""What the desk has learned stands at the end of the field maps page, and is deleted and brought back there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.mapping import map_memory
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account
from tests.pages.reading import button, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def believed(desk: Desk) -> int:
    return desk.ask(admin(desk), map_memory.map_memory, "site", "lead").believed


def test_a_desk_that_learned_nothing_says_when_it_will(desk: Desk, router: AppTest) -> None:
    an_account(desk, "site")
    page = visited(router, "field_maps", account="site", object="lead")
    assert not page.exception
    text = words(page)
    assert "What the desk has learned" in text
    assert "No approved map has taught anything about this object yet." in text
    assert "0 memories" in text


def test_a_memory_is_deleted_and_brought_back(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = visited(router, "field_maps", account="site", object="lead")
    text = words(page)
    assert "phone,phone,this client and provider,1,admin@localhost,site," in text
    assert "phone,phone,everyone,1,admin@localhost,site," in text
    before = believed(desk)
    page = button(page, "Delete it").click().run()
    assert believed(desk) == before - 1
    assert f"{before - 1} memories" in words(page)
    page = button(page, "Bring it back").click().run()
    assert not page.exception
    assert believed(desk) == before


def test_a_name_of_a_provider_is_taught_removed_and_brought_back(desk: Desk, router: AppTest) -> None:
    an_account(desk, "site", provider="angi")
    page = visited(router, "field_maps", account="site", object="lead")
    page.text_input(key="map-synonym-header").input("Gravity")
    page.selectbox(key="map-synonym-target").select("category")
    page = button(page, "Teach this name").click().run()
    assert "Gravity,category,admin@localhost" in words(page)
    page = button(page, "Remove it").click().run()
    assert "Gravity,category" not in words(page)
    page = button(page, "Bring Gravity back").click().run()
    assert "Gravity,category" in words(page)
    assert not page.exception


def test_an_analyst_sees_what_was_learned_and_deletes_nothing(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "ann@acme.example", Role.ANALYST, "acme"))
    page = visited(router, "field_maps", account="site", object="lead")
    assert "Data owners delete what was learned." in words(page)
    assert not [item for item in page.button if item.key in {"map-memory-delete", "map-synonym-save"}]


def test_a_file_of_which_hardly_anything_is_placed_is_said_aloud_by_name(desk: Desk, router: AppTest) -> None:
    an_account(desk, "site")
    page = visited(router, "field_maps", account="site", object="lead")
    few = a_csv([{"date": f"2026-03-0{day}", **dict.fromkeys("abcdefgh", day)} for day in (4, 5)])
    page.file_uploader[0].set_value(("few.csv", few, "text/csv"))
    page = page.run()
    assert not page.exception
    assert "Only 1 of 9 columns found a place. Nothing fits a, b, c, d, e, f, g, h." in page.warning[0].value
    more = a_csv([a_lead(1, gravity="low"), a_lead(2, gravity="high")])
    page.file_uploader[0].set_value(("more.csv", more, "text/csv"))
    page = page.run()
    assert not page.warning
    assert "Nothing fits 2 of 9 columns: modified, gravity." in words(page)

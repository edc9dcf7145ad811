"""Before a map is approved the page says what it would change; after it, past deliveries are loaded again from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.rows.impact import Change
from lib.entrypoints.worker import work
from lib.pipeline.opening import open_desk
from lib.services.mapping import maps
from lib.settings import load_settings
from tests.builders import LEAD_FIELDS, a_csv, a_lead, a_lead_account, a_map, admin, committed, import_file
from tests.pages.reading import button, links, visited, words

FEES = a_map("lead", {**LEAD_FIELDS, "name": "email", "occurred_at": "modified"})


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    a_lead_account(opened, timezone="UTC")
    committed(opened, a_csv([a_lead(1, modified="2026-03-05"), a_lead(2)]))
    opened.do(admin(opened), maps.save_map, "site", FEES)
    yield opened
    opened.close()


def the_cell() -> None:
    from lib.domain.people import Right
    from lib.services.mapping import map_desk
    from lib.ui.entry.guard import require
    from lib.ui.mapping.impact import impact_cell
    from lib.ui.mapping.session import opened

    visit = require(Right.EDIT_MAPS)
    impact_cell(6, opened(visit, visit.read(map_desk.map_desk, "site", "lead"), None))


def test_the_owner_tries_the_map_that_waits_and_then_loads_again(desk: Desk) -> None:
    page = AppTest.from_function(the_cell, default_timeout=30).run()
    assert not page.exception and not page.error
    assert "Not worked out" in words(page)
    page = button(page, "Try map 2 against map 1").click().run()
    assert not page.exception and not page.error
    assert "Under way" in words(page)
    work(desk, is_until_idle=True)
    page = AppTest.from_function(the_cell, default_timeout=30).run()
    said = words(page).replace("\\", "")
    assert "Leads, March 2026: 2 leads → 1 lead, because 1 row fails now." in said
    assert "1 row would fail (occurred_at): The row has no date" in said
    assert "1 row would have another value in name." in said
    assert "Person 1" not in said, "what is personal is shown by its shape"
    assert "Looked at export.csv (2 rows)." in said
    desk.do(admin(desk), maps.approve_map, "site", "lead", 2)
    page = AppTest.from_function(the_cell, default_timeout=30).run()
    said = words(page)
    assert "1 delivery through older maps" in said
    assert "until the old load is undone" in said
    page = button(page, "Load 1 delivery again through map 2").click().run()
    assert not page.exception and not page.error
    work(desk, is_until_idle=True)
    assert desk.ask(admin(desk), lambda tx: tx.loads.by_id(2).map_version) == 2


def test_a_stricter_policy_is_tried_on_the_rules_page(desk: Desk, router: AppTest) -> None:
    import_file(desk, a_csv([a_lead(3, fee="-1.00")]))
    page = visited(router, "rules", account="site", rule="negative_amount")
    box = next(each for each in page.selectbox if each.label == "What becomes of rows that break it")
    page = box.set_value("hold").run()
    page = button(page, "Try it on past deliveries").click().run()
    assert not page.exception and not page.error
    work(desk, is_until_idle=True)
    kept = desk.ask(
        admin(desk),
        lambda tx: tx.impacts.of(
            tx.accounts.by_key("site"), Change(settings={"policy.negative_amount": "hold"}).subject
        ),
    )
    assert kept is not None
    assert [part["changed"] for part in kept.result["parts"]] == [1]


def test_a_file_that_lost_a_column_is_confirmed_on_the_review_page(desk: Desk, router: AppTest) -> None:
    gone = {name: cell for name, cell in a_lead(5).items() if name != "fee"}
    load = import_file(desk, a_csv([gone]))["load"]
    page = visited(router, "import_review", load=load)
    assert "Holds the load" in words(page)
    next(box for box in page.text_input if box.label == "Why it is right as it is").set_value("they stopped charging")
    page = button(page, "Confirm these columns for this load").click().run()
    assert not page.exception and not page.error
    assert "Holds the load" not in words(page)


def test_an_open_task_stands_on_home_with_the_way_to_where_it_is_done(desk: Desk, router: AppTest) -> None:
    import_file(desk, a_csv([a_lead(5, extra="x")]))
    page = visited(router, "home")
    assert not page.exception and not page.error
    assert "New: extra" in words(page).replace("\\", "")
    assert links(page)["Columns changed"] == ("import_review", "load=2")

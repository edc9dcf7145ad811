"""Records finds a lead by whatever is known of it, and tells where it comes from, down to the raw cell."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.opening import open_desk
from lib.services.tracing import find_records
from lib.settings import load_settings
from tests.builders import a_csv, a_lead, a_lead_account, a_person, an_account, committed, import_file, records
from tests.pages.reading import button, links, signed_in_as, turns, visited, words

LEADS = a_csv([a_lead(1), a_lead(2), a_lead(3, name="Test Test", email="test@test.com")])


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def searched(router: AppTest, text: str) -> AppTest:
    page = visited(router, "records")
    page.text_input(key="find-lead").set_value(text)
    return page.run()


def test_an_empty_desk_says_when_records_come(desk_home: Path, router: AppTest) -> None:
    page = visited(router, "records")
    assert not page.exception
    text = words(page)
    assert "Nothing is committed yet." in text
    assert links(page)["Go to import review"] == ("import_review", "")


@pytest.mark.parametrize("written", ["L1", "(303) 555-0001", "+1 303.555.0001", "P1@Mail.example"])
def test_a_lead_is_found_by_id_phone_or_mail_however_written(desk: Desk, router: AppTest, written: str) -> None:
    a_lead_account(desk)
    committed(desk, LEADS)
    number = records(desk)["L1"]["id"]
    page = searched(router, written)
    assert not page.exception
    assert "1 record" in words(page)
    page = button(page, "L1").click().run()
    assert (page.query_params["record"], page.query_params["table"]) == (str(number), "crm_leads")
    assert "What it holds" in words(page)


def test_an_id_stands_in_the_address_and_a_phone_does_not(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, LEADS)
    assert searched(router, "L1").query_params["find"] == "L1"
    page = searched(router, "(303) 555-0001")
    assert "find" not in page.query_params
    assert "1 record" in words(page)


def test_what_is_unknown_is_said_to_be(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    assert "Nothing is known under it." in words(searched(router, "L99"))


def test_a_row_in_review_is_found_and_is_no_record(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = import_file(desk, LEADS)["load"]
    page = searched(router, "L1")
    assert "Rows that are no record" in words(page)
    assert links(page)[f"Load {load}, line 2"] == ("import_review", f"load={load}")


def test_a_record_tells_its_story_beside_its_raw_cells(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    first = committed(desk, LEADS)["load"]
    second = committed(desk, a_csv([a_lead(1, status="won", modified="2026-03-05 12:00:00Z")]))["load"]
    number = records(desk)["L1"]["id"]
    page = visited(router, "records", record=number, table="crm_leads")
    assert not page.exception
    table = page.table[0].value.set_index("Field")
    assert table.loc["phone", "Value"] == "\\+13035550001"
    assert "` 3035550001 `" in str(table.loc["phone", "Raw cell"])
    text = words(page)
    assert "written 2 times" in text
    found = links(page)
    assert found[f"Load {first}"] == ("import_review", f"load={first}")
    assert found[f"Load {second}"] == ("import_review", f"load={second}")


def test_the_drawer_leads_from_the_record_to_the_person(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = committed(desk, LEADS, file_name="march.csv")["load"]
    page = visited(router, "records", record=records(desk)["L1"]["id"], table="crm_leads")
    page = button(page, "Show where it comes from").click().run()
    assert not page.exception
    text = words(page)
    for step in ("march.csv", "version 1", "admin@localhost", f"Approved load {load}", "line 2"):
        assert step in text, step


def test_an_analyst_sees_the_shape_of_a_personal_value_only(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    committed(desk, LEADS)
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = visited(router, "records", record=records(desk)["L1"]["id"], table="crm_leads")
    text = words(page)
    assert "Personal values show their shape only." in text
    for secret in ("3035550001", "Person 1", "p1@mail", "10.00"):
        assert secret not in text, secret
    assert "hidden" in text


def test_test_records_are_listed_and_said_never_to_count(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, LEADS)
    page = visited(router, "records", **{"class": "test"})
    assert "L3" in turns(page)
    assert "L1" not in turns(page)
    page.query_params.clear()
    page = visited(router, "records", record=records(desk)["L3"]["id"], table="crm_leads")
    assert "It is set apart as test" in words(page)


def test_pages_of_records_hold_each_exactly_once(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(number) for number in range(1, 32)]))
    page = visited(router, "records")
    first = {name for name in turns(page) if name.startswith("L")}
    assert "To the newest" not in turns(page)
    page = button(page, "Older ones").click().run()
    second = {name for name in turns(page) if name.startswith("L")}
    assert (len(first), len(second), len(first | second)) == (25, 6, 31)
    assert "Older ones" not in turns(page)


@pytest.mark.parametrize(("record", "table"), [("999", "crm_leads"), ("1", "people"), ("1", "nonsense")])
def test_a_record_that_does_not_exist_is_one_sentence(desk: Desk, router: AppTest, record: str, table: str) -> None:
    page = visited(router, "records", record=record, table=table)
    assert not page.exception
    assert "There is no record" in page.error[0].value
    assert not page.table


def test_a_bug_shows_its_reference_only(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("phone=3035550001")

    monkeypatch.setattr(find_records, "find", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    page = searched(router, "L1")
    assert len(page.error) == 1
    assert "3035550001" not in words(page)


def test_nobody_reads_a_record_outside_their_clients(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    an_account(desk, "theirs", client="bolt")
    committed(desk, LEADS)
    number = records(desk)["L1"]["id"]
    signed_in_as(monkeypatch, a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme"))
    page = visited(router, "records", record=number, table="crm_leads")
    assert "There is nothing at this address" in words(page)
    assert not page.table
    signed_in_as(monkeypatch, a_person(desk, "otto@bolt.example", Role.OWNER, "bolt"))
    page = visited(router, "records", record=number, table="crm_leads")
    assert "There is no record" in page.error[0].value
    page.query_params.clear()
    assert "Nothing is known under it." in words(searched(router, "L1"))


def test_a_load_leads_to_its_numbers_and_a_number_to_its_records(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = committed(desk, LEADS)["load"]
    assert links(visited(router, "import_review", load=load))["The numbers that stand on it"] == (
        "records",
        f"on={load}",
    )
    page = visited(router, "records", on=load)
    assert not page.exception
    page = button(page, "2026-03-04").click().run()
    assert not page.exception
    assert "It counts 2 records" in words(page)
    assert "Adds up" in words(page)
    page = button(page, "L1").click().run()
    assert "What it holds" in words(page)

"""Import review brings a file in, shows what each row becomes, and lets only those decide who may."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.domain.states import LoadStatus
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.opening import open_desk
from lib.services.reviewing import review
from lib.services.running import jobs
from lib.services.running.jobs import JobLine
from lib.services.setup import account_settings
from lib.settings import load_settings
from lib.ui.entry import guard
from lib.ui.review import upload as review_upload
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    an_account,
    committed,
    import_file,
    records,
)
from tests.pages.built_once import built_once
from tests.published import published, two_fortnights

PAGE = "../../pages/import_review.py"


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def visited(router: AppTest, **address: object) -> AppTest:
    """The page at this address, run once."""
    router.switch_page(PAGE)
    for name, value in address.items():
        router.query_params[name] = str(value)
    return router.run()


def signed_in_as(monkeypatch: pytest.MonkeyPatch, person: Actor) -> None:
    monkeypatch.setattr(guard, "person_signed_in", lambda _desk: person)


def words(page: AppTest) -> str:
    """Everything a person reads on the page."""
    kinds = ("markdown", "title", "subheader", "error", "info", "success", "code")
    texts = [element.value for kind in kinds for element in page.get(kind)]
    texts += [element.label for kind in ("button", "expander") for element in page.get(kind)]
    return "\n".join([*texts, *(table.value.to_csv(index=False) for table in page.table)])


def grid(page: AppTest) -> list[dict[str, object]]:
    """The rows of the one working table."""
    return list(page.dataframe[0].value.to_dict("records"))


def button(page: AppTest, start: str) -> object:
    return next(item for item in page.button if item.label.startswith(start))


def leads(*numbers: int, **more: object) -> bytes:
    return a_csv([a_lead(number, **more) for number in numbers])


@built_once
def a_mixed_load(desk: Desk) -> int:
    """Two known leads; then one unchanged, one updated, two new, two that fail, one given twice."""
    a_lead_account(desk)
    committed(desk, leads(1, 2))
    rows = [
        a_lead(1),
        a_lead(2, status="booked"),
        a_lead(3),
        a_lead(4, name="Test Tester"),
        a_lead(5, date="31.31.2026"),
        a_lead(6, date="31.31.2026"),
        a_lead(3),
    ]
    return int(import_file(desk, a_csv(rows), file_name="november.csv")["load"])


# -- empty ------------------------------------------------------------------------------------------------------------


def test_an_empty_desk_says_that_an_account_comes_first(desk_home: Path, router: AppTest) -> None:
    page = visited(router)
    assert not page.exception
    assert not page.error
    assert "No provider is connected yet." in words(page)
    assert "No deliveries yet." in words(page)
    assert not page.get("file_uploader")


def test_an_object_without_an_approved_map_leads_to_the_maps(desk: Desk, router: AppTest) -> None:
    an_account(desk)
    page = visited(router, account="site", object="lead")
    assert "There is no approved map for lead yet." in words(page)
    assert not page.get("file_uploader")


def test_a_paused_account_takes_no_file(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.pause_account, "site")
    page = visited(router, account="site")
    assert "Site is paused." in words(page)
    assert not page.get("file_uploader")


# -- bringing a file --------------------------------------------------------------------------------------------------


def uploaded(page: AppTest, content: bytes, name: str = "leads.csv") -> AppTest:
    page.get("file_uploader")[0].set_value((name, content, "text/csv"))
    return page.run()


def test_a_file_that_is_uploaded_is_brought_to_review(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = uploaded(visited(router, account="site"), leads(1, 2, 3))
    read = next(item for item in page.button if item.label.startswith("Read "))
    assert read.label.startswith(f"Read {len(leads(1, 2, 3)):,} bytes of ")
    page = read.click().run()
    assert not page.exception
    assert page.query_params["load"] == "1"
    assert "Approve 3 rows" in words(page)
    assert records(desk) == {}


def test_a_file_brought_twice_is_said_to_be_known(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    import_file(desk, leads(1))
    page = uploaded(visited(router, account="site"), leads(1))
    page = next(item for item in page.button if item.label.startswith("Read ")).click().run()
    assert "Already seen." in words(page)
    assert page.query_params["load"] == "1"


def test_a_file_that_cannot_be_read_says_its_sentence_and_stays_listed(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = uploaded(visited(router, account="site"), b"", "empty.csv")
    page = next(item for item in page.button if item.label.startswith("Read ")).click().run()
    assert any("The file is empty" in item.value for item in page.error)
    assert "Files that could not be read" in words(visited(router))


def test_half_a_range_of_days_is_no_range(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    page = uploaded(visited(router, account="site"), leads(1))
    page.date_input(key="range-from").set_value("2026-03-01")
    page = page.run()
    assert "Give both days" in words(page)
    assert next(item for item in page.button if item.label.startswith("Read ")).disabled


def test_a_long_file_becomes_a_job_that_the_address_names(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_lead_account(desk)
    monkeypatch.setattr(review_upload, "_FEW_LINES", 2)
    page = uploaded(visited(router, account="site"), leads(1, 2, 3))
    page = next(item for item in page.button if item.label.startswith("Read ")).click().run()
    assert not page.exception
    number = int(page.query_params["job"])
    assert "Queued" in words(page)
    page = button(page, f"Cancel job {number}").click().run()  # type: ignore[attr-defined]
    assert "Cancelled" in words(page)


def test_a_running_job_says_stage_rows_rate_and_time_left(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = JobLine(7, "running", "checking", 50_000, 100_000, 12_500.0, 4.0, "", None, 1)
    monkeypatch.setattr(jobs, "job", lambda _tx, _id: line)
    page = visited(router, job=7)
    told = words(page)
    assert "Mapping and checking rows: 50,000 of 100,000 rows" in told
    assert "12,500 rows a second" in told
    assert "about 4 s left" in told
    failed = replace(line, status="failed", error="The quote in line 88 never closes.")
    monkeypatch.setattr(jobs, "job", lambda _tx, _id: failed)
    assert "The quote in line 88 never closes." in words(router.run())


def test_a_finished_job_leads_to_its_load(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_mixed_load(desk)
    done = JobLine(7, "done", "done", 7, 7, None, None, "", load, 2)
    monkeypatch.setattr(jobs, "job", lambda _tx, _id: done)
    page = visited(router, job=7)
    assert page.query_params["load"] == str(load)
    assert "Verdicts and classes" in words(page)


# -- the list ---------------------------------------------------------------------------------------------------------


def test_loads_are_listed_and_filtered_by_where_they_stand(desk: Desk, router: AppTest) -> None:
    load = a_mixed_load(desk)
    page = visited(router)
    assert "1 load waits" in words(page)
    assert "No load stands here." in words(visited(router, status="back"))
    page = visited(router, status="waiting")
    page = next(item for item in page.button if f"[Load {load}]" in item.label).click().run()
    assert page.query_params["load"] == str(load)
    page = next(item for item in page.button if item.label.startswith("Show the 2 rows")).click().run()
    assert page.query_params["reason"] == "unreadable_date:occurred_at"
    assert [row["Line"] for row in grid(page)] == [6, 7]


def test_another_clients_loads_are_not_listed(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    a_mixed_load(desk)
    an_account(desk, "other", client="zen")
    signed_in_as(monkeypatch, a_person(desk, "zoe@zen.example", Role.ANALYST, "zen"))
    page = visited(router)
    assert "No deliveries yet." in words(page)
    page = visited(router, load=1)
    assert "There is no load 1" in page.error[0].value
    assert "Verdicts" not in words(page)


# -- a load in review -------------------------------------------------------------------------------------------------


def test_the_funnel_accounts_for_every_row(desk: Desk, router: AppTest) -> None:
    page = visited(router, load=a_mixed_load(desk))
    assert not page.exception
    told = words(page)
    assert "Adds up" in told
    assert "× 2 fail a check" in told
    assert "2 + 1 + 1 + 2 + 1 = 7" in told
    verdicts, classes = page.table[0].value, page.table[1].value
    assert list(verdicts["Rows"]) == [2, 1, 1, 2, 1]
    assert list(classes["Rows"]) == [6, 1, 0, 0, 0]


def test_what_fails_is_said_by_kind_with_the_cell_as_it_came(desk: Desk, router: AppTest) -> None:
    page = visited(router, load=a_mixed_load(desk))
    told = words(page)
    assert "The date could not be read" in told
    assert "31.31.2026" in told
    assert "6, 7" in page.table[2].value["Lines"][0]


def test_each_row_says_what_it_becomes(desk: Desk, router: AppTest) -> None:
    rows = grid(visited(router, load=a_mixed_load(desk)))
    assert len(rows) == 7
    updated = next(row for row in rows if row["Lead"] == "L2")
    assert (updated["Field"], updated["Was"], updated["Becomes"]) == ("status", "new", "booked")
    failed = next(row for row in rows if row["Lead"] == "L5")
    assert (failed["Field"], failed["Becomes"]) == ("date", "× 31.31.2026")


def test_rows_are_filtered_by_what_the_address_says(desk: Desk, router: AppTest) -> None:
    load = a_mixed_load(desk)
    assert [row["Line"] for row in grid(visited(router, load=load, show="failed"))] == [6, 7]
    assert {row["Lead"] for row in grid(visited(router, load=load, show="left_out"))} == {"L1", "L3"}
    assert [row["Lead"] for row in grid(visited(router, load=load, show="all", **{"class": "test"}))] == ["L4"]
    page = visited(router, load=load, show="updated", **{"class": "test"})
    assert "No row of this load is like that." in words(page)


def test_rows_come_a_page_at_a_time(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = import_file(desk, leads(*range(120)))["load"]
    page = visited(router, load=load)
    assert [row["Line"] for row in grid(page)] == list(range(2, 52))
    page = page.button(key="rows-after").click().run()
    assert page.query_params["from"] == "50"
    assert [row["Line"] for row in grid(page)] == list(range(52, 102))
    page = page.button(key="rows-before").click().run()
    assert [row["Line"] for row in grid(page)] == list(range(2, 52))
    assert page.button(key="rows-before").disabled


def test_approval_says_what_it_does_and_does_it(desk: Desk, router: AppTest) -> None:
    load = a_mixed_load(desk)
    page = visited(router, load=load)
    assert "3 rows go in, 2 wait for a person, 2 stay out" in words(page)
    press = page.button(key=f"approve-{load}")
    assert press.label == "Approve 3 rows, hold 2, leave out 2"
    page = press.click().run()
    assert not page.exception
    assert "**Approved.** 3 rows are in, 2 held, 2 left out." in words(page)
    assert records(desk)["L2"]["status"] == "booked"
    assert not [item for item in page.button if item.label.startswith("Approve")]


def test_an_approval_of_counts_nobody_saw_is_refused(desk: Desk, router: AppTest) -> None:
    """Two loads hold the same new lead; while one is looked at, the other is committed."""
    a_lead_account(desk)
    first = import_file(desk, leads(1))["load"]
    second = import_file(desk, leads(1, 2), file_name="again.csv")["load"]
    page = visited(router, load=second)
    assert page.button(key=f"approve-{second}").label == "Approve 2 rows"
    approve(desk, admin(desk), first)
    page = page.button(key=f"approve-{second}").click().run()
    assert any("review_changed" in item.value for item in page.error)
    assert set(records(desk)) == {"L1"}
    page = page.button(key=f"approve-{second}").click().run()
    assert "**Approved.**" in words(page)


def test_a_blocked_load_cannot_be_approved_and_says_why(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = import_file(desk, leads(1, 2), expected_rows=3)["load"]
    page = visited(router, load=load)
    assert page.button(key=f"approve-{load}").disabled
    assert "3 rows were expected and 2 arrived" in words(page)


def test_when_every_row_fails_the_likely_cause_comes_first(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = import_file(desk, leads(1, 2, date=""))["load"]
    page = visited(router, load=load)
    assert "Every row fails the same check" in page.error[0].value
    assert "2 of 2 fail" in words(page)
    assert page.button(key=f"approve-{load}").disabled


def test_four_eyes_keeps_the_person_who_imported_from_approving(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"four_eyes": "true"})
    load = import_file(desk, leads(1))["load"]
    page = visited(router, load=load)
    assert page.button(key=f"approve-{load}").disabled
    assert "asks for a second person" in words(page)
    other = import_file(desk, leads(2), by=a_person(desk, "ann@desk.example", Role.ANALYST))["load"]
    assert not visited(router, load=other).button(key=f"approve-{other}").disabled


def test_a_rejected_load_keeps_its_reason_and_its_file(desk: Desk, router: AppTest) -> None:
    load = a_mixed_load(desk)
    page = visited(router, load=load)
    assert page.button(key=f"reject-now-{load}").disabled
    page.text_input(key=f"reject-why-{load}").set_value("the wrong month")
    page = page.run()
    page = page.button(key=f"reject-now-{load}").click().run()
    told = words(page)
    assert "**Rejected.**" in told
    assert "the wrong month" in told
    assert set(records(desk)) == {"L1", "L2"}


def test_a_test_load_is_accepted_and_writes_nothing(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = import_file(desk, leads(1), is_test=True)["load"]
    page = visited(router, load=load)
    assert "A test import." in words(page)
    page = page.button(key=f"approve-{load}").click().run()
    assert "**Accepted.**" in words(page)
    assert "The test was accepted." in words(page)
    assert records(desk) == {}


# -- after the decision -----------------------------------------------------------------------------------------------


def test_an_undo_says_which_published_numbers_stand_on_the_load(desk: Desk, router: AppTest) -> None:
    number = two_fortnights(desk)
    load = committed(desk, a_csv([a_lead(9000, "2026-03-20")]))["load"]
    assert "published number" not in words(visited(router, load=load))
    published(desk, number)
    assert "1 published number stands on it: Leads from Site (84 leads)." in words(visited(router, load=load))


def test_an_undo_is_previewed_and_asks_for_a_reason(desk: Desk, router: AppTest) -> None:
    load = a_mixed_load(desk)
    approve(desk, admin(desk), load)
    page = visited(router, load=load)
    press = page.button(key=f"undo-{load}")
    assert press.label == f"Undo load {load}: reverse 3, keep 0, report 0"
    assert press.disabled
    page.text_input(key=f"undo-why-{load}").set_value("sent twice")
    page = page.run()
    page = page.button(key=f"undo-{load}").click().run()
    assert "**Undone.** 3 reversed, 0 kept, 0 could not." in words(page)
    assert "sent twice" in words(page)
    assert records(desk)["L2"]["status"] == "new"


def test_a_committed_update_still_says_what_it_replaced(desk: Desk, router: AppTest) -> None:
    load = a_mixed_load(desk)
    approve(desk, admin(desk), load)
    updated = grid(visited(router, load=load, show="updated"))[0]
    assert (updated["Was"], updated["Becomes"]) == ("new", "booked")
    undo_load(desk, admin(desk), load, "sent twice")
    page = visited(router, load=load, show="updated")
    assert grid(page)[0]["Was"] == "new"
    assert "sent twice" in words(page)


def test_a_load_that_stopped_says_why(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_mixed_load(desk)
    seen = desk.ask(admin(desk), review.look_at, load)
    stopped = replace(seen.load, status=LoadStatus.FAILED, error_note="The disk is full.")
    monkeypatch.setattr(review, "look_at", lambda _tx, _id: replace(seen, load=stopped))
    page = visited(router, load=load)
    assert any("The disk is full." in item.value for item in page.error)
    assert not [item for item in page.button if item.label.startswith("Approve")]


# -- rights and trouble -----------------------------------------------------------------------------------------------


def test_an_owner_may_approve_and_sees_values_as_they_are(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_mixed_load(desk)
    signed_in_as(monkeypatch, a_person(desk, "olga@desk.example", Role.OWNER))
    page = visited(router, load=load)
    assert not page.button(key=f"approve-{load}").disabled
    assert any("Person 3" in str(row["Becomes"]) for row in grid(page))


def test_an_analyst_sees_shapes_only_and_may_not_approve(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_mixed_load(desk)
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = visited(router, load=load)
    assert page.button(key=f"approve-{load}").disabled
    assert "approving and undoing is for data owners" in words(page)
    assert not any("Person 3" in str(row) for row in grid(page))
    assert any("xxxxxx 9" in str(row["Becomes"]) for row in grid(page))


def test_a_stakeholder_sees_nothing(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_mixed_load(desk)
    signed_in_as(monkeypatch, a_person(desk, "sam@acme.example", Role.STAKEHOLDER, "acme"))
    page = visited(router, load=load)
    assert "There is nothing at this address" in words(page)
    assert not page.table
    assert not page.dataframe
    assert not page.title


def test_another_clients_stakeholder_sees_nothing(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_mixed_load(desk)
    an_account(desk, "other", client="zen")
    signed_in_as(monkeypatch, a_person(desk, "zoe@zen.example", Role.STAKEHOLDER, "zen"))
    page = visited(router, load=load)
    assert "There is nothing at this address" in words(page)
    assert not page.table
    assert not page.dataframe


def test_a_load_that_is_not_there_is_one_sentence(desk: Desk, router: AppTest) -> None:
    page = visited(router, load=99)
    assert not page.exception
    assert "There is no load 99" in page.error[0].value


def test_a_bug_shows_its_reference_and_nothing_else(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    load = a_mixed_load(desk)
    monkeypatch.setattr(review, "look_at", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    with caplog.at_level(logging.ERROR, logger="connector_desk"):
        page = visited(router, load=load)
    assert not page.exception
    assert len(page.error) == 1
    assert "hunter2" not in words(page)
    assert page.error[0].value.split("`")[1] in caplog.text


def test_a_cell_that_looks_like_markdown_is_only_a_cell(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    trap = "![x](http://evil.example/p.png)"
    load = import_file(desk, a_csv([a_lead(1, date=trap), a_lead(2)]), file_name="[a](http://evil.example).csv")["load"]
    page = visited(router, load=load)
    assert page.table[2].value["As it came"][0] == f"` {trap} `"
    assert "](http" not in "".join(item.value for item in page.markdown if "`" not in item.value)


def test_a_file_is_read_again_with_another_header_row_and_the_first_load_gives_way(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    load = import_file(desk, b"made on,Monday,,,,\r\n" + leads(1, 2))
    page = visited(router, load=load["load"])
    assert not page.exception
    page.number_input[0].set_value(2)
    next(item for item in page.selectbox if item.label == "Delimiter").set_value("Comma")
    button(page, "Read the file again this way").click().run()
    assert not page.exception
    again = desk.ask(admin(desk), lambda tx: tx.loads.by_id(load["load"] + 1))
    assert (again.status, again.read_options) == (LoadStatus.IN_REVIEW, {"header_row": 2, "delimiter": ","})
    assert desk.ask(admin(desk), lambda tx: tx.loads.by_id(load["load"])).status is LoadStatus.REJECTED

"""The operations page says how each account stands, what became of every run, what failed, and what clients see."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.api.pulls import SyncCursor
from lib.domain.hooks import Receipt
from lib.domain.imports import DateRange, DeliveryKind
from lib.domain.people import Role
from lib.domain.tasks import SILENCE
from lib.entrypoints.worker import Worker
from lib.errors import DeskError
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.pipeline.opening import open_desk
from lib.pipeline.setup.watching import watch_freshness
from lib.services.counting import baseline
from lib.services.publishing import statements
from lib.services.running import breaker, jobs, queue_work, schedules, tasks
from lib.services.setup import account_settings, account_watch
from lib.settings import load_settings
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_person,
    admin,
    an_account,
    at,
    committed,
    import_file,
)
from tests.pages.built_once import built_once
from tests.pages.reading import button, links, signed_in_as, turns, visited, words

NOW = datetime.now(UTC)


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def earlier(desk: Desk, **back: float) -> Desk:
    return at(desk, lambda: NOW - timedelta(**back))


@built_once
def weekly(desk: Desk, weeks: int = 4, *, silent_for: int = 1, key: str = "site") -> None:
    """One committed delivery a week, the last of them `silent_for` weeks and a day ago."""
    a_lead_account(desk, key, timezone="UTC")
    for back in range(weeks):
        then = earlier(desk, weeks=silent_for + weeks - 1 - back, days=1)
        committed(then, a_csv([a_lead(10 * back + n) for n in range(3)]), key)


def refused_file(desk: Desk, key: str = "site", name: str = "june.xlsx") -> None:
    with pytest.raises(DeskError):
        import_file(desk, b"PK\x03\x04 no workbook", key, file_name=name)


def bare(page: AppTest) -> str:
    return words(page).replace("\\", "")


def test_an_empty_desk_says_what_will_stand_here_and_the_way_on(desk_home: Path, router: AppTest) -> None:
    page = visited(router, "operations")
    assert not page.exception and not page.error
    assert "No account is connected." in bare(page)
    assert links(page)["Connect a provider"] == ("provider_setup", "")
    assert "Everything is up to date," in bare(page)


def test_with_nothing_wrong_the_next_line_says_so_and_when_it_was_looked_at(desk: Desk, router: AppTest) -> None:
    weekly(desk, silent_for=0)
    page = visited(router, "operations")
    assert not page.exception and not page.error
    text = bare(page)
    assert "Everything is up to date," in text and "last looked at" in text
    assert "1 account, no trouble" in text
    assert "Nothing was given up" in text and "Within budget" in text


def test_every_run_is_listed_with_who_brought_it_its_days_rows_and_status(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    days = DateRange(date(2026, 3, 1), date(2026, 3, 31))
    committed(desk, a_csv([a_lead(1), a_lead(2)]), days=days, file_name="march.csv")
    refused_file(desk)
    text = bare(visited(router, "operations"))
    assert "march.csv" in text and "file, admin@localhost" in text and "1 Mar to 31 Mar" in text
    assert "june.xlsx" in text and "Refused" in text and "damaged" in text


def test_the_boxes_of_the_funnel_account_for_each_other_and_open_into_reasons(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    committed(desk, a_csv([a_lead(n) for n in range(5)]))
    import_file(desk, a_csv([a_lead(20 + n, "2026-03-05" if n else "no day") for n in range(4)]))
    refused_file(desk)
    seen = visited(router, "operations")
    text = bare(seen)
    for box in ("### 3", "× 1 file refused", "### 9", "× 1 row fails", "### 8", "1 load to decide on", "### 5"):
        assert box in text, box
    opened = button(seen, ":small[:blue[Valid ▸]]").click().run()
    assert not opened.exception and not opened.error
    assert opened.query_params["box"] == "valid"
    assert "Unreadable date, occurred at" in bare(opened)
    assert "1 row in 1 load" in bare(opened)
    refused = visited(opened, "operations", box="read")
    assert "could not be read" in bare(refused) and "june.xlsx" in bare(refused)
    waiting = visited(refused, "operations", box="review")
    assert links(waiting)["Load 2"] == ("import_review", "load=2")


def test_runs_come_in_pages_and_the_page_stands_in_the_address(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.services.running.run_history.PAGE", 2)
    a_lead_account(desk)
    for n in range(3):
        import_file(desk, a_csv([a_lead(n)]), file_name=f"part{n}.csv")
    first = visited(router, "operations")
    assert "part2.csv" in bare(first) and "part0.csv" not in bare(first)
    older = button(first, "Older").click().run()
    assert older.query_params["page"] == "2"
    assert "part0.csv" in bare(older) and "Page 2 of 2" in bare(older)


def test_a_silent_provider_is_named_with_the_reason_and_its_task_opens_once(desk: Desk, router: AppTest) -> None:
    weekly(desk)
    boss = admin(desk)
    assert watch_freshness(desk, boss) == 1
    assert watch_freshness(desk, boss) == 0, "one silence is one task"
    (task,) = desk.ask(boss, tasks.listed)
    assert (task.kind, task.address) == (SILENCE, {"incident": "site"})
    assert "Nothing has come since" in task.sentence
    assert "It came on four" in bare(visited(router, "operations"))


def test_the_worker_watches_by_itself(desk: Desk) -> None:
    weekly(desk)
    Worker(desk).step()
    assert [task.kind for task in desk.ask(admin(desk), tasks.listed)] == [SILENCE]


def test_the_task_of_a_silence_closes_by_itself_when_something_comes(desk: Desk) -> None:
    weekly(desk)
    boss = admin(desk)
    watch_freshness(desk, boss)
    import_file(desk, a_csv([a_lead(900)]))
    assert watch_freshness(desk, boss) == 1
    assert not desk.ask(boss, tasks.listed)
    (task,) = desk.ask(boss, tasks.listed, is_open=False)
    assert task.closed_because == "Something arrived."


def test_a_paused_account_is_not_waited_for(desk: Desk, router: AppTest) -> None:
    weekly(desk)
    boss = admin(desk)
    watch_freshness(desk, boss)
    desk.do(boss, account_settings.pause_account, "site")
    assert watch_freshness(desk, boss) == 1
    assert not desk.ask(boss, tasks.listed)
    text = bare(visited(router, "operations"))
    assert "not while it is paused" in text and "1 account, no trouble" in text


def test_what_a_person_entered_by_hand_is_labelled_and_does_not_end_a_silence(desk: Desk, router: AppTest) -> None:
    weekly(desk)
    rows, why = a_csv([a_lead(900)]), "Their export page is away."
    told = Delivered("site", "lead", "typed.csv", rows, kind=DeliveryKind.MANUAL, by_hand_reason=why)
    import_delivery(desk, admin(desk), told)
    assert desk.ask(admin(desk), account_watch.watched)[0].is_silent
    text = bare(visited(router, "operations"))
    assert "by hand, admin@localhost" in text and why in text


def test_clients_see_cell_says_what_is_withheld_since_when_and_what_is_read_meanwhile(
    desk: Desk, router: AppTest
) -> None:
    a_lead_account(desk)
    march = DateRange(date(2026, 3, 1), date(2026, 3, 31))
    committed(desk, a_csv([a_lead(n) for n in range(40)]), days=march)
    boss = admin(desk)
    made = desk.do(boss, baseline.capture_baseline, "acme", "site.leads", march, "to compare with")
    said = desk.ask(boss, statements.draft_for, "acme", "site.leads", made["baseline"], march, "day").template
    number = desk.do(boss, statements.write, "acme", "site.leads", made["baseline"], march, "day", sentence=said).id
    desk.do(boss, statements.review, number)
    desk.do(boss, statements.publish, number, "for the scene")
    stale = bare(visited(router, "operations"))
    assert "1 stale" in stale and "it is complete to" in stale
    desk.do(boss, statements.withdraw, number, "It counted another town.")
    withheld = bare(visited(router, "operations"))
    assert "1 withheld" in withheld and "It counted another town." in withheld


def test_the_incident_view_says_who_answers_what_clients_see_and_the_fallback(desk: Desk, router: AppTest) -> None:
    weekly(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"manual_fallback": "Export it and bring the file in."})
    page = visited(router, "operations", incident="site")
    assert not page.exception and not page.error
    text = bare(page)
    assert "It fell silent" in text and "Last good run" in text
    assert "admin@localhost" in text
    assert "Until it comes again: Export it and bring the file in." in text
    assert "None written down" in text, "the rollback note is asked for"
    assert links(page)["Write it"] == ("provider_setup", "account=site")
    assert "All accounts" in turns(page)
    for cell in ("Person 1", "p1@mail.example", "3035550001"):
        assert cell not in text


def test_a_failure_that_was_given_up_is_a_cause_with_its_mend_and_can_be_discarded(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    refused_file(desk)
    page = visited(router, "operations")
    assert "1 cause" in bare(page)
    cause = next(each for each in page.button if "Corrupt" in each.label or "workbook" in each.label.lower())
    opened = cause.click().run()
    assert not opened.exception and not opened.error
    assert "What is held up" in bare(opened) and "Decide" in bare(opened)
    opened.text_input[0].set_value("The provider sent it by mistake.")
    done = next(each for each in opened.button if each.label.startswith("Discard")).click().run()
    assert not done.exception and not done.error
    assert "It was discarded" in " ".join(each.value for each in done.success)
    assert "Nothing was given up" in bare(button(done, "All of operations").click().run())


def test_a_stakeholder_sees_nothing_of_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    an_account(desk)
    signed_in_as(monkeypatch, a_person(desk, "stan@acme.example", Role.STAKEHOLDER, "acme"))
    page = visited(router, "operations", incident="site")
    assert "There is nothing at this address" in bare(page)
    assert "site" not in bare(page)


def test_an_analyst_of_another_client_finds_no_such_account(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly(desk)
    an_account(desk, "bolt_site", client="bolt")
    signed_in_as(monkeypatch, a_person(desk, "ann@bolt.example", Role.ANALYST, "bolt"))
    page = visited(router, "operations")
    assert "1 account, no trouble" in bare(page) and "0 runs in 28 days" in bare(page)
    page = visited(page, "operations", incident="site")
    assert len(page.error) == 1 and "There is no" in page.error[0].value.replace("\\", "")


def test_a_bug_shows_its_reference_only(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(account_watch, "watched", broken)
    monkeypatch.setattr(logging.getLogger("connector_desk"), "propagate", True)
    page = visited(router, "operations")
    assert len(page.error) == 1
    assert "hunter2" not in words(page)


def test_a_provider_that_is_left_alone_says_so_first_and_since_when(desk: Desk, router: AppTest) -> None:
    weekly(desk, silent_for=0)
    refusal = DeskError("refused", "CallRail refuses the key.", "Put a new one in.")
    account = desk.ask(admin(desk), lambda tx: tx.accounts.by_key("site"))
    desk.do(admin(desk), breaker.note_failure, account, refusal)
    text = bare(visited(router, "operations"))
    assert "is left alone." in text and "CallRail refuses the key." in text and "1 of 1 account in trouble" in text
    seen = visited(router, "operations", incident="site")
    assert "Its provider is left alone" in bare(seen) and "It is tried again" in bare(seen)
    seen.text_input[0].set_value("A new key is in place.")
    mended = next(each for each in seen.button if each.label == "Ask it again now").click().run()
    assert not mended.exception and not mended.error
    assert "Nothing is wrong here now." in bare(mended)


def test_a_failed_job_says_why_and_is_tried_again_with_one_press(desk: Desk, router: AppTest) -> None:
    account, boss = a_lead_account(desk), admin(desk)
    number = desk.do(boss, queue_work.enqueue_purge, account)
    claimed = desk.do(boss, jobs.claim, "w1")
    assert claimed is not None
    desk.do(boss, jobs.end_failed, claimed, DeskError("database_away", "The database went away."))
    page = visited(router, "operations")
    assert "1 job failed" in bare(page) and "The database went away." in bare(page)
    again = button(page, "Try it again").click().run()
    assert not again.exception and not again.error
    assert f"Job {number} waits for the worker again." in " ".join(each.value for each in again.success).replace(
        "\\", ""
    )
    assert "0 running, 1 waiting" in bare(again)
    stopped = button(again, f"Cancel job {number}").click().run()
    assert desk.ask(boss, jobs.job, number).status == "cancelled"
    assert not stopped.exception


def test_what_comes_round_next_is_told_in_the_accounts_own_time(desk: Desk, router: AppTest) -> None:
    an_account(desk, timezone="Australia/Sydney")
    desk.do(admin(desk), schedules.put, "site", "lead", "15 6 * * *")
    said = bare(visited(router, "operations"))
    assert "Next by schedule" in said and "15 6 * * *" in said
    assert "Pull from the API, lead" in said and "Australia/Sydney" in said


def test_limits_and_the_clock_of_a_provider_are_told_where_they_are_known(desk: Desk, router: AppTest) -> None:
    account = a_lead_account(desk)
    cursor = SyncCursor(account.id, "lead", limit_left=30, limit_of=1000, clock_skew_seconds=-90, asked_at=NOW)
    desk.do(admin(desk), lambda tx: tx.cursors.move(account, cursor))
    text = bare(visited(router, "operations"))
    assert "30 of 1,000" in text and "90 seconds behind" in text


def test_a_run_in_a_hundred_may_fail_and_one_in_three_is_too_much(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk)
    for n in range(2):
        import_file(desk, a_csv([a_lead(n)]))
    refused_file(desk)
    text = bare(visited(router, "operations"))
    assert "33.3 %, over 1 %" in text and "1 account over" in text


def test_webhooks_that_wait_are_counted_where_they_wait(desk: Desk, router: AppTest) -> None:
    account = a_lead_account(desk)

    def come_in(tx: UnitOfWork) -> None:
        tx.receipts.add_receipts({Receipt(account.id, account.client_id, "k1", "", b"{}", "h", NOW): 1})

    desk.do(admin(desk), come_in)
    assert "1 webhook waiting" in bare(visited(router, "operations"))

"""Long work on the import-review page: what the worker does is watched and cancelled there, what stopped goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.entrypoints import worker
from lib.entrypoints.worker import do_job, work
from lib.pipeline.loading import staging
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.inward import Delivered, queue_import
from lib.pipeline.opening import open_desk
from lib.pipeline.running.queueing import queue_approval
from lib.services.loading import undo
from lib.services.running import jobs
from lib.services.setup import account_settings
from lib.settings import load_settings
from tests.builders import (
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    an_approved_map,
    import_file,
    records,
)
from tests.pages.built_once import built_once
from tests.pages.reading import signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk to which three rows are many."""
    monkeypatch.setenv("DESK_LARGE_ROWS", "2")
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    yield opened
    opened.close()


def leads(*numbers: int, **more: object) -> bytes:
    return a_csv([a_lead(number, **more) for number in numbers])


@built_once
def a_large_load(desk: Desk) -> int:
    a_lead_account(desk)
    return int(import_file(desk, leads(1, 2, 3))["load"])


def looked_at(router: AppTest, **address: object) -> AppTest:
    page = visited(router, "import_review", **address)
    assert not page.exception
    return page


def told(page: AppTest) -> str:
    """Everything a person reads on the page, good news included."""
    assert not page.exception
    return "\n".join([words(page), *(item.value for item in page.success)])


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def has(page: AppTest, key: str) -> bool:
    return any(item.key == key for item in page.button)


def a_stopped_import(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """Five rows, of which the worker wrote two before it was told to stop; the load."""
    a_lead_account(desk)
    monkeypatch.setattr(staging, "_BATCH_ROWS", 1)
    job_id = queue_import(desk, admin(desk), Delivered("site", "lead", "march.csv", leads(*range(5)))).job_id
    job = desk.do(admin(desk), jobs.claim, "one")
    assert job is not None
    assert job_id == job.id
    progress = worker.Beat.progress

    def stops(beat: worker.Beat, stage: str, done: int, total: int) -> None:
        progress(beat, stage, done, total)
        if done == 2:
            desk.do(admin(desk), jobs.cancel, job.id)
            raise jobs.job_lost(job)

    monkeypatch.setattr(worker.Beat, "progress", stops)
    do_job(desk, job)
    monkeypatch.setattr(worker.Beat, "progress", progress)
    load = desk.ask(admin(desk), jobs.job, job.id).load_id
    assert load is not None
    return load


# -- approving and undoing --------------------------------------------------------------------------------------------


def test_a_large_load_is_approved_and_undone_by_the_worker(desk: Desk, router: AppTest) -> None:
    load = a_large_load(desk)
    page = press(looked_at(router, load=load), f"approve-{load}")
    assert page.query_params["job"] == "1"
    assert f"**Approving load {load}.**" in told(page)
    assert "waiting for the worker" in told(page).lower()
    assert not has(page, f"approve-{load}")
    assert records(desk) == {}
    work(desk, is_until_idle=True)
    page = page.run()
    assert "**Approved.** 3 rows are in, 0 held, 0 left out." in told(page)
    page = press(page, "work-out-undo")
    assert not has(page, f"undo-{load}")
    work(desk, is_until_idle=True)
    page = page.run()
    assert page.button(key=f"undo-{load}").label == f"Undo load {load}: reverse 3, keep 0, report 0"
    page.text_input(key=f"undo-why-{load}").set_value("sent twice")
    page = press(page.run(), f"undo-{load}")
    assert f"**Undoing load {load}.**" in told(page)
    assert set(records(desk)) == {"L1", "L2", "L3"}
    work(desk, is_until_idle=True)
    assert "**Undone.** 3 reversed, 0 kept, 0 could not." in told(page.run())
    assert records(desk) == {}


def test_an_approval_by_the_worker_is_cancelled_on_the_page(desk: Desk, router: AppTest) -> None:
    load = a_large_load(desk)
    page = press(looked_at(router, load=load), f"approve-{load}")
    page = press(page, f"cancel-{page.query_params['job']}")
    assert "**Cancelled.** Nothing was approved" in told(page)
    assert work(desk, is_until_idle=True) == 0
    assert has(page, f"approve-{load}")


def test_whoever_opens_the_load_sees_the_decision_that_is_under_way(desk: Desk, router: AppTest) -> None:
    load = a_large_load(desk)
    queue_approval(desk, admin(desk), load, None)
    assert f"**Approving load {load}.**" in told(looked_at(router, load=load))


def test_an_approval_that_the_worker_could_not_do_says_why(desk: Desk, router: AppTest) -> None:
    load = a_large_load(desk)
    page = press(looked_at(router, load=load), f"approve-{load}")
    desk.do(admin(desk), account_settings.set_account, "site", {"four_eyes": "true"})
    work(desk, is_until_idle=True)
    assert "asks for a second person. Let somebody else approve it. Nothing was changed." in told(page.run())


def test_an_analyst_may_watch_and_not_cancel_an_approval(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_large_load(desk)
    job = queue_approval(desk, admin(desk), load, None)
    signed_in_as(monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST))
    page = looked_at(router, load=load)
    assert f"**Approving load {load}.**" in told(page)
    assert not has(page, f"cancel-{job}")


def test_a_small_undo_is_worked_out_once(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    a_lead_account(desk)
    load = int(import_file(desk, leads(1, 2))["load"])
    approve(desk, admin(desk), load)
    page = looked_at(router, load=load)
    with monkeypatch.context() as patched:
        patched.setattr(undo, "undo_records", None)
        assert "reverse 2, keep 0" in page.run().button(key=f"undo-{load}").label
    approve(desk, admin(desk), import_file(desk, leads(2, status="booked"), file_name="later.csv")["load"])
    assert "reverse 1, keep 1" in page.run().button(key=f"undo-{load}").label


# -- imports that are not finished ------------------------------------------------------------------------------------


def test_a_desk_on_which_nothing_stopped_says_nothing_of_it(desk: Desk, router: AppTest) -> None:
    a_large_load(desk)
    assert "not finished" not in told(looked_at(router))


def test_a_stopped_import_goes_on_where_it_stopped(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_stopped_import(desk, monkeypatch)
    page = looked_at(router)
    assert "stopped at row 2 of 5" in told(page)
    assert "none yet" in told(page)
    page = press(page, f"go-on-{load}")
    assert page.query_params["job"] == "2"
    assert "stopped" not in told(page)
    work(desk, is_until_idle=True)
    page = page.run()
    assert page.query_params["load"] == str(load)
    assert page.button(key=f"approve-{load}").label == "Approve 5 rows"


def test_the_page_of_a_cancelled_import_offers_to_go_on(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_stopped_import(desk, monkeypatch)
    page = looked_at(router, job=1)
    assert not page.error
    assert told(page).count("stopped at row 2 of 5") == 1
    assert "Cancelled" in told(page)
    assert press(page, f"go-on-{load}").query_params["job"] == "2"


def test_a_stopped_import_starts_clean(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_stopped_import(desk, monkeypatch)
    page = press(looked_at(router), f"start-clean-{load}")
    work(desk, is_until_idle=True)
    page = page.run()
    assert page.query_params["load"] == str(load + 1)
    assert page.button(key=f"approve-{load + 1}").label == "Approve 5 rows"


def test_a_stopped_import_is_dropped(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    load = a_stopped_import(desk, monkeypatch)
    page = press(looked_at(router), f"drop-{load}")
    assert "stopped at row" not in told(page)


def test_a_load_that_is_not_whole_cannot_be_decided_on(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_stopped_import(desk, monkeypatch)
    page = looked_at(router, load=load)
    assert "nobody can approve it before it is whole" in told(page)
    assert has(page, f"go-on-{load}")
    assert not has(page, f"approve-{load}")
    assert not has(page, f"reject-now-{load}")


def test_what_was_begun_through_another_map_starts_clean_only(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = a_stopped_import(desk, monkeypatch)
    an_approved_map(desk, "site", a_map("lead", {"external_id": "id", "occurred_at": "date"}))
    page = looked_at(router)
    assert "begun through map 1, which is no longer the approved one" in told(page)
    assert not has(page, f"go-on-{load}")
    assert has(page, f"start-clean-{load}")


def test_another_clients_stopped_import_is_not_listed(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_stopped_import(desk, monkeypatch)
    an_account(desk, "other", client="zen")
    signed_in_as(monkeypatch, a_person(desk, "zoe@zen.example", Role.ANALYST, "zen"))
    assert "stopped at row" not in told(looked_at(router))

"""The list of tasks on home: what matters first, two filters, the way to each, and settling one by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.clock import utc_now
from lib.db.unit_of_work import Desk
from lib.domain.people import Actor, Role
from lib.domain.tasks import KINDS
from lib.pipeline.loading.decisions import approve
from lib.pipeline.opening import open_desk
from lib.pipeline.running.task_rules import keep_tasks
from lib.services.running import tasks
from lib.settings import load_settings
from lib.ui.entry import guard
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, at, import_file
from tests.pages.built_once import built_once
from tests.pages.reading import button, links, signed_in_as, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    """Two loads to decide on, of which one is not what was expected, and another client with one."""
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    three_loads(opened)
    yield opened
    opened.close()


@built_once
def three_loads(desk: Desk) -> None:
    a_lead_account(desk)
    a_lead_account(desk, "theirs", client="beta")
    import_file(desk, a_csv([a_lead(1)]))
    import_file(desk, a_csv([a_lead(2)]), expected_rows=7)
    import_file(desk, a_csv([a_lead(3)]), "theirs")


def looked(router: AppTest, monkeypatch: pytest.MonkeyPatch, person: Actor) -> AppTest:
    signed_in_as(monkeypatch, person)
    page = visited(router, "home")
    assert not page.exception and not page.error
    return page


def listed(page: AppTest) -> list[str]:
    """The kinds of tasks whose lines are there."""
    names = [kind.words for kind in KINDS.values()]
    found = [link.proto.label.removeprefix(":blue[").removesuffix("]") for link in page.get("page_link")]
    return [name for name in found if name in names]


def bare(page: AppTest) -> str:
    return words(page).replace("\\", "")


def test_everything_that_waits_stands_on_home_and_leads_to_where_it_is_done(desk: Desk, router: AppTest) -> None:
    page = visited(router, "home")
    assert not page.exception and not page.error
    assert "3 tasks open" in bare(page)
    assert links(page)["Totals disagree"] == ("import_review", "load=2")
    assert links(page)["Decide on a load"] == ("import_review", "load=1")


def test_what_is_decided_is_gone_and_nothing_left_says_so(desk: Desk, router: AppTest) -> None:
    assert listed(visited(router, "home")) == ["Totals disagree", "Decide on a load", "Decide on a load"]
    approve(desk, admin(desk), 1)
    assert listed(router.run()) == ["Totals disagree", "Decide on a load"]
    found = desk.ask(admin(desk), tasks.listed)
    for task in found:
        desk.do(admin(desk), tasks.resolve, task.id, "done")
    page = router.run()
    assert listed(page) == [] and "Nothing waits" in bare(page)
    page = page.segmented_control(key="task-filter").set_value("resolved").run()
    assert listed(page) == ["Totals disagree", "Decide on a load"] and "Resolved:] done" in bare(page)
    page = page.selectbox(key="task-chosen").set_value(found[0].id).run()
    page = button(page, "Open it again").click().run()
    assert not page.exception and not page.error
    assert [task.id for task in desk.ask(admin(desk), tasks.listed)] == [found[0].id]


def test_the_list_is_narrowed_to_a_kind_and_to_ones_own(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = a_person(desk, "ana@desk.example", Role.OWNER)
    keep_tasks(desk, admin(desk))
    (mine,) = desk.ask(admin(desk), tasks.listed, kind="control_totals")
    desk.do(admin(desk), tasks.assign, mine.id, ana.email)
    page = looked(router, monkeypatch, ana)
    page = page.segmented_control(key="task-filter").set_value("mine").run()
    assert listed(page) == ["Totals disagree"]
    page = page.segmented_control(key="task-filter").set_value("all").run()
    page = page.selectbox(key="task-kind").set_value("load_review").run()
    assert listed(page) == ["Decide on a load", "Decide on a load"]
    assert page.query_params["task_kind"] == "load_review"


def test_a_person_sees_the_tasks_of_their_clients_alone_and_an_analyst_settles_none(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = looked(router, monkeypatch, a_person(desk, "oda@beta.example", Role.OWNER, "beta"))
    assert listed(theirs) == ["Decide on a load"]
    assert "load 3" in bare(theirs) and "load 1" not in bare(theirs)
    analyst = looked(router, monkeypatch, a_person(desk, "ann@desk.example", Role.ANALYST, "acme"))
    assert listed(analyst) == ["Totals disagree", "Decide on a load"]
    assert not [box for box in analyst.selectbox if box.key == "task-chosen"]
    signed_in_as(monkeypatch, a_person(desk, "tess@acme.example", Role.STAKEHOLDER, "acme"))
    client = visited(router, "home")
    assert listed(client) == [] and "load 1" not in bare(client)


def test_a_task_is_resolved_with_a_reason_and_handed_over_and_put_off(desk: Desk, router: AppTest) -> None:
    a_person(desk, "ana@desk.example", Role.OWNER)
    page = visited(router, "home")
    (number,) = [task.id for task in desk.ask(admin(desk), tasks.listed, kind="control_totals")]

    def task() -> tasks.Task:
        return desk.ask(admin(desk), lambda tx: tx.tasks.by_id(number))

    page = page.selectbox(key="task-chosen").set_value(number).run()
    next(box for box in page.selectbox if box.label == "Who is to do it").set_value("ana@desk.example")
    page = button(page, "Hand the task over").click().run()
    assert (task().owner, task().is_handed_over) == ("ana@desk.example", True)
    later = task().due_on + timedelta(days=5)
    next(box for box in page.date_input if box.label == "By which day").set_value(later)
    page = button(page, "Put the task off").click().run()
    assert task().due_on == later
    page = button(page, "Resolve the task").click().run()
    assert "Resolving a task needs a reason." in bare(page)
    next(box for box in page.text_input if box.label.startswith("What was done")).set_value("the client knows")
    page = button(page, "Resolve the task").click().run()
    assert not page.exception and not page.error
    assert (task().status, task().closed_because) == ("resolved", "the client knows")
    assert listed(page) == ["Decide on a load", "Decide on a load"]


def test_what_is_late_says_so(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_tasks(desk, admin(desk))
    monkeypatch.setattr(guard, "opened_desk", lambda: at(desk, lambda: utc_now() + timedelta(days=4)))
    page = visited(router, "home")
    assert "3 overdue" in bare(page) and ", late" in bare(page) and "4 days" in bare(page)


def test_a_long_list_is_cut_and_shown_whole_when_asked(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.ui.desk.tasks._SHOWN", 2)
    page = visited(router, "home")
    assert listed(page) == ["Totals disagree", "Decide on a load"]
    assert len(listed(button(page, "Show all 3 tasks").click().run())) == 3

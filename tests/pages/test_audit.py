"""The audit page shows who did what from where, within one's clients, and says whether the log is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.db.engine import open_engine
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.audit import SEEN, Asked
from lib.domain.people import Role
from lib.pipeline.leaving import leaving_file
from lib.pipeline.leaving.audit import audit_wanted
from lib.pipeline.opening import open_desk
from lib.services.running.audit_lines import Filters
from lib.settings import load_settings
from lib.ui.entry.visitor import VIEW_AS
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, an_account, committed
from tests.pages.reading import button, signed_in_as, turns, visited, words


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    opened = open_desk(load_settings({"DESK_HOME": str(desk_home)}))
    an_account(opened, "site", client="acme")
    an_account(opened, "other", client="bolt")
    yield opened
    opened.close()


def read(page: AppTest) -> str:
    assert not page.exception, page.exception
    return words(page)


def test_an_admin_sees_every_line_with_who_what_whose_and_from_where(desk: Desk, router: AppTest) -> None:
    desk.do(admin(desk), lambda tx: tx.audit.note("=odd", "desk", 0, None, name="<b>*x*"))
    page = visited(router, "audit")
    seen = read(page)
    for word in ("account added", "client added", "Acme", "Bolt", "admin@localhost", "the desk", "=odd", "<b>*x*"):
        assert word in seen
    assert "Check every line" in seen


def test_an_owner_sees_the_lines_of_their_clients_and_no_others(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in_as(monkeypatch, a_person(desk, "ana@acme.example", Role.OWNER, "acme"))
    seen = read(visited(router, "audit"))
    assert "account added" in seen
    assert "Acme" in seen
    assert "Bolt" not in seen
    assert "the desk" not in seen
    assert "Check every line" not in seen
    assert "no client bolt" in words(visited(router, "audit", client="bolt"))


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.OWNER)])
def test_nobody_else_sees_it(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    signed_in_as(monkeypatch, a_person(desk, "x@acme.example", role, "acme"))
    page = visited(router, "audit")
    assert not page.dataframe
    assert "account added" not in words(page)


def test_the_address_narrows_it_and_a_filter_goes_into_the_address(desk: Desk, router: AppTest) -> None:
    seen = read(visited(router, "audit", action="client added"))
    assert "client added" in seen
    assert "account added" not in visited(router, "audit", action="client added").dataframe[0].value.to_csv()
    assert "Nothing of the kind" in read(
        visited(router, "audit", action="", **{"from": "2001-01-01", "to": "2001-01-02"})
    )
    page = visited(router, "audit", **{"from": "", "to": ""})
    page.selectbox(key="audit-action").select("account added").run()
    assert page.query_params["action"] == "account added"
    assert set(page.dataframe[0].value["What"]) == {"account added"}


def test_pages_lie_behind_each_other_without_a_gap(desk: Desk, router: AppTest) -> None:
    def verb(tx: UnitOfWork) -> None:
        for number in range(120):
            tx.audit.note("counted", "desk", number, None)

    desk.do(admin(desk), verb)
    page = visited(router, "audit", action="counted")
    first = list(page.dataframe[0].value["No."])
    assert not {"Newer", "Newest"} & turns(page)
    page = button(page, "Older").click().run()
    second = list(page.dataframe[0].value["No."])
    assert len(first) == len(second) == 50
    assert second == list(range(first[-1] - 1, first[-1] - 51, -1))
    page = button(page, "Older").click().run()
    assert len(page.dataframe[0].value) == 20
    assert "Older" not in turns(page)
    page = button(page, "Newer").click().run()
    assert list(page.dataframe[0].value["No."]) == second
    page = button(page, "Newest").click().run()
    assert list(page.dataframe[0].value["No."]) == first


def test_the_button_says_whether_the_log_is_whole(desk: Desk, router: AppTest) -> None:
    page = visited(router, "audit")
    seen = read(button(page, "Check every line").click().run())
    assert "lines are as they were written" in seen
    engine = open_engine(desk.settings.app_migration_url, is_migrating=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_log SET action = 'nothing' WHERE id = 2")
    engine.dispose()
    seen = read(button(page, "Check every line").click().run())
    assert "Not whole" in seen
    assert "Line 2 was changed" in seen


def test_the_file_holds_the_takers_lines_runs_nothing_and_is_logged(desk: Desk, tmp_path: Path) -> None:
    ana = a_person(desk, "ana@acme.example", Role.OWNER, "acme")
    desk.do(ana, lambda tx: tx.audit.note("=1+1", "client", 1, 1, said="=cmd"))
    made = leaving_file(desk, ana, audit_wanted(Filters()), tmp_path)
    assert isinstance(made.content, Path)
    text = made.content.read_text(encoding="utf-8-sig")
    assert '"\'=1+1"' in text
    assert "acme" in text
    assert "bolt" not in text
    noted = desk.ask(admin(desk), lambda tx: tx.audit.lines(Asked(), 1))[0]
    assert (noted.action, noted.email) == ("audit log taken out", "ana@acme.example")


def test_what_an_admin_sees_as_somebody_else_is_logged_as_seen_by_the_admin(desk: Desk, router: AppTest) -> None:
    a_lead_account(desk, "leads")
    load = committed(desk, a_csv([a_lead(1)]), "leads")["load"]
    ana = a_person(desk, "ana@acme.example", Role.OWNER, "acme")
    router.session_state[VIEW_AS] = ana.email
    page = visited(router, "import_review", load=load)
    assert not page.exception
    seen = desk.ask(admin(desk), lambda tx: tx.audit.lines(Asked(action=SEEN), 9))
    assert {(line.email, line.door, line.detail["as"]) for line in seen} == {("admin@localhost", "page", ana.email)}

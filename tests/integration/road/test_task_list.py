"""One list of what waits for a person: opened and closed by itself, given to who answers, resolved with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from lib.db.tables.accounts import integration_provider_accounts as accounts_table
from lib.db.tables.people import people as people_table
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Role
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.domain.tasks import CONTROL_TOTALS, DRIFT, LAPSED_GATE, LOAD_REVIEW, MAP_REVIEW, STALE, Task
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import decide
from lib.pipeline.running.retention import reject_load
from lib.pipeline.running.task_rules import keep_tasks
from lib.services.mapping import maps
from lib.services.running import task_causes, tasks
from lib.services.setup import account_settings
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_lead_account,
    a_map,
    a_person,
    admin,
    an_account,
    at,
    code_of,
    committed,
    import_file,
)
from tests.clocks import SetClock

FILE = a_csv([a_lead(1), a_lead(2)])


def kept(desk: Desk, **asked: Any) -> list[Task]:
    """The open tasks, once the rules have looked."""
    keep_tasks(desk, admin(desk))
    return list(desk.ask(admin(desk), tasks.listed, **asked))


def kinds(desk: Desk) -> list[str]:
    return [task.kind for task in kept(desk)]


def closed(desk: Desk, number: int) -> Task:
    return desk.ask(admin(desk), lambda tx: tx.tasks.by_id(number))


def told(desk: Desk, sentence: str, object_: str = "lead") -> None:
    """Something happened that a task is opened for."""

    def work(tx: UnitOfWork) -> None:
        link = "field_maps?account=site"
        tx.tasks.open_task(tx.accounts.by_key("site"), DRIFT, "drift:x", sentence, link, {"object": object_, "load": 1})

    desk.do(admin(desk), work)


def test_approvals_wait_in_one_list_and_close_by_themselves_once_somebody_decided(desk: Desk) -> None:
    desk = at(desk, SetClock())
    a_lead_account(desk)
    assert kinds(desk) == []
    first, second = (import_file(desk, a_csv([a_lead(number)]))["load"] for number in (1, 2))
    version = desk.do(admin(desk), maps.save_map, "site", a_map("lead", {**LEAD_FIELDS, "company": "name"})).version
    found = kept(desk)
    assert [(task.kind, task.account, task.client, task.owner) for task in found] == [
        (kind, "site", "acme", "admin@localhost") for kind in (LOAD_REVIEW, LOAD_REVIEW, MAP_REVIEW)
    ]
    assert (found[0].page, found[0].address) == ("import_review", {"load": str(first)})
    assert found[0].sentence == "Site: load 1 (1 row of lead) waits for a decision: 1 would come in."
    assert found[2].address == {"account": "site", "object": "lead", "version": str(version)}
    assert {task.due_on for task in found} == {date(2026, 3, 6)}
    assert keep_tasks(desk, admin(desk)) == 0, "twice changes nothing"
    approve(desk, admin(desk), first)
    desk.do(admin(desk), reject_load, second, "the wrong file")
    desk.do(admin(desk), maps.approve_map, "site", "lead", version)
    assert kinds(desk) == []
    assert [closed(desk, task.id).closed_because for task in found] == [
        "Load 1 is committed.",
        "Load 2 is rejected.",
        "Somebody decided on it.",
    ]
    assert {closed(desk, task.id).closed_by for task in found} == {""}


def test_totals_that_disagree_are_the_one_task_of_their_load_until_they_agree(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    found = import_file(desk, FILE, expected_rows=3)
    (task,) = kept(desk)
    assert (task.kind, task.severity) == (CONTROL_TOTALS, "warning")
    assert "does not come to what was expected" in task.sentence and "3" in task.sentence
    desk.do(admin(desk), lambda tx: tx.deliveries.expect(tx.deliveries.by_id(found["delivery"]), 2, {"fee": "20.00"}))
    assert kinds(desk) == [LOAD_REVIEW]
    assert closed(desk, task.id).closed_because == "It comes to what was expected."
    desk.do(admin(desk), lambda tx: tx.deliveries.expect(tx.deliveries.by_id(found["delivery"]), 2, {"fee": "21.00"}))
    assert kinds(desk) == [CONTROL_TOTALS]


def test_a_load_that_other_columns_hold_is_told_once(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    committed(desk, FILE)
    import_file(desk, a_csv([{name: cell for name, cell in a_lead(5).items() if name != "fee"}]))
    (task,) = kept(desk)
    assert task.kind == DRIFT
    desk.do(admin(desk), tasks.resolve, task.id, "they stopped charging, and it is looked at next week")
    assert kinds(desk) == [LOAD_REVIEW], "the load waits all the same"


def test_a_connector_that_is_late_is_a_task_until_something_comes_or_it_is_paused(any_desk: Desk) -> None:
    clock = SetClock()
    desk = at(any_desk, clock)
    account = a_lead_account(desk)
    committed(desk, FILE)
    clock.put_on(hours=account.freshness_hours)
    assert kinds(desk) == []
    clock.put_on(hours=1)
    (task,) = kept(desk)
    assert (task.kind, task.address) == (STALE, {"incident": "site"})
    assert "nothing has come in since 4 March 2026 (load 1)" in task.sentence
    clock.put_on(days=3)
    assert keep_tasks(desk, admin(desk)) == 0, "its words do not change from day to day"
    assert [item.id for item in kept(desk, is_overdue=True)] == [task.id]
    committed(desk, a_csv([a_lead(3)]))
    assert (kinds(desk), closed(desk, task.id).closed_because) == ([], "It is late no longer.")
    clock.put_on(hours=account.freshness_hours + 1)
    assert kinds(desk) == [STALE]
    desk.do(admin(desk), account_settings.pause_account, "site")
    assert kinds(desk) == []


def test_what_a_person_resolved_stays_so_while_nothing_is_new_and_opens_when_its_cause_comes_back(
    any_desk: Desk,
) -> None:
    desk = any_desk
    a_lead_account(desk)
    told(desk, "A column is new.")
    (task,) = kept(desk)
    resolved = desk.do(admin(desk), tasks.resolve, task.id, " nobody reads that column ")
    assert (resolved.status, resolved.closed_because, resolved.closed_by) == (
        "resolved",
        "nobody reads that column",
        "admin@localhost",
    )
    told(desk, "A column is new.")
    assert kinds(desk) == [], "the same words again are nothing new"
    desk.do(admin(desk), lambda tx: tx.tasks.close_task(tx.tasks.by_id(task.id), "It is gone."))
    assert (closed(desk, task.id).status, closed(desk, task.id).closed_because) == (
        "closed",
        "nobody reads that column",
    )
    told(desk, "A column is new.")
    (again,) = kept(desk)
    assert (again.id, again.closed_at, again.closed_because, again.closed_by) == (task.id, None, "", "")
    desk.do(admin(desk), tasks.resolve, task.id, "as before")
    told(desk, "Two columns are new.")
    assert [item.sentence for item in kept(desk)] == ["Two columns are new."]
    desk.do(admin(desk), tasks.resolve, task.id, "too early")
    assert [item.status for item in desk.ask(admin(desk), tasks.standing, "acme")] == ["resolved"]
    assert desk.do(admin(desk), tasks.reopen, task.id).status == "open"
    assert refused(desk, admin(desk), tasks.reopen, task.id) == "not_resolved"
    assert refused(desk, a_person(desk, "ann@desk.example", Role.ANALYST), tasks.reopen, task.id) == "not_allowed"


def test_a_task_that_follows_from_what_is_there_stays_resolved_until_that_changes(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    load = import_file(desk, FILE)["load"]
    (task,) = kept(desk)
    desk.do(admin(desk), tasks.resolve, task.id, "the client is asked first")
    assert kinds(desk) == []
    decide(desk, admin(desk), load, WhichRows(row_nos=(0,)), DecisionKind.HOLD, "ask them")
    assert kinds(desk) == [], "other counts are no other load"
    approve(desk, admin(desk), load)
    assert kinds(desk) == []
    found = closed(desk, task.id)
    assert (found.status, found.closed_because) == ("closed", "the client is asked first")


def test_a_lapsed_proof_waits_until_its_account_is_live_again_also_where_somebody_resolved_it(
    sqlite_desk: Desk,
) -> None:
    desk = sqlite_desk
    account = a_lead_account(desk)

    def lapse(tx: UnitOfWork) -> None:
        tx.tasks.open_task(account, LAPSED_GATE, "lapsed", "Site: its proof lapsed.", "provider_setup?account=site", {})

    desk.do(admin(desk), lapse)
    (task,) = kept(desk)
    assert (task.severity, task.words) == ("incident", "A proof lapsed")
    desk.do(admin(desk), tasks.resolve, task.id, "known")
    with desk.app.begin() as connection:
        connection.execute(update(accounts_table).values(status="live"))
    assert kinds(desk) == []
    assert (closed(desk, task.id).status, closed(desk, task.id).closed_because) == ("closed", "known")


def test_loads_beyond_those_looked_at_keep_their_tasks(sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    first = import_file(desk, FILE)["load"]
    import_file(desk, a_csv([a_lead(3)]))
    assert len(kept(desk)) == 2
    monkeypatch.setattr(task_causes, "MOST", 1)
    assert keep_tasks(desk, admin(desk)) == 0
    approve(desk, admin(desk), first)
    assert [task.detail["load"] for task in kept(desk)] == [first + 1]


def test_a_second_person_is_given_what_the_first_may_not_approve(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"four_eyes": "yes"})
    other = a_person(desk, "other@desk.example", Role.OWNER)
    import_file(desk, FILE)
    import_file(desk, a_csv([a_lead(3)]), by=other)
    import_file(desk, a_csv([a_lead(4)]), is_test=True)
    assert [task.owner for task in kept(desk)] == ["other@desk.example", "admin@localhost", "admin@localhost"]


def test_tasks_of_somebody_who_left_go_to_who_is_there_and_nobody_chosen_by_hand_is_replaced(desk: Desk) -> None:
    a_lead_account(desk)
    ana, ben, cleo = (a_person(desk, f"{name}@desk.example", Role.OWNER, "acme") for name in ("ana", "ben", "cleo"))
    desk.do(admin(desk), account_settings.set_account, "site", {"owner": ana.email})
    for number in (1, 2):
        import_file(desk, a_csv([a_lead(number)]))
    first, second = kept(desk)
    assert (first.owner, second.owner) == (ana.email, ana.email)
    chosen = desk.do(ana, tasks.assign, second.id, cleo.email)
    assert (chosen.owner, chosen.is_handed_over) == (cleo.email, True)
    assert [task.owner for task in kept(desk)] == [ana.email, cleo.email]
    leave(desk, ana.email)
    assert [task.owner for task in kept(desk)] == [ben.email, cleo.email]
    leave(desk, cleo.email)
    assert [(task.owner, task.is_handed_over) for task in kept(desk)] == [(ben.email, False)] * 2


def leave(desk: Desk, email: str) -> None:
    with desk.app.begin() as connection:
        connection.execute(update(people_table).where(people_table.c.email == email).values(is_active=False))


def refused(desk: Desk, *asked: Any) -> str:
    with pytest.raises(DeskError) as found:
        desk.do(*asked)
    return code_of(found)


def test_who_was_chosen_by_hand_keeps_the_task_and_its_day_when_its_cause_is_met_again(sqlite_desk: Desk) -> None:
    desk = at(sqlite_desk, SetClock())
    a_lead_account(desk)
    ana = a_person(desk, "ana@desk.example", Role.OWNER)
    told(desk, "A column is new.")
    (task,) = kept(desk)
    desk.do(admin(desk), tasks.assign, task.id, ana.email)
    desk.do(admin(desk), tasks.due, task.id, date(2026, 3, 9))
    told(desk, "Two columns are new.")
    (again,) = kept(desk)
    assert (again.sentence, again.owner, again.due_on) == ("Two columns are new.", ana.email, date(2026, 3, 9))


def test_a_load_that_the_worker_is_about_to_let_in_waits_for_nobody(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    a_lead_account(desk)
    desk.do(admin(desk), account_settings.set_account, "site", {"unattended.on": "yes"})
    import_file(desk, FILE)
    assert kinds(desk) == []
    import_file(desk, FILE, is_test=True)
    assert kinds(desk) == [LOAD_REVIEW], "a test is for a person to look at"


def test_only_who_answers_for_a_task_settles_it_and_never_without_a_reason(sqlite_desk: Desk) -> None:
    desk = at(sqlite_desk, SetClock())
    boss = admin(desk)
    a_lead_account(desk)
    an_account(desk, "theirs", client="beta")
    import_file(desk, FILE)
    (task,) = kept(desk)
    analyst = a_person(desk, "ann@desk.example", Role.ANALYST, "acme")
    stranger = a_person(desk, "oda@beta.example", Role.OWNER, "beta")
    client = a_person(desk, "tess@acme.example", Role.STAKEHOLDER, "acme")
    assert refused(desk, analyst, tasks.resolve, task.id, "mine") == "not_allowed"
    assert refused(desk, stranger, tasks.resolve, task.id, "mine") == "task_not_found"
    assert refused(desk, client, tasks.resolve, task.id, "mine") == "not_allowed"
    assert refused(desk, boss, tasks.resolve, task.id, "  ") == "reason_missing"
    assert refused(desk, boss, tasks.resolve, task.id, "used token=9f8e7d6c5b4a39281706") == "secret_in_text"
    assert refused(desk, boss, tasks.assign, task.id, "nobody@desk.example") == "unknown_person"
    assert refused(desk, boss, tasks.assign, task.id, analyst.email) == "cannot_do_it"
    assert refused(desk, boss, tasks.assign, task.id, stranger.email) == "cannot_do_it"
    assert refused(desk, boss, tasks.due, task.id, date(2026, 3, 3)) == "due_out_of_range"
    assert [person.email for person in desk.ask(boss, tasks.able, task.id)] == ["admin@localhost"]
    assert desk.do(boss, tasks.due, task.id, date(2026, 3, 20)).due_on == date(2026, 3, 20)
    desk.do(boss, tasks.resolve, task.id, "they sent it twice")
    assert refused(desk, boss, tasks.resolve, task.id, "again") == "task_closed"
    lines = desk.ask(boss, lambda tx: [line.action for line in tx.audit.of("task", task.id)])
    assert lines == ["task put off", "task resolved"]


def test_the_list_puts_what_matters_most_first_and_is_narrowed(sqlite_desk: Desk) -> None:
    clock = SetClock()
    desk = at(sqlite_desk, clock)
    account = a_lead_account(desk)
    a_lead_account(desk, "theirs", client="beta")
    import_file(desk, FILE)
    import_file(desk, FILE, "theirs", expected_rows=9)
    assert [task.account for task in kept(desk)] == ["theirs", "site"]
    assert [task.account for task in kept(desk, client="acme")] == ["site"]
    assert [task.kind for task in kept(desk, kind=CONTROL_TOTALS)] == [CONTROL_TOTALS]
    assert kept(desk, owner="ana@desk.example") == []
    with pytest.raises(DeskError) as found:
        kept(desk, kind="anything")
    assert code_of(found) == "unknown_kind"
    clock.put_on(hours=account.freshness_hours + 1)
    assert STALE not in kinds(desk), "nothing was ever committed, so nothing is late"


def test_the_rules_ask_no_more_of_five_accounts_than_of_two(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    ran: list[str] = []

    def looked() -> int:
        keep_tasks(desk, admin(desk))
        ran.clear()
        assert keep_tasks(desk, admin(desk)) == 0
        return len(ran)

    event.listen(desk.app, "before_cursor_execute", lambda *told: ran.append(told[2]))
    for number in range(2):
        a_lead_account(desk, f"site{number}", client=f"client{number}")
        committed(desk, FILE, f"site{number}")
        import_file(desk, a_csv([a_lead(3)]), f"site{number}")
    desk = at(desk, SetClock(desk.clock() + timedelta(days=30)))
    few = looked()
    for number in range(2, 5):
        a_lead_account(desk, f"site{number}", client=f"client{number}")
        import_file(desk, a_csv([a_lead(3)]), f"site{number}")
    assert looked() == few
    assert few < 25

"""A value nobody decided about holds its rows, other columns hold their load; each opens one task that closes by itself."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lib.db.unit_of_work import Desk
from lib.domain.maps import FieldMap, Transform
from lib.domain.rows.fixes import DecisionKind, WhichRows
from lib.domain.tasks import DRIFT, UNSEEN_VALUE, Task
from lib.entrypoints.worker import work
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.fixing import decide
from lib.pipeline.loading.replay import queue_replay
from lib.pipeline.running.retention import reject_load
from lib.services.arriving import drift
from tests.builders import (
    LEAD_FIELDS,
    a_csv,
    a_lead,
    a_map,
    admin,
    an_account,
    an_approved_map,
    code_of,
    committed,
    import_file,
    records,
    slices,
)


def outcomes(table: Mapping[str, str], otherwise: str = "blank") -> FieldMap:
    """A map of leads whose outcome is translated."""
    step = Transform("value_map", {"values": dict(table), "otherwise": otherwise})
    return a_map("lead", {**LEAD_FIELDS, "outcome": ("status", (step,))})


def tasks(desk: Desk, *, is_open: bool = True) -> list[Task]:
    """Those that what arrived has opened."""
    found = desk.ask(admin(desk), lambda tx: tx.tasks.listed(is_open=is_open))
    return [task for task in found if task.kind in (UNSEEN_VALUE, DRIFT)]


def a_desk(desk: Desk, otherwise: str = "blank") -> Desk:
    an_account(desk, "site")
    an_approved_map(desk, "site", outcomes({"new": "open"}, otherwise))
    return desk


LEADS = [a_lead(1), a_lead(2), a_lead(3, status="Refunded"), a_lead(4, status="refunded ", fee="32.50")]


def test_a_value_nobody_decided_about_holds_its_own_rows_until_a_newer_map_knows_it(desk: Desk) -> None:
    a_desk(desk)
    first = committed(desk, a_csv(LEADS))
    assert first["verdicts"]["created"] == 4
    assert sorted(records(desk)) == ["L1", "L2"]
    (task,) = tasks(desk)
    assert (task.owner, task.page, task.address["object"]) == (admin(desk).email, "field_maps", "lead")
    assert "'Refunded'" in task.sentence
    assert "2 rows wait, worth $42.50" in task.sentence
    # The same value again is the same task, and it says what both deliveries are worth.
    import_file(desk, a_csv([a_lead(5, status="Refunded")]))
    assert [item.id for item in tasks(desk)] == [task.id]
    assert "3 rows wait, worth $52.50" in tasks(desk)[0].sentence
    an_approved_map(desk, "site", outcomes({"new": "open", "refunded": "lost"}))
    queue_replay(desk, admin(desk), "site", "lead", [1])
    work(desk, is_until_idle=True)
    assert [item.status for item in tasks(desk)] == ["open"], "one of the two deliveries still waits"
    queue_replay(desk, admin(desk), "site", "lead", [2])
    work(desk, is_until_idle=True)
    (closed,) = tasks(desk, is_open=False)
    assert (closed.status, closed.closed_because) == (
        "closed",
        "Map 2 says what they mean, and the deliveries were loaded again.",
    )
    again = approve(desk, admin(desk), 3)
    assert (again["verdicts"]["created"], again["verdicts"]["updated"]) == (2, 0)
    assert sorted(records(desk)) == ["L1", "L2", "L3", "L4"]


def test_held_values_are_released_by_a_person_and_the_task_closes(any_desk: Desk) -> None:
    desk = any_desk
    a_desk(desk)
    load = import_file(desk, a_csv(LEADS))["load"]
    decide(desk, admin(desk), load, WhichRows(is_held=True), DecisionKind.RELEASE, "let them in as they are")
    assert tasks(desk) == []
    approve(desk, admin(desk), load)
    assert len(records(desk)) == 4


def test_a_value_that_stops_its_rows_opens_the_task_too_and_a_rejected_load_closes_it(any_desk: Desk) -> None:
    desk = any_desk
    a_desk(desk, "fail")
    load = import_file(desk, a_csv(LEADS))
    assert desk.ask(admin(desk), lambda tx: tx.loads.by_id(load["load"]).held) == 2
    assert len(tasks(desk)) == 1
    desk.do(admin(desk), reject_load, load["load"], "the wrong file")
    assert tasks(desk) == []


def test_a_renamed_column_holds_the_load_until_somebody_confirms_it(any_desk: Desk) -> None:
    desk = any_desk
    a_desk(desk)
    committed(desk, a_csv([a_lead(1)]))
    renamed = [{("Phone number" if name == "phone" else name): cell for name, cell in a_lead(1).items()}]
    load = import_file(desk, a_csv(renamed))["load"]
    view = desk.ask(admin(desk), drift.drift_of, load)
    assert view is not None
    assert view.is_held
    assert [(pair.was, pair.now) for pair in view.drift.renamed] == [("phone", "Phone number")]
    assert view.nearest == "Nearest is delivery 1, export.csv: 1 column renamed."
    assert view.mend is not None
    assert view.mend.rule_for("phone").source == "Phone number"
    with pytest.raises(DeskError) as refused:
        approve(desk, admin(desk), load)
    assert code_of(refused) == "blocked"
    assert [task.address for task in tasks(desk)] == [{"load": str(load)}]
    desk.do(admin(desk), drift.confirm_drift, load, "the provider says it is the same number")
    assert tasks(desk) == []
    assert approve(desk, admin(desk), load)["status"] == "committed"


def test_a_new_column_opens_a_task_and_holds_nothing(any_desk: Desk) -> None:
    desk = any_desk
    a_desk(desk)
    load = committed(desk, a_csv([a_lead(1, extra="x")]))
    assert load["status"] == "committed"
    assert "New: extra." in tasks(desk)[0].sentence
    fields = {**LEAD_FIELDS, "campaign": "extra"}
    an_approved_map(desk, "site", a_map("lead", fields))
    committed(desk, a_csv([a_lead(2, extra="y")]))
    assert tasks(desk) == []


def test_loading_again_writes_over_what_is_there_and_leaves_what_no_longer_comes_in(any_desk: Desk) -> None:
    """What the page says of loading again (`replay.WHAT_HAPPENS`)."""
    desk = any_desk
    an_account(desk, "site")
    an_approved_map(desk, "site", a_map("lead", LEAD_FIELDS))
    committed(desk, a_csv([a_lead(1), a_lead(2, modified="2026-03-05"), a_lead(3, modified="2026-03-05")]))
    committed(desk, a_csv([a_lead(2, modified="2026-03-06", name="Newer")]))
    # Rows without a second date fail now; the others get their name out of another column.
    fields = {**LEAD_FIELDS, "occurred_at": "modified", "name": "email"}
    an_approved_map(desk, "site", a_map("lead", fields))
    queue_replay(desk, admin(desk), "site", "lead", [1])
    with pytest.raises(DeskError) as refused:
        queue_replay(desk, admin(desk), "site", "lead", [1])
    assert code_of(refused) == "not_replayable"
    work(desk, is_until_idle=True)
    again = approve(desk, admin(desk), 3)
    assert (again["verdicts"]["failed"], again["verdicts"]["updated"]) == (1, 2)
    there = records(desk)
    assert there["L1"]["name"] == "Person 1", "it no longer comes in, and its record stays"
    assert there["L3"]["name"] == "p3@mail.example"
    assert there["L2"]["name"] == "p2@mail.example", "the older delivery goes over the newer one"
    assert sum(slices(desk, "site.leads").values()) == 3

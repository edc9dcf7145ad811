"""What no page ever sends: the server judges a message by who sends it now, and not by what it has shown them before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.proto.BackMsg_pb2 import BackMsg

from lib.db.tables.imports import data_import_batches
from lib.db.tables.jobs import integration_sync_jobs as jobs_table
from lib.db.tables.map_drafts import map_draft_steps
from lib.domain.people import Role
from lib.domain.states import LoadStatus
from lib.services.people import roles
from lib.services.running import jobs, queue_work
from lib.ui.entry import guard, stream_gate
from tests.builders import a_csv, a_lead, a_person, admin, import_file, table_rows
from tests.security.attempts import (
    ACCOUNT,
    ANTON,
    CLIENT,
    OLGA,
    SAM,
    World,
    keeps_silent,
    kept_by_the_server,
    two_clients,
)
from tests.stream import Run, Tab, Widget, state


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with two_clients(tmp_path_factory.mktemp("desk")) as served:
        yield served


def a_load_in_review(world: World) -> int:
    """One more load of Acme's that waits for an owner."""
    number = len(table_rows(world.desk.app, data_import_batches))
    return int(import_file(world.desk, a_csv([a_lead(100 + number)]))["load"])


def standing(world: World, load: int) -> LoadStatus:
    """Where a load stands."""
    return world.desk.ask(admin(world.desk), lambda tx: tx.loads.by_id(load)).status


def an_owner(world: World, email: str) -> str:
    """An owner of Acme's who will not stay one."""
    a_person(world.desk, email, Role.OWNER, "acme")
    return email


def approve_button(tab: Tab) -> Widget:
    """The button that lets a load in."""
    return next(item for item in tab.widgets if item.label.startswith("Approve"))


# --- buttons -------------------------------------------------------------------------------------------------------


def test_a_button_that_is_shut_does_nothing_when_it_is_pressed_all_the_same(world: World) -> None:
    load = a_load_in_review(world)
    with world.server.tab(ANTON) as tab:
        tab.open("import_review", f"load={load}")
        shut = approve_button(tab)
        assert shut.is_disabled, "an analyst approves nothing"
        keeps_silent(tab.press(shut))
    assert standing(world, load) is LoadStatus.IN_REVIEW


def test_the_id_of_a_button_that_somebody_else_may_press_is_worth_nothing(world: World) -> None:
    load = a_load_in_review(world)
    with world.server.tab(OLGA) as tab:
        tab.open("import_review", f"load={load}")
        button = approve_button(tab)
        assert not button.is_disabled
        page = tab._page_hash
    for email in (ANTON, SAM, None):
        with world.server.tab(email) as tab:
            tab.open("import_review", f"load={load}")
            keeps_silent(tab.send_states(state(button.id, trigger_value=True), page_hash=page))
    assert standing(world, load) is LoadStatus.IN_REVIEW


def test_a_button_shown_to_an_owner_does_nothing_once_they_are_none(world: World) -> None:
    load, email = a_load_in_review(world), an_owner(world, "was-owner@acme.example")
    with world.server.tab(email) as tab:
        tab.open("import_review", f"load={load}")
        offered = approve_button(tab)
        assert not offered.is_disabled
        world.desk.do(admin(world.desk), roles.change_person, email, {"role": "analyst"})
        tab.press(offered)
    assert standing(world, load) is LoadStatus.IN_REVIEW


# --- what a button's callback and a fragment still hold ------------------------------------------------------------


def a_failed_job(world: World) -> int:
    """A job of Acme's that came to nothing, and is offered to be tried again."""
    delivery = world.desk.ask(admin(world.desk), lambda tx: tx.loads.by_id(world.ours)).delivery_id
    number = world.desk.do(admin(world.desk), queue_work.enqueue_import, delivery, "lead", False)
    with world.desk.app.begin() as connection:
        connection.execute(update(jobs_table).where(jobs_table.c.id == number).values(status=jobs.FAILED))
    return number


def pressed_too_late(world: World, email: str) -> str:
    """An owner is offered to try a job again, and is made a client's person before they press; what the job does then."""
    number = a_failed_job(world)
    with world.server.tab(an_owner(world, email)) as tab:
        tab.open("operations")
        button = tab.widget(f"job-retry-{number}")
        world.desk.do(admin(world.desk), roles.change_person, email, {"role": "stakeholder"})
        answer = tab.press(button)
    keeps_silent(answer)
    return str(world.desk.ask(admin(world.desk), jobs.job, number).status)


def test_a_callback_acts_for_who_its_person_is_now(world: World) -> None:
    assert pressed_too_late(world, "late@acme.example") == jobs.FAILED


def test_without_asking_anew_a_callback_would_act_for_who_its_person_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard.Visit, "_as_of_now", lambda self: self)
    assert pressed_too_late(world, "later@acme.example") != jobs.FAILED


HELD = "against 3 leads in the baseline"


def what_a_part_still_shows(world: World, email: str) -> str:
    """Somebody looks at a client's numbers; the client is taken from them, and the chart that stands there runs again."""
    a_person(world.desk, email, Role.ANALYST)
    asked = f"client={CLIENT}&metric={ACCOUNT}.leads&beside=1&from=2026-03-16&to=2026-03-31"
    with world.server.tab(email) as tab:
        seen = tab.open("baseline_vs_current", asked)
        assert seen.holds(HELD)
        world.desk.do(admin(world.desk), roles.change_person, email, {"clients": "acme"})
        answers = [tab.again(fragment) for fragment in seen.fragments]
    assert not all(answer.was_silent for answer in answers)
    return "\n".join(answer.text for answer in answers)


def test_a_part_of_a_page_shows_nothing_of_a_client_that_was_taken_away(world: World) -> None:
    answer = what_a_part_still_shows(world, "moved@acme.example")
    keeps_silent(answer, HELD, "Source: Vault")


def test_without_asking_whom_the_page_was_shown_to_a_part_of_it_would_show_what_it_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "is_alone", lambda: False)
    assert HELD in what_a_part_still_shows(world, "moved-later@acme.example")


# --- the grid ------------------------------------------------------------------------------------------------------


# What is typed into the grid by no grid: locked cells, columns, targets, classes and lines that are not there.
FORGED = {
    "edited_rows": {
        "0": {"Source": "another column", "Transform": "drop everything", "Band": ["Certain"]},
        "1": {"No such column": "x", "Target": "x; DROP TABLE people"},
        "2": {"Target": "client_id", "Sensitivity": "none of these"},
        "99": {"Target": "phone"},
    },
    "added_rows": [{"Source": "a column of their own", "Target": "phone"}],
    "deleted_rows": [0, 1, 2],
}


def the_map(world: World) -> list[Any]:
    """Every step of the drafts of maps, as they are kept."""
    return [row["content"] for row in table_rows(world.desk.app, map_draft_steps)]


def typed_into_the_grid(tab: Tab, forged: dict[str, Any]) -> Run:
    """A change of the grid as the browser would send it, had it no rules of its own."""
    tab.open("field_maps", "client=acme&account=site&object=lead")
    grid = next(item for item in tab.widgets if item.kind == "dataframe" and item.proto.editing_mode)
    answer = tab.put(grid, json.dumps({"added_rows": [], "deleted_rows": [], **forged}))
    keeps_silent(answer)
    return answer


def test_the_grid_takes_nothing_that_it_does_not_offer(world: World) -> None:
    before = the_map(world)
    with world.server.tab(OLGA) as tab:
        answer = typed_into_the_grid(tab, FORGED)
    assert the_map(world) == before
    refused = [element.body for element in answer.only("alert") if "was not changed" in element.body]
    assert len(refused) >= 8, refused


def test_what_the_grid_does_offer_is_taken(world: World) -> None:
    with world.server.tab(OLGA) as tab:
        typed_into_the_grid(tab, {"edited_rows": {"0": {"Label": "The number of the lead"}}})
    assert "The number of the lead" in str(the_map(world)[-1])


# --- files ---------------------------------------------------------------------------------------------------------


def test_no_page_of_the_desk_puts_a_file_at_such_an_address(world: World) -> None:
    with world.server.tab(OLGA) as tab:
        for page, query in (
            ("import_review", f"load={world.ours}"),
            ("field_maps", "client=acme&account=site&object=lead"),
            ("provider_setup", "client=acme&account=site"),
        ):
            answer = tab.open(page, query)
            assert not answer.only("download_button"), page
            for address in answer.media:
                assert address.rpartition(".")[2].partition("?")[0] in ("svg", "png"), address


# --- what any client may say over the websocket --------------------------------------------------------------------


def empties_the_caches(tab: Tab) -> bool:
    """Whether a client that is nobody empties the server's caches."""
    tab.open("home")
    kept = kept_by_the_server()
    tab.send(BackMsg(clear_cache=True))
    return kept_by_the_server() is not kept


def test_nobody_empties_the_servers_caches(world: World) -> None:
    with world.server.tab() as tab:
        assert not empties_the_caches(tab)


def test_without_the_gate_anybody_would(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_gate, "_SAID_BY_PAGES", {kind.name for kind in BackMsg.DESCRIPTOR.fields})
    with world.server.tab() as tab:
        assert empties_the_caches(tab)

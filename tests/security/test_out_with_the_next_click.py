"""Who somebody is to the desk is asked on every run and in every fragment: what was taken away is gone with the next click."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from lib.clock import utc_now
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.pipeline.running.queueing import queue_approval
from lib.services.people import inviting, people, removing, roles, sign_in
from lib.services.setup import clients
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, at, import_file
from tests.stream import Server, Tab, streaming

ANA, BO = "ana@example.com", "bo@example.com"
ROW = "LEAD-4711"


def two_people(desk: Desk) -> None:
    """An admin and an analyst, and a load under review of a client."""
    a_person(desk, ANA, Role.ADMIN)
    a_person(desk, BO, Role.ANALYST)
    a_lead_account(desk)
    import_file(desk, a_csv([a_lead(1, id=ROW), a_lead(2)]))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with streaming(tmp_path_factory.mktemp("desk"), set_up=two_people) as server:
        yield server


@pytest.fixture
def server(shared: Server) -> Iterator[Server]:
    """The desk, with Bo as they were at first: whatever the test before took from them."""
    desk = shared.desk
    bo = next(item for item in desk.ask(admin(desk), people.members) if item.email == BO)
    if not bo.is_active:
        desk.do(admin(desk), removing.put_person_back, BO)
    desk.do(admin(desk), roles.change_person, BO, {"role": "analyst", "clients": "every"})
    yield shared


# A sign-in is dated by the second, and a test is over sooner: each is dated a little later than what ended the last.
_LATER = itertools.count(1)


def cookie_of_bo(server: Server) -> str:
    return server.cookie(BO, age=-next(_LATER))


def review(server: Server, tab: Tab) -> str:
    """Open the load under review; the id of the part with its rows."""
    run = tab.open("import_review", "load=1")
    assert run.holds(ROW), run.text
    assert run.fragments
    return run.fragments[-1]


def removed(server: Server) -> None:
    server.desk.do(admin(server.desk), removing.remove_person, BO)


def signed_out(server: Server) -> None:
    server.desk.do(admin(server.desk), sign_in.sign_out_everywhere, BO)


def made_a_clients_person(server: Server) -> None:
    server.desk.do(admin(server.desk), roles.change_person, BO, {"role": "stakeholder", "clients": "acme"})


def of_another_client(server: Server) -> None:
    keys = [item.key for item in server.desk.ask(admin(server.desk), clients.every_client)]
    if "bolt" not in keys:
        server.desk.do(admin(server.desk), clients.add_client, "bolt", "Bolt", "UTC")
    server.desk.do(admin(server.desk), roles.change_person, BO, {"clients": "bolt"})


TAKEN: dict[str, tuple[Callable[[Server], None], str]] = {
    "removed": (removed, "You are not on this desk"),
    "signed out": (signed_out, "was signed out"),
    "made a client's person": (made_a_clients_person, "There is nothing at this address"),
    "given another client": (of_another_client, "Bolt"),
}


@pytest.mark.parametrize("what", TAKEN)
@pytest.mark.parametrize("is_fragment", [False, True], ids=["the page", "a part of it alone"])
def test_what_was_taken_away_is_gone_with_the_next_click(server: Server, what: str, is_fragment: bool) -> None:
    take, said = TAKEN[what]
    with server.tab(cookie=cookie_of_bo(server)) as tab:
        part = review(server, tab)
        take(server)
        run = tab.again(part if is_fragment else "")
    assert run.holds(said), run.text
    assert not run.holds(ROW), run.text


def test_a_part_that_runs_by_itself_takes_the_page_away_from_whoever_was_removed(server: Server) -> None:
    """Every two seconds the browser asks for it, also of somebody who touches nothing any more."""
    desk = server.desk
    queue_approval(desk, admin(desk), 1, None)
    with server.tab(cookie=cookie_of_bo(server)) as tab:
        shown = tab.open("operations")
        (alone,) = {item.auto_rerun.fragment_id for item in shown.messages if item.WhichOneof("type") == "auto_rerun"}
        removed(server)
        by_itself = BackMsg()
        by_itself.rerun_script.fragment_id, by_itself.rerun_script.is_auto_rerun = alone, True
        run = tab.send(by_itself)
    assert run.holds("You are not on this desk"), run.text
    assert not run.holds("Acme")


@pytest.mark.parametrize("what", ["removed", "signed out"])
def test_whoever_is_out_is_out_of_every_page_and_tab(server: Server, what: str) -> None:
    cookie = cookie_of_bo(server)
    with server.tab(cookie=cookie) as one:
        one.open("records")
        TAKEN[what][0](server)
        with server.tab(cookie=cookie) as two:
            for tab, page in ((one, "home"), (two, "import_review"), (two, "")):
                run = tab.open(page)
                assert run.holds(TAKEN[what][1])
                assert not run.holds("Acme")


def test_looking_as_somebody_stands_in_the_log_once_with_who_looks(server: Server) -> None:
    desk = server.desk
    with server.tab(ANA) as tab:
        tab.open("records")
        run = tab.put("View as", BO)
        assert run.holds("You look as"), run.text
        tab.again()
    members = {item.email: item.actor.person_id for item in desk.ask(admin(desk), people.members)}
    lines = desk.ask(admin(desk), lambda tx: tx.audit.of("person", members[BO]))
    looked = [line for line in lines if line.action == "looks as another person"]
    assert [line.person_id for line in looked] == [members[ANA]]


def test_looking_as_somebody_who_was_removed_ends(server: Server) -> None:
    with server.tab(ANA) as tab:
        tab.open("records")
        tab.put("View as", BO)
        removed(server)
        run = tab.again()
    assert not run.holds("You look as")
    assert run.holds("Signed in as Ana")


def test_an_invitation_lets_in_until_it_lapses(server: Server) -> None:
    long_ago = at(server.desk, lambda: utc_now() - timedelta(days=15))
    for desk, email in ((server.desk, "new@example.com"), (long_ago, "late@example.com")):
        desk.do(admin(desk), inviting.invite_person, email, Role.ANALYST, None, timedelta(days=14))
    with server.tab("new@example.com") as tab:
        assert tab.open("records").holds("Signed in as New, analyst")
    with server.tab("late@example.com") as tab:
        run = tab.open("records")
    assert run.holds("has lapsed")
    assert run.holds("Sign out")
    assert not run.holds("Acme")


def test_a_desk_whose_sign_in_was_taken_out_of_its_file_lets_nobody_in_unasked(tmp_path: Path) -> None:
    """Without [auth] a desk acts as its local admin; one that started with it never does, whatever becomes of the file."""
    with streaming(tmp_path, set_up=two_people) as server:
        (tmp_path / ".streamlit" / "secrets.toml").write_text("")
        with server.tab() as tab:
            run = tab.open("records")
    assert run.holds("Sign in")
    assert not any(run.holds(mark) for mark in ("Signed in as", "Acme", "Local admin"))


@pytest.mark.parametrize(
    "path",
    [
        "/auth/login",
        "/auth/login?provider=google",
        "/auth/login?provider=eyJhbGciOiJub25lIn0.eyJwcm92aWRlciI6ImV2aWwifQ.",
        "/oauth2callback",
        "/oauth2callback?state=made-up&code=made-up",
        "/oauth2callback?error=access_denied&error_description=a%0d%0ab",
    ],
)
def test_a_sign_in_that_nobody_began_ends_where_it_started(server: Server, path: str) -> None:
    answer = server.get(path)
    assert answer.status_code == httpx.codes.FOUND
    assert answer.headers["location"] == "/"
    assert "_streamlit_user=" not in answer.headers.get("set-cookie", "").replace('_streamlit_user=""', "")

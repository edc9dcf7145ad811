"""Every road by which bytes leave the app in the browser: which there are, and who gets what on the desk's own."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from lib.db.tables.audit import audit_log
from lib.db.tables.people import people as people_table
from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.services.people import sign_in
from tests.builders import a_csv, a_lead, a_lead_account, a_person, admin, import_file, table_rows
from tests.stream import Server, Tab, streaming

PROJECT = Path(__file__).resolve().parents[2]
# What puts bytes at an address of Streamlit's own, which asks nobody's name and answers after the right is gone (FACTS B).
AT_AN_ADDRESS = {"download_button", "image", "audio", "video", "pdf", "graphviz_chart", "pyplot", "map"}
ANA, BEN = "ana@desk.example", "ben@desk.example"


def called(path: Path) -> set[str]:
    """What a file calls by an attribute's name, `st.download_button` among them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {func.attr for func in calls if isinstance(func, ast.Attribute)}


def test_no_page_hands_anything_out_at_an_address_that_asks_nobodys_name() -> None:
    files = [PROJECT / "app.py", *(PROJECT / "pages").rglob("*.py"), *(PROJECT / "lib" / "ui").rglob("*.py")]
    assert len(files) > 50
    guilty = {str(path.relative_to(PROJECT)): called(path) & AT_AN_ADDRESS for path in files}
    assert not {name: found for name, found in guilty.items() if found}
    assert called(PROJECT / "lib" / "ui" / "router.py") & {"set_page_config"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A desk with a load of which a row fails, Ana and Ben who may both take it out, and a client's person."""
    with streaming(tmp_path_factory.mktemp("out"), set_up=two_people) as running:
        yield running


def two_people(desk: Desk) -> None:
    a_lead_account(desk)
    import_file(desk, a_csv([a_lead(1), a_lead(2, day="soon")]))
    for email in (ANA, BEN):
        a_person(desk, email, Role.OWNER)
    a_person(desk, "sue@acme.example", Role.STAKEHOLDER, "acme")


@pytest.fixture
def tab(server: Server) -> Iterator[Tab]:
    """Ana's tab, on the load under review."""
    with server.tab(ANA) as opened:
        opened.open("import_review", "load=1")
        yield opened


def address(tab: Tab) -> str:
    """Press the button on the page; where the browser is sent for the file."""
    run = tab.press("As CSV")
    found = re.search(rb"/downloads/[A-Za-z0-9_.%-]+", run.raw)
    assert found is not None, run.text
    return found.group().decode()


def out(desk: Desk) -> int:
    return [row["action"] for row in table_rows(desk.app, audit_log)].count("rows taken out")


def test_the_button_sends_the_file_to_whoever_pressed_it_once(server: Server, tab: Tab) -> None:
    before, where = out(server.desk), address(tab)
    answer = server.get(where, ANA)
    assert answer.status_code == 200
    assert "soon" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert server.get(where, ANA).status_code == 403
    assert out(server.desk) == before + 1


def signed_out(server: Server) -> None:
    ana = server.desk.ask(admin(server.desk), lambda tx: tx.people.by_email(ANA))
    assert ana is not None
    server.desk.do(ana, sign_in.sign_out)


def demoted(server: Server) -> None:
    _change(server, role="stakeholder")


def removed(server: Server) -> None:
    _change(server, is_active=False)


@pytest.mark.parametrize(
    ("happens", "status"), [(signed_out, 401), (demoted, 403), (removed, 401)], ids=["signed_out", "demoted", "removed"]
)
def test_what_happened_since_the_button_was_pressed_counts(
    server: Server, tab: Tab, happens: Callable[[Server], None], status: int
) -> None:
    before, where, cookie = out(server.desk), address(tab), server.cookie(ANA)
    kept = next(row for row in table_rows(server.desk.app, people_table) if row["email"] == ANA)
    try:
        happens(server)
        answer = server.get(where, cookie=cookie)
    finally:
        _change(server, **{name: kept[name] for name in ("role", "is_active", "signed_out_since")})
    assert (answer.status_code, out(server.desk)) == (status, before), answer.text
    assert "soon" not in answer.text


STRANGERS: dict[str, Callable[[Server, str], httpx.Response]] = {
    "nobody": lambda server, where: server.get(where),
    "somebody else with the same rights": lambda server, where: server.get(where, BEN),
    "a client's person": lambda server, where: server.get(where, "sue@acme.example"),
    "somebody who is not of this desk": lambda server, where: server.get(where, "eve@else.example"),
    "a cookie signed by another desk": lambda server, where: server.get(
        where, cookie=server.cookie(ANA, secret="x" * 40)
    ),
    "a cookie that is no cookie": lambda server, where: server.get(where, cookie=json.dumps({"email": ANA})),
    "a cookie for another address": lambda server, where: server.get(
        where, cookie=server.cookie(ANA, origin="http://else.example")
    ),
    "an address that was not verified": lambda server, where: server.get(
        where, cookie=server.cookie(ANA, email_verified=False)
    ),
    "a cookie of last month": lambda server, where: server.get(where, cookie=server.cookie(ANA, age=31 * 86400)),
    "HEAD": lambda server, where: server.ask("HEAD", where, email=ANA),
}


@pytest.mark.parametrize("who", STRANGERS)
def test_an_address_is_of_no_use_to_anybody_else_and_stays_good_for_whom_it_is(
    server: Server, tab: Tab, who: str
) -> None:
    before, where = out(server.desk), address(tab)
    answer = STRANGERS[who](server, where)
    assert answer.status_code in (401, 403, 405)
    assert "soon" not in answer.text
    assert out(server.desk) == before
    assert server.get(where, ANA).status_code == 200


def _change(server: Server, **values: object) -> None:
    """Behind the desk's back, as fast as a test wants it."""
    with server.desk.app.begin() as connection:
        connection.execute(update(people_table).where(people_table.c.email == ANA).values(**values))

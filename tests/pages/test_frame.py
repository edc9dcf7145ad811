"""The frame: who is let in, what each role is offered, the client the pages are about, and looking as somebody else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.clock import utc_now
from lib.db.unit_of_work import Desk
from lib.domain.people import RIGHTS, Actor, Right, Role
from lib.pipeline.opening import open_desk
from lib.services.people import people, sign_in
from lib.services.setup import clients
from lib.settings import load_settings
from lib.ui.entry import guard
from lib.ui.site import site

PROJECT = Path(__file__).resolve().parents[2]
AUTH = """\
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "only-for-this-test-only-for-this-test"
[auth.google]
client_id = "a"
[auth.okta]
client_id = "b"
"""


@pytest.fixture
def desk(desk_home: Path) -> Iterator[Desk]:
    """A desk of two clients and four people."""
    opened = open_desk(load_settings())
    admin = people.local_admin(opened)
    for key, name in (("acme", "Acme Plumbing"), ("globex", "Globex")):
        opened.do(admin, clients.add_client, key, name, "UTC")
    opened.do(admin, people.add_person, "ana@example.com", Role.OWNER)
    opened.do(admin, people.add_person, "bo@example.com", Role.ANALYST)
    opened.do(admin, people.add_person, "sam@acme.example", Role.STAKEHOLDER, "acme")
    yield opened
    opened.close()


def texts(page: AppTest) -> str:
    """What the page and its sidebar say in words."""
    kinds = ("markdown", "title", "subheader", "error", "caption")
    return "\n".join(element.value for kind in kinds for element in page.get(kind))


def client_in_address(page: AppTest) -> str:
    """The client in the address; a list of one after a run that did not touch it."""
    value = page.query_params.get("client", "")
    return value if isinstance(value, str) else value[-1]


def signed_in(
    router: AppTest, home: Path, email: str = "", *, ago: timedelta = timedelta(0), **claims: object
) -> AppTest:
    """The router on a desk with sign-in; with an address, as a provider vouches for it."""
    (home / ".streamlit").mkdir(exist_ok=True)
    (home / ".streamlit" / "secrets.toml").write_text(AUTH)
    router.user["is_logged_in"] = bool(email)
    if email:
        issued = {"email": email, "email_verified": True, "iat": int((utc_now() - ago).timestamp()) + 1}
        for name, value in (issued | claims).items():
            router.user[name] = value
    return router.run()


def test_the_client_is_picked_once_and_stands_in_the_address_of_every_page(desk: Desk, router: AppTest) -> None:
    page = router.run()
    page.sidebar.selectbox(key="client-picker").select("globex").run()
    assert client_in_address(page) == "globex"
    page.switch_page("../../pages/provider_setup.py")
    page.query_params.clear()
    page.run()
    assert client_in_address(page) == "globex"
    page.sidebar.selectbox(key="client-picker").select("").run()
    assert client_in_address(page) == ""


def test_an_address_somebody_sent_picks_its_client(desk: Desk, router: AppTest) -> None:
    router.query_params["client"] = "acme"
    assert router.run().sidebar.selectbox(key="client-picker").value == "acme"


def test_looking_as_somebody_changes_what_is_seen_and_not_who_acts(desk: Desk, router: AppTest) -> None:
    page = router.run()
    page.sidebar.selectbox(key="view-as").select("bo@example.com").run()
    assert "You look as Bo" in texts(page)
    assert "still done as Local admin" in texts(page)
    assert "Signed in as Local admin" in texts(page)
    page.switch_page("../../pages/desk.py").run()
    assert "bo@example.com" in page.error[0].value.replace("\\", "")
    page.button(key="view-as-end").click().run()
    assert "You look as" not in texts(page)
    assert not page.error


def test_only_an_admin_may_look_as_somebody_else(desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = desk.ask(people.local_admin(desk), people.known_person, "ana@example.com")
    monkeypatch.setattr(guard, "person_signed_in", lambda _desk: owner)
    router.session_state["view-as"] = "sam@acme.example"
    page = router.run()
    assert "You look as" not in texts(page)
    assert [box.key for box in page.sidebar.selectbox] == ["client-picker"]


def test_a_clients_person_lands_on_their_portal_and_nothing_else_is_there(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = desk.ask(people.local_admin(desk), people.known_person, "sam@acme.example")
    monkeypatch.setattr(guard, "person_signed_in", lambda _desk: client)
    page = router.run()
    assert [title.value for title in page.title] == ["Acme Plumbing"]
    assert "Nothing is published yet." in texts(page)
    assert "Globex" not in texts(page)
    assert not page.sidebar.selectbox
    page.switch_page("../../pages/records.py").run()
    assert "There is nothing at this address" in texts(page)
    assert not page.title


def test_whoever_is_not_signed_in_sees_the_ways_in(desk: Desk, desk_home: Path, router: AppTest) -> None:
    page = signed_in(router, desk_home)
    assert [title.value for title in page.title] == ["Sign in"]
    assert [button.label for button in page.button] == ["Sign in with Google", "Sign in with Okta"]
    assert "Acme" not in texts(page)


def test_a_person_is_looked_up_by_their_verified_address(desk: Desk, desk_home: Path, router: AppTest) -> None:
    page = signed_in(router, desk_home, "Ana@Example.com")
    assert "Signed in as Ana, data owner" in texts(page)


@pytest.mark.parametrize(
    ("email", "claims"),
    [
        ("nobody@example.com", {}),
        ("admin@localhost", {}),
        ("ana@example.com", {"email_verified": False}),
        ("ana@example.com", {"email_verified": None}),
    ],
)
def test_whoever_is_not_of_this_desk_is_told_so(
    desk: Desk, desk_home: Path, router: AppTest, email: str, claims: dict[str, object]
) -> None:
    page = signed_in(router, desk_home, email, **claims)
    assert [title.value for title in page.title] == ["You are not on this desk"]
    assert [button.label for button in page.button] == ["Sign out"]
    assert "Acme" not in texts(page)


def test_a_sign_in_ends_before_its_cookie_does(desk: Desk, desk_home: Path, router: AppTest) -> None:
    page = signed_in(router, desk_home, "ana@example.com", ago=timedelta(minutes=1))
    assert "Signed in as Ana" in texts(page)
    desk.do(people.local_admin(desk), sign_in.sign_out_everywhere, "ana@example.com")
    page.run()
    assert "was signed out" in texts(page)
    assert "Signed in as" not in texts(page)
    page = signed_in(router, desk_home, "ana@example.com")
    assert "Signed in as Ana" in texts(page)


@pytest.mark.parametrize(
    "claims", [{"iat": int((utc_now() - timedelta(days=31)).timestamp())}, {"iat": None}, {"iat": "x"}]
)
def test_a_sign_in_of_long_ago_or_of_no_time_is_over(
    desk: Desk, desk_home: Path, router: AppTest, claims: dict[str, object]
) -> None:
    assert "was signed out" in texts(signed_in(router, desk_home, "ana@example.com", **claims))


def test_signing_out_ends_every_sign_in_of_that_person_only(desk: Desk, desk_home: Path, router: AppTest) -> None:
    page = signed_in(router, desk_home, "ana@example.com", ago=timedelta(minutes=1))
    page.sidebar.button(key="sign-out").click().run()
    ana, bo = (desk.ask(people.local_admin(desk), people.known_person, f"{name}@example.com") for name in ("ana", "bo"))
    found = [desk.ask(ana, lambda tx, who=who: tx.people.member(who.email)) for who in (ana, bo)]
    since = [member.signed_out_since for member in found if member is not None]
    assert since[0] is not None
    assert since[1] is None


def test_nobody_is_offered_a_page_that_would_refuse_them() -> None:
    for item in site():
        body = ast.parse((PROJECT / "pages" / f"{item.name}.py").read_text()).body
        call = next(node for node in body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)).value  # type: ignore[attr-defined]
        asked = Right[call.args[0].attr]
        for role, rights in RIGHTS.items():
            assert item.right not in rights or asked in rights, (item.name, role)


def test_every_file_in_pages_is_named_by_the_router() -> None:
    assert {item.name for item in site()} == {path.stem for path in (PROJECT / "pages").glob("*.py")}


def test_every_fragment_asks_for_its_right_first() -> None:
    """It keeps running after a right was withdrawn, as nothing of the page around it runs again."""
    found = 0
    for path in [*(PROJECT / "lib" / "ui").rglob("*.py"), *(PROJECT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any(
                "st.fragment" in ast.unparse(it) for it in node.decorator_list
            ):
                found += 1
                code = [
                    line for line in node.body if not isinstance(line, ast.Expr) or isinstance(line.value, ast.Call)
                ]
                assert "require(" in ast.unparse(code[0]), f"{path.name}: {node.name}"
    assert found


def test_a_withdrawn_right_is_gone_with_the_next_run(
    desk: Desk, router: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = desk.ask(people.local_admin(desk), people.known_person, "ana@example.com")
    now = {"role": Role.OWNER}

    def someone(_desk: Desk) -> Actor:
        return Actor(person.person_id, person.email, person.name, now["role"], frozenset({1}))

    monkeypatch.setattr(guard, "person_signed_in", someone)
    page = router.run().switch_page("../../pages/records.py").run()
    assert not page.error
    now["role"] = Role.STAKEHOLDER
    page.run()
    assert "There is nothing at this address" in texts(page)

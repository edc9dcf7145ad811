"""Attempts on the websocket: forged cookies and origins, sessions of others, and messages that no page would send."""

from __future__ import annotations

import json
import time

import pytest
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette import starlette_app_utils as signing

from lib.services.people import people
from tests.builders import admin
from tests.security.attempts import (
    ANA,
    ANTON,
    IDA,
    OLGA,
    OTTO,
    RITA,
    SAM,
    World,
    attempt,
    keeps_silent,
    kept_by_the_server,
    said,
)
from tests.stream import COOKIE_SECRET, ORIGIN, SIGNED_IN, Tab, state

_NOBODY = "so it has to know who you are"
_NOTHING = "There is nothing at this address."


def _answer_to_cookie(world: World, cookie: str) -> str:
    with world.server.tab(cookie=cookie) as tab:
        said(tab.open("desk"), _NOBODY)
    return "Sign in"


@attempt("nobody", "writes an admin's cookie without signing it")
def an_unsigned_cookie(world: World) -> str:
    plain = json.dumps({"is_logged_in": True, "origin": ORIGIN, "email": ANA, "email_verified": True})
    for cookie in (plain.replace('"', "").replace(", ", ":"), "e30.e30.e30", "null", "=" * 50):
        _answer_to_cookie(world, cookie)
    return "Sign in"


@attempt("nobody", "signs an admin's cookie with a key of their own")
def a_cookie_of_another_key(world: World) -> str:
    return _answer_to_cookie(world, world.server.cookie(ANA, secret="another-secret-altogether-of-some-length"))


@attempt("nobody", "changes one letter of a cookie that is good")
def a_cookie_with_a_letter_changed(world: World) -> str:
    good = world.server.cookie(SAM)
    middle = len(good) // 3
    return _answer_to_cookie(world, good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :])


@attempt("nobody", "uses a value that the desk signed for another cookie")
def a_value_signed_for_another_cookie(world: World) -> str:
    claims = {"is_logged_in": True, "origin": ORIGIN, "email": ANA, "email_verified": True, "iat": int(time.time())}
    for name in ("_streamlit_user_tokens", "_streamlit_xsrf", "desk_way_back"):
        _answer_to_cookie(world, signing.create_signed_value(COOKIE_SECRET, name, json.dumps(claims)).decode())
    return "Sign in"


@attempt("nobody", "brings a cookie that was made for another site's address")
def a_cookie_of_another_address(world: World) -> str:
    return _answer_to_cookie(world, world.server.cookie(ANA, origin="https://desk.example.com"))


@attempt("somebody who has a copy", "brings a cookie that says its owner is not signed in")
def a_cookie_of_nobody(world: World) -> str:
    return _answer_to_cookie(world, world.server.cookie(ANA, is_logged_in=False))


@attempt("somebody who has a copy", "brings a cookie that is 31 days old")
def an_old_cookie(world: World) -> str:
    with world.server.tab(cookie=world.server.cookie(ANA, age=31 * 86_400)) as tab:
        return said(tab.open("desk"), "was signed out")


@attempt("somebody who has a copy", "brings a cookie that does not say when it was made")
def a_cookie_without_its_time(world: World) -> str:
    for moment in (None, "yesterday", True, [], float("nan"), 1e30, -1e30):
        with world.server.tab(cookie=world.server.cookie(ANA, iat=moment)) as tab:
            answer = tab.open("desk")
            keeps_silent(answer)
            assert "Signed in as" not in answer.text, moment
    return "was signed out"


@attempt("somebody who has a copy", "goes on with a cookie after its owner signed out")
def a_copied_cookie_after_sign_out(world: World) -> str:
    copied = world.server.cookie(OTTO, age=5)
    with world.server.tab(cookie=copied) as tab:
        tab.open("home")
        tab.press("sign-out")
    with world.server.tab(cookie=copied) as tab:
        return said(tab.open("home"), "was signed out")


@attempt("somebody who has a copy", "clicks on in a tab that stayed open while its owner signed out elsewhere")
def an_open_tab_after_sign_out(world: World) -> str:
    with world.server.tab(IDA) as stays:
        stays.open("home")
        with world.server.tab(IDA) as leaves:
            leaves.open("home")
            leaves.press("sign-out")
        return said(stays.again(), "was signed out")


@attempt("another site's page", "opens the websocket with a visitor's cookie")
def another_sites_page(world: World) -> str:
    for origin in ("https://evil.example", "http://localhost.evil.example:8501", "http://localhost:9999", "null"):
        with pytest.raises(WebSocketDisconnect) as closed, world.server.tab(ANA, origin=origin):
            pass
    return f"closed with {closed.value.code}"


@attempt("another site's page", "gives its own name this machine's address and asks by that name")
def a_rebound_name(world: World) -> str:
    name = "evil.example:8501"
    with pytest.raises(WebSocketDisconnect) as closed, world.server.tab(ANA, origin=f"http://{name}", host=name):
        pass
    return f"closed with {closed.value.code}"


@attempt("another site's page", "brings the cookie, and a token that it does not know")
def a_wrong_token(world: World) -> str:
    for token in ("none", "2|00000000|00000000000000000000000000000000|1", signing.generate_xsrf_token_string()):
        with world.server.tab(ANA, xsrf=token) as tab:
            said(tab.open("desk"), _NOBODY)
    return "Sign in"


@attempt("a program", "brings the cookie and names no page that it comes from")
def no_origin(world: World) -> str:
    with world.server.tab(ANA, origin=None) as tab:
        said(tab.open("desk"), _NOBODY)
    return "Sign in"


@attempt("nobody", "names a person in the headers that a proxy would set")
def headers_of_a_proxy(world: World) -> str:
    names = ("X-Streamlit-User", "X-Forwarded-User", "X-Forwarded-Email", "X-Auth-Request-Email", "Remote-User")
    with world.server.tab(headers=dict.fromkeys(names, ANA)) as tab:
        said(tab.open("desk"), _NOBODY)
    return "Sign in"


@attempt("stakeholder", "connects to the session of an owner of the other client, by its id")
def another_persons_session(world: World) -> str:
    with world.server.tab(RITA) as theirs:
        theirs.open("home")
        with world.server.tab(SAM, session=theirs.session_id) as tab:
            keeps_silent(tab.again())
            keeps_silent(tab.open("home"))
            assert tab.session_id != theirs.session_id
        assert "Quartz Roofing" in theirs.again().text, "their session goes on"
    return "a session of their own"


@attempt("nobody", "connects to the session of an owner who has just left it, by its id")
def a_session_left_behind(world: World) -> str:
    with world.server.tab(RITA) as theirs:
        theirs.open("home")
        left = theirs.session_id
    with world.server.tab(session=left) as tab:
        said(tab.open("home"), _NOBODY)
        assert tab.session_id != left
    return "a session of their own"


@attempt("stakeholder", "sends the hash of a page that only an admin sees")
def a_hidden_pages_hash(world: World) -> str:
    with world.server.tab(ANA) as seen:
        seen.open("desk")
        hidden = seen._page_hash
    with world.server.tab(SAM) as tab:
        tab.open("client_portal")
        said(tab.send_states(page_hash=hidden), _NOTHING)
    with world.server.tab() as tab:
        tab.open("client_portal")
        said(tab.send_states(page_hash=hidden), _NOBODY)
    return _NOTHING


@attempt("analyst", "presses the buttons of the admin's page by their ids, from a page of their own")
def buttons_of_another_page(world: World) -> str:
    with world.server.tab(ANA) as seen:
        seen.open("desk")
        buttons = [widget for widget in seen.widgets if widget.kind == "button"]
        fields = [state(widget.id, string_value="mole@evil.example") for widget in _texts(seen)]
        hidden = seen._page_hash
    with world.server.tab(ANTON) as tab:
        tab.open("home")
        for button in buttons if world.is_thorough else [item for item in buttons if item.label.startswith("Invite")]:
            keeps_silent(tab.send_states(*fields, state(button.id, trigger_value=True), page_hash=hidden))
    everybody = world.desk.ask(admin(world.desk), people.everybody)
    assert not [item for item in everybody if "mole@" in item.email]
    return "may not manage people and clients"


def _texts(tab: Tab) -> list[object]:
    return [widget for widget in tab.widgets if widget.kind == "text_input"]


@attempt("stakeholder", "runs a fragment of an owner's page by its id")
def a_fragment_of_another_session(world: World) -> str:
    with world.server.tab(OLGA) as seen:
        found = seen.open("import_review", f"load={world.ours}").fragments
    assert found, "the review has fragments"
    with world.server.tab(SAM) as tab:
        tab.open("client_portal")
        for fragment in found:
            assert tab.again(fragment).was_silent, "a fragment of another session"
    return "no answer"


@attempt("nobody", "empties every cache of the server, as a developer's menu would")
def empties_the_caches(world: World) -> str:
    kept = kept_by_the_server()
    _sends(world, "clear_cache", value=True)
    assert kept_by_the_server() is kept, "the server's caches were emptied"
    return "no answer"


@attempt("nobody", "asks for the state of the checkout that the server runs from")
def asks_for_the_checkout(world: World) -> str:
    message = BackMsg(load_git_info=True)
    with world.server.tab() as tab:
        tab.open("home")
        assert tab.ask(message, "git_info_changed", seconds=0.7) is None
    return "no answer"


@attempt("nobody", "asks the server to stop, and to drop connections")
def asks_the_server_to_stop(world: World) -> str:
    _sends(world, "debug_shutdown_runtime", value=True)
    _sends(world, "debug_disconnect_websocket", value=True)
    assert world.server.get("/_stcore/health").text == "ok"
    return "no answer"


@attempt("nobody", "has the server run scripts whenever a file changes")
def asks_to_run_on_save(world: World) -> str:
    with world.server.tab() as tab:
        tab.open("home")
        tab.ask(BackMsg(app_heartbeat=True), "heartbeat_ack")
        answer = tab.ask(BackMsg(set_run_on_save=True), "session_status_changed", seconds=0.4)
        assert answer is None
    return "no answer"


def _sends(world: World, kind: str, **value: bool) -> None:
    message = BackMsg()
    setattr(message, kind, value["value"])
    with world.server.tab() as tab:
        tab.open("home")
        assert tab.send(message).closed_with is None


@attempt("nobody", "sends a message of 26 MB")
def a_message_too_long(world: World) -> str:
    with world.server.tab() as tab:
        tab.open("home")
        closed = tab.send_states(state("$$ID-0-x", string_value="x" * 26_000_000)).closed_with
    assert closed == 1009
    return f"closed with {closed}"


@attempt("nobody", "sends bytes that are no message, and text")
def no_message_at_all(world: World) -> str:
    with world.server.tab() as tab:
        tab.open("home")
        closed = tab.send_bytes(b"\xff\xfe no protobuf").closed_with
    assert closed == 1002
    return f"closed with {closed}"


@attempt("stakeholder", "hands a file to the tab of somebody else")
def a_file_for_another_session(world: World) -> str:
    with world.server.tab(OLGA) as theirs:
        theirs.open("home")
        path = f"/_stcore/upload_file/{theirs.session_id}/aaaaaaaa-0000-4000-8000-000000000000"
        foreign = world.server.put_file(path, "x.csv", b"a", cookie=world.server.cookie(SAM), xsrf="none")
        assert foreign.status_code == 403
        nobody = world.server.put_file(path, "x.csv", b"a")
        assert nobody.status_code == 403
    return "403"


@attempt("nobody", "fills the server's memory with files for a tab of their own")
def a_file_from_nobody(world: World) -> str:
    with world.server.tab() as tab:
        tab.open("home")
        path = f"/_stcore/upload_file/{tab.session_id}/aaaaaaaa-0000-4000-8000-000000000000"
        answer = world.server.put_file(path, "x.csv", b"a" * 1000)
    assert answer.status_code == 403
    return f"403 {answer.text}"


@attempt("owner of acme", "hands in a file beyond the limit")
def a_file_beyond_the_limit(world: World) -> str:
    with world.server.tab(OLGA) as tab:
        tab.open("home")
        path = f"/_stcore/upload_file/{tab.session_id}/aaaaaaaa-0000-4000-8000-000000000000"
        cookie = f"{SIGNED_IN}={tab.cookie}; _streamlit_xsrf={world.server.xsrf}"
        sent = {"X-Xsrftoken": world.server.xsrf, "content-length": "99000000000", "cookie": cookie}
        answer = world.server.ask("PUT", path, headers=sent, content=b"x")
    assert answer.status_code == 413
    return "413"

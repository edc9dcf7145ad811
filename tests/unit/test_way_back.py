"""Where somebody arrives after signing in: the page they asked for, on this desk and nowhere else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from starlette.types import Message, Receive, Scope, Send

from lib.ui.entry.way_back import WayBack
from tests.coroutines import finished

PAGE = [(b"content-type", b"text/html")]
SIGNED_IN = [(b"location", b"/"), (b"set-cookie", b"_streamlit_user=abc; HttpOnly"), (b"set-cookie", b"other=1")]
SIGNED_OUT = [(b"location", b"/"), (b"set-cookie", b'_streamlit_user=""; Max-Age=0')]


def answer(
    path: str, says: list[tuple[bytes, bytes]], *, query: bytes = b"", cookie: str = "", is_secure: bool = False
) -> dict[bytes, list[bytes]]:
    """The headers that a browser is answered, when the app behind answers with `says`."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": says})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    headers = [(b"accept", b"text/html,*/*"), *([(b"cookie", cookie.encode())] if cookie else [])]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": headers}
    finished(WayBack(app, is_secure=is_secure)(scope, receive, send))
    found: dict[bytes, list[bytes]] = {}
    for name, value in sent[0]["headers"]:
        found.setdefault(name, []).append(value)
    return found


def kept(address: str) -> str:
    return f"desk_way_back={quote(address, safe='')}"


def test_the_page_asked_for_is_kept_and_signing_in_ends_there() -> None:
    asked = answer("/import_review", PAGE, query=b"load=4&client=acme")
    cookie = asked[b"set-cookie"][0].decode().partition(";")[0]
    assert "HttpOnly; SameSite=Lax" in asked[b"set-cookie"][0].decode()
    done = answer("/oauth2callback", SIGNED_IN, cookie=cookie)
    assert done[b"location"] == [b"/import_review?load=4&client=acme"]
    assert b"desk_way_back=; Path=/; Max-Age=0" in done[b"set-cookie"][-1]


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\r\nlocation: b", "/%\x00", ""]
)
def test_a_forged_way_back_leads_nowhere(address: str) -> None:
    assert answer("/oauth2callback", SIGNED_IN, cookie=kept(address))[b"location"] == [b"/"]


def test_only_a_completed_sign_in_goes_back() -> None:
    for says in (SIGNED_OUT, [(b"location", b"/")]):
        assert answer("/oauth2callback", says, cookie=kept("/records"))[b"location"] == [b"/"]


@pytest.mark.parametrize(
    "path", ["/_stcore/health", "/oauth2callback", "/auth/login", "/media/x", "/app/static/desk.css"]
)
def test_what_is_no_page_is_not_remembered(path: str) -> None:
    assert b"set-cookie" not in answer(path, PAGE)


def test_an_address_too_long_for_a_cookie_is_not_remembered() -> None:
    assert b"set-cookie" not in answer("/records", PAGE, query=b"q=" + b"x" * 2000)


def test_behind_tls_the_sign_in_cookie_is_secure() -> None:
    for is_secure in (True, False):
        cookies = answer("/oauth2callback", SIGNED_IN, is_secure=is_secure)[b"set-cookie"]
        assert cookies[0].endswith(b"; Secure") is is_secure
        assert cookies[1] == b"other=1"

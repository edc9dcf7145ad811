"""Whoever followed a link and had to sign in first arrives where the link led.

Streamlit sends everybody back to its start page after signing in, in a new session that knows nothing of the old one.
So the address first asked for is kept in a cookie, and the answer that completes a sign-in is pointed there. That same
answer is where the sign-in cookie is marked `Secure` on a desk behind TLS; Streamlit never does.
"""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "desk_way_back"
_SECONDS = 600
_LONGEST = 1500
_SIGNED_IN = b"_streamlit_user="
# What is not a page: Streamlit's own doors, and the desk's.
_NO_PAGE = re.compile(
    r"^/(_stcore|auth|oauth2callback|media|component|static|app/static|uploads|downloads|hooks|shared)(/|$)"
)
# A path on this desk and nothing else: `//host` and `/\host` lead away.
_ON_THIS_DESK = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


class WayBack:
    """ASGI middleware: remembers the page asked for, and completes a sign-in there."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        self.app = app
        self.is_secure = is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its answer may gain a cookie, or another place to go."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        asked = _asked(scope, headers)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._headers(list(message["headers"]), asked, headers.get(b"cookie", b""))
            await send(message)

        await self.app(scope, receive, answer)

    def _headers(self, headers: list[tuple[bytes, bytes]], asked: str, cookies: bytes) -> list[tuple[bytes, bytes]]:
        if any(name.lower() == b"set-cookie" and value.startswith(_SIGNED_IN) for name, value in headers):
            return self._completed(headers, _kept(cookies))
        if asked:
            headers.append((b"set-cookie", self._cookie(quote(asked, safe=""), _SECONDS)))
        return headers

    def _completed(self, headers: list[tuple[bytes, bytes]], target: str) -> list[tuple[bytes, bytes]]:
        """The answer that hands out the sign-in cookie (or takes it away: then there is nowhere to go back to)."""
        changed = []
        is_handed_out = False
        for name, value in headers:
            if name.lower() == b"set-cookie" and value.startswith(b"_streamlit_user"):
                is_handed_out |= b"max-age=0" not in value.lower()
                value = value + b"; Secure" if self.is_secure else value  # noqa: PLW2901
            changed.append((name, value))
        if target and is_handed_out:
            changed = [(name, target.encode() if name.lower() == b"location" else value) for name, value in changed]
            changed.append((b"set-cookie", self._cookie("", 0)))
        return changed

    def _cookie(self, value: str, seconds: int) -> bytes:
        secure = "; Secure" if self.is_secure else ""
        return f"{_COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}".encode()


def _asked(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """The address of the page that a browser asks for; empty for everything that is not one."""
    path = str(scope["path"])
    if b"text/html" not in headers.get(b"accept", b"") or _NO_PAGE.match(path):
        return ""
    query = scope["query_string"].decode("latin-1")
    address = quote(path) + (f"?{query}" if query else "")
    return address if len(address) <= _LONGEST and _ON_THIS_DESK.fullmatch(address) else ""


def _kept(cookies: bytes) -> str:
    """The address in the cookie, if it leads to this desk; a browser may send anything."""
    try:
        found = SimpleCookie(cookies.decode("latin-1")).get(_COOKIE)
    except CookieError:
        return ""
    address = unquote(found.value) if found else ""
    return address if _ON_THIS_DESK.fullmatch(address) else ""

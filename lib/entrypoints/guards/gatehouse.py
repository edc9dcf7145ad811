"""Who gets as far as the routes: not another site's page, not who asks too fast, and nobody to Streamlit's side doors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.entrypoints.guards.pace import Pace, address_of
from lib.errors import DeskError

# What Streamlit serves to whoever asks: counts of sessions and memory, and a second way to drive the app.
_CLOSED = re.compile(r"/_stcore/(?:metrics|st-metrics|agent|script-health-check)(?:/|$)")
# Webhooks come from other sites by nature, and prove themselves.
_FROM_ANYWHERE = re.compile(r"/hooks/")
_CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Turnstile:
    """Addresses that one visitor gets so many answers of in a minute; signing in is two, there and back."""

    path: re.Pattern[str]
    pace: Pace = field(compare=False)


def turnstiles() -> tuple[Turnstile, ...]:
    """One for each kind of address that can be guessed at, or makes work."""
    return tuple(
        Turnstile(re.compile(path), Pace(per_minute))
        for path, per_minute in (
            (r"/(?:auth/|oauth2callback)", 60),
            (r"/downloads/", 120),
            (r"/uploads/", 120),
            (r"/shared/", 60),
        )
    )


class Gatehouse:
    """ASGI middleware behind the one that says which machines are answered at all."""

    def __init__(self, app: ASGIApp, *, origin: str = "", stiles: Sequence[Turnstile] | None = None) -> None:
        """`origin` is where people reach the desk (`https://desk.example.com`), where it is known."""
        self.app = app
        self._origin = origin
        self._stiles = turnstiles() if stiles is None else stiles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403, 404 or 429 (a websocket is closed before it opens)."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "not from here"})
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        path = str(scope["path"])
        if _CLOSED.match(path):
            return _said(404, "not_found", "There is nothing at this address.")
        if not _FROM_ANYWHERE.match(path) and not self._is_own_page(scope):
            return _said(403, "other_origin", "The desk takes this from its own pages only.")
        for stile in self._stiles:
            if stile.path.match(path) and (seconds := stile.pace.wait_seconds(address_of(scope))):
                return _said(429, "too_many", "That was asked for too often.", {"Retry-After": str(seconds)})
        return None

    def _is_own_page(self, scope: Scope) -> bool:
        """Whether a websocket or a request that changes something comes from a page of this desk, or of no page at all.

        Streamlit compares too, and lets pages of `localhost` and of the machine's own addresses in; to learn the latter it
        asks a server on the internet.
        """
        if scope["type"] == "http" and scope["method"] in _CHANGES_NOTHING:
            return True
        headers = [(name.lower(), value.decode("latin-1")) for name, value in scope.get("headers", ())]
        origins = [value for name, value in headers if name == b"origin"]
        hosts = [value for name, value in headers if name == b"host"]
        if not origins or len(origins) > 1:
            return not origins
        # Where the desk's own address is known it is the only one: another name for it is somebody's rebound name.
        return origins[0] == self._origin if self._origin else _host(origins[0]) in hosts


def origin_of(address: str) -> str:
    """The beginning of an address, as a browser calls the page's origin; empty for none."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _host(origin: str) -> str:
    try:
        # "null" and whatever else is no address have no host, and no request asks for one called so.
        return urlsplit(origin).netloc or "?"
    except ValueError:
        return "?"


def _said(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": DeskError(code, message).as_dict()}, status, headers=headers)

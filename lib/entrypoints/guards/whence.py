"""Says of each request to the desk's own addresses which door it came in by and from where, for the audit log."""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from lib.domain.access.origins import coming_by

_DOORS = {"downloads": "download", "uploads": "upload", "hooks": "hook", "shared": "share"}
_OWN = re.compile(rf"/({'|'.join(_DOORS)})/")


class Whence:
    """ASGI middleware. Pages say it themselves, once in each run: theirs come through one websocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what answers it, in threads too, knows where it comes from."""
        found = _OWN.search(str(scope["path"])) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        # Behind a proxy that the server believes, this is the visitor's own address.
        client = scope.get("client")
        with coming_by(_DOORS[found[1]], str(client[0]) if client else ""):
            await self.app(scope, receive, send)

"""GET /shared/{token}: one report note as a plain page for somebody with a link; whatever else is asked, one calm page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from lib.db.unit_of_work import Desk
from lib.log import log_bug
from lib.pipeline.publishing.share_links import shared_page
from lib.reporting.shared_note import POLICY, nothing_here_html

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class SharedDoor:
    """What opens links: one a server."""

    def __init__(self, opened: Callable[[], Desk]) -> None:
        self._opened = opened

    async def get(self, request: Request) -> Response:
        """The note that the token in the address opens; else the same 404 whatever the reason, trouble of ours too."""
        address = request.client.host if request.client else ""
        try:
            page = await asyncio.to_thread(self._page, request.path_params["token"], address)
        except Exception as bug:
            # The log knows the reference; a stranger has nobody to tell it to.
            log_bug(bug)
            page = None
        if page is None:
            return HTMLResponse(nothing_here_html(), status_code=404, headers=_HEADERS)
        return HTMLResponse(page, headers=_HEADERS)

    async def refuse(self, _request: Request) -> Response:
        """Anything but GET; without this the server would answer with the desk's own page."""
        return HTMLResponse(nothing_here_html(), status_code=405, headers={**_HEADERS, "Allow": "GET"})

    async def nothing(self, _request: Request) -> Response:
        """Any other address below: never the desk's own page, which would tell a guest that there is one."""
        return HTMLResponse(nothing_here_html(), status_code=404, headers=_HEADERS)

    def _page(self, token: str, address: str) -> str | None:
        return shared_page(self._opened(), token, address)


def routes_of(door: SharedDoor) -> list[Route]:
    """The addresses of a door."""
    others = ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [
        Route("/shared/{token}", door.refuse, methods=others),
        Route("/shared/{token}", door.get, methods=["GET"]),
        Route("/shared/{rest:path}", door.nothing, methods=[*others, "GET"]),
        Route("/shared", door.nothing, methods=[*others, "GET"]),
    ]

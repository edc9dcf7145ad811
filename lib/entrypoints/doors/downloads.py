"""GET /downloads/{ticket}: a file made in the name of whoever is signed in there, handed out once and kept nowhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import LeavingFile
from lib.domain.people import Right
from lib.entrypoints.doors.opened_desk import Asking
from lib.entrypoints.doors.refusals import answered, said
from lib.errors import DeskError
from lib.pipeline.leaving import leaving_file
from lib.services.people import download_tickets

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PIECE = 1 << 18
# What a server that was killed while it wrote has left behind.
_FORGOTTEN_SECONDS = 3600


class DownloadDoor:
    """What hands files out: one a server."""

    def __init__(self, opened: Callable[[], Desk], asking: Asking) -> None:
        self._opened, self._asking = opened, asking

    async def get(self, request: Request) -> Response:
        """The file that the ticket in the address is for, once; or the desk's error as JSON."""
        made = asyncio.to_thread(self._made, request.path_params["ticket"], request.cookies)
        return await answered(made, _HEADERS)

    async def refuse(self, _request: Request) -> Response:
        """Anything but GET; without this HEAD would use a ticket up, and the server answer the rest with its page."""
        return said(DeskError("get_only", "Files are fetched here."), 405, {**_HEADERS, "Allow": "GET"})

    def _made(self, ticket: str, cookies: Mapping[str, str]) -> Response:
        desk = self._opened()
        # Who is there comes first: a stranger learns nothing of a ticket, and uses none up.
        person = self._asking(desk, cookies)
        # A client's person has no page with a file on it, and may write nothing.
        person.require(Right.SEE_DETAIL)
        wanted = desk.do(person, download_tickets.redeem_ticket, ticket, desk.hash_key)
        return _sent(leaving_file(desk, person, wanted, _folder(desk)))


def _folder(desk: Desk) -> Path:
    """Where a large file is written before it is sent, for this desk's own user alone."""
    folder = desk.settings.var / "downloads"
    folder.mkdir(mode=0o700, exist_ok=True)
    late = desk.clock().timestamp() - _FORGOTTEN_SECONDS
    for path in folder.iterdir():
        if path.stat().st_mtime < late:
            path.unlink(missing_ok=True)
    return folder


def _sent(file: LeavingFile) -> Response:
    # The names of these files are made of plain letters and digits.
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{file.name}"'}
    if isinstance(file.content, bytes):
        return Response(file.content, media_type=file.content_type, headers=headers)
    opened = file.content.open("rb")
    # From here on nothing finds it any more, whatever becomes of the request or of this server.
    file.content.unlink()
    headers["Content-Length"] = str(os.fstat(opened.fileno()).st_size)
    return StreamingResponse(_pieces(opened), media_type=file.content_type, headers=headers)


def _pieces(opened: BinaryIO) -> Iterator[bytes]:
    with opened:
        while piece := opened.read(_PIECE):
            yield piece


def routes_of(door: DownloadDoor) -> list[Route]:
    """The addresses of a door."""
    path = "/downloads/{ticket}"
    others = ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [Route(path, door.refuse, methods=others), Route(path, door.get, methods=["GET"])]

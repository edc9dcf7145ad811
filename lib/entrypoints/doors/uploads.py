"""POST /uploads/{account}: a file too large for memory is streamed to disk, received, and queued for the worker."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lib.db.unit_of_work import Desk
from lib.domain.imports import DateRange, DeliveryKind
from lib.domain.objects import object_type
from lib.domain.people import Actor, Right
from lib.entrypoints.doors.opened_desk import Asking
from lib.entrypoints.doors.refusals import answered, said
from lib.errors import DeskError, NotAllowed
from lib.log import log
from lib.reporting.control_totals import read_expected
from lib.services.arriving import receive, upload_tickets
from lib.services.running import queue_work

# Bytes that stay free on the disk, whatever is uploaded.
_ROOM = 1_000_000_000
_HELD = 1 << 20


class UploadDoor:
    """What takes large files in: one a server."""

    def __init__(self, opened: Callable[[], Desk], asking: Asking) -> None:
        self._opened, self._asking = opened, asking

    async def post(self, request: Request) -> Response:
        """Take the body as one file of an account.

        In the address: `object`, `name` (the file's), `ticket`; and what is said of the file: `from` and `to`, `expect`
        (rows), `sums` (`amount=12.50;fee=3`), `partial=1`, `test=1`, `by_hand` (why a person
        enters it in the provider's place).
        Answers 201 with `{"delivery", "job"}`, or the desk's error as JSON.
        """
        try:
            return await answered(self._taken(request))
        except ClientDisconnect:
            log.info("an upload was broken off")
            return JSONResponse({}, status_code=400)

    async def refuse(self, _request: Request) -> Response:
        """Anything but POST; without this the server answers with the page itself."""
        return said(DeskError("post_only", "Files are posted here."), 405, {"Allow": "POST"})

    async def _taken(self, request: Request) -> Response:
        asked, cookies = request.query_params, request.cookies
        desk = await asyncio.to_thread(self._opened)
        account = request.path_params["account"]
        await asyncio.to_thread(self._admitted, desk, cookies, asked.get("ticket", ""), account)
        folder = desk.settings.var / "uploads"
        folder.mkdir(mode=0o700, exist_ok=True)
        part = folder / f"{secrets.token_hex(16)}.part"
        try:
            await _streamed(request, part)
            name = Path(asked.get("name", "")).name or "upload"
            # A large file takes its time, and what its sender may do then is asked anew.
            person = await asyncio.to_thread(self._asking, desk, cookies)
            received = await asyncio.to_thread(_received, desk, person, account, part, name, asked)
            return JSONResponse(received, status_code=201)
        finally:
            part.unlink(missing_ok=True)

    def _admitted(self, desk: Desk, cookies: Mapping[str, str], ticket: str, account: str) -> None:
        # Who is there comes first: a stranger learns nothing of a ticket, and uses none up.
        person = self._asking(desk, cookies)
        person.require(Right.IMPORT)
        if ticket.count(".") != 4:
            raise NotAllowed("This upload has no ticket, so nothing was taken.", "Upload from the desk's own page.")
        desk.do(person, upload_tickets.redeem_ticket, ticket, account, desk.hash_key)


async def _streamed(request: Request, part: Path) -> None:
    """Write the body to disk as it comes; DeskError `too_large` before the disk is full."""
    room = shutil.disk_usage(part.parent).free - _ROOM
    declared = request.headers.get("content-length", "0")
    arrived = int(declared) if declared.isdecimal() else 0
    with part.open("xb") as file:
        part.chmod(0o600)
        held, written = bytearray(), 0
        async for piece in request.stream():
            held += piece
            written += len(piece)
            if max(arrived, written) > room:
                raise DeskError("too_large", "There is not enough room on the desk's disk for this file.", "Free some.")
            # Pieces come small, and each write is a trip to another thread.
            if len(held) >= _HELD:
                await asyncio.to_thread(file.write, held)
                held = bytearray()
        await asyncio.to_thread(file.write, held)
    if not written:
        raise DeskError("empty_file", "The file is empty, so nothing was taken.", "Choose another.")


def _received(
    desk: Desk, person: Actor, account: str, part: Path, name: str, asked: Mapping[str, str]
) -> dict[str, int]:
    expected = asked.get("expect", "")
    delivery = desk.do(
        person,
        receive.receive_file,
        account,
        receive.Arrived.at(part, name),
        days=_days(asked.get("from", ""), asked.get("to", "")),
        is_partial=asked.get("partial") == "1",
        expected_rows=int(expected) if expected.isdecimal() else None,
        control_totals=_sums(asked),
        must_be_kept=True,
        kind=DeliveryKind.MANUAL if asked.get("by_hand") else DeliveryKind.FILE,
        by_hand_reason=asked.get("by_hand", ""),
    )
    job = desk.do(
        person, queue_work.enqueue_import, delivery.id, str(asked.get("object", "")), asked.get("test") == "1"
    )
    return {"delivery": delivery.id, "job": job}


def _sums(asked: Mapping[str, str]) -> dict[str, str]:
    said = [item for item in asked.get("sums", "").split(";") if item]
    return read_expected(said, object_type(str(asked.get("object", "")))) if said else {}


def _days(first: str, last: str) -> DateRange | None:
    try:
        return DateRange(date.fromisoformat(first), date.fromisoformat(last)) if first or last else None
    except ValueError:
        raise DeskError(
            "not_a_date", f"{first!r} to {last!r} is not a range of dates.", "Write them as 2026-01-31."
        ) from None


def routes_of(door: UploadDoor) -> list[Route]:
    """The addresses of a door."""
    return [
        Route("/uploads/{account}", door.post, methods=["POST"]),
        Route("/uploads/{account}", door.refuse, methods=["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    ]

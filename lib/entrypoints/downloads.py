"""GET /downloads/{ticket}: rows of a load, or an account's handover pack, made while it is asked for and kept nowhere."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from lib.errors import DeskError
from lib.log import log_bug
from lib.pipeline import Desk, open_desk
from lib.pipeline.loading.error_files import write_rows
from lib.pipeline.setup.handover import handover_pack
from lib.services.people import download_tickets
from lib.services.people.people import local_admin

_STATUS = {"not_allowed": 403, "load_not_found": 404}
_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_desk: list[Desk] = []


def _opened() -> Desk:
    """The desk, opened by the first download."""
    if not _desk:
        _desk.append(open_desk())
    return _desk[0]


async def download(request: Request) -> Response:
    """The file that the ticket in the address is for, once; or the desk's error as JSON."""
    try:
        return await asyncio.to_thread(_made, request.path_params["ticket"])
    except DeskError as trouble:
        return JSONResponse({"error": trouble.as_dict()}, status_code=_STATUS.get(trouble.code, 409))
    except Exception as bug:
        reference = log_bug(bug)
        said = DeskError("unexpected", f"Something broke on the desk's side; it is logged as {reference}.")
        return JSONResponse({"error": said.as_dict()}, status_code=500)


def _made(ticket: str) -> Response:
    desk = _opened()
    wanted = desk.do(local_admin(desk), download_tickets.redeem_ticket, ticket, desk.hash_key)
    if isinstance(wanted, download_tickets.PackDownload):
        return _handed_over(wanted.account, handover_pack(desk, wanted.person, wanted.account))
    folder = desk.settings.var / "downloads"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}.{wanted.kind}"
    try:
        path.touch(mode=0o600, exist_ok=False)
        write_rows(desk, wanted.person, wanted.load_id, path, wanted.which, is_clear=wanted.is_clear)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(
        path,
        media_type=_TYPES[wanted.kind],
        # Two files must never be taken for one, whatever keeps them on the way.
        filename=f"load-{wanted.load_id}-rows-{secrets.token_hex(4)}.{wanted.kind}",
        headers=_HEADERS,
        background=BackgroundTask(Path.unlink, path, missing_ok=True),
    )


def _handed_over(account: str, content: bytes) -> Response:
    # The key of an account is plain letters and digits.
    name = f'attachment; filename="handover-{account}.zip"'
    return Response(content, media_type="application/zip", headers={**_HEADERS, "Content-Disposition": name})


ROUTES = [Route("/downloads/{ticket}", download, methods=["GET"])]

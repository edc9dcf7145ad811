"""How a door says no to a person: the desk's own sentence, and what to look for in the log where it broke."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from starlette.responses import JSONResponse, Response

from lib.errors import DeskError
from lib.log import log_bug

# Nobody is let in by any of these, so the answer is that of somebody who did not say who they are.
_STRANGERS = frozenset({"not_signed_in", "signed_out", "not_on_this_desk", "address_unverified", "invitation_lapsed"})
_STATUS = {"not_allowed": 403, "account_not_found": 404, "load_not_found": 404, "too_large": 413}


async def answered(answer: Awaitable[Response], headers: Mapping[str, str] | None = None) -> Response:
    """The answer; where the desk says no, its sentence as JSON, and where it broke, what to look for in the log."""
    try:
        return await answer
    except DeskError as trouble:
        status = 401 if trouble.code in _STRANGERS else _STATUS.get(trouble.code, 409)
        return said(trouble, status, headers)
    except Exception as bug:
        reference = log_bug(bug)
        broken = DeskError("unexpected", f"Something broke on the desk's side; it is logged as {reference}.")
        return said(broken, 500, headers)


def said(trouble: DeskError, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A desk's error as JSON."""
    return JSONResponse({"error": trouble.as_dict()}, status, headers)

"""What the doors of a server have in common: the desk behind them, and how they say no to a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from threading import Lock

from starlette.responses import JSONResponse, Response

from lib.db.unit_of_work import Desk
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.log import log_bug
from lib.pipeline.opening import open_desk

# Who sends these cookies: a door is told how a browser is known, and knows nothing of browsers itself.
Asking = Callable[[Desk, Mapping[str, str]], Actor]

# Nobody is let in by any of these, so the answer is that of somebody who did not say who they are.
_STRANGERS = frozenset({"not_signed_in", "signed_out", "not_on_this_desk", "address_unverified", "invitation_lapsed"})
_STATUS = {"not_allowed": 403, "account_not_found": 404, "load_not_found": 404, "too_large": 413}


class OpenedDesk:
    """The desk behind a server's doors, opened when the first of them is asked; where that fails, the next asks again."""

    def __init__(self, opening: Callable[[], Desk] = open_desk) -> None:
        self._opening, self._desk, self._lock = opening, list[Desk](), Lock()

    def __call__(self) -> Desk:
        """The desk; it may block, and raises DeskError while a database is away."""
        if self._desk:
            return self._desk[0]
        # Not under the lock: while a database is away nobody waits for the others' patience besides their own.
        desk = self._opening()
        with self._lock:
            if not self._desk:
                self._desk.append(desk)
        if desk is not self._desk[0]:
            desk.close()
        return self._desk[0]


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

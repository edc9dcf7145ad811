"""POST /hooks/{account}: a webhook is verified over its raw bytes, brought to safety, and answered as its sender expects."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from lib.db.unit_of_work import Desk
from lib.domain.hooks import NOT_VERIFIED, Receipt, Refusal, Scheme, Stored
from lib.entrypoints.doors.hook_accounts import HookAccount, HookAccounts
from lib.entrypoints.doors.hook_batches import PATIENCE_SECONDS, HookBatches
from lib.entrypoints.guards.pace import Pace, address_of
from lib.errors import DeskError
from lib.intake.hook_bodies import HookRow, parsed_body, rows_of
from lib.intake.signatures import Sent, is_genuine
from lib.log import log_bug
from lib.providers.senders import SECRET_FIELDS

_STATUS = {"unsupported_body": 415, "invalid_body": 400, "too_large": 413, "id_reused": 409}
# So long a sender may take to hand a body over, and so long it is asked to wait when nothing can be kept.
_BODY_SECONDS, _AWAY_SECONDS = 15.0, 30
# So many unproved webhooks of one account does an address get an answer to in a minute; nobody else waits for them.
_UNPROVED_PER_MINUTE = 60
_SAFE_ECHO = re.compile(r"[A-Za-z0-9._~=+/-]{1,256}")
_NO_STORE = {"Cache-Control": "no-store"}


class _Refused(Exception):
    """A refusal: the answer, and what is counted of it."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.headers = status, code, message, headers


class HookDoor:
    """What answers webhooks: one a server. `opened` gives the desk, and is asked until it does."""

    def __init__(self, opened: Callable[[], Desk], patience: float = PATIENCE_SECONDS) -> None:
        self._opened = opened
        self._accounts = HookAccounts(opened)
        self._batches = HookBatches(opened, patience)
        self._pace, self._unproved = Pace(), Pace(_UNPROVED_PER_MINUTE)

    async def post(self, request: Request) -> Response:
        """Take a webhook.

        Answers what its sender takes for success, 200 where it was known; 400, 401, 404, 408, 409, 413, 415, 429, 503.
        """
        return await self._safely(request, is_test=False)

    async def post_test(self, request: Request) -> Response:
        """Take a webhook that is a test because of where it was sent; some senders say it in no other way."""
        return await self._safely(request, is_test=True)

    async def _safely(self, request: Request, *, is_test: bool) -> Response:
        try:
            return await self._answered(request, is_test=is_test)
        except _Refused as refused:
            return _said(refused.status, refused.code, refused.message, refused.headers)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as bug:
            log_bug(bug)
            return _away()

    async def get(self, request: Request) -> Response:
        """Give a handshake its answer; anything else is told that webhooks are posted."""
        try:
            account = await self._accounts.of(request.path_params["account"])
        except DeskError:
            return _away()
        echo = None if account is None else _challenged(account, request.query_params)
        if echo is not None:
            return echo
        return _said(405, "post_only", "Webhooks are posted here.", {"Allow": "POST"})

    async def _answered(self, request: Request, *, is_test: bool) -> Response:
        try:
            account = await self._accounts.of(request.path_params["account"])
        except DeskError as trouble:
            is_flood = trouble.code == "too_many"
            return _said(429, trouble.code, trouble.message, {"Retry-After": "60"}) if is_flood else _away()
        if account is None:
            return _said(404, "account_not_found", "There is no such address for webhooks.")
        try:
            return await self._taken(request, account, is_test=is_test)
        except _Refused as refused:
            self._note(account, refused.code)
            raise

    async def _taken(self, request: Request, account: HookAccount, *, is_test: bool) -> Response:
        # Whoever cannot prove themselves is stopped before they use up what the account's sender may send.
        stranger = (account.id, address_of(request.scope))
        seconds = self._unproved.look(stranger) or self._pace.wait_seconds(
            account.id, account.settings.requests_per_minute
        )
        if seconds:
            raise _Refused(429, "too_many", "This account sends too fast.", {"Retry-After": str(seconds)})
        if not account.secrets:
            # The fault is the desk's, so the sender shall come again.
            return _away()
        try:
            rows = self._verified(request, account, await _body(request, account.settings.most_bytes))
        except _Refused:
            self._unproved.wait_seconds(stranger)
            raise
        wanted = [row for row in rows if row.event not in account.sender.left_out]
        if len(wanted) < len(rows):
            self._note(account, "event_not_taken")
        stored = await self._batches.put(self._receipts(account, wanted, is_test=is_test)) if wanted else []
        if Stored.LOST in stored:
            return _away()
        if Stored.CONFLICT in stored:
            raise _Refused(409, "id_reused", "This id came before, with other content.")
        return _success(account, is_known=bool(stored) and all(item is Stored.KNOWN for item in stored))

    def _verified(self, request: Request, account: HookAccount, body: bytes) -> list[HookRow]:
        """The records of a body that is proved to be the sender's; what is not proved is not looked at, but for its key."""
        headers = {name.lower(): value for name, value in reversed(request.headers.items())}
        sent = Sent(headers, dict(request.query_params), body)
        has_key = account.sender.scheme is Scheme.SHARED_BODY
        fields = _parsed(headers, body) if has_key else None
        now, tolerance = self._opened().clock(), account.settings.tolerance_seconds
        if not is_genuine(account.sender, account.secrets, sent, now, tolerance, fields):
            raise _Refused(401, NOT_VERIFIED, "This webhook could not be verified.")
        value = fields if has_key else _parsed(headers, body)
        try:
            return rows_of(account.sender, headers, value, SECRET_FIELDS, account.secrets)
        except DeskError as trouble:
            raise _refused(trouble) from None

    def _receipts(self, account: HookAccount, rows: list[HookRow], *, is_test: bool) -> list[Receipt]:
        now = self._opened().clock()
        return [
            Receipt(
                account_id=account.id,
                client_id=account.client_id,
                # A test of a lead is not that lead.
                key=f"test {row.key}" if is_test else row.key,
                event=row.event,
                body=row.line(now),
                content_hash=row.content_hash,
                received_at=now,
                is_test=is_test,
                is_message_id=account.sender.is_message_id,
            )
            for row in rows
        ]

    def _note(self, account: HookAccount, code: str) -> None:
        hour = self._opened().clock().replace(minute=0, second=0, microsecond=0)
        self._batches.note(Refusal(account.id, account.client_id, code, hour))


async def _body(request: Request, most: int) -> bytes:
    """The bytes as they came; refused before they are read where they say that they are too many."""
    too_large = _Refused(413, "too_large", f"A webhook of this account has at most {most:,} bytes.")
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > most:
        raise too_large
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _Refused(415, "unsupported_body", "A webhook's body comes as it is, not compressed.")
    held = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in request.stream():
                held += piece
                if len(held) > most:
                    raise too_large
    except TimeoutError:
        raise _Refused(408, "too_slow", "The body did not come in time.") from None
    return bytes(held)


def _parsed(headers: Mapping[str, str], body: bytes) -> Any:
    try:
        return parsed_body(headers.get("content-type", ""), body)
    except DeskError as trouble:
        raise _refused(trouble) from None


def _refused(trouble: DeskError) -> _Refused:
    return _Refused(_STATUS.get(trouble.code, 400), trouble.code, trouble.message)


def _success(account: HookAccount, *, is_known: bool) -> Response:
    success, text = account.sender.success, account.settings.success_text
    status = 200 if is_known or text else success.status
    if text:
        return PlainTextResponse(text, status, headers=_NO_STORE)
    return JSONResponse(dict(success.body), status, headers=_NO_STORE)


def _challenged(account: HookAccount, asked: Mapping[str, str]) -> Response | None:
    """The answer to a handshake; None where it is none, or does not know the account's word."""
    challenge = account.sender.challenge
    echo = asked.get(challenge.parameter, "") if challenge else ""
    if challenge is None or not _SAFE_ECHO.fullmatch(echo):
        return None
    if challenge.token:
        given = asked.get(challenge.token, "")
        if not account.challenge or not compare_digest(given.encode(), account.challenge.encode()):
            return None
    headers = _NO_STORE | {"X-Content-Type-Options": "nosniff"}
    if challenge.answer:
        return JSONResponse({challenge.answer: echo}, headers=headers)
    return PlainTextResponse(echo, headers=headers)


def _away() -> Response:
    message = "The desk cannot keep anything for the moment, so nothing was taken."
    return _said(503, "not_kept", message, {"Retry-After": str(_AWAY_SECONDS)})


def _said(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    error = DeskError(code, message).as_dict()
    return JSONResponse({"error": error}, status, headers={**_NO_STORE, **(headers or {})})


def routes_of(door: HookDoor) -> list[Route]:
    """The addresses of a door; without those of GET the server would answer with the page itself."""
    account = "/hooks/{account}"
    return [
        Route(account, door.post, methods=["POST"]),
        Route(account, door.get, methods=["GET", "HEAD"]),
        Route(f"{account}/test", door.post_test, methods=["POST"]),
        Route(f"{account}/test", door.get, methods=["GET", "HEAD"]),
    ]

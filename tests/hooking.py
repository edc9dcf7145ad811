"""Small builders for tests of webhooks: the door on a desk, an account behind it, requests signed as its sender does."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lib.clock import utc_now
from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.hooks import Sender
from lib.entrypoints.doors.hooks import HookDoor, routes_of
from lib.intake.signatures import Sent, signatures, signed_content
from lib.services.setup import account_settings
from tests.builders import admin, an_account

SECRET = "whsec_" + base64.b64encode(b"a desk secret of 24 bytes").decode()
NOW = datetime(2026, 3, 4, 15, 2, 11, tzinfo=UTC)


class HandClock:
    """A clock that a test moves on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self.now

    def move_on(self, **by: float) -> None:
        """Let time go by."""
        self.now += timedelta(**by)


@contextmanager
def door_on(desk: Desk, patience: float = 5.0) -> Iterator[TestClient]:
    """The routes of webhooks on a desk, in one event loop for as long as the block runs."""
    with TestClient(Starlette(routes=routes_of(HookDoor(lambda: desk, patience)))) as client:
        yield client


def a_hook_account(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, key: str = "site", *, provider: str = "other", **settings: str
) -> Account:
    """An account that takes webhooks; the value of its secret stands in the environment."""
    an_account(desk, key, provider=provider)
    name = f"{key.upper()}_HOOK_SECRET"
    monkeypatch.setenv(name, SECRET)
    told = {"webhook_secret": f"env:{name}", **{name.replace("__", "."): value for name, value in settings.items()}}
    desk.do(admin(desk), account_settings.set_account, key, told)
    return desk.ask(admin(desk), lambda tx: tx.accounts.by_key(key))


def signed(sender: Sender, body: bytes, now: datetime, message: str = "", secret: str = SECRET) -> dict[str, str]:
    """The headers of a request of this sender; what the signature is made of is proved against vectors elsewhere."""
    headers = {"content-type": "application/json"}
    if sender.id_header:
        headers[sender.id_header] = message
    if sender.timestamp_header:
        scale = 1000 if sender.timestamp_unit == "ms" else 1
        headers[sender.timestamp_header] = str(int(now.timestamp() * scale))
    if sender.scheme == "hmac":
        small = {name.lower(): value for name, value in headers.items()}
        headers[sender.header] = next(signatures(sender, secret, signed_content(sender, Sent(small, {}, body))))
    elif sender.scheme == "shared_key_header":
        is_basic = bool(sender.prefix)
        headers[sender.header] = sender.prefix + (base64.b64encode(secret.encode()).decode() if is_basic else secret)
    return headers


def standard(body: bytes, message: str, at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks, written out."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message}.{stamp}.".encode() + body, "sha256").digest()
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def a_body(number: int, **more: Any) -> bytes:
    """One lead as JSON, of the fields that `LEAD_FIELDS` maps."""
    lead = {"id": f"L{number}", "date": "2026-03-04", "name": f"Rosa {number}", "email": f"rosa{number}@example.com"}
    return json.dumps(lead | more).encode()


@dataclass(frozen=True)
class Poured:
    """What became of a stream of webhooks: ids by status, and how long each took from when it was due, in seconds."""

    ids: dict[int, list[str]]
    seconds: list[float]

    def percentile(self, share: float) -> float:
        """The time that this share of them stayed under."""
        return sorted(self.seconds)[min(int(len(self.seconds) * share), len(self.seconds) - 1)]


async def pour(port: int, per_second: int, seconds: int, connections: int = 20) -> Poured:
    """Send signed leads to /hooks/site at an even pace, whether or not earlier ones were answered.

    A webhook that finds every connection busy waits for one, and its time counts from when it was due: a server that
    stands still cannot hide behind requests that were never sent.
    """
    due: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
    ids: dict[int, list[str]] = defaultdict(list)
    took: list[float] = []

    async def send() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            number, at = await due.get()
            if number < 0:
                writer.close()
                return
            writer.write(_request(number, port))
            status, length = 0, 0
            while (line := await reader.readline()) not in (b"\r\n", b""):
                status = status or int(line.split()[1])
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            await reader.readexactly(length)
            took.append(time.monotonic() - at)
            ids[status].append(f"msg_{number}")

    senders = [asyncio.create_task(send()) for _ in range(connections)]
    began = time.monotonic()
    for number in range(per_second * seconds):
        at = began + number / per_second
        await asyncio.sleep(max(at - time.monotonic(), 0))
        due.put_nowait((number, at))
    for _ in senders:
        due.put_nowait((-1, 0.0))
    await asyncio.gather(*senders)
    return Poured(dict(ids), took)


def _request(number: int, port: int) -> bytes:
    body = a_body(number)
    headers = standard(body, f"msg_{number}", utc_now()) | {
        "host": f"127.0.0.1:{port}",
        "content-length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /hooks/site HTTP/1.1\r\n{lines}\r\n".encode() + body

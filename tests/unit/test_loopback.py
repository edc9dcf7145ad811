"""The desk answers its own machine only, whatever server carries it and whatever the request pretends."""

from __future__ import annotations

from typing import Any

import pytest

from lib.ui.entry.loopback import LoopbackOnly, comes_from_here
from tests.coroutines import finished

LOCAL_HOST = [(b"host", b"127.0.0.1:8501")]


def scope(
    client: tuple[str, int] | None, headers: list[tuple[bytes, bytes]] | None = None, kind: str = "http"
) -> dict[str, Any]:
    return {
        "type": kind,
        "method": "GET",
        "path": "/_stcore/health",
        "client": client,
        "headers": LOCAL_HOST if headers is None else headers,
    }


def answer(request: dict[str, Any]) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the app behind was reached, and what was sent when it was not."""
    reached = False
    sent: list[dict[str, Any]] = []

    async def behind(_scope: object, _receive: object, _send: object) -> None:
        nonlocal reached
        reached = True

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    finished(LoopbackOnly(behind)(request, receive, send))  # type: ignore[arg-type]
    return reached, sent


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_answered(address: str) -> None:
    assert answer(scope((address, 5))) == (True, [])


@pytest.mark.parametrize(
    "address", ["192.168.1.7", "10.0.0.1", "8.8.8.8", "fe80::1", "::ffff:10.0.0.1", "testclient", ""]
)
def test_another_machine_is_refused(address: str) -> None:
    reached, sent = answer(scope((address, 5)))
    assert not reached
    assert sent[0]["status"] == 403
    assert b"its own machine only" in sent[1]["body"]


def test_a_websocket_from_elsewhere_is_closed_before_it_opens() -> None:
    reached, sent = answer(scope(("192.168.1.7", 5), kind="websocket"))
    assert not reached
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_a_request_without_a_client_is_refused() -> None:
    assert not comes_from_here(scope(None))


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"X-Forwarded-For", b"forwarded", b"x-real-ip"])
def test_a_request_through_a_proxy_is_refused(name: bytes) -> None:
    assert not comes_from_here(scope(("127.0.0.1", 5), [*LOCAL_HOST, (name, b"8.8.8.8")]))


@pytest.mark.parametrize(
    "host", [b"localhost", b"localhost:8501", b"127.0.0.1", b"[::1]:8501", b"[::1]", b"LOCALHOST:80"]
)
def test_loopback_names_are_answered(host: bytes) -> None:
    assert comes_from_here(scope(("127.0.0.1", 5), [(b"host", host)]))


@pytest.mark.parametrize(
    "host", [b"evil.example:8501", b"localhost.evil.example", b"127.0.0.1.evil.example", b"", b"[evil]"]
)
def test_a_name_rebound_to_loopback_is_refused(host: bytes) -> None:
    assert not comes_from_here(scope(("127.0.0.1", 5), [(b"host", host)]))


def test_a_request_with_no_or_two_host_names_is_refused() -> None:
    assert not comes_from_here(scope(("127.0.0.1", 5), []))
    assert not comes_from_here(scope(("127.0.0.1", 5), [*LOCAL_HOST, (b"host", b"evil.example")]))

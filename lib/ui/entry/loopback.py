"""The desk answers this machine only: a request from anywhere else is refused, whatever server carries it.

There is no sign-in yet, so whoever reaches a page acts as the desk's one local admin. `server.address` keeps the
desk off the network when Streamlit serves it, but another server (`uvicorn --host 0.0.0.0`) never asks that option,
so every request is judged here, in front of everything else.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from lib.log import log

_REFUSAL = (
    b"This desk answers its own machine only, because no sign-in is configured. "
    b"Open it as http://127.0.0.1 on the machine it runs on, or through an SSH tunnel.\n"
)
# A proxy on this machine looks like this machine; what it adds gives away that somebody stands behind it.
_PROXY_HEADERS = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})


class LoopbackOnly:
    """ASGI middleware: lets through what comes from loopback, addressed to a loopback name, by no proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403 (for a websocket: close it before it opens)."""
        if scope["type"] not in ("http", "websocket") or comes_from_here(scope):
            await self.app(scope, receive, send)
            return
        log.warning("refused a request that does not come from this machine, path %r", scope.get("path"))
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "this machine only"})
            return
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_REFUSAL))]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else _REFUSAL})


def comes_from_here(scope: Scope) -> bool:
    """Whether both ends of a request are this machine: client address, host name asked for, and no proxy between.

    The host name counts because of DNS rebinding: a page of somebody else's may give its own name the address
    127.0.0.1, and the visitor's browser would then carry that page's requests here.
    """
    client = scope.get("client")
    headers: list[tuple[bytes, bytes]] = list(scope.get("headers") or [])
    if not client or not _is_loopback(client[0]):
        return False
    if any(name.lower() in _PROXY_HEADERS for name, _ in headers):
        return False
    hosts = [value.decode("latin-1") for name, value in headers if name.lower() == b"host"]
    return len(hosts) == 1 and _is_loopback_name(hosts[0])


def _is_loopback_name(host: str) -> bool:
    name = host.rsplit("]", 1)[0].removeprefix("[") if host.startswith("[") else host.rsplit(":", 1)[0]
    return name.lower() == "localhost" or _is_loopback(name)


def _is_loopback(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback

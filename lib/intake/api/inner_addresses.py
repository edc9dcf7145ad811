"""Keeps an account's API address from being one of this machine or of the network behind it, where the desk is trusted.

Whoever sets an account up names the server that is asked, and sees what it answers. The names of a cloud's machines
(169.254.169.254), of databases and of other people's desks are nobody's provider, unless the desk says so itself:
`DESK_INNER_HOSTS` lists the hosts that are.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

import httpx

from lib.errors import DeskError

# Addresses of version 6 that stand for one of version 4 behind a translator.
_TRANSLATED = IPv6Network("64:ff9b::/96")


def hooks(allowed: Iterable[str]) -> Mapping[str, list[Callable[..., Any]]]:
    """What an `httpx.Client` asks before it sends, and again of the server that answered, since a name may change.

    DeskError `inner_address`.
    """
    known = frozenset(host.lower() for host in allowed)

    def before(request: httpx.Request) -> None:
        host = request.url.host
        if host.lower() not in known and any(map(is_inner, _addresses(host, request.url.port or 443))):
            raise _inner(host)

    def after(response: httpx.Response) -> None:
        host, stream = response.request.url.host, response.extensions.get("network_stream")
        server = stream.get_extra_info("server_addr") if stream is not None else None
        if server and host.lower() not in known and is_inner(str(server[0])):
            raise _inner(host)

    return {"request": [before], "response": [after]}


def is_inner(address: str) -> bool:
    """Whether an address is of this machine, of its network, or of nobody; not one that the internet leads to."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return is_inner(str(found.ipv4_mapped))
        if found in _TRANSLATED:
            return is_inner(str(ip_address(int(found) & 0xFFFFFFFF)))
    return not found.is_global or found.is_multicast


def _addresses(host: str, port: int) -> list[str]:
    """What a name stands for just now; none where nobody knows it, which the request itself will say."""
    try:
        return [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        return []


def _inner(host: str) -> DeskError:
    return DeskError(
        "inner_address",
        f"{host} is an address of this machine or of the network behind it, so nothing was asked of it.",
        "Write the provider's own address; an admin who means this one names its host in DESK_INNER_HOSTS.",
    )

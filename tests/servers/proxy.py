"""A proxy before a database server that loses the answer of a COMMIT: the server did it, and nobody hears of it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.servers.throwaway import ServerAddress

# With the byte that says "a query": a bare COMMIT would match PyMySQL's SET AUTOCOMMIT, and prove nothing.
_COMMIT = b"\x03COMMIT"


@dataclass
class LossyProxy:
    """Where it listens, and which COMMITs it keeps the answer of, counted from one over all connections."""

    address: ServerAddress
    lose: set[int] = field(default_factory=set)
    commits: int = 0
    lost: int = 0

    def lose_next(self, nth: int = 1) -> None:
        """Lose the answer of the nth COMMIT from now on."""
        self.lose = {self.commits + nth}


@contextlib.contextmanager
def lossy_proxy(server: ServerAddress) -> Iterator[LossyProxy]:
    """A proxy on a port of its own, with every connection through it closed at the end."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = int(listener.getsockname()[1])
    proxy = LossyProxy(ServerAddress("127.0.0.1", port, server.user, server.password))
    open_ends: list[socket.socket] = []
    threading.Thread(target=_accept, args=(listener, server, proxy, open_ends), daemon=True).start()
    try:
        yield proxy
    finally:
        for end in (listener, *open_ends):
            _shut(end)


def _accept(listener: socket.socket, server: ServerAddress, proxy: LossyProxy, open_ends: list[socket.socket]) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            upstream = socket.create_connection((server.host, server.port))
            open_ends += [client, upstream]
            is_cut = threading.Event()
            threading.Thread(target=_forward, args=(client, upstream, proxy, is_cut), daemon=True).start()
            threading.Thread(target=_answer, args=(upstream, client, proxy, is_cut), daemon=True).start()


def _forward(client: socket.socket, upstream: socket.socket, proxy: LossyProxy, is_cut: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := client.recv(1 << 16):
            if _COMMIT in data:
                proxy.commits += 1
                if proxy.commits in proxy.lose:
                    is_cut.set()
            upstream.sendall(data)
    _shut(upstream)


def _answer(upstream: socket.socket, client: socket.socket, proxy: LossyProxy, is_cut: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while data := upstream.recv(1 << 16):
            if is_cut.is_set():
                # The server has answered, so it has committed; the answer ends here.
                proxy.lost += 1
                break
            client.sendall(data)
    _shut(upstream)
    _shut(client)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()

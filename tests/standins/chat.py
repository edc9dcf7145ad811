"""A chat server on loopback that takes incoming webhooks as Mattermost does: POST /hooks/TOKEN with JSON, answered `ok`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "3ccr7m5n4ibx5mdkjqpwzq1aoc"


@dataclass
class Chat:
    """What came in, and what is answered: a list of statuses is used up one by one, 0 hangs up without an answer."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    asked: int = 0
    got: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The place as apprise writes it; its token is a secret."""
        return f"mmost://127.0.0.1:{self.port}/{TOKEN}"

    @property
    def texts(self) -> list[str]:
        """What was said, message by message."""
        return [str(message["text"]) for message in self.got]


@contextmanager
def chat_server() -> Iterator[Chat]:
    """A chat server on loopback, until it is left."""
    chat = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            chat.asked += 1
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status = chat.statuses.pop(0) if chat.statuses else 200
            if self.path != f"/hooks/{TOKEN}":
                status = 404
            if status == 200:
                chat.got.append(json.loads(body))
            if not status:
                chat.got.append(json.loads(body))
                self.close_connection = True
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"ok" if status == 200 else b'{"id": "web.incoming_webhook.error"}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    chat.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""A mail server on loopback that speaks SMTP: what it got, and what it answers when it is told to."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Post:
    """What the mail server got, and what it answers; a list of answers is used up one by one."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    to_rcpt: list[str] = field(default_factory=list)
    got: list[EmailMessage] = field(default_factory=list)
    hangs_up: bool = False

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.to_rcpt:
            return self.to_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.hangs_up:
            server.transport.abort()
            return "250 OK"
        if self.answers:
            return self.answers.pop(0)
        self.got.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 Taken"


@contextmanager
def mail_server() -> Iterator[Post]:
    """A mail server on loopback, until it is left."""
    handler = Post()
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        handler.port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()

"""What a client may say to Streamlit: that which the desk's pages say, and nothing that only a developer's browser does.

A websocket message is whatever somebody writes into it. Whoever is connected, signed in or not, could empty every
cache of the server, ask for the state of the checkout it runs from, or fill its memory with files for no page.
"""

from __future__ import annotations

import asyncio
import re

from google.protobuf.message import DecodeError
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes

from lib.errors import DeskError
from lib.log import log
from lib.ui.entry.cookie import person_asking
from lib.ui.entry.visitor import opened_desk

# What a page needs: a run, its end, addresses for chosen files, a sign of life, and more of a long table.
_SAID_BY_PAGES = frozenset(
    {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat", "backend_operation_request"}
)
_STREAM = re.compile(r"/_stcore/stream/?")
_FILES = re.compile(r"/_stcore/upload_file(?:/|$)")


class StreamGate:
    """ASGI middleware in front of Streamlit's own doors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what pages say; a file for a page only from somebody who is signed in (else 403)."""
        if scope["type"] == "websocket" and _STREAM.fullmatch(str(scope["path"])):
            await self.app(scope, _only_what_pages_say(receive), send)
        elif scope["type"] == "http" and _FILES.match(str(scope["path"])) and not await _is_somebody(scope):
            await PlainTextResponse("Sign in first.", 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _only_what_pages_say(receive: Receive) -> Receive:
    async def received() -> Message:
        while True:
            message = await receive()
            kind = _kind(message.get("bytes")) if message["type"] == "websocket.receive" else None
            if kind is None or kind in _SAID_BY_PAGES:
                return message
            log.warning("dropped a message that no page of the desk sends: %s", kind)

    return received


def _kind(content: bytes | None) -> str | None:
    """What kind of message it is; None for what Streamlit refuses by itself: too long, or no message at all."""
    if not content or len(content) > get_max_widget_state_size_bytes():
        return None
    try:
        kind: str | None = BackMsg.FromString(content).WhichOneof("type")
    except DecodeError:
        return None
    return kind


async def _is_somebody(scope: Scope) -> bool:
    if scope["method"] == "OPTIONS":
        return True
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    try:
        await asyncio.to_thread(lambda: person_asking(opened_desk(), cookie_parser("; ".join(sent))))
    except DeskError:
        return False
    return True

"""The whole server in this process, and a client of it that need not be a browser: what is sent is read, or forged.

Pages, routes and the websocket answer as they do for a browser, a page in a third of a second. As it is one process with
the test, a defence is taken out by `monkeypatch`, and the attack it held off is seen to work.

    with streaming(home, set_up=two_clients) as server, server.tab("ana@example.com") as tab:
        tab.open("records", "client=acme")
        run = tab.press("Find")
        assert not run.holds("Jane")
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import httpx
import hypothesis  # noqa: F401 - pandera would, while a script is read: CPython 3.11 mixes up two that parse at once
import pyarrow
import pytest
import streamlit as st
from google.protobuf.message import Message
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette import starlette_app_utils as signing

from lib.clock import Clock, utc_now
from lib.db.unit_of_work import Desk
from lib.pipeline.opening import open_desk
from lib.settings import load_settings
from tests.collecting import no_collection_after_each_run
from tests.ready_made import made_ready

HOST = "localhost:8501"
ORIGIN = f"http://{HOST}"
COOKIE_SECRET = "a-cookie-secret-of-these-tests-and-of-nothing-else"
SIGNED_IN = "_streamlit_user"
_XSRF = "_streamlit_xsrf"
_SECRETS = f"""
[auth]
redirect_uri = "{ORIGIN}/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
client_id = "desk"
client_secret = "of-a-provider-nobody-asks"
server_metadata_url = "http://localhost:1/.well-known/openid-configuration"
"""
_DATABASES = (
    "DATABASE_URL",
    "TRAFFIC_DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "TRAFFIC_MIGRATION_DATABASE_URL",
    "PORTAL_DATABASE_URL",
)
# How long a run may take before the test gives up on it; nothing here waits this long when all is well.
_PATIENCE_S = 90.0

# In which field of a widget's state the browser sends the value of a kind of element.
_VALUE_IN = {
    "button": "trigger_value",
    "download_button": "trigger_value",
    "checkbox": "bool_value",
    "number_input": "double_value",
    "slider": "double_array_value",
    "multiselect": "string_array_value",
    "button_group": "string_array_value",
    "date_input": "string_array_value",
    "menu_button": "string_trigger_value",
    "file_uploader": "file_uploader_state_value",
    "bidi_component": "json_value",
    "pagination": "int_value",
}
_ONCE = ("trigger_value", "string_trigger_value", "json_trigger_value")


@dataclass(frozen=True)
class Widget:
    """Something on the page that answers to a click or a value: `proto` is its element as it was sent."""

    kind: str
    id: str
    label: str
    is_disabled: bool
    fragment: str
    proto: Any

    @property
    def options(self) -> list[str]:
        """What can be chosen, for a kind that offers a choice."""
        offered = getattr(self.proto, "options", [])
        return [item if isinstance(item, str) else item.content for item in offered]


@dataclass
class Run:
    """Everything the server sent for one message: nothing at all where it took no notice."""

    messages: list[ForwardMsg] = field(default_factory=list)
    raw: bytes = b""
    closed_with: int | None = None

    @property
    def was_silent(self) -> bool:
        """Whether no script ran for it."""
        return not any(message.WhichOneof("type") == "new_session" for message in self.messages)

    @property
    def text(self) -> str:
        """Every word in it, those in the cells of tables too, one a line."""
        return "\n".join(word for message in self.messages for word in words(message))

    def holds(self, mark: str) -> bool:
        """Whether a mark is anywhere in it: as a word, in a table, or among the bytes as they were sent."""
        escaped = json.dumps(mark)[1:-1]
        return any(form.encode() in self.raw for form in (mark, escaped)) or mark in self.text

    @property
    def elements(self) -> list[tuple[str, Any]]:
        """(kind, element) in the order they were sent."""
        return [(kind, proto) for kind, proto, _ in _elements(self.messages)]

    @property
    def widgets(self) -> list[Widget]:
        """What of it answers to a click or a value."""
        found = []
        for kind, proto, fragment in _elements(self.messages):
            if "id" in proto.DESCRIPTOR.fields_by_name and proto.id:
                label = str(getattr(proto, "label", ""))
                found.append(Widget(kind, proto.id, label, bool(getattr(proto, "disabled", False)), fragment, proto))
        return found

    @property
    def fragments(self) -> list[str]:
        """The ids of the fragments something was sent for."""
        return list(dict.fromkeys(fragment for _, _, fragment in _elements(self.messages) if fragment))

    @property
    def media(self) -> list[str]:
        """The addresses of media and downloads that it names."""
        return sorted({word for word in self.text.split("\n") if word.startswith("/media/")})

    def only(self, kind: str) -> list[Any]:
        """The elements of one kind."""
        return [proto for named, proto in self.elements if named == kind]


class Tab:
    """One tab of a client that is connected: it keeps what was chosen, as a browser does, unless it is told to lie."""

    def __init__(self, socket: WebSocketTestSession, cookie: str = "") -> None:
        self._socket, self.cookie = socket, cookie
        self._states: dict[str, WidgetState] = {}
        self._page_hash, self._query = "", ""
        self._widgets: dict[str, Widget] = {}
        self.session_id = ""

    @property
    def widgets(self) -> list[Widget]:
        """What the page shows just now that answers to a click or a value."""
        return list(self._widgets.values())

    def widget(self, label: str, kind: str = "") -> Widget:
        """The one widget with this label, or id, or key in its id; of one kind, where that is said."""
        found = [
            item
            for item in self.widgets
            if (not kind or item.kind == kind) and (label in (item.label, item.id) or item.id.endswith(f"-{label}"))
        ]
        assert found, (
            f"no {kind or 'widget'} {label!r} among {sorted({item.label or item.id for item in self.widgets})}"
        )
        return found[0]

    def open(self, page: str = "", query: str = "") -> Run:
        """Go to a page by its address, as a link or a typed address does; what was chosen elsewhere is gone."""
        self._states.clear()
        self._query, self._page_hash = query, ""
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
        return self.send(asked)

    def press(self, widget: str | Widget) -> Run:
        """Click a button that the page shows."""
        pressed = self.widget(widget) if isinstance(widget, str) else widget
        return self.send_states(state(pressed.id, trigger_value=True), fragment=pressed.fragment)

    def put(self, widget: str | Widget, value: object) -> Run:
        """Give a widget a value, as the browser would send it."""
        meant = self.widget(widget) if isinstance(widget, str) else widget
        name = _VALUE_IN.get(meant.kind, "string_value")
        return self.send_states(state(meant.id, **{name: value}), fragment=meant.fragment)

    def hold(self, widget: str | Widget, value: object) -> None:
        """Give a widget a value that is sent with the next message, as within a form."""
        meant = self.widget(widget) if isinstance(widget, str) else widget
        self._states[meant.id] = state(meant.id, **{_VALUE_IN.get(meant.kind, "string_value"): value})

    def again(self, fragment: str = "") -> Run:
        """Run once more with what was chosen; the fragment by itself, where one is named."""
        return self.send_states(fragment=fragment)

    def send_states(self, *changed: WidgetState, fragment: str = "", page_hash: str | None = None) -> Run:
        """Run with these states beside those kept; every id, value, fragment and page hash may be made up."""
        for item in changed:
            self._states[item.id] = item
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.fragment_id = self._query, fragment
        asked.page_script_hash = self._page_hash if page_hash is None else page_hash
        asked.widget_states.widgets.extend(self._states.values())
        for item in changed:
            if item.WhichOneof("value") in _ONCE:
                del self._states[item.id]
        return self.send(message)

    def send(self, message: BackMsg) -> Run:
        """Send a message of one's own making and read what comes of it."""
        return self.send_bytes(message.SerializeToString())

    def send_bytes(self, content: bytes) -> Run:
        """Send these very bytes and read what comes of it."""
        self._socket.send_bytes(content)
        return self._read()

    def ask(self, message: BackMsg, kind: str, seconds: float = 2.0) -> ForwardMsg | None:
        """Send a message that runs no script; the first answer of this kind, if one comes."""
        self._socket.send_bytes(message.SerializeToString())
        while True:
            content = self._next(seconds)
            if content is None:
                return None
            answer = ForwardMsg.FromString(content)
            if answer.WhichOneof("type") == kind:
                return answer

    def _read(self) -> Run:
        run = Run()
        seconds, is_asked, is_taken_in = 0.3, False, False
        while True:
            try:
                content = self._next(seconds)
            except WebSocketDisconnect as closed:
                run.closed_with = closed.code
                return run
            if content is None:
                assert run.was_silent, f"a run did not end within {seconds} s"
                if is_taken_in and not _a_script_runs():
                    return run
                if not is_asked:
                    # On a machine that is busy an answer takes its time to begin; what was sent before this is taken in.
                    self._socket.send_bytes(BackMsg(app_heartbeat=True).SerializeToString())
                    is_asked = True
                continue
            message = ForwardMsg.FromString(content)
            if message.WhichOneof("type") == "heartbeat_ack":
                is_taken_in = True
                continue
            run.messages.append(message)
            run.raw += content
            seconds = seconds if run.was_silent else _PATIENCE_S
            if self._is_the_end(message):
                self._shown(run)
                return run

    @staticmethod
    def _is_the_end(message: ForwardMsg) -> bool:
        is_end = message.WhichOneof("type") == "script_finished"
        return is_end and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _next(self, seconds: float) -> bytes | None:
        async def within() -> Any:
            with anyio.move_on_after(seconds):
                return await self._socket._send_rx.receive()
            return None

        message = self._socket.portal.call(within)
        if message is not None:
            self._socket._raise_on_close(message)
        return None if message is None else bytes(message["bytes"])

    def _shown(self, run: Run) -> None:
        """What the page shows after a run: all anew, or in place of what the fragment showed."""
        is_part = run.messages[-1].script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
        replaced = set(run.fragments) if is_part else {widget.fragment for widget in self.widgets}
        self._widgets = {key: item for key, item in self._widgets.items() if item.fragment not in replaced}
        self._widgets.update({item.id: item for item in run.widgets})
        for message in run.messages:
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.session_id = message.new_session.initialize.session_id
            elif kind == "navigation":
                self._page_hash = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self._query = message.page_info_changed.query_string


class Server:
    """The desk as it is served, and the desk behind it, which a test asks and changes directly."""

    def __init__(self, http: TestClient, desk: Desk) -> None:
        self._http = http
        self.desk = desk
        self.xsrf = signing.generate_xsrf_token_string()

    @contextmanager
    def tab(
        self,
        email: str | None = None,
        *,
        cookie: str | None = None,
        origin: str | None = ORIGIN,
        host: str = HOST,
        xsrf: str | None = None,
        session: str = "",
        headers: dict[str, str] | None = None,
    ) -> Iterator[Tab]:
        """A connected tab of this person, or of nobody; with a cookie, origin, host or session that is made up.

        WebSocketDisconnect where the server does not let it in.
        """
        signed = self.cookie(email) if email and cookie is None else cookie
        cookies = [f"{_XSRF}={self.xsrf}", *([f"{SIGNED_IN}={signed}"] if signed else [])]
        sent = {"host": host, "cookie": "; ".join(cookies), **({"origin": origin} if origin else {}), **(headers or {})}
        offered = ["streamlit", self.xsrf if xsrf is None else xsrf, *([session] if session else [])]
        self._http.cookies.clear()
        with self._http.websocket_connect("/_stcore/stream", subprotocols=offered, headers=sent) as socket:
            yield Tab(socket, signed or "")

    def cookie(self, email: str, *, secret: str = COOKIE_SECRET, age: float = 0, **claims: object) -> str:
        """A sign-in cookie as the provider's word would make it, `age` seconds ago; any claim may be another."""
        issued = int(time.time() - age)
        said = {"is_logged_in": True, "origin": ORIGIN, "email": email, "email_verified": True, "iat": issued, **claims}
        return signing.create_signed_value(secret, SIGNED_IN, json.dumps(said)).decode()

    def ask(
        self,
        method: str,
        path: str,
        *,
        email: str | None = None,
        cookie: str | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        files: Any = None,
    ) -> httpx.Response:
        """One request over HTTP, in the name of a person or of nobody; nothing is followed and nothing remembered."""
        self._http.cookies.clear()
        signed = self.cookie(email) if email and cookie is None else cookie
        cookies = [f"{_XSRF}={self.xsrf}", *([f"{SIGNED_IN}={signed}"] if signed else [])]
        sent = {"cookie": "; ".join(cookies), **(headers or {})}
        return self._http.request(method, path, headers=sent, content=content, files=files, follow_redirects=False)

    def get(self, path: str, email: str | None = None, **more: Any) -> httpx.Response:
        """GET an address in the name of a person or of nobody."""
        return self.ask("GET", path, email=email, **more)

    def upload(self, tab: Tab, name: str, content: bytes) -> str:
        """Hand a file to a tab as the file chooser does; its id, for the state of a `file_uploader`."""
        message = BackMsg()
        message.file_urls_request.request_id = "files"
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = tab.session_id
        answer = tab.ask(message, "file_urls_response")
        assert answer is not None, "the server named no address for the file"
        urls = answer.file_urls_response.file_urls[0]
        answered = self.put_file(urls.upload_url, name, content, cookie=tab.cookie)
        assert answered.status_code == httpx.codes.NO_CONTENT, answered.text
        return str(urls.file_id)

    def put_file(
        self, path: str, name: str, content: bytes, *, cookie: str = "", xsrf: str | None = None
    ) -> httpx.Response:
        """The request that a file chooser makes, to any address, with any cookie and token."""
        sent = {"X-Xsrftoken": self.xsrf if xsrf is None else xsrf}
        return self.ask("PUT", path, cookie=cookie, headers=sent, files={"file": (name, content)})


@contextmanager
def streaming(
    home: Path,
    *,
    has_sign_in: bool = True,
    client: str = "127.0.0.1",
    urls: tuple[str, str] | None = None,
    clock: Clock = utc_now,
    set_up: Callable[[Desk], object] | None = None,
) -> Iterator[Server]:
    """The desk in `home` served in this process, empty but for what `set_up` does; on SQLite unless `urls` says.

    Pages, routes and the test share one desk, so `clock` is everybody's; a sign-in is dated by the real time.

    `has_sign_in` False is the desk of one machine and one admin, which answers `client` only when that is loopback.
    """
    environment = {"DESK_HOME": str(home)}
    if urls:
        environment |= {"DATABASE_URL": urls[0], "TRAFFIC_DATABASE_URL": urls[1]}
    (home / ".streamlit").mkdir(parents=True, exist_ok=True)
    (home / ".streamlit" / "secrets.toml").write_text(_SECRETS if has_sign_in else "")
    settings = load_settings(environment)
    if not Path(settings.var, "desk.db").exists():
        made_ready(settings)
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in _DATABASES:
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        desk = open_desk(settings, clock)
        stack.callback(desk.close)
        if set_up is not None:
            set_up(desk)
        stack.enter_context(_by_itself(patch))
        app = importlib.reload(importlib.import_module("app")).app
        for module in _doors():
            if getattr(module, "open_desk", None) is open_desk:
                patch.setattr(module, "open_desk", lambda: desk)
        for route in app._user_routes:
            door = getattr(getattr(route, "endpoint", None), "__self__", None)
            if door is not None and hasattr(door, "_desk"):
                door._desk[:] = [desk]
        http = TestClient(app, base_url=ORIGIN, client=(client, 50000), raise_server_exceptions=False)
        stack.enter_context(http)
        yield Server(http, desk)


@contextmanager
def _by_itself(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """No worker beside it and nothing kept of the server before, nor for the one that comes after."""
    forget()
    sign_in = importlib.import_module("lib.ui.entry.sign_in")
    warmup = importlib.import_module("lib.ui.entry.warmup")
    before = list(sign_in._SETTLED)
    # The collector's settings are the process's, which is the tests' own here; the worker is a process of its own.
    patch.setattr(warmup, "worker_beside", _nothing_beside)
    patch.setattr(warmup, "gc", _NoCollector)
    try:
        with every_loop_closed(patch), no_collection_after_each_run():
            yield
    finally:
        sign_in._SETTLED[:] = before
        forget()


@contextmanager
def every_loop_closed(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each session has an event loop of its own, and one that was left behind would be complained of by a later test."""
    sessions: list[AppSession] = []
    begun = AppSession.__init__

    def beginning(session: AppSession, *args: Any, **kwargs: Any) -> None:
        begun(session, *args, **kwargs)
        sessions.append(session)

    patch.setattr(AppSession, "__init__", beginning)
    yield
    deadline = time.monotonic() + _PATIENCE_S
    for loop in [session._script_event_loop for session in sessions]:
        while loop.is_running() and time.monotonic() < deadline:
            time.sleep(0.01)
        loop.close()


@asynccontextmanager
async def _nothing_beside() -> AsyncIterator[None]:
    yield


class _NoCollector:
    """Stands where the garbage collector is set up for a long life."""

    set_threshold = collect = freeze = unfreeze = staticmethod(lambda *_args: 0)


def forget() -> None:
    """What is kept for the life of a process: the desk that pages and routes opened, caches, secrets, the runtime."""
    for module in _doors():
        kept = getattr(module, "_desk", None)
        if isinstance(kept, list):
            kept.clear()
    st.cache_data.clear()
    st.cache_resource.clear()
    secrets_singleton._reset()
    Runtime._instance = None
    # Whether there is a folder of pages beside the script is found out once a process, as it is at a start.
    PagesManager.uses_pages_directory = None


def _doors() -> list[ModuleType]:
    """The modules of pages and routes that were imported so far, any of which may open the desk."""
    return [module for name, module in sys.modules.items() if name.startswith(("lib.ui.", "lib.entrypoints."))]


def _a_script_runs() -> bool:
    """Whether the server works on anything."""
    return any(thread.name == "ScriptRunner.scriptThread" for thread in threading.enumerate())


def state(widget_id: str, **value: Any) -> WidgetState:
    """A widget's state as it is sent; `value` is one field of it, and both may be made up."""
    made = WidgetState(id=widget_id)
    for name, given in value.items():
        if isinstance(given, Message):
            getattr(made, name).CopyFrom(given)
        elif name.endswith("_array_value"):
            getattr(made, name).data.extend(given)
        elif name == "string_trigger_value":
            made.string_trigger_value.data = given
        elif name == "file_uploader_state_value":
            for file_id, file_name in given:
                made.file_uploader_state_value.uploaded_file_info.add(file_id=file_id, name=file_name)
        else:
            setattr(made, name, given)
    return made


def words(message: Message) -> Iterator[str]:
    """Every text in a message, however deep, with the cells of the tables it carries."""
    for kind, value in message.ListFields():
        for item in value if kind.is_repeated else [value]:
            if isinstance(item, Message):
                yield from words(item)
            elif isinstance(item, str):
                yield item
            elif isinstance(item, bytes):
                yield from _cells(item)


def _cells(content: bytes) -> Iterator[str]:
    try:
        table = pyarrow.ipc.open_stream(content).read_all()
    except (pyarrow.ArrowInvalid, OSError):
        yield content.decode("utf-8", "replace")
        return
    for name, column in zip(table.column_names, table.columns, strict=True):
        yield str(name)
        yield from (str(cell) for cell in column.to_pylist())


def _elements(messages: list[ForwardMsg]) -> Iterator[tuple[str, Any, str]]:
    """(kind, element, fragment) of each element that was sent."""
    for message in messages:
        if message.WhichOneof("type") != "delta" or message.delta.WhichOneof("type") != "new_element":
            continue
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind:
            yield kind, getattr(element, kind), message.delta.fragment_id

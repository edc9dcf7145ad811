"""The served app: it starts, answers its own machine only, and no page is reached around the router."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))


@contextmanager
def served(tree: Path, home: Path) -> Iterator[int]:
    """The app of a tree on a free port, as `make run` serves it; yields the port."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    environment["DESK_HOME"] = str(home)
    subprocess.run([sys.executable, "-m", "lib", "migrate"], cwd=tree, env=environment, check=True, capture_output=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=tree,
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + 60
        while health(port) != 200:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def health(port: int, host: str | None = None) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/_stcore/health")
    if host:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return refusal.code
    except OSError:
        return 0


def visit(port: int, page: str) -> str:
    """What a browser is sent when the first thing it asks for is this page."""
    said = []
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as browser:  # type: ignore[list-item]
        ask = BackMsg()
        ask.rerun_script.page_name = page
        ask.rerun_script.query_string = ""
        browser.send(ask.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(browser.recv(timeout=60))  # type: ignore[arg-type]
            said.append(str(message))
            if message.WhichOneof("type") == "script_finished":
                return "\n".join(said)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_visited_first_thing_after_a_start_goes_through_the_router(tmp_path: Path, page: str) -> None:
    with served(PROJECT, tmp_path) as port:
        said = visit(port, page)
    assert "navigation {" in said
    assert "Every client of this desk" in said


def test_a_file_in_pages_that_the_router_does_not_name_never_runs(tmp_path: Path) -> None:
    tree, home = tmp_path / "tree", tmp_path / "home"
    home.mkdir()
    for name in ("lib", "pages", "validation", ".streamlit"):
        shutil.copytree(PROJECT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "app.py", tree)
    (tree / "pages" / "unnamed.py").write_text("import streamlit as st\nst.write('RAN AROUND THE ROUTER')\n")
    with served(tree, home) as port:
        assert "RAN AROUND THE ROUTER" not in visit(port, "unnamed")


def test_the_desk_answers_to_loopback_names_only(tmp_path: Path) -> None:
    with served(PROJECT, tmp_path) as port:
        assert health(port, f"localhost:{port}") == 200
        assert health(port, "evil.example") == 403
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", port), timeout=5)


REQUESTS_FROM_ELSEWHERE = """
import asyncio, sys
from app import app

async def ask(client, path, kind="http"):
    sent = []
    async def receive():
        return {"type": "websocket.connect" if kind == "websocket" else "http.request", "body": b""}
    async def send(message):
        sent.append(message)
    scope = {"type": kind, "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
             "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "client": (client, 4),
             "server": ("0.0.0.0", 8501), "headers": [(b"host", b"localhost:8501")], "subprotocols": []}
    await app(scope, receive, send)
    return sent[0].get("status", sent[0]["type"])

async def main():
    for path in sys.argv[1:]:
        print(path, await ask("192.0.2.7", path))
    print("websocket", await ask("192.0.2.7", "/_stcore/stream", "websocket"))
    print("here", await ask("127.0.0.1", "/_stcore/health"))

asyncio.run(main())
"""


def test_a_request_from_elsewhere_is_refused_whatever_server_carries_it(tmp_path: Path) -> None:
    """The app is called as any ASGI server calls it, with a client's address that is not this machine's."""
    paths = ["/", "/_stcore/health", "/_stcore/host-config", "/media/x", *(f"/{page}" for page in PAGES)]
    asked = subprocess.run(
        [sys.executable, "-c", REQUESTS_FROM_ELSEWHERE, *paths],
        cwd=PROJECT,
        env=os.environ | {"DESK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers = dict(line.split() for line in asked.stdout.splitlines())
    assert answers.pop("here") == "200"
    assert answers.pop("websocket") == "websocket.close"
    assert answers == dict.fromkeys(paths, "403")

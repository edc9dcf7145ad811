"""The served app: it starts, answers its own machine only, and no page is reached around the router."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.serving import environment_of, free_port, health, run_command, served

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))
SIGN_IN = """\
[auth]
redirect_uri = "http://localhost:8501/oauth2callback"
cookie_secret = "only-for-this-test-only-for-this-test"
client_id = "desk"
client_secret = "none"
server_metadata_url = "http://localhost:9/.well-known/openid-configuration"
"""


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


def with_sign_in(home: Path, secrets: str = SIGN_IN) -> Path:
    """A desk's folder whose secrets file has this `[auth]`."""
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(secrets)
    return home


def test_a_page_visited_first_thing_after_a_start_goes_through_the_router(tmp_path: Path) -> None:
    with served(tmp_path) as desk:
        said = visit(desk.port, "import_review")
    assert "navigation {" in said
    assert "Signed in as Local admin" in said


# A server for each address, as only the first visit after a start goes another way; all of them in `make prove`.
@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=() if page in ("", "records") else pytest.mark.prove) for page in ("", *PAGES)],
)
def test_a_page_visited_first_thing_signed_out_shows_the_way_in_and_nothing_else(tmp_path: Path, page: str) -> None:
    secret = "Somebody Elses Client"
    with served(with_sign_in(tmp_path)) as desk:
        run_command(environment_of(desk.home), "client", "add", "secret", "--name", secret, "--timezone", "UTC")
        said = visit(desk.port, page)
    assert "navigation {" in said
    assert "has to know who you are" in said
    for inside in (secret, "Signed in as", "Every client", "Provider setup"):
        assert inside not in said


def test_a_file_in_pages_that_the_router_does_not_name_never_runs(tmp_path: Path) -> None:
    tree, home = tmp_path / "tree", tmp_path / "home"
    home.mkdir()
    for name in ("lib", "pages", "validation", ".streamlit"):
        shutil.copytree(PROJECT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "app.py", tree)
    (tree / "pages" / "unnamed.py").write_text("import streamlit as st\nst.write('RAN AROUND THE ROUTER')\n")
    with served(home, tree=tree) as desk:
        assert "RAN AROUND THE ROUTER" not in visit(desk.port, "unnamed")


def test_the_desk_answers_to_loopback_names_only(tmp_path: Path) -> None:
    with served(tmp_path) as desk:
        assert health(desk.port, f"localhost:{desk.port}") == 200
        assert health(desk.port, "evil.example") == 403
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", desk.port), timeout=5)


def test_other_machines_get_in_where_people_sign_in(tmp_path: Path) -> None:
    with served(with_sign_in(tmp_path), options=["--server.address", "0.0.0.0"]) as desk:
        assert health(desk.port, "desk.example.com") == 200
        socket.create_connection(("127.0.0.2", desk.port), timeout=5).close()


def started_wrongly(home: Path, *options: str) -> str:
    """What the server says before it gives up."""
    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(free_port()), *options],
        cwd=PROJECT,
        env=environment_of(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    return ended.stderr


@pytest.mark.parametrize("address", ["0.0.0.0", "::"])
def test_another_address_without_sign_in_is_refused_in_one_sentence(tmp_path: Path, address: str) -> None:
    said = started_wrongly(tmp_path, "--server.address", address)
    assert "Traceback" not in said
    # Streamlit may first say that it could not find out its address on the internet.
    assert f"does not listen on {address} until sign-in is configured" in said.splitlines()[-1]


@pytest.mark.parametrize("missing", ["redirect_uri", "cookie_secret", "client_id"])
def test_half_a_sign_in_is_refused_in_one_sentence(tmp_path: Path, missing: str) -> None:
    half = "\n".join(line for line in SIGN_IN.splitlines() if not line.startswith(missing))
    said = started_wrongly(with_sign_in(tmp_path, half))
    assert said.count("\n") == 1
    assert missing in said


def test_a_sign_in_that_lies_elsewhere_is_not_read(tmp_path: Path) -> None:
    """Streamlit by itself also reads the secrets of whoever runs it; the desk has one file, below DESK_HOME."""
    person, home = tmp_path / "person", tmp_path / "desk"
    person.mkdir()
    home.mkdir()
    with_sign_in(person)
    asked = subprocess.run(
        [sys.executable, "-c", "import app, streamlit as st; print('auth' in st.secrets)"],
        cwd=PROJECT,
        env=environment_of(home) | {"HOME": str(person)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "True" not in asked.stdout
    assert "No secrets found" in asked.stderr


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

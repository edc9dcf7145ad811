"""The served app: it starts, answers its own machine only, and no page is reached around the router."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from starlette.websockets import WebSocketDisconnect
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.secrets import secrets_singleton
from websockets.sync.client import connect

from lib.db.unit_of_work import Desk
from lib.services.setup import clients
from lib.settings import SignIn
from lib.ui.entry import sign_in
from tests.builders import admin, desk_on
from tests.serving import environment_of, free_port, health, served
from tests.stream import Run, streaming

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


def is_through_the_router(run: Run) -> bool:
    """Whether the script that ran was the one that says which pages there are."""
    return any(message.WhichOneof("type") == "navigation" for message in run.messages)


def test_a_page_visited_first_thing_after_a_start_goes_through_the_router(tmp_path: Path) -> None:
    with streaming(tmp_path, has_sign_in=False) as server, server.tab() as browser:
        run = browser.open("import_review")
    assert is_through_the_router(run)
    assert "Signed in as Local admin" in run.text


@pytest.mark.prove
def test_a_page_visited_first_thing_after_a_real_start_goes_through_the_router(tmp_path: Path) -> None:
    with served(tmp_path) as desk:
        said = visit(desk.port, "import_review")
    assert "navigation {" in said
    assert "Signed in as Local admin" in said


SECRET = "Somebody Elses Client"


def a_client(desk: Desk) -> None:
    desk.do(admin(desk), clients.add_client, "secret", SECRET, "UTC")


def shows_the_way_in_and_nothing_else(said: str) -> bool:
    inside = (SECRET, "Signed in as", "Every client", "Provider setup")
    return "has to know who you are" in said and not any(words in said for words in inside)


# A start for each address, as only the first visit after one goes another way.
@pytest.mark.parametrize("page", ["", *PAGES])
def test_a_page_visited_first_thing_signed_out_shows_the_way_in_and_nothing_else(tmp_path: Path, page: str) -> None:
    with streaming(tmp_path, set_up=a_client) as server, server.tab() as browser:
        run = browser.open(page)
    assert is_through_the_router(run)
    assert shows_the_way_in_and_nothing_else(run.text + str(run.messages))


# One server of its own in `make test`, where it also answers other machines (below); all of them in `make prove`.
@pytest.mark.prove
@pytest.mark.parametrize("page", ["", *PAGES])
def test_a_page_visited_first_thing_signed_out_after_a_real_start_shows_the_way_in(tmp_path: Path, page: str) -> None:
    with desk_on(urls_in(with_sign_in(tmp_path)), tmp_path) as desk:
        a_client(desk)
    with served(tmp_path) as running:
        said = visit(running.port, page)
    assert "navigation {" in said
    assert shows_the_way_in_and_nothing_else(said)


def urls_in(home: Path) -> tuple[str, str]:
    """The databases that a desk in `home` has when nobody says another."""
    (home / "var").mkdir(mode=0o700)
    return f"sqlite:///{home}/var/desk.db", f"sqlite:///{home}/var/traffic.db"


def test_other_machines_get_in_where_people_sign_in_and_see_nothing_before(tmp_path: Path) -> None:
    with desk_on(urls_in(with_sign_in(tmp_path)), tmp_path) as desk:
        a_client(desk)
    with served(tmp_path, options=["--server.address", "0.0.0.0"]) as running:
        said = visit(running.port, "records")
        assert health(running.port, "desk.example.com") == 200
        socket.create_connection(("127.0.0.2", running.port), timeout=5).close()
    assert "navigation {" in said
    assert shows_the_way_in_and_nothing_else(said)


def test_the_desk_answers_to_loopback_names_only_and_runs_no_page_that_the_router_does_not_name(tmp_path: Path) -> None:
    tree, home = tmp_path / "tree", tmp_path / "home"
    home.mkdir()
    # With what is compiled of them, which takes as long as all else.
    for name in ("lib", "pages", "validation", ".streamlit"):
        shutil.copytree(PROJECT / name, tree / name)
    shutil.copy(PROJECT / "app.py", tree)
    (tree / "pages" / "unnamed.py").write_text("import streamlit as st\nst.write('RAN AROUND THE ROUTER')\n")
    with served(home, tree=tree) as desk:
        said = visit(desk.port, "unnamed")
        assert "RAN AROUND THE ROUTER" not in said
        assert "Signed in as Local admin" in said
        assert health(desk.port, f"localhost:{desk.port}") == 200
        assert health(desk.port, "evil.example") == 403
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", desk.port), timeout=5)


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


# One server that does not start for each of the two refusals; the others are the same question, asked in this process.
@pytest.mark.parametrize("address", ["0.0.0.0", pytest.param("::", marks=pytest.mark.prove)])
def test_another_address_without_sign_in_is_refused_in_one_sentence(tmp_path: Path, address: str) -> None:
    said = started_wrongly(tmp_path, "--server.address", address)
    assert "Traceback" not in said
    # Streamlit may first say that it could not find out its address on the internet.
    assert f"does not listen on {address} until sign-in is configured" in said.splitlines()[-1]


@pytest.mark.parametrize(
    "missing",
    ["redirect_uri", *(pytest.param(name, marks=pytest.mark.prove) for name in ("cookie_secret", "client_id"))],
)
def test_half_a_sign_in_is_refused_in_one_sentence(tmp_path: Path, missing: str) -> None:
    said = started_wrongly(with_sign_in(tmp_path, without(missing)))
    assert said.count("\n") == 1
    assert missing in said


def without(missing: str) -> str:
    """A sign-in that lacks one line."""
    return "\n".join(line for line in SIGN_IN.splitlines() if not line.startswith(missing))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., SignIn | None]]:
    """What every start asks before anything else, of a desk in this folder that is to listen to this address."""
    options = ("server.address", "secrets.files")
    before = {name: config.get_option(name) for name in options}
    monkeypatch.setattr(sign_in, "_SETTLED", [])

    def asked(home: Path, address: str | None = "127.0.0.1") -> SignIn | None:
        monkeypatch.setenv("DESK_HOME", str(home))
        config.set_option("server.address", address)
        return sign_in.settle()

    yield asked
    for name, value in before.items():
        config.set_option(name, value)
    secrets_singleton._reset()


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "desk.example.com", "", None])
def test_no_other_address_is_listened_to_without_sign_in(
    tmp_path: Path, settled: Callable[..., SignIn | None], address: str | None
) -> None:
    with pytest.raises(SystemExit, match=f"does not listen on {address or 'every address'} until sign-in is conf"):
        settled(tmp_path, address)
    assert settled(with_sign_in(tmp_path), address) is not None


@pytest.mark.parametrize("missing", ["redirect_uri", "cookie_secret", "client_id"])
def test_no_half_of_a_sign_in_is_taken_for_one(
    tmp_path: Path, settled: Callable[..., SignIn | None], missing: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        settled(with_sign_in(tmp_path, without(missing)))
    assert missing in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_sign_in_that_lies_elsewhere_is_not_read(tmp_path: Path, settled: Callable[..., SignIn | None]) -> None:
    """Streamlit by itself also reads the secrets of whoever runs it; the desk has one file, below DESK_HOME."""
    person, home = tmp_path / "person", tmp_path / "desk"
    person.mkdir()
    home.mkdir()
    elsewhere = with_sign_in(person) / ".streamlit" / "secrets.toml"
    config.set_option("secrets.files", [str(elsewhere)])
    secrets_singleton._reset()
    assert "auth" in st.secrets
    assert settled(home) is None
    secrets_singleton._reset()
    with pytest.raises(FileNotFoundError, match="No secrets found"):
        assert "auth" in st.secrets


@pytest.mark.prove
def test_a_sign_in_in_the_folder_of_whoever_starts_it_is_not_read(tmp_path: Path) -> None:
    """The same of a whole process, to which the folder is the home."""
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


def test_a_request_from_elsewhere_is_refused_whatever_server_carries_it(tmp_path: Path) -> None:
    """The app is called as any ASGI server calls it, with a client's address that is not this machine's."""
    paths = ["/", "/_stcore/health", "/_stcore/host-config", "/media/x", *(f"/{page}" for page in PAGES)]
    with streaming(tmp_path, has_sign_in=False, client="192.0.2.7") as server:
        assert {path: server.get(path).status_code for path in paths} == dict.fromkeys(paths, 403)
        with pytest.raises(WebSocketDisconnect), server.tab():
            pass
    with streaming(tmp_path, has_sign_in=False) as server, server.tab():
        assert server.get("/_stcore/health").status_code == 200

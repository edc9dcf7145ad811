"""How long a click takes on the demo desk, page by page, and what of it is garbage collection, with and without freeze."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from lib.ui.site import site
from tests.serving import PROJECT, environment_of, free_port, health, run_command

CLICKS = 40
# The server as it is, but that it notes how long each full collection took, and may be kept from freezing.
SERVER = """
import gc, sys, time
log, may_freeze = open(sys.argv.pop(1), "a", buffering=1), sys.argv.pop(1) == "freeze"
if not may_freeze:
    gc.freeze = lambda: None
began = 0.0
def note(phase, info):
    global began
    if phase == "start":
        began = time.perf_counter()
    else:
        log.write(f"{time.perf_counter() - began}\\n")
gc.callbacks.append(note)
from streamlit.web.cli import main
main(prog_name="streamlit")
"""


@contextmanager
def watched(home: Path, collections: Path, *, is_frozen: bool) -> Iterator[int]:
    """The desk served under watch; its port."""
    port = free_port()
    freeze = "freeze" if is_frozen else "no"
    with (home / "server.log").open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVER, collections, freeze, "run", "app.py", "--server.port", str(port)],
            cwd=PROJECT,
            env=environment_of(home),
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + 60
        while health(port) != 200:
            assert server.poll() is None, (home / "server.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        time.sleep(5)  # the worker is starting too
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


@contextmanager
def session(port: int) -> Iterator[ClientConnection]:
    """One browser's connection."""
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as browser:  # type: ignore[list-item]
        yield browser


def rerun(browser: ClientConnection, page: str, query: str) -> float:
    """One run of a page, from asking to its end, in milliseconds."""
    ask = BackMsg()
    ask.rerun_script.page_name = page
    ask.rerun_script.query_string = query
    began = time.perf_counter()
    browser.send(ask.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(browser.recv(timeout=60))  # type: ignore[arg-type]
        if message.WhichOneof("type") == "script_finished":
            return (time.perf_counter() - began) * 1000


def measured(port: int, collections: Path, page: str, query: str, clicks: int = CLICKS) -> tuple[float, float, float]:
    """p50 and p95 of a click in milliseconds, and the share of the time that garbage collection took."""
    with session(port) as browser:
        for _ in range(3):
            rerun(browser, page, query)
        before = len(collections.read_text().splitlines())
        began = time.perf_counter()
        times = sorted(rerun(browser, page, query) for _ in range(clicks))
        took = time.perf_counter() - began
    collected = sum(float(line) for line in collections.read_text().splitlines()[before:])
    return statistics.median(times), times[int(clicks * 0.95)], collected / took


@pytest.mark.bench
def test_a_rerun_and_its_share_of_garbage_collection_are_measured(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    home.mkdir()
    environment = environment_of(home)
    run_command(environment, "migrate")
    run_command(environment, "demo")
    pages = {
        ("" if item.name == "home" else item.name): "load=1" if item.name == "import_review" else "" for item in site()
    }
    print()  # noqa: T201
    with watched(home, tmp_path / "frozen.log", is_frozen=True) as port:
        p50 = {page: measured(port, tmp_path / "frozen.log", page, query, 15)[0] for page, query in pages.items()}
        for page, took in p50.items():
            print(f"{page or 'home'}: rerun p50 {took:.0f} ms")  # noqa: T201
        heaviest = max(p50, key=lambda page: p50[page])
        after = measured(port, tmp_path / "frozen.log", heaviest, pages[heaviest])
    with watched(home, tmp_path / "loose.log", is_frozen=False) as port:
        before = measured(port, tmp_path / "loose.log", heaviest, pages[heaviest])
    for name, (middle, late, share) in (("without freeze", before), ("with freeze", after)):
        print(f"{heaviest or 'home'} {name}: p50 {middle:.0f} ms, p95 {late:.0f} ms, collection {share:.0%}")  # noqa: T201
    assert after[2] < before[2]
    assert after[0] < 1000

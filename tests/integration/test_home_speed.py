"""How long a click on home takes on a served desk, one person at a time."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.integration.test_front_door import PROJECT, served

CLICKS = 60


def rerun(browser: ClientConnection) -> float:
    """One run of the page, from asking to its end, in milliseconds."""
    ask = BackMsg()
    ask.rerun_script.page_name = ""
    ask.rerun_script.query_string = ""
    began = time.perf_counter()
    browser.send(ask.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(browser.recv(timeout=60))  # type: ignore[arg-type]
        if message.WhichOneof("type") == "script_finished":
            return (time.perf_counter() - began) * 1000


@pytest.mark.bench
def test_a_rerun_of_home_is_measured(tmp_path: Path) -> None:
    with (
        served(PROJECT, tmp_path) as port,
        connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as browser,  # type: ignore[list-item]
    ):
        first = rerun(browser)
        times = sorted(rerun(browser) for _ in range(CLICKS))
    p95 = times[int(CLICKS * 0.95)]
    print(f"\nhome: first visit {first:.0f} ms, rerun p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms")  # noqa: T201
    assert statistics.median(times) < 1000

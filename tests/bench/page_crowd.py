"""People on the import-review page: real websockets that speak the browser's protocol, and how long each click takes.

Run as `python -m tests.bench.page_crowd PORT ADDRESS PEOPLE SECONDS THINKING`, in a process of its own so that the
clients do not share the server's interpreter; ADDRESS is what stands behind the page's `?`. It prints one line of JSON:
`rows` and `page` (ms of each run of the rows alone, and of the whole page), `bytes` sent to everybody, `span` (when it
was measured, on the machine's monotonic clock) and `cpu_s`, what the clients themselves took.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from tests.coroutines import finished

WARM_UP = 5.0
# A person leafs and filters; now and then they do something that runs the whole page.
ONE_IN_WHOLE = 10
# What tells a client something by itself is small; rows, charts and texts are read past.
_SMALL = 300


@dataclass
class Control:
    """A widget as the page sent it: its id, and the fragment it lies in ('' for none)."""

    id: str
    fragment: str
    options: tuple[str, ...] = ()
    is_disabled: bool = False


@dataclass
class Browser:
    """One person's tab: what it knows of the page, bytes it was sent, and what the last run sent (`heard`)."""

    socket: ClientConnection
    rng: random.Random
    query: str = ""
    page_hash: str = ""
    controls: dict[str, Control] = field(default_factory=dict)
    received: int = 0
    heard: list[bytes] = field(default_factory=list)

    async def run(self, *states: WidgetState, fragment: str = "", page: str = "") -> float:
        """One run of the page or of a fragment of it, from asking to its end, in milliseconds."""
        ask = BackMsg()
        ask.rerun_script.query_string = self.query
        ask.rerun_script.page_name = page
        ask.rerun_script.page_script_hash = "" if page else self.page_hash
        ask.rerun_script.fragment_id = fragment
        ask.rerun_script.context_info.timezone = "UTC"
        ask.rerun_script.context_info.color_scheme = "light"
        ask.rerun_script.widget_states.widgets.extend(states)
        began = time.perf_counter()
        self.heard.clear()
        await self.socket.send(ask.SerializeToString())
        while True:
            text = await self.socket.recv(decode=False)
            self.received += len(text)
            self.heard.append(text)
            if not page and len(text) > _SMALL and b"rows-" not in text:
                continue
            message = ForwardMsg()
            message.ParseFromString(text)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                # A run that asks for another one is not the end.
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return (time.perf_counter() - began) * 1000
            else:
                self._learn(kind, message)

    def _learn(self, kind: str | None, message: ForwardMsg) -> None:
        if kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element, fragment = message.delta.new_element, message.delta.fragment_id
            if element.HasField("button"):
                told = element.button
                self.controls[told.label] = Control(told.id, fragment, is_disabled=told.disabled)
            elif element.HasField("button_group"):
                group = element.button_group
                self.controls[group.label] = Control(
                    group.id, fragment, tuple(option.content for option in group.options)
                )

    async def press(self, label: str) -> float:
        """Click a button."""
        control = self.controls[label]
        return await self.run(WidgetState(id=control.id, trigger_value=True), fragment=control.fragment)

    async def choose(self, label: str, option: str) -> float:
        """Choose one of a row of filters."""
        control = self.controls[label]
        state = WidgetState(id=control.id)
        state.string_array_value.data.append(option)
        return await self.run(state, fragment=control.fragment)


async def leaf(browser: Browser) -> float:
    """A click that changes the rows: the next page, the page before, or another filter."""
    later = browser.controls.get("Later rows")
    if browser.rng.random() < 0.3 or later is None or later.is_disabled:
        return await browser.choose("Rows shown", browser.rng.choice(browser.controls["Rows shown"].options[:4]))
    earlier = browser.controls["Earlier rows"]
    back = browser.rng.random() < 0.25 and not earlier.is_disabled
    return await browser.press("Earlier rows" if back else "Later rows")


async def person(
    port: int, address: str, number: int, start: float, end: float, thinking: float
) -> tuple[list[float], list[float], int]:
    """One person from arriving until the end; what they waited for in the measured time, and bytes they were sent."""
    rng = random.Random(number)  # a seeded crowd clicks the same way each time
    await asyncio.sleep(rng.uniform(0, start - time.perf_counter() - WARM_UP / 2))
    pages: list[float] = []
    rows: list[float] = []
    async with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        browser = Browser(socket, rng, address)
        await browser.run(page="import_review")
        before = 0
        while time.perf_counter() < end:
            await asyncio.sleep(thinking * rng.uniform(0.5, 1.5))
            is_whole = rng.randrange(ONE_IN_WHOLE) == 0
            if time.perf_counter() < start:
                before = browser.received
            began = time.perf_counter()
            took = await (browser.run() if is_whole else leaf(browser))
            if began >= start:
                (pages if is_whole else rows).append(took)
    return pages, rows, browser.received - before


async def crowd(port: int, address: str, people: int, seconds: float, thinking: float) -> dict[str, object]:
    """Everybody at once; `thinking` seconds on average from an answer to the next click."""
    start = time.perf_counter() + WARM_UP + people * 0.2
    found = await asyncio.gather(
        *(person(port, address, number, start, start + seconds, thinking) for number in range(people))
    )
    return {
        "page": [took for pages, _, _ in found for took in pages],
        "rows": [took for _, rows, _ in found for took in rows],
        "bytes": sum(size for _, _, size in found),
        "span": [start, start + seconds],
        "cpu_s": time.process_time(),
    }


if __name__ == "__main__":
    port_, address_, people_, seconds_, thinking_ = sys.argv[1:]
    told = crowd(int(port_), address_, int(people_), float(seconds_), float(thinking_))
    print(json.dumps(finished(told)))  # noqa: T201

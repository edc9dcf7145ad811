"""What stays between runs is kept out of the collector's sight, and what became garbage there is found all the same."""

from __future__ import annotations

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

import lib.ui
from lib.ui.entry import warmup
from tests.coroutines import finished


class Session:
    """Something that holds itself, as sessions do."""

    def __init__(self) -> None:
        self.me = self


def test_every_part_of_every_page_is_loaded_before_the_first_visit() -> None:
    ui = Path(lib.ui.__file__).parent
    files = {".".join(file.relative_to(ui.parents[1]).with_suffix("").parts) for file in ui.rglob("*.py")}
    parts = {name.removesuffix(".__init__") for name in files} - {"lib.ui", "lib.ui.router"}
    assert parts <= set(warmup.needed())


def test_a_session_that_was_frozen_and_ended_is_collected_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warmup, "_FREEZE_S", 0.0)
    monkeypatch.setattr(warmup, "_THAW_EVERY", 2)

    async def watched() -> None:
        session: Session | None = Session()
        seen = weakref.ref(session)
        keeper = asyncio.create_task(warmup._keep_frozen())
        while not gc.get_freeze_count():
            await asyncio.sleep(0)
        session = None
        gc.collect()
        assert seen() is not None
        async with asyncio.timeout(20):
            while seen() is not None:
                await asyncio.sleep(0)
        keeper.cancel()

    try:
        finished(watched())
    finally:
        gc.unfreeze()

"""What happens when the server starts: load what every page needs, keep the collector off it, start the worker."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import itertools
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import lib.ui
from lib.ui.entry.worker_process import worker_beside

# What a first visit would otherwise wait for, and every later collection walk.
_PAGES_NEED = (
    "pandas",
    "pyarrow",
    "altair",
    "scipy.optimize",
    "scipy.special",
    "validation.schemas",
    "lib.demo_loading",
)
_ROUTER = "lib.ui.router"  # the script itself: it runs, it is not imported
# New objects a collection of the young waits for; a run makes fewer, and is followed by a whole collection anyway.
_YOUNG = 50_000
_FREEZE_S = 1.0
# Every so many times what was frozen is looked through as well: a session that ended is garbage by then.
_THAW_EVERY = 300


@asynccontextmanager
async def warmed_up(_app: object) -> AsyncIterator[None]:
    """Import what pages use and freeze it out of the garbage collector's sight.

    Streamlit collects garbage after each run of a script, and a collection walks every object that was ever loaded:
    75 to 95 ms a click, with two cores busy at seven clicks a second. Frozen objects are not walked.
    """
    for module in needed():
        importlib.import_module(module)
    gc.set_threshold(_YOUNG)
    gc.collect()
    gc.freeze()
    keeper = asyncio.create_task(_keep_frozen())
    try:
        async with worker_beside():
            yield
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper


def needed() -> list[str]:
    """The names of the modules that pages are made of."""
    parts = (part.name for part in pkgutil.walk_packages(lib.ui.__path__, "lib.ui."))
    return [*_PAGES_NEED, *(part for part in parts if part != _ROUTER)]


async def _keep_frozen() -> None:
    """Freeze what stays between runs too, above all the sessions: with fifty of them a collection takes 40 ms again."""
    for times in itertools.count(1):
        await asyncio.sleep(_FREEZE_S)
        if times % _THAW_EVERY == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()

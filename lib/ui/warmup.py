"""What happens once when the server starts: load what every page needs, keep the collector off it, start the worker."""

from __future__ import annotations

import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import lib.ui
from lib.ui.worker_process import worker_beside

# What a first visit would otherwise wait for, and every later collection walk.
_EVERY_PAGE_NEEDS = ("pandas", "pyarrow", "altair", "lib.pipeline", "lib.demo_loading")
_ROUTER = "router"  # the script itself: it runs, it is not imported


@asynccontextmanager
async def warmed_up(_app: object) -> AsyncIterator[None]:
    """Import what pages use and freeze it out of the garbage collector's sight.

    Streamlit collects garbage after each run of a script, and a collection walks every object that was ever loaded:
    75 to 95 ms a click, with two cores busy at seven clicks a second. Frozen objects are not walked.
    """
    parts = (f"lib.ui.{part.name}" for part in pkgutil.iter_modules(lib.ui.__path__) if part.name != _ROUTER)
    for module in (*_EVERY_PAGE_NEEDS, *parts):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    async with worker_beside():
        yield
